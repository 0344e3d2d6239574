/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Capture files as texts: reads a file, hands its segments and ICMP errors to the model as the dissector does, and
 * writes what the model knows at its end. Needs no privilege, and no network.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>

#include "records.h"
#include "ttr_output.h"

/* Where the texts go. */
typedef struct reader_voice {
    void (*print)(void *user, GString *text);           /* results; takes them out of `text` */
    void (*say)(void *user, const char *message);       /* a sentence for the user, without a line's end */
    void *user;                                         /* borrowed */
} reader_voice_t;

/* Prints the traces of one file as `output` writes them. "-" is standard input. `key`: the value of the key "file" in
 * JSON; NULL: no such key. False when the file could not be read to its end: why, is said, and what was read until
 * then is printed. */
bool reader_read(const char *path, const ttr_output_t *output, const char *key, const reader_voice_t *voice);

/* The same step by step, for frames that are captured now. */
typedef struct reader reader_t;

/* No frame yet. The caller frees it with reader_free(), for which NULL is legal. */
reader_t *reader_new(void);
void reader_free(reader_t *reader);

/* Takes the next frame; `record` is not kept. */
void reader_take(reader_t *reader, const record_t *record);

/* The model of the frames so far. Borrowed. */
const ttr_store_t *reader_store(const reader_t *reader);

/* Prints the traces of the frames so far as `output` writes them. `key` as above. */
void reader_print(const reader_t *reader, const ttr_output_t *output, const ttr_output_names_t *names, const char *key,
                  const reader_voice_t *voice);

#endif
