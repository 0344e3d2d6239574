/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bytes of a file in their order, through one buffer. Pure: where they come from is the caller's.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads up to `size` bytes; 0 at the end, negative after an error, which the caller keeps. */
typedef long (*source_fill_t)(void *user, uint8_t *buffer, size_t size);

typedef struct source source_t;

/* `user` is borrowed. The caller frees the source with source_free(), for which NULL is legal. */
source_t *source_new(source_fill_t fill, void *user);
void source_free(source_t *source);

/* The next `count` bytes without stepping over them; borrowed until the next call. NULL when fewer are left: how many,
 * source_left() says then. */
const uint8_t *source_look(source_t *source, size_t count);
size_t source_left(const source_t *source);

/* Steps over bytes, which need not have been looked at. False when the file ends before. */
bool source_skip(source_t *source, uint64_t count);

/* Did the last read fail? Then the file ends here only for us. */
bool source_has_failed(const source_t *source);

#endif
