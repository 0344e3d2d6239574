/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model knows about the packet at hand, fetched once for tree, expert info and columns.
 */
#ifndef TTR_KNOWN_H
#define TTR_KNOWN_H

#include "ttr_note.h"

/* How much is asked. */
typedef enum {
    TTR_KNOWN_THERE,            /* nothing but whether the packet is evidence, and so may turn out to be part of a trace */
    TTR_KNOWN_SO_FAR,           /* what the model happens to know of it: nothing is computed */
    TTR_KNOWN_NOW,              /* what can be known when the packet has just been observed */
    TTR_KNOWN_FINALLY           /* what all packets say */
} ttr_known_when_t;

/* Of a packet that is in no trace, only `note` is filled. */
typedef struct ttr_known {
    ttr_note_t note;
    bool has_reply;             /* `reply` is filled: this reply, or the first answer of this probe */
    ttr_probe_info_t probe;     /* this probe, or the one that this reply answers, or whose connection this RST ends */
    ttr_reply_info_t reply;
    ttr_teardown_info_t teardown;   /* if it is one */
} ttr_known_t;

/* False when the model knows nothing of the packet in `layer` of `frame`. */
bool ttr_known_find(const ttr_store_t *store, uint32_t frame, uint8_t layer, ttr_known_when_t when, ttr_known_t *known);

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

/* Is it the RST with which the sender ended a connection that its probe had half opened? */
static inline bool
ttr_known_is_teardown(const ttr_known_t *known)
{
    return known->note.role == TTR_NOTE_TEARDOWN;
}

/* Frame of the packet that this one is a copy of; 0: it is none. */
static inline uint32_t
ttr_known_copy_of(const ttr_known_t *known)
{
    if (ttr_known_is_teardown(known))
        return 0;
    return ttr_known_is_reply(known) ? known->reply.copy_of : known->probe.copy_of;
}

#endif
