/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons for runs with one TTL (traceroute -f 5 -m 5): only what no ordinary sender does.
 */
#include "ttr_recognise.h"

#define SECOND_NS INT64_C(1000000000)

enum {
    PROBES_MIN = 3,
    BURST_MAX = 16              /* probes that traceroute sends at once (its -N) */
};

/* Does the next probe go on with the counters of this one? IPv6 has no ID. */
static bool
counts_on(const ttr_sweep_t *sweep, const ttr_sighting_t *this, const ttr_sighting_t *next)
{
    return next->seq == this->seq + 1 && (sweep->run->side->work->family == TTR_FAMILY_IPV6 ||
                                          (uint16_t)next->id_or_label == (uint16_t)(this->id_or_label + 1));
}

static uint32_t
count_answered(const ttr_sweep_t *sweep)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        count += sweep->probes[i]->answers != NULL ? 1 : 0;
    return count;
}

/* Sequence number and IP ID count by one from probe to probe, without data: no TCP does. ACKs need an answer, since
 * keep-alive ACKs come near. */
bool
ttr_reason_numbered(const ttr_sweep_t *sweep)
{
    if (sweep->count < PROBES_MIN)
        return false;
    for (uint32_t i = 0; i < sweep->count; i++) {
        if (sweep->probes[i]->segment->payload != 0)
            return false;
        if (i > 0 && !counts_on(sweep, sweep->probes[i - 1]->segment, sweep->probes[i]->segment))
            return false;
    }
    return (sweep->probes[0]->segment->flags & TTR_TCP_ACK) == 0 || count_answered(sweep) > 0;
}

/* Is this probe sent within a second of the answer to the one before? Not by a kernel, which repeats a SYN with the
 * same number whether or not a router said anything. */
static bool
is_sent_on_answer(const ttr_packet_t *before, const ttr_packet_t *probe)
{
    int64_t wait_ns;

    if (before->answers == NULL || (before->segment->seq == probe->segment->seq && before->segment->shape != 0))
        return false;
    wait_ns = probe->time_ns - before->answers->event->time_ns;
    return wait_ns > 0 && wait_ns < SECOND_NS;
}

/* Did the sender finish the handshake with the TTL of its SYN? Then connections were made, on one port after the other. */
static bool
is_completed(const ttr_sweep_t *sweep)
{
    const ttr_packet_t *first = sweep->probes[0];
    const ttr_packet_t *last = sweep->probes[sweep->count - 1];
    ttr_range_t range = ttr_side_find(sweep->run->side, TTR_ORDER_FLOW, first->segment->flow);

    if (first->segment->shape == 0)
        return false;
    range = ttr_range_between(range, first->time_ns, last->time_ns + SECOND_NS);
    for (uint32_t i = 0; i < range.count; i++) {
        const ttr_sighting_t *segment = range.packets[i]->segment;

        if ((segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_RST)) == TTR_TCP_ACK && segment->ttl == first->segment->ttl)
            return true;
    }
    return false;
}

/* SYNs on one flow, each sent when the one before was answered (tcptraceroute). TTL 1 is what link-local services use. */
bool
ttr_reason_again(const ttr_sweep_t *sweep)
{
    const ttr_sighting_t *first = sweep->probes[0]->segment;
    uint32_t on_answer = 0;

    if (sweep->count < PROBES_MIN || first->ttl <= 1 || (first->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) != TTR_TCP_SYN ||
        count_answered(sweep) + 1 < sweep->count || ttr_sweep_flows(sweep) != 1)
        return false;
    for (uint32_t i = 1; i < sweep->count; i++)
        on_answer += is_sent_on_answer(sweep->probes[i - 1], sweep->probes[i]) ? 1 : 0;
    return on_answer >= 2 && !is_completed(sweep);
}

static uint32_t
count_expired(const ttr_sweep_t *sweep)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sweep->count; i++) {
        bool is_expired = false;

        for (const ttr_answer_t *answer = sweep->probes[i]->answers; answer != NULL; answer = answer->next)
            is_expired = is_expired || answer->kind == TTR_KIND_TIME_EXCEEDED;
        count += is_expired ? 1 : 0;
    }
    return count;
}

/* A few ports in a moment with one time stamp, which a kernel's clock would not give, and without "don't fragment",
 * which a kernel would set: traceroute -T, when routers quote it. */
bool
ttr_reason_burst(const ttr_sweep_t *sweep)
{
    const ttr_packet_t *first = sweep->probes[0];

    if (first->segment->tsval == 0 || sweep->count < PROBES_MIN || sweep->count > BURST_MAX || sweep->run->side->work->family == TTR_FAMILY_IPV6 ||
        first->segment->dont_fragment || sweep->probes[sweep->count - 1]->time_ns - first->time_ns > SECOND_NS ||
        ttr_sweep_flows(sweep) < PROBES_MIN)
        return false;
    for (uint32_t i = 1; i < sweep->count; i++) {
        if (sweep->probes[i]->segment->tsval != first->segment->tsval)
            return false;
    }
    return count_expired(sweep) >= PROBES_MIN;
}
