/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets that go round: routers send them to each other until their time is over, and one capture point sees them
 * again and again. Private to the core.
 */
#ifndef TTR_LOOPS_H
#define TTR_LOOPS_H

#include "ttr_chain.h"

/* Segments, named by flow and seq, of which several responders said that their time was over. A loop is told of once:
 * these were several probes, however alike. */
typedef struct ttr_expired {
    uint64_t *keys;             /* ttr_key_flow_seq(), ascending */
    uint32_t count;
} ttr_expired_t;

/* From the errors of the pair. */
ttr_expired_t ttr_loops_expired(const ttr_side_t *side);
bool ttr_loops_is_expired(const ttr_expired_t *expired, const ttr_seen_t *seen);

/* Takes the loops out of sightings that may all be of one packet, each as a packet: handed to `take` with its chain.
 * Returns what is left. */
ttr_part_t ttr_loops_take(ttr_part_t part, void (*take)(const ttr_chain_t *loop, void *user), void *user);

/* Did one point see the packet at least three times, each time with a lower TTL? */
bool ttr_loops_is_loop(const ttr_packet_t *packet);

#endif
