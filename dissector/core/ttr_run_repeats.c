/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * SYNs that the sender's own TCP sent again. A program that makes its packets itself may repeat them to the letter, too
 * (tcptraceroute); those are probes like all others, without options or with one time stamp for all.
 */
#include "ttr_interned.h"
#include "ttr_runs.h"

enum {
    SYN_MIN_RTO_NS = 900000000  /* a TCP repeats its SYN after 1 s (RFC 6298 section 2.1); less some slack */
};

/* Does a SYN with these numbers come once more? Whatever its options are now: a kernel that gets no answer leaves out
 * one after the other. */
static bool
repeats(const ttr_packet_t *earlier, const ttr_packet_t *packet)
{
    const ttr_sighting_t *a = earlier->segment;
    const ttr_sighting_t *b = packet->segment;

    return (b->flags & TTR_TCP_SYN) != 0 && a->shape != TTR_INTERNED_NONE && a->seq == b->seq && a->ttl == b->ttl;
}

/* The time stamp is that of the moment. Without one the pause tells, or the next IP ID: a kernel repeats within
 * milliseconds after a challenge ACK, too. */
static bool
is_retransmission(const ttr_packet_t *earlier, const ttr_packet_t *packet)
{
    const ttr_sighting_t *a = earlier->segment;
    const ttr_sighting_t *b = packet->segment;
    bool has_ids = packet->side->work->family == TTR_FAMILY_IPV4 && b->id_or_label != 0;

    if ((b->flags & TTR_TCP_ACK) != 0 || (has_ids && a->id_or_label == b->id_or_label))
        return false;
    if (a->tsval != 0 || b->tsval != 0)
        return a->tsval != b->tsval;
    return packet->time_ns - earlier->time_ns >= SYN_MIN_RTO_NS ||
           (has_ids && (uint16_t)(a->id_or_label + 1) == b->id_or_label);
}

/* The repeats of one flow. A connection repeats its SYN before it sends anything else, so each is held against what the
 * flow showed last. */
static void
find_in_flow(ttr_range_t flow, ttr_packet_t **firsts)
{
    ttr_packet_t *first = NULL;
    ttr_packet_t *last = NULL;  /* its last transmission */

    for (uint32_t i = 0; i < flow.count; i++) {
        ttr_packet_t *packet = flow.packets[i];

        if (packet->role != TTR_PACKET_PLAIN)
            continue;
        if (first != NULL && repeats(first, packet)) {
            firsts[packet->order] = first;
            packet->is_retransmission = is_retransmission(last, packet);
        } else {
            first = packet;
        }
        last = packet;
    }
}

ttr_packet_t **
ttr_run_repeats(ttr_side_t *side)
{
    ttr_packet_t **firsts = TTR_ARENA_ARRAY(side->work->arena, ttr_packet_t *, side->packet_count);

    for (uint32_t i = 0; i < side->packet_count; i++) {
        ttr_range_t flow = ttr_side_find(side, TTR_ORDER_FLOW, side->packets[i]->segment->flow);

        if (flow.packets[0] == side->packets[i])
            find_in_flow(flow, firsts);
    }
    return firsts;
}
