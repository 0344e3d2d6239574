/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_known.h"

bool
ttr_known_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_known_t *known)
{
    if (!ttr_note_find(store, frame, layer, &known->note))
        return false;
    if (!ttr_known_is_in_trace(known))
        return true;
    if (ttr_known_is_reply(known)) {
        known->has_reply = ttr_path_reply(store, known->note.id, &known->reply);
        return known->has_reply && ttr_path_probe(store, known->reply.probe, &known->probe);
    }
    if (!ttr_path_probe(store, known->note.id, &known->probe))
        return false;
    known->has_reply = ttr_path_reply(store, known->probe.first_reply, &known->reply);
    return true;
}
