/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Memory that is given back all at once, at the end of a compute. Private to the core.
 */
#ifndef TTR_ARENA_H
#define TTR_ARENA_H

#include <stddef.h>

typedef struct ttr_arena ttr_arena_t;

/* The caller frees it, and all that was taken from it, with ttr_arena_free(). */
ttr_arena_t *ttr_arena_new(void);
void ttr_arena_free(ttr_arena_t *arena);

/* All that was taken is gone; the first block stays for what is taken next. */
void ttr_arena_reset(ttr_arena_t *arena);

/* Bytes that it keeps between two uses. NULL is legal. */
size_t ttr_arena_memory(const ttr_arena_t *arena);

/* `size` zeroed bytes, aligned for everything. Never NULL; of 0 bytes, too. */
void *ttr_arena_take(ttr_arena_t *arena, size_t size);

/* Zeroed array of `count` elements. */
#define TTR_ARENA_ARRAY(arena, type, count) ((type *)ttr_arena_take((arena), sizeof(type) * (size_t)(count)))

/* One zeroed element. */
#define TTR_ARENA_ONE(arena, type) TTR_ARENA_ARRAY(arena, type, 1)

#endif
