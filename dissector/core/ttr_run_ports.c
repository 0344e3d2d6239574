/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What ports that count say of flows: a flow may have several TTLs and be no fixed flow, and several fixed flows may be
 * of one tool.
 */
#include "ttr_run_flows.h"

enum {
    CHANCE_SHARE = 5,           /* flows that met by chance are at most one in as many */
    COMES_BY_MAX = 3,           /* packets a flow, where a counter comes by again */
    FAR_FLOWS_MIN = 8,          /* fbtracert probes 10 flows at once, some of which may not be in the capture */
    ROW_MORE = 256,             /* numbers behind the last of the fixed flow that may still be of its row */
    ROW_SPAN_MAX = 60000,       /* a longer row has IP IDs that wrapped */
    ROW_MIN = 3,                /* flows: two neighbouring ports mean nothing */
    SEQ_SMALL = 1 << 16,        /* a seq below is a counter, not a random number, and names nobody across flows */
    TTL_SHIFT = 24              /* fbtracert: seq = TTL << 24 */
};

/* Ports drawn at random meet now and then (a flood, a scan): a few flows with two TTLs among many with one are no
 * fixed flow. */
static void
release_chance(const ttr_flows_t *flows)
{
    uint64_t chance_count = 0;
    uint32_t fixed_count = 0;

    for (uint32_t i = 0; i < flows->count; i++) {
        fixed_count += flows->flows[i].state == TTR_FLOW_FIXED;
        chance_count += flows->flows[i].may_be_chance;
    }
    if (chance_count * CHANCE_SHARE > flows->count - fixed_count)
        return;
    for (uint32_t i = 0; i < flows->count; i++) {
        if (flows->flows[i].may_be_chance)
            flows->flows[i].state = TTR_FLOW_SINGLE;
    }
}

/* Does the port that `same` do not share rise by one from probe to probe? 7 in 10 times, since two runs at once, or
 * losses, disturb it. */
static bool
is_counter(const ttr_flows_t *flows, const ttr_same_port_t *same, ttr_field_t counted)
{
    const ttr_series_t series = ttr_flows_gather(flows, same, TTR_FLOW_FIXED | TTR_FLOW_SINGLE);
    const ttr_packet_t *last = NULL;
    uint64_t steps = 0;
    uint64_t ones = 0;

    for (uint32_t i = 0; i < series.count; i++) {
        const ttr_packet_t *packet = series.packets[i];

        if (!ttr_run_is_low(packet))
            continue;
        if (last != NULL) {
            steps++;
            ones += (uint16_t)(ttr_run_field(packet, counted) - ttr_run_field(last, counted)) == 1;
        }
        last = packet;
    }
    return ones * 10 >= steps * 7;
}

/* A port that counts from probe to probe comes by again in the next run, or when it wraps: that is no fixed flow
 * either. */
static void
release_counted(const ttr_flows_t *flows, ttr_port_t kept, ttr_field_t counted)
{
    ttr_same_port_t same = {0};

    while (ttr_flows_next(flows, kept, &same)) {
        uint64_t packets = 0;
        uint64_t count = 0;

        for (uint32_t i = 0; i < same.count; i++) {
            packets += same.flows[i]->low_count;
            count += same.flows[i]->low_count > 0;
        }
        if (count * COMES_BY_MAX < packets || ttr_flows_count(&same, TTR_FLOW_FIXED) == 0 ||
            !is_counter(flows, &same, counted))
            continue;
        for (uint32_t i = 0; i < same.count; i++) {
            if (same.flows[i]->state == TTR_FLOW_FIXED)
                same.flows[i]->state = TTR_FLOW_SINGLE;
        }
    }
}

void
ttr_flows_release(const ttr_flows_t *flows)
{
    uint32_t fixed_count = 0;

    release_chance(flows);
    for (uint32_t i = 0; i < flows->count; i++)
        fixed_count += flows->flows[i].state == TTR_FLOW_FIXED;
    if (fixed_count < 2)
        return;
    release_counted(flows, TTR_PORT_TARGET, TTR_FIELD_SPORT);
    release_counted(flows, TTR_PORT_SOURCE, TTR_FIELD_DPORT);
}

/* Does one counter of IP IDs (of flow labels in IPv6) run through the flows? In 8 of 10 steps from flow to flow. */
static bool
is_one_counter(const ttr_series_t *series)
{
    uint64_t steps = 0;
    uint64_t rises = 0;

    for (uint32_t i = 1; i < series->count; i++) {
        const ttr_sighting_t *last = series->packets[i - 1]->segment;
        const ttr_sighting_t *here = series->packets[i]->segment;
        uint16_t step = (uint16_t)(here->id_or_label - last->id_or_label);

        if (here->flow == last->flow)
            continue;
        steps++;
        rises += step > 0 && step <= TTR_RUN_STEP_MAX;
    }
    return steps >= 2 && rises * 10 >= steps * 8;
}

/* Does one program number its probes, whatever their flow (tcptracedump): seq counts, and the IP ID with it? In 8 of 10
 * steps from flow to flow. */
