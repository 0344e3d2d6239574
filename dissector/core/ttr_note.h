/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model knows about one frame. Notes are values: nothing in them is borrowed.
 */
#ifndef TTR_NOTE_H
#define TTR_NOTE_H

#include "ttr_path.h"

typedef enum {
    TTR_NOTE_PROBE,
    TTR_NOTE_REPLY
} ttr_note_role_t;

typedef struct ttr_note {
    ttr_note_role_t role;
    uint32_t id;                /* ttr_path_probe() or ttr_path_reply() takes it, by role */
    uint32_t serial;            /* of the series that it belongs to, recognised or not; see ttr_path_serial() */
    uint32_t trace;             /* index of the trace, TTR_NO_TRACE while it is not recognised as one */
} ttr_note_t;

/* Finds the note of the packet in `layer` of `frame`; false when there is none. A segment that may yet turn out
 * to be a probe has a note whose trace is TTR_NO_TRACE: nothing may be shown for it. */
bool ttr_note_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_note_t *note);

#endif
