/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_known.h"

static bool
find_note(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_known_when_t when, ttr_note_t *note)
{
    switch (when) {
    case TTR_KNOWN_THERE:
        *note = (ttr_note_t){.frame = frame, .layer = layer, .trace = TTR_NO_TRACE};
        return ttr_note_is_there(store, frame, layer);
    case TTR_KNOWN_SO_FAR:  return ttr_note_find_so_far(store, frame, layer, note);
    case TTR_KNOWN_NOW:     return ttr_note_find_now(store, frame, layer, note);
    case TTR_KNOWN_FINALLY: return ttr_note_find(store, frame, layer, note);
    }
    return false;
}

bool
ttr_known_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_known_when_t when, ttr_known_t *known)
{
    if (!find_note(store, frame, layer, when, &known->note))
        return false;
    if (!ttr_known_is_in_trace(known))
        return true;
    if (ttr_known_is_reply(known)) {
        known->has_reply = ttr_path_reply(store, known->note.id, &known->reply);
        return known->has_reply && ttr_path_probe(store, known->reply.probe, &known->probe);
    }
    if (ttr_known_is_teardown(known)) {
        known->has_reply = false;
        return ttr_path_teardown(store, known->note.id, &known->teardown) &&
               ttr_path_probe(store, known->teardown.probe, &known->probe);
    }
    if (!ttr_path_probe(store, known->note.id, &known->probe))
        return false;
    known->has_reply = ttr_path_reply(store, known->probe.first_reply, &known->reply);
    return true;
}
