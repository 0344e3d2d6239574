/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A hash table over records of a pool, whose links lie in the records themselves: 4 bytes a bucket where
 * GHashTable takes 20 an entry. A bucket lists its records latest first. Private to the core.
 */
#ifndef TTR_INDEX_H
#define TTR_INDEX_H

#include <stdint.h>

#include "ttr_pool.h"

typedef struct ttr_link {
    uint32_t next;              /* id, 0: last */
    uint32_t previous;          /* id, 0: first */
} ttr_link_t;

typedef uint32_t (*ttr_index_hash_t)(const void *owner, uint32_t id);

typedef struct ttr_index {
    const void *owner;          /* borrowed: handed to `hash` */
    const ttr_pool_t *pool;     /* borrowed: where the records live */
    ttr_index_hash_t hash;      /* hash of a record, the same as long as it is in the table */
    size_t link_offset;         /* of the ttr_link_t in the record */
    uint32_t *heads;            /* owned */
    uint32_t mask;
    uint32_t count;
} ttr_index_t;

void ttr_index_init(ttr_index_t *index, const void *owner, const ttr_pool_t *pool, ttr_index_hash_t hash,
                    size_t link_offset);
void ttr_index_clear(ttr_index_t *index);

void ttr_index_add(ttr_index_t *index, uint32_t id);
void ttr_index_remove(ttr_index_t *index, uint32_t id);

size_t ttr_index_memory(const ttr_index_t *index);

static inline ttr_link_t *
ttr_index_link(const ttr_index_t *index, uint32_t id)
{
    return (ttr_link_t *)(void *)((char *)ttr_pool_get(index->pool, id) + index->link_offset);
}

/* First record in the bucket of `hash`, 0 when it is empty; the others by ttr_index_link(). */
static inline uint32_t
ttr_index_first(const ttr_index_t *index, uint32_t hash)
{
    return index->heads[hash & index->mask];
}

static inline uint32_t
ttr_index_next(const ttr_index_t *index, uint32_t id)
{
    return ttr_index_link(index, id)->next;
}

#endif
