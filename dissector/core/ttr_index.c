/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_index.h"

#include <string.h>

enum { FIRST_SIZE = 64 };

void
ttr_index_init(ttr_index_t *index, const void *owner, const ttr_pool_t *pool, ttr_index_hash_t hash,
               size_t link_offset)
{
    memset(index, 0, sizeof *index);
    index->owner = owner;
    index->pool = pool;
    index->hash = hash;
    index->link_offset = link_offset;
    index->heads = g_new0(uint32_t, FIRST_SIZE);
    index->mask = FIRST_SIZE - 1;
}

void
ttr_index_clear(ttr_index_t *index)
{
    g_free(index->heads);
    memset(index, 0, sizeof *index);
}

static void
push(ttr_index_t *index, uint32_t *head, uint32_t id)
{
    ttr_link_t *link = ttr_index_link(index, id);

    link->previous = 0;
    link->next = *head;
    if (*head != 0)
        ttr_index_link(index, *head)->previous = id;
    *head = id;
}

/* Doubles the table. Each old bucket is emptied from its end, so that the new ones too list the latest first. */
static void
grow(ttr_index_t *index)
{
    uint32_t old_size = index->mask + 1;
    uint32_t *old = index->heads;

    index->mask = old_size * 2 - 1;
    index->heads = g_new0(uint32_t, (size_t)old_size * 2);
    for (uint32_t i = 0; i < old_size; i++) {
        uint32_t id = old[i];

        while (id != 0 && ttr_index_next(index, id) != 0)
            id = ttr_index_next(index, id);
        while (id != 0) {
            uint32_t previous = ttr_index_link(index, id)->previous;

            push(index, &index->heads[index->hash(index->owner, id) & index->mask], id);
            id = previous;
        }
    }
    g_free(old);
}

void
ttr_index_add(ttr_index_t *index, uint32_t id)
{
    if (index->count > index->mask && index->mask < UINT32_MAX / 2)
        grow(index);
    push(index, &index->heads[index->hash(index->owner, id) & index->mask], id);
    index->count++;
}

void
ttr_index_remove(ttr_index_t *index, uint32_t id)
{
    ttr_link_t *link = ttr_index_link(index, id);

    if (link->previous != 0)
        ttr_index_link(index, link->previous)->next = link->next;
    else
        index->heads[index->hash(index->owner, id) & index->mask] = link->next;
    if (link->next != 0)
        ttr_index_link(index, link->next)->previous = link->previous;
    index->count--;
}

size_t
ttr_index_memory(const ttr_index_t *index)
{
    return ((size_t)index->mask + 1) * sizeof *index->heads;
}
