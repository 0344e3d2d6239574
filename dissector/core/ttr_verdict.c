/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a trace as a whole says: state of the port, path length, why it ended.
 */
#include "ttr_findings.h"
#include "ttr_schedule.h"

/* The first that holds. What single replies say goes before silence; of those an open port goes before all, since a
 * target resets its own half-open connection later. Nothing from the target though probes went further than any that
 * was answered: something drops them. Those that are in flight say nothing yet. */
static ttr_state_t
state_of(const ttr_findings_t *findings)
{
    static const ttr_state_t by_reply[] = {TTR_STATE_OPEN, TTR_STATE_CLOSED, TTR_STATE_UNFILTERED, TTR_STATE_FILTERED};

    for (size_t i = 0; i < G_N_ELEMENTS(by_reply); i++) {
        if (findings->is_state[by_reply[i]])
            return by_reply[i];
    }
    if (!findings->is_arrived && findings->last_lost_ttl > findings->last_answered_ttl)
        return TTR_STATE_FILTERED;
    return TTR_STATE_UNKNOWN;
}

static void
fill_first(const ttr_store_t *store, const ttr_trace_t *trace, ttr_trace_info_t *info)
{
    const ttr_sighting_t *first = ttr_store_sighting(store, trace->probes[0]);
    const ttr_flow_t *flow = ttr_store_flow(store, first->flow);

    info->sport = first->is_from_low ? flow->low_port : flow->high_port;
    info->dport = first->is_from_low ? flow->high_port : flow->low_port;
    info->is_ack_method = (first->flags & TTR_TCP_ACK) != 0;
    info->probe_size = first->size;
    info->start_ns = first->time_ns;
}

static void
fill_stop(const ttr_findings_t *findings, ttr_trace_info_t *info)
{
    if (findings->has_tcp_reply) {
        info->stop_reason = TTR_STOP_COMPLETED;
    } else if (findings->unreach_frame != 0) {
        info->stop_reason = TTR_STOP_UNREACH;
        info->stop_code = findings->unreach_code;
    } else if (info->state == TTR_STATE_FILTERED) {
        info->stop_reason = TTR_STOP_GAPLIMIT;
    }
}

bool
ttr_path_trace(const ttr_store_t *store, uint32_t index, ttr_trace_info_t *info)
{
    const ttr_trace_t *trace;
    ttr_trace_ends_t ends;
    ttr_findings_t findings;

    ttr_schedule_settle(store);
    if (!ttr_path_ends(store, index, &ends))
        return false;
    trace = ttr_store_trace(store, ttr_schedule_trace(store, index));
    findings = ttr_findings_find(store, trace);
    *info = (ttr_trace_info_t){
        .index = index,
        .family = ends.family,
        .source = ends.source,
        .target = ends.target,
        .state = state_of(&findings),
        .is_reached = findings.length.hops != 0,
        .path_length = findings.length.hops,
        .stretch_ns = findings.length.stretch_ns,
        .first_ttl = findings.first_ttl,
        .last_ttl = findings.last_ttl,
        .attempts = findings.attempts,
        .probe_count = trace->probe_count,
        .answered_count = findings.answered,
    };
    fill_first(store, trace, info);
    fill_stop(&findings, info);
    return true;
}

/* Remembered until the next compute of the pair, and until all is computed anew: the end of the capture counts, too. */
ttr_state_t
ttr_path_state(const ttr_store_t *store, uint32_t index)
{
    uint32_t id = ttr_schedule_trace(store, index);
    ttr_findings_t findings;
    ttr_trace_t *trace;

    if (id == 0)
        return TTR_STATE_UNKNOWN;
    trace = ttr_store_trace(store, id);
    if (trace->verdict_at != store->settled) {
        findings = ttr_findings_find(store, trace);
        trace->state = (uint8_t)state_of(&findings);
        trace->verdict_at = store->settled;
    }
    return (ttr_state_t)trace->state;
}
