/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons against runs with several TTLs of which no router quotes a probe: what else sends such segments.
 */
#include "ttr_recognise.h"

enum {
    CROWD = 6,                  /* runs at once: nobody starts so many tools within a second, and of none is a port kept */
    NEIGHBOURS = 64             /* runs that are looked at on each side */
};

#define AT_ONCE_NS INT64_C(1000000000)

/* A box that ends other people's connections counts or draws the TTL of its resets. A tool that probes with them learns
 * something of routers only. */
bool
ttr_reason_resets(const ttr_sweep_t *sweep)
{
    uint32_t resets = 0;

    for (uint32_t i = 0; i < sweep->count; i++)
        resets += (sweep->probes[i]->segment->flags & TTR_TCP_RST) != 0;
    return resets > sweep->count / 2;
}

/* A kernel repeats a SYN after a second, and then never sooner than the last time (RFC 6298 section 5.5); a balancer sends
 * each another way. */
bool
ttr_reason_backed_off(const ttr_sweep_t *sweep)
{
    const ttr_sighting_t *first = sweep->probes[0]->segment;
    int64_t least_ns = TTR_REPETITION_NS;

    if ((first->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) != TTR_TCP_SYN || first->shape == 0)
        return false;
    for (uint32_t i = 1; i < sweep->count; i++) {
        const ttr_sighting_t *segment = sweep->probes[i]->segment;
        int64_t since = sweep->probes[i]->time_ns - sweep->probes[i - 1]->time_ns;

        if (segment->flow != first->flow || segment->seq != first->seq || since < least_ns)
            return false;
        least_ns = since - since / 10;
    }
    return true;
}

/* Did the other host send more in this flow than a SYN/ACK or a RST? */
static bool
is_live(const ttr_sweep_t *sweep, const ttr_packet_t *probe)
{
    ttr_range_t range = ttr_side_find(sweep->run->side->other, TTR_ORDER_FLOW, probe->segment->flow);

    for (uint32_t i = 0; i < MIN(range.count, NEIGHBOURS); i++) {
        uint16_t flags = range.packets[i]->segment->flags;

        if ((flags & TTR_TCP_ACK) != 0 && (flags & (TTR_TCP_SYN | TTR_TCP_RST)) == 0)
            return true;
    }
    return false;
}

/* What goes on in a connection shows how far away its sender is, whose route changes now and then. */
bool
ttr_reason_live(const ttr_sweep_t *sweep)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < sweep->count; i++) {
        if ((sweep->probes[i]->segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_ACK)
            live += is_live(sweep, sweep->probes[i]) ? 1 : 0;
    }
    return live > sweep->count / 2;
}

/* Does the other run look as this one: ports that neither stay nor count, to one port of the target, unquoted? */
static bool
is_alike(const ttr_sweep_t *sweep, const ttr_run_t *other)
{
    if (other->count == 0 || other->kind != TTR_RUN_SPORT ||
        ttr_work_dport(other->probes[0]) != ttr_work_dport(sweep->probes[0]))
        return false;
    for (uint32_t i = 0; i < MIN(other->count, NEIGHBOURS); i++) {
        if (other->probes[i]->answers != NULL && other->probes[i]->answers->kind == TTR_KIND_TIME_EXCEEDED)
            return false;
    }
    return true;
}

/* A flood with TTLs in turn, of which frames are missing, comes apart into many short runs in order. */
bool
ttr_reason_crowd(const ttr_sweep_t *sweep)
{
    const GPtrArray *runs = sweep->run->side->runs;
    uint32_t first = sweep->place > NEIGHBOURS ? sweep->place - NEIGHBOURS : 0;
    uint32_t alike = 0;

    if (sweep->run->kind != TTR_RUN_SPORT || sweep->counts_ports)
        return false;
    for (uint32_t i = first; i < MIN(runs->len, sweep->place + NEIGHBOURS); i++) {
        const ttr_run_t *other = g_ptr_array_index(runs, i);

        if (i != sweep->place && is_alike(sweep, other) &&
            ABS(other->probes[0]->time_ns - sweep->probes[0]->time_ns) <= AT_ONCE_NS)
            alike++;
    }
    return alike >= CROWD;
}
