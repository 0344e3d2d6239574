/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file on disk, or standard input, as a source of bytes; compressed by gzip or not.
 */
#ifndef READER_FILE_H
#define READER_FILE_H

#include <glib.h>

#include "source.h"

typedef struct reader_file reader_file_t;

/* NULL, with *error set, when the file cannot be opened. "-" is standard input. The caller closes it. */
reader_file_t *reader_file_open(const char *path, GError **error);
void reader_file_close(reader_file_t *file); /* NULL is legal */

/* For source_new(); `user` is a reader_file_t. */
long reader_file_fill(void *user, uint8_t *buffer, size_t size);

/* Why the last reading failed. The caller frees it. */
char *reader_file_error(const reader_file_t *file);

#endif
