/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The way out: a pipe or file that may be slow. Blocks wait in memory, none is lost, and the loop never stands still.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <glib.h>
#include <stdbool.h>

/* When more than this waits, no further probes are to be sent. */
#define OUTPUT_FULL (1024 * 1024)

/* When more than this waits, which answers to probes alone do not fill, no further packets are to be taken from the
 * devices: these drop and count them. */
#define OUTPUT_STALLED (64 * 1024 * 1024)

typedef struct output output_t;

/* Opens the pipe or file, "-" for standard output; waits until a pipe has a reader. NULL with *error set when it cannot
 * be opened. The caller frees it with output_free(). */
output_t *output_open(const char *path, GError **error);
void output_free(output_t *output);

int output_fd(const output_t *output);

/* Where blocks are appended; output_flush() takes them from there. Borrowed. */
GByteArray *output_buffer(output_t *output);

/* Writes as much as the reader takes without waiting. False when nothing more can be written, what waited is dropped
 * then: *error says why, but stays as it is when the reader is gone, which is no mistake. */
bool output_flush(output_t *output, GError **error);

/* The same, but waits for the reader as long as it takes something every `patience_ms`, or until `signals`, a descriptor, can be
 * read. What a reader has by then are whole blocks. */
bool output_finish(output_t *output, int patience_ms, int signals, GError **error);

bool output_has_more(const output_t *output);
bool output_is_full(const output_t *output);
bool output_is_stalled(const output_t *output);

#endif
