/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which flows of a series belong together? A flow with several TTLs is a run of its own, or one of several that a tool
 * probes at once; flows with one TTL each are of one run where a port stays.
 */
#include "ttr_run_flows.h"

#include "ttr_sort.h"

enum {
    FIXED_TTLS = 2,             /* a flow with as many has all probes of its run */
    CHANCE_MAX = 3              /* so few packets may meet in one flow since ports are drawn at random */
};

static int
compare_flows(const void *a, const void *b)
{
    const ttr_packet_t *first = *(ttr_packet_t *const *)a;
    const ttr_packet_t *second = *(ttr_packet_t *const *)b;

    if (first->segment->flow != second->segment->flow)
        return first->segment->flow < second->segment->flow ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

static int
compare_by_port(const void *a, const void *b, ttr_port_t port)
{
    const ttr_run_flow_t *first = *(ttr_run_flow_t *const *)a;
    const ttr_run_flow_t *second = *(ttr_run_flow_t *const *)b;

    if (first->ports[port] != second->ports[port])
        return first->ports[port] < second->ports[port] ? -1 : 1;
    return (int)first->ports[!port] - (int)second->ports[!port];
}

static int
compare_by_sport(const void *a, const void *b)
{
    return compare_by_port(a, b, TTR_PORT_SOURCE);
}

static int
compare_by_dport(const void *a, const void *b)
{
    return compare_by_port(a, b, TTR_PORT_TARGET);
}

/* What a flow is by itself. */
static void
describe(ttr_run_flow_t *flow)
{
    ttr_ttls_t ttls = {{0}};
    const ttr_packet_t *first = NULL;
    bool has_seqs = false;

    for (uint32_t i = 0; i < flow->count; i++) {
        const ttr_packet_t *packet = flow->packets[i];

        if (!ttr_run_is_low(packet))
            continue;
        if (first == NULL)
            first = packet;
        has_seqs = has_seqs || packet->segment->seq != first->segment->seq;
        ttr_ttls_add(&ttls, packet->segment->ttl);
        flow->low_count++;
    }
    flow->ports[TTR_PORT_SOURCE] = ttr_work_sport(flow->packets[0]);
    flow->ports[TTR_PORT_TARGET] = ttr_work_dport(flow->packets[0]);
    flow->state = first == NULL                         ? TTR_FLOW_HIGH
                  : ttr_ttls_count(&ttls) >= FIXED_TTLS ? TTR_FLOW_FIXED
                                                        : TTR_FLOW_SINGLE;
    flow->may_be_chance = flow->state == TTR_FLOW_FIXED && flow->low_count <= CHANCE_MAX && has_seqs;
}

static void
make_flows(ttr_flows_t *flows, const ttr_series_t *series)
{
    ttr_packet_t **packets = TTR_ARENA_ARRAY(flows->work->arena, ttr_packet_t *, series->count);
    uint32_t end;

    flows->flows = TTR_ARENA_ARRAY(flows->work->arena, ttr_run_flow_t, series->count);
    memcpy(packets, series->packets, series->count * sizeof(ttr_packet_t *));
    ttr_sort(packets, series->count, sizeof(ttr_packet_t *), compare_flows);
    for (uint32_t first = 0; first < series->count; first = end) {
        ttr_run_flow_t *flow = &flows->flows[flows->count++];

        for (end = first + 1; end < series->count && packets[end]->segment->flow == packets[first]->segment->flow;)
            end++;
        flow->packets = packets + first;
        flow->count = end - first;
        describe(flow);
    }
    for (int port = 0; port < TTR_PORTS; port++) {
        flows->by_port[port] = TTR_ARENA_ARRAY(flows->work->arena, ttr_run_flow_t *, flows->count);
        for (uint32_t i = 0; i < flows->count; i++)
            flows->by_port[port][i] = &flows->flows[i];
        ttr_sort(flows->by_port[port], flows->count, sizeof(ttr_run_flow_t *),
                 port == TTR_PORT_SOURCE ? compare_by_sport : compare_by_dport);
    }
}

bool
ttr_flows_next(const ttr_flows_t *flows, ttr_port_t port, ttr_same_port_t *same)
{
    ttr_run_flow_t **all = flows->by_port[port];
    uint32_t first = same->flows == NULL ? 0 : (uint32_t)(same->flows - all) + same->count;
    uint32_t end = first;

    if (first == flows->count)
        return false;
    while (end < flows->count && all[end]->ports[port] == all[first]->ports[port])
        end++;
    same->flows = all + first;
    same->count = end - first;
    return true;
}

uint32_t
ttr_flows_count(const ttr_same_port_t *same, ttr_flow_state_t state)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < same->count; i++)
        count += same->flows[i]->state == state;
    return count;
}

