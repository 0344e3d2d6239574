/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notes by frame: a hash table whose buckets chain the probe and reply records themselves. A reference is an id
 * with the top bit set for replies.
 */
#include "ttr_note.h"

#include "ttr_model.h"

#define IS_REPLY 0x80000000u
#define FIRST_SIZE 64u

static uint32_t *
next_of(const ttr_store_t *store, uint32_t reference)
{
    if ((reference & IS_REPLY) != 0)
        return &ttr_store_reply(store, reference & ~IS_REPLY)->next_in_frame;
    return &ttr_store_probe(store, reference)->next_in_frame;
}

static uint32_t
frame_of(const ttr_store_t *store, uint32_t reference)
{
    if ((reference & IS_REPLY) != 0)
        return ttr_store_reply(store, reference & ~IS_REPLY)->frame;
    return ttr_store_probe(store, reference)->frame;
}

static void
push(ttr_store_t *store, uint32_t reference)
{
    uint32_t *head = &store->frame_heads[frame_of(store, reference) & store->frame_mask];

    *next_of(store, reference) = *head;
    *head = reference;
}

static void
grow(ttr_store_t *store)
{
    uint32_t *old = store->frame_heads;
    uint32_t old_size = old == NULL ? 0 : store->frame_mask + 1;
    uint32_t size = old_size == 0 ? FIRST_SIZE : old_size * 2;

    store->frame_heads = g_new0(uint32_t, size);
    store->frame_mask = size - 1;
    for (uint32_t i = 0; i < old_size; i++) {
        for (uint32_t reference = old[i]; reference != 0;) {
            uint32_t next = *next_of(store, reference);

            push(store, reference);
            reference = next;
        }
    }
    g_free(old);
}

static void
add(ttr_store_t *store, uint32_t reference)
{
    if (store->frame_heads == NULL || store->frame_count > store->frame_mask)
        grow(store);
    push(store, reference);
    store->frame_count++;
}

static void
take_out(ttr_store_t *store, uint32_t reference)
{
    uint32_t *at = &store->frame_heads[frame_of(store, reference) & store->frame_mask];

    while (*at != reference)
        at = next_of(store, *at);
    *at = *next_of(store, reference);
    store->frame_count--;
}

void
ttr_note_add_probe(ttr_store_t *store, uint32_t id)
{
    add(store, id);
}

void
ttr_note_add_reply(ttr_store_t *store, uint32_t id)
{
    add(store, id | IS_REPLY);
}

void
ttr_note_remove_probe(ttr_store_t *store, uint32_t id)
{
    take_out(store, id);
}

void
ttr_note_remove_reply(ttr_store_t *store, uint32_t id)
{
    take_out(store, id | IS_REPLY);
}

bool
ttr_note_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note)
{
    const ttr_series_t *series;
    const ttr_probe_t *probe;
    uint32_t reference;

    if (store->frame_heads == NULL)
        return false;
    for (reference = store->frame_heads[frame & store->frame_mask]; reference != 0;
         reference = *next_of(store, reference)) {
        bool is_reply = (reference & IS_REPLY) != 0;
        uint32_t id = reference & ~IS_REPLY;

        if (frame_of(store, reference) != frame)
            continue;
        if ((is_reply ? ttr_store_reply(store, id)->layer : ttr_store_probe(store, id)->layer) != layer)
            continue;
        probe = ttr_store_probe(store, is_reply ? ttr_store_reply(store, id)->probe : id);
        if (probe->is_ordinary)
            return false;
        note->role = is_reply ? TTR_NOTE_REPLY : TTR_NOTE_PROBE;
        note->id = id;
        series = ttr_store_series(store, probe->series);
        note->serial = series->serial;
        note->trace = series->trace;
        return true;
    }
    return false;
}
