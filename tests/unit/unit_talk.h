/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A talk between hosts, made up segment by segment: what a test of the model feeds into ttr_store_observe(). Where
 * nothing else is said 203.0.113.1, port 40000, talks to 192.0.2.9, port 80.
 */
#ifndef UNIT_TALK_H
#define UNIT_TALK_H

#include <glib.h>

#include "ttr_store.h"

#define UNIT_MS G_GINT64_CONSTANT(1000000)
#define UNIT_SECOND (1000 * UNIT_MS)

/* Addresses as numbers in host order. */
#define UNIT_SOURCE 0xcb007101u
#define UNIT_TARGET 0xc0000209u
#define UNIT_ROUTER 0xc6336400u /* 198.51.100.0; a router is this and its hop */

typedef struct unit_talk {
    ttr_store_t *store;         /* owned by the test */
    uint32_t frame;             /* of the last observation */
    int64_t now_ns;             /* time of the next one; the test moves it */
} unit_talk_t;

/* A segment as it is sent. What is 0 is the default named above; flags 0 are SYN, seq 0 is one that the frame gives. */
typedef struct unit_segment {
    uint8_t ttl;
    uint16_t sport;
    uint16_t dport;
    uint32_t target;
    uint32_t seq;
    uint32_t ack;
    uint16_t flags;
    uint16_t ip_id;             /* 0: the frame's number */
    uint32_t payload;
    bool has_options;           /* those of a Linux kernel */
    bool dont_fragment;
} unit_segment_t;

/* The test frees the store. Time begins at 1,000 s. */
unit_talk_t unit_talk_new(void);

/* Observes the segment, and returns it. */
ttr_observation_t unit_talk_send(unit_talk_t *talk, unit_segment_t segment);

/* The ICMP error `type`, `code` for this segment, from that host; the quote is as it was sent. */
void unit_talk_error(unit_talk_t *talk, const ttr_observation_t *probe, uint32_t from, uint8_t type, uint8_t code);

/* A router says that the time of the probe is over: the one whose hop is the probe's TTL. */
void unit_talk_expire(unit_talk_t *talk, const ttr_observation_t *probe);

/* The target answers the probe with these flags; it acknowledges what the probe needs. */
void unit_talk_answer(unit_talk_t *talk, const ttr_observation_t *probe, uint16_t flags);

/* A frame of no matter, after so long: the capture goes on. */
void unit_talk_wait(unit_talk_t *talk, int64_t ns);

#endif
