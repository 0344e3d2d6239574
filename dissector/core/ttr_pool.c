/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_pool.h"

#include <string.h>

void
ttr_pool_init(ttr_pool_t *pool, size_t record_size)
{
    memset(pool, 0, sizeof *pool);
    pool->blocks = g_ptr_array_new_with_free_func(g_free);
    pool->record_size = record_size;
}

void
ttr_pool_clear(ttr_pool_t *pool)
{
    g_ptr_array_unref(pool->blocks);
    memset(pool, 0, sizeof *pool);
}

uint32_t
ttr_pool_new(ttr_pool_t *pool)
{
    uint32_t id = pool->free_first;

    if (id != 0) {
        memcpy(&pool->free_first, ttr_pool_get(pool, id), sizeof pool->free_first);
    } else {
        id = ++pool->used;
        if (((id - 1) >> TTR_POOL_SHIFT) >= pool->blocks->len)
            g_ptr_array_add(pool->blocks, g_malloc(pool->record_size << TTR_POOL_SHIFT));
    }
    memset(ttr_pool_get(pool, id), 0, pool->record_size);
    pool->count++;
    return id;
}

void
ttr_pool_free(ttr_pool_t *pool, uint32_t id)
{
    memcpy(ttr_pool_get(pool, id), &pool->free_first, sizeof pool->free_first);
    pool->free_first = id;
    pool->count--;
}

size_t
ttr_pool_memory(const ttr_pool_t *pool)
{
    return pool->blocks->len * ((pool->record_size << TTR_POOL_SHIFT) + sizeof(gpointer));
}
