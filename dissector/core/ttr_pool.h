/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Records of one size with ids from 1 that never move. GLib has slices, which have no ids of 32 bits, and arrays,
 * which move and double; both would cost the model a third of its memory. Private to the core.
 */
#ifndef TTR_POOL_H
#define TTR_POOL_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define TTR_POOL_SHIFT 9        /* 512 records in a block */

typedef struct ttr_pool {
    GPtrArray *blocks;          /* owned */
    size_t record_size;
    uint32_t used;              /* highest id given out */
    uint32_t free_first;        /* ids given back; the next one stands in the record's first 4 bytes */
    uint32_t count;             /* records in use */
} ttr_pool_t;

void ttr_pool_init(ttr_pool_t *pool, size_t record_size);
void ttr_pool_clear(ttr_pool_t *pool);

/* A record of zeros; returns its id. */
uint32_t ttr_pool_new(ttr_pool_t *pool);
void ttr_pool_free(ttr_pool_t *pool, uint32_t id);

/* Bytes that it holds. */
size_t ttr_pool_memory(const ttr_pool_t *pool);

/* The record of a valid id. */
static inline void *
ttr_pool_get(const ttr_pool_t *pool, uint32_t id)
{
    uint32_t at = id - 1;
    char *block = g_ptr_array_index(pool->blocks, at >> TTR_POOL_SHIFT);

    return block + (size_t)(at & ((1u << TTR_POOL_SHIFT) - 1)) * pool->record_size;
}

#endif
