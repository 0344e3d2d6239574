/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model knows about one frame. Notes are values: nothing in them is borrowed.
 */
#ifndef TTR_NOTE_H
#define TTR_NOTE_H

#include "ttr_path.h"

typedef enum {
    TTR_NOTE_NONE,              /* stored as evidence, and part of no trace, as far as is known */
    TTR_NOTE_PROBE,             /* ttr_path_probe() takes the id */
    TTR_NOTE_REPLY,             /* ttr_path_reply() */
    TTR_NOTE_TEARDOWN           /* ttr_path_teardown() */
} ttr_note_role_t;

typedef struct ttr_note {
    uint32_t frame;
    uint8_t layer;
    ttr_note_role_t role;
    uint32_t id;                /* by role; TTR_NO_ID where there is none */
    uint32_t trace;             /* index of the trace, TTR_NO_TRACE while it has none: nothing may be shown then */
} ttr_note_t;

/* Is the packet in `layer` of `frame` stored as evidence, so that it may yet turn out to be part of a trace? Cheap. */
bool ttr_note_is_there(const ttr_store_t *store, uint32_t frame, uint8_t layer);

/* Fills *note; false when the packet is not stored. Says what the whole capture says, as far as it was observed: to be
 * asked when all frames were seen, or for a redraw. */
bool ttr_note_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note);

/* The same for the frame that was observed last, while others are still to come: what is known by now of its pair of
 * hosts. Numbers no traces, so that it does not matter who asks this and when. */
bool ttr_note_find_now(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note);

/* The same, but nothing is computed: of most packets that were just observed it is not known yet what they are. */
bool ttr_note_find_so_far(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note);

#endif
