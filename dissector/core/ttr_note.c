/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Records by frame: a hash table whose buckets chain the sightings and errors themselves, by reference.
 */
#include "ttr_note.h"

#include "ttr_evidence.h"
#include "ttr_schedule.h"

#define FIRST_SIZE 64u

static bool
is_error(uint32_t reference)
{
    return (reference & TTR_IS_ERROR) != 0;
}

static uint32_t *
next_of(const ttr_store_t *store, uint32_t reference)
{
    if (is_error(reference))
        return &ttr_store_error(store, reference & ~TTR_IS_ERROR)->next_in_frame;
    return &ttr_store_sighting(store, reference)->next_in_frame;
}

static uint32_t
frame_of(const ttr_store_t *store, uint32_t reference)
{
    if (is_error(reference))
        return ttr_store_error(store, reference & ~TTR_IS_ERROR)->frame;
    return ttr_store_sighting(store, reference)->frame;
}

static uint8_t
layer_of(const ttr_store_t *store, uint32_t reference)
{
    if (is_error(reference))
        return ttr_store_error(store, reference & ~TTR_IS_ERROR)->layer;
    return ttr_store_sighting(store, reference)->layer;
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

void
ttr_note_add(ttr_store_t *store, uint32_t reference)
{
    if (store->frame_heads == NULL || store->frame_count > store->frame_mask)
        grow(store);
    push(store, reference);
    store->frame_count++;
}

void
ttr_note_remove(ttr_store_t *store, uint32_t reference)
{
    uint32_t *at = &store->frame_heads[frame_of(store, reference) & store->frame_mask];

    while (*at != reference)
        at = next_of(store, *at);
    *at = *next_of(store, reference);
    store->frame_count--;
}

/* The record of a packet; 0: it has none. */
static uint32_t
find(const ttr_store_t *store, uint32_t frame, uint8_t layer)
{
    uint32_t reference = store->frame_heads == NULL ? 0 : store->frame_heads[frame & store->frame_mask];

    while (reference != 0 && (frame_of(store, reference) != frame || layer_of(store, reference) != layer))
        reference = *next_of(store, reference);
    return reference;
}

static ttr_note_role_t
note_role(ttr_role_t role)
{
    switch (role) {
    case TTR_ROLE_NONE:     break;
    case TTR_ROLE_PROBE:    return TTR_NOTE_PROBE;
    case TTR_ROLE_REPLY:    return TTR_NOTE_REPLY;
    case TTR_ROLE_TEARDOWN: return TTR_NOTE_TEARDOWN;
    }
    return TTR_NOTE_NONE;
}

/* The trace that a record is part of; 0: none. */
static uint32_t
trace_of(const ttr_store_t *store, uint32_t reference)
{
    const ttr_error_t *error;

    if (!is_error(reference))
        return ttr_store_sighting(store, reference)->trace;
    error = ttr_store_error(store, reference & ~TTR_IS_ERROR);
    return error->probe == 0 ? 0 : ttr_store_sighting(store, error->probe)->trace;
}

static bool
fill(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note)
{
    uint32_t reference = find(store, frame, layer);
    uint32_t trace;

    if (reference == 0)
        return false;
    *note = (ttr_note_t){.frame = frame, .layer = layer, .trace = TTR_NO_TRACE};
    trace = trace_of(store, reference);
    if (trace == 0)
        return true;
    note->role = note_role(is_error(reference) ? (ttr_role_t)ttr_store_error(store, reference & ~TTR_IS_ERROR)->role
                                               : (ttr_role_t)ttr_store_sighting(store, reference)->role);
    note->id = reference;
    note->trace = ttr_store_trace(store, trace)->number;
    return true;
}

bool
ttr_note_is_there(const ttr_store_t *store, uint32_t frame, uint8_t layer)
{
    return find(store, frame, layer) != 0;
}

bool
ttr_note_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note)
{
    ttr_schedule_settle(store);
    return fill(store, frame, layer, note);
}

bool
ttr_note_find_now(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note)
{
    uint32_t reference = find(store, frame, layer);
    uint32_t pair;

    if (reference == 0)
        return false;
    pair = is_error(reference) ? ttr_store_error(store, reference & ~TTR_IS_ERROR)->pair
                               : ttr_store_flow(store, ttr_store_sighting(store, reference)->flow)->pair;
    if (pair != 0)
        ttr_schedule_look(store, pair);
    return fill(store, frame, layer, note);
}

bool
ttr_note_find_so_far(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note)
{
    return fill(store, frame, layer, note);
}
