/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons against runs of segments with ACK of which no router quoted any. They are the middle of somebody's connection,
 * whose beginning was not captured and whose TTLs differ (a path that changes, several servers behind one address), far
 * oftener than probes: a run must show nothing that a connection does, and look like a sweep.
 */
#include <stdlib.h>

#include "ttr_recognise.h"

/* How far an acknowledgement goes forward from one segment to the next at most; a tool that draws it goes farther in all
 * but one of 4096. */
#define ACK_STEP_MAX (1 << 20)

static bool
has_ack(const ttr_packet_t *packet)
{
    return (packet->segment->flags & TTR_TCP_ACK) != 0;
}

static uint32_t
count_of(const ttr_sweep_t *sweep, bool (*holds)(const ttr_packet_t *packet))
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        count += holds(sweep->probes[i]) ? 1 : 0;
    return count;
}

static bool
is_most_with_ack(const ttr_sweep_t *sweep)
{
    return count_of(sweep, has_ack) > sweep->count / 2;
}

/* Tools that mix SYNs with other segments (lft) have the SYNs in the same run. */
bool
ttr_reason_connection(const ttr_sweep_t *sweep)
{
    uint32_t behind = 0;

    for (uint32_t i = 0; i < sweep->count; i++) {
        if ((sweep->probes[i]->segment->flags & TTR_TCP_SYN) != 0)
            return false;
        behind += ttr_ordinary_is_behind_syn(sweep->ordinary, sweep->probes[i]) ? 1 : 0;
    }
    return behind > sweep->count / 2;
}

/* By flow, and within it in the order in which they stand, that of sending. */
static int
compare_places(const void *a, const void *b)
{
    const ttr_packet_t *const *const *first = a;
    const ttr_packet_t *const *const *second = b;
    uint32_t flow = (**first)->segment->flow, other = (**second)->segment->flow;

    if (flow != other)
        return flow < other ? -1 : 1;
    return *first < *second ? -1 : *first > *second;
}

/* Does a connection go on from one segment to the next (RFC 9293 section 3.4)? Its data follows that of the first, or it
 * acknowledges more. Probes keep, draw or count these numbers without data in between. */
static bool
goes_on(const ttr_sighting_t *from, const ttr_sighting_t *to)
{
    uint32_t length = from->payload + ((from->flags & (TTR_TCP_SYN | TTR_TCP_FIN)) != 0 ? 1 : 0);
    int32_t acknowledged = (int32_t)(to->ack - from->ack);

    return (length > 0 && to->seq == from->seq + length) || (acknowledged > 0 && acknowledged < ACK_STEP_MAX);
}

bool
ttr_reason_stream(const ttr_sweep_t *sweep)
{
    ttr_packet_t *const **places;
    uint32_t steps = 0, on = 0;

    if (!is_most_with_ack(sweep))
        return false;
    places = g_new(ttr_packet_t *const *, sweep->count);
    for (uint32_t i = 0; i < sweep->count; i++)
        places[i] = &sweep->probes[i];
    qsort(places, sweep->count, sizeof *places, compare_places);
    for (uint32_t i = 1; i < sweep->count; i++) {
        const ttr_sighting_t *from = (*places[i - 1])->segment, *to = (*places[i])->segment;

        if (from->flow != to->flow)
            continue;
        steps++;
        on += goes_on(from, to) ? 1 : 0;
    }
    g_free(places);
    return 2 * on > steps;
}

static bool
has_data_with_ack(const ttr_packet_t *packet)
{
    return has_ack(packet) && packet->segment->payload > 0;
}

bool
ttr_reason_silent_data(const ttr_sweep_t *sweep)
{
    return count_of(sweep, has_data_with_ack) > sweep->count / 2 && ttr_sweep_flows(sweep) > 1;
}

/* The TTL that was tried last need not be done. */
bool
ttr_reason_uneven(const ttr_sweep_t *sweep)
{
    uint8_t last = sweep->probes[sweep->count - 1]->segment->ttl;
    uint32_t least = UINT32_MAX;

    if (!is_most_with_ack(sweep))
        return false;
    for (unsigned ttl = 0; ttl < TTR_SWEEP_TTLS; ttl++) {
        if (sweep->counts[ttl] > 0 && ttl != last)
            least = MIN(least, sweep->counts[ttl]);
    }
    return least != UINT32_MAX && ttr_sweep_most(sweep) > 2 * (uint64_t)least + 1;
}