ttr_series_t
ttr_flows_gather(const ttr_flows_t *flows, const ttr_same_port_t *same, unsigned states)
{
    ttr_series_t series = {0};
    size_t size = 0;

    for (uint32_t i = 0; i < same->count; i++) {
        if ((states & same->flows[i]->state) != 0)
            size += same->flows[i]->count;
    }
    series.packets = TTR_ARENA_ARRAY(flows->work->arena, ttr_packet_t *, size);
    for (uint32_t i = 0; i < same->count; i++) {
        const ttr_run_flow_t *flow = same->flows[i];

        if ((states & flow->state) == 0)
            continue;
        memcpy(series.packets + series.count, flow->packets, flow->count * sizeof(ttr_packet_t *));
        series.count += flow->count;
    }
    ttr_run_sort(series.packets, series.count);
    return series;
}

/* The flows in these states become one part. */
static void
take(const ttr_flows_t *flows, const ttr_same_port_t *same, unsigned states, ttr_run_kind_t kind, GArray *parts)
{
    ttr_series_t part = ttr_flows_gather(flows, same, states);

    part.kind = kind;
    g_array_append_val(parts, part);
    for (uint32_t i = 0; i < same->count; i++) {
        if ((states & same->flows[i]->state) != 0)
            same->flows[i]->state = TTR_FLOW_TAKEN;
    }
}

/* Flows with several TTLs: by themselves, with single ones in their row, or those to one port together. */
static void
take_fixed(const ttr_flows_t *flows, GArray *parts)
{
    ttr_same_port_t same = {0};

    while (ttr_flows_next(flows, TTR_PORT_TARGET, &same)) {
        if (ttr_flows_are_joined(flows, &same)) {
            take(flows, &same, TTR_FLOW_FIXED | TTR_FLOW_SINGLE, TTR_RUN_FLOWS, parts);
            continue;
        }
        for (uint32_t i = 0; i < same.count; i++) {
            ttr_same_port_t row;

            if (same.flows[i]->state != TTR_FLOW_FIXED)
                continue;
            row = ttr_flows_row(flows, &same, same.flows[i]);
            take(flows, &row, TTR_FLOW_FIXED | TTR_FLOW_SINGLE, row.count == 1 ? TTR_RUN_FLOW : TTR_RUN_FLOWS, parts);
        }
    }
}

/* Does the source port stay while the target port changes? A traceroute that counts target ports, or a scan. Not where
 * most of these target ports were asked from other source ports, too. */
static bool
is_target_counted(const ttr_same_port_t *same)
{
    uint32_t count = ttr_flows_count(same, TTR_FLOW_SINGLE);

    if (count < 2)
        return false;
    for (uint32_t i = 0; i < same->count; i++) {
        const ttr_run_flow_t *flow = same->flows[i];

        if (flow->state == TTR_FLOW_SINGLE && flow->mates > 1 && flow->mates * 2 > count)
            return false;
    }
    return true;
}

static void
take_singles(const ttr_flows_t *flows, GArray *parts)
{
    ttr_same_port_t same = {0};

    while (ttr_flows_next(flows, TTR_PORT_TARGET, &same)) {
        for (uint32_t i = 0, count = ttr_flows_count(&same, TTR_FLOW_SINGLE); i < same.count; i++)
            same.flows[i]->mates = count;
    }
    for (same = (ttr_same_port_t){0}; ttr_flows_next(flows, TTR_PORT_SOURCE, &same);) {
        if (is_target_counted(&same))
            take(flows, &same, TTR_FLOW_SINGLE | TTR_FLOW_HIGH, TTR_RUN_DPORT, parts);
    }
    for (same = (ttr_same_port_t){0}; ttr_flows_next(flows, TTR_PORT_TARGET, &same);) {
        if (ttr_flows_count(&same, TTR_FLOW_SINGLE) > 0)
            take(flows, &same, TTR_FLOW_SINGLE | TTR_FLOW_HIGH, TTR_RUN_SPORT, parts);
    }
}

void
ttr_split_flows(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_flows_t flows = {.work = work};
    bool has_low = false;

    for (uint32_t i = 0; i < series->count && !has_low; i++)
        has_low = ttr_run_is_low(series->packets[i]);
    if (!has_low)
        return;
    make_flows(&flows, series);
    ttr_flows_release(&flows);
    take_fixed(&flows, parts);
    take_singles(&flows, parts);
}