static bool
is_numbered(const ttr_series_t *series, uint8_t family)
{
    uint64_t steps = 0;
    uint64_t rises = 0;

    for (uint32_t i = 1; i < series->count; i++) {
        const ttr_sighting_t *last = series->packets[i - 1]->segment;
        const ttr_sighting_t *here = series->packets[i]->segment;
        uint32_t step = here->seq - last->seq;

        if (here->flow == last->flow)
            continue;
        steps++;
        rises += step > 0 && step <= TTR_RUN_STEP_MAX &&
                 (family == TTR_FAMILY_IPV6 || (uint16_t)(here->id_or_label - last->id_or_label) == step);
    }
    return steps >= 2 && rises * 10 >= steps * 8;
}

/* Are the source ports neighbours, first used in this order? */
static bool
is_row(const ttr_same_port_t *same)
{
    const ttr_run_flow_t *last = NULL;
    uint32_t count = 0;

    for (uint32_t i = 0; i < same->count; i++) {
        const ttr_run_flow_t *flow = same->flows[i];

        if ((flow->state & (TTR_FLOW_FIXED | TTR_FLOW_SINGLE)) == 0)
            continue;
        if (last != NULL && (flow->ports[TTR_PORT_SOURCE] != last->ports[TTR_PORT_SOURCE] + 1 ||
                             flow->packets[0]->time_ns < last->packets[0]->time_ns))
            return false;
        last = flow;
        count++;
    }
    return count >= ROW_MIN;
}

/* One counter of seq and IP ID through all flows, of which one may be the way of the trace, and the others have a probe
 * each. One seq for all flows, and one IP ID counter through them; or no ID and
 * one label: the source ports are one row (scamper tracelb). Or one seq = f(TTL) sent at once in many flows (fbtracert). */
bool
ttr_flows_are_joined(const ttr_flows_t *flows, const ttr_same_port_t *same)
{
    uint32_t fixed_count = ttr_flows_count(same, TTR_FLOW_FIXED);
    ttr_series_t all;
    bool has_one_seq = true;
    bool is_seq_ttl = true;

    if (fixed_count == 0)
        return false;
    all = ttr_flows_gather(flows, same, TTR_FLOW_FIXED | TTR_FLOW_SINGLE);
    for (uint32_t i = 0; i < all.count; i++) {
        const ttr_sighting_t *segment = all.packets[i]->segment;

        has_one_seq = has_one_seq && segment->seq == all.packets[0]->segment->seq;
        is_seq_ttl = is_seq_ttl && segment->seq >> TTL_SHIFT == segment->ttl;
    }
    if (is_numbered(&all, flows->work->family))
        return true;
    if (fixed_count < 2)
        return false;
    if (has_one_seq && is_one_counter(&all))
        return true;
    if (has_one_seq && all.packets[0]->segment->seq < SEQ_SMALL && flows->work->family == TTR_FAMILY_IPV6 &&
        is_row(same))
        return true;
    return fixed_count >= FAR_FLOWS_MIN && is_seq_ttl;
}

/* IP IDs wrap at another place than seqs. */
static bool
has_id_of_row(const ttr_flows_t *flows, const ttr_sighting_t *first, const ttr_sighting_t *here)
{
    return flows->work->family == TTR_FAMILY_IPV6 ||
           (uint16_t)(here->id_or_label - first->id_or_label) == (uint16_t)(here->seq - first->seq);
}

/* How far the numbers of this flow reach; 0: they are no row. */
static uint32_t
row_span(const ttr_flows_t *flows, const ttr_run_flow_t *fixed)
{
    const ttr_sighting_t *first = fixed->packets[0]->segment;
    uint32_t span = 0;

    for (uint32_t i = 1; i < fixed->count; i++) {
        const ttr_sighting_t *here = fixed->packets[i]->segment;

        if (here->seq - first->seq <= span || here->seq - first->seq > ROW_SPAN_MAX || !has_id_of_row(flows, first, here))
            return 0;
        span = here->seq - first->seq;
    }
    return fixed->count < ROW_MIN ? 0 : span;
}

ttr_same_port_t
ttr_flows_row(const ttr_flows_t *flows, const ttr_same_port_t *same, ttr_run_flow_t *fixed)
{
    ttr_same_port_t row = {.flows = TTR_ARENA_ARRAY(flows->work->arena, ttr_run_flow_t *, same->count)};
    uint32_t span = row_span(flows, fixed);

    row.flows[row.count++] = fixed;
    for (uint32_t i = 0; i < same->count && span > 0; i++) {
        const ttr_sighting_t *here = same->flows[i]->packets[0]->segment;
        const ttr_sighting_t *first = fixed->packets[0]->segment;

        if (same->flows[i]->state == TTR_FLOW_SINGLE && here->seq - first->seq <= span + ROW_MORE &&
            has_id_of_row(flows, first, here))
            row.flows[row.count++] = same->flows[i];
    }
    return row;
}
