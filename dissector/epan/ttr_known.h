/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model knows about the packet at hand, fetched once for tree, expert info and columns.
 */
#ifndef TTR_KNOWN_H
#define TTR_KNOWN_H

#include "ttr_note.h"

/* Of a packet that is in no trace, only `note` is filled. */
typedef struct ttr_known {
    ttr_note_t note;
    bool has_reply;             /* `reply` is filled: this reply, or the first answer of this probe */
    ttr_probe_info_t probe;     /* this probe, or the one that this reply answers */
    ttr_reply_info_t reply;
} ttr_known_t;

/* False when the model knows nothing of the packet in `layer` of `frame`. */
bool ttr_known_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_known_t *known);

/* Is the packet part of a trace, so that something of it may be shown? */
static inline bool
ttr_known_is_in_trace(const ttr_known_t *known)
{
    return known->note.trace != TTR_NO_TRACE;
}

static inline bool
ttr_known_is_reply(const ttr_known_t *known)
{
    return known->note.role == TTR_NOTE_REPLY;
}

/* Frame of the packet that this one is a copy of; 0: it is none. */
static inline uint32_t
ttr_known_copy_of(const ttr_known_t *known)
{
    return ttr_known_is_reply(known) ? known->reply.copy_of : known->probe.copy_of;
}

#endif
