/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_path.h"

#include <string.h>

#include "ttr_error.h"
#include "ttr_evidence.h"
#include "ttr_exact.h"
#include "ttr_findings.h"
#include "ttr_interned.h"
#include "ttr_keep.h"
#include "ttr_pair.h"
#include "ttr_schedule.h"

uint32_t
ttr_path_trace_count(const ttr_store_t *store)
{
    ttr_schedule_settle(store);
    return store->numbers->len;
}

bool
ttr_path_ends(const ttr_store_t *store, uint32_t index, ttr_trace_ends_t *ends)
{
    uint32_t id = ttr_schedule_trace(store, index);
    const ttr_trace_t *trace;
    const ttr_pair_t *pair;

    if (id == 0)
        return false;
    trace = ttr_store_trace(store, id);
    pair = ttr_store_pair(store, trace->pair);
    *ends = (ttr_trace_ends_t){
        .family = pair->family,
        .source = trace->is_from_low ? pair->low : pair->high,
        .target = trace->is_from_low ? pair->high : pair->low,
    };
    return true;
}

/* By TTL; where it is the same the attempt is the order of sending. */
static int
compare_probes(const void *a, const void *b, void *store)
{
    const ttr_sighting_t *first = ttr_store_sighting(store, *(const uint32_t *)a);
    const ttr_sighting_t *second = ttr_store_sighting(store, *(const uint32_t *)b);

    if (first->ttl != second->ttl)
        return first->ttl < second->ttl ? -1 : 1;
    return first->attempt < second->attempt ? -1 : first->attempt > second->attempt;
}

GArray *
ttr_path_probes(const ttr_store_t *store, uint32_t index)
{
    GArray *probes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    ttr_schedule_settle(store);
    id = ttr_schedule_trace(store, index);
    if (id == 0)
        return probes;
    g_array_append_vals(probes, ttr_store_trace(store, id)->probes, ttr_store_trace(store, id)->probe_count);
    g_array_sort_with_data(probes, compare_probes, (gpointer)(uintptr_t)store);
    return probes;
}

GArray *
ttr_path_last_stretch(const ttr_store_t *store, const ttr_trace_info_t *trace)
{
    GArray *probes = ttr_path_probes(store, trace->index);
    guint kept = 0;

    for (guint i = 0; i < probes->len; i++) {
        uint32_t id = g_array_index(probes, uint32_t, i);

        if (ttr_store_sighting(store, id)->time_ns >= trace->stretch_ns)
            g_array_index(probes, uint32_t, kept++) = id;
    }
    g_array_set_size(probes, kept);
    return probes;
}

/* The sighting with this id, if it has this role; else NULL. Records that were given back have frame 0. */
static const ttr_sighting_t *
sighting_as(const ttr_store_t *store, uint32_t id, ttr_role_t role)
{
    const ttr_sighting_t *sighting;

    if (id == TTR_NO_ID || id > store->sightings.used)
        return NULL;
    sighting = ttr_store_sighting(store, id);
    return sighting->frame != 0 && sighting->role == role ? sighting : NULL;
}

static const ttr_error_t *
error_reply(const ttr_store_t *store, uint32_t reference)
{
    uint32_t id = reference & ~TTR_IS_ERROR;
    const ttr_error_t *error;

    if (reference == id || id == 0 || id > store->errors.used)
        return NULL;
    error = ttr_store_error(store, id);
    return error->frame != 0 && error->role == TTR_ROLE_REPLY ? error : NULL;
}

/* Frame of the packet that a record is a copy of; 0: it is none. */
static uint32_t
copy_of(const ttr_store_t *store, uint32_t id, uint32_t packet)
{
    return packet == id || packet == 0 ? 0 : ttr_store_sighting(store, packet)->frame;
}

static uint32_t
number_of(const ttr_store_t *store, const ttr_sighting_t *probe)
{
    return probe->trace == 0 ? TTR_NO_TRACE : ttr_store_trace(store, probe->trace)->number;
}

bool
ttr_path_probe(const ttr_store_t *store, uint32_t id, ttr_probe_info_t *info)
{
    const ttr_sighting_t *probe = sighting_as(store, id, TTR_ROLE_PROBE);
    const ttr_flow_t *flow;
    bool is_ipv4;

    if (probe == NULL)
        return false;
    flow = ttr_store_flow(store, probe->flow);
    is_ipv4 = ttr_store_pair(store, flow->pair)->family == TTR_FAMILY_IPV4;
    *info = (ttr_probe_info_t){
        .id = id,
        .trace = number_of(store, probe),
        .frame = probe->frame,
        .time_ns = probe->time_ns,
        .ttl = probe->ttl,
        .attempt = probe->attempt,
        .ip_id = is_ipv4 ? (uint16_t)probe->id_or_label : 0,
        .flow_label = is_ipv4 ? 0 : probe->id_or_label,
        .sport = probe->is_from_low ? flow->low_port : flow->high_port,
        .dport = probe->is_from_low ? flow->high_port : flow->low_port,
        .seq = probe->seq,
        .tcp_flags = probe->flags,
        .size = probe->size,
        .is_retransmission = probe->is_retransmission,
        .is_in_flight = ttr_findings_is_in_flight(store, ttr_store_trace(store, probe->trace), probe),
        .copy_of = copy_of(store, id, probe->packet),
        .first_reply = probe->first_reply,
    };
    return true;
}

bool
ttr_path_teardown(const ttr_store_t *store, uint32_t id, ttr_teardown_info_t *info)
{
    const ttr_sighting_t *teardown = sighting_as(store, id, TTR_ROLE_TEARDOWN);
    const ttr_pair_t *pair;

    if (teardown == NULL)
        return false;
    pair = ttr_store_pair(store, ttr_store_flow(store, teardown->flow)->pair);
    *info = (ttr_teardown_info_t){
        .id = id,
        .trace = number_of(store, teardown),
        .frame = teardown->frame,
        .probe = teardown->probe,
        .hop = ttr_store_sighting(store, teardown->probe)->ttl,
        .syn_ack_frame = ttr_store_sighting(store, teardown->next_reply)->frame,
        .ttl = teardown->ttl,
        .ip_id = pair->family == TTR_FAMILY_IPV4 ? (uint16_t)teardown->id_or_label : 0,
    };
    return true;
}

/* nmap's table: these codes of ICMP type 3, and all of ICMPv6 type 1, mean a filter (nmap, refguide.xml). */
static bool
says_filtered(const ttr_reply_info_t *reply)
{
    const uint32_t codes = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 9 | 1u << 10 | 1u << 13;

    if (reply->kind != TTR_KIND_UNREACHABLE)
        return false;
    return reply->family == TTR_FAMILY_IPV6 || (reply->icmp_code < 32 && (codes >> reply->icmp_code & 1) != 0);
}

static ttr_state_t
state_of(const ttr_reply_info_t *reply, const ttr_sighting_t *probe)
{
    switch (reply->kind) {
    case TTR_KIND_SYN_ACK:
    case TTR_KIND_SYN:
        return TTR_STATE_OPEN;
    case TTR_KIND_RST:
        if (reply->is_own_reset)
            return TTR_STATE_UNKNOWN;
        return (probe->flags & TTR_TCP_ACK) != 0 ? TTR_STATE_UNFILTERED : TTR_STATE_CLOSED;
    case TTR_KIND_UNREACHABLE:
        return says_filtered(reply) ? TTR_STATE_FILTERED : TTR_STATE_UNKNOWN;
    case TTR_KIND_TIME_EXCEEDED:
    case TTR_KIND_PACKET_TOO_BIG:
    case TTR_KIND_ACK:
    case TTR_KIND_OTHER_TCP:
    case TTR_KIND_OTHER_ICMP:
        return TTR_STATE_UNKNOWN;
    }
    return TTR_STATE_UNKNOWN;
}

/* What is the same for segments and errors; false when the probe is gone. */
static bool
fill_reply(const ttr_store_t *store, uint32_t probe_id, ttr_reply_info_t *info)
{
    const ttr_sighting_t *probe = sighting_as(store, probe_id, TTR_ROLE_PROBE);
    const ttr_pair_t *pair;

    if (probe == NULL)
        return false;
    pair = ttr_store_pair(store, ttr_store_flow(store, probe->flow)->pair);
    info->trace = number_of(store, probe);
    info->probe = probe_id;
    info->probe_frame = probe->frame;
    info->hop = probe->ttl;
    info->family = pair->family;
    info->state = state_of(info, probe);
    info->is_from_target = ttr_address_equal(&info->responder, probe->is_from_low ? &pair->high : &pair->low);
    info->is_late = info->rtt_ns > store->config.reply_limit_ns;
    return true;
}

static int64_t
rtt_of(const ttr_store_t *store, uint32_t probe, int64_t time_ns)
{
    return time_ns - ttr_store_sighting(store, probe)->time_ns;
}

static bool
path_segment(const ttr_store_t *store, uint32_t id, ttr_reply_info_t *info)
{
    const ttr_sighting_t *reply = sighting_as(store, id, TTR_ROLE_REPLY);
    const ttr_sighting_t *timed;
    const ttr_pair_t *pair;

    if (reply == NULL)
        return false;
    timed = reply->timed_by == 0 ? reply : ttr_store_sighting(store, reply->timed_by);
    pair = ttr_store_pair(store, ttr_store_flow(store, reply->flow)->pair);
    *info = (ttr_reply_info_t){
        .id = id,
        .frame = reply->frame,
        .time_ns = reply->time_ns,
        .rtt_ns = rtt_of(store, reply->probe, timed->time_ns),
        .kind = (ttr_kind_t)reply->kind,
        .match = (ttr_match_t)reply->match,
        .responder = reply->is_from_low ? pair->low : pair->high,
        .family = pair->family,
        .ttl = reply->ttl,
        .tos = reply->tos,
        .ip_id = pair->family == TTR_FAMILY_IPV4 ? (uint16_t)reply->id_or_label : 0,
        .size = reply->size,
        .tcp_flags = reply->flags,
        .is_duplicate = reply->is_duplicate,
        .is_own_reset = reply->is_own_reset,
        .copy_of = copy_of(store, id, reply->packet),
        .next_reply = reply->next_reply,
    };
    return fill_reply(store, reply->probe, info);
}

/* How the quote differs from the probe as it was sent. */
static void
fill_changes(const ttr_store_t *store, const ttr_error_t *error, ttr_reply_info_t *info)
{
    const ttr_sighting_t *probe = ttr_store_sighting(store, error->probe);
    const ttr_flow_t *flow = ttr_store_flow(store, probe->flow);
    const ttr_pair_t *pair = ttr_store_pair(store, flow->pair);
    const ttr_foreign_t *foreign = error->addresses == 0 ? NULL : ttr_store_foreign(store, error->addresses);
    const ttr_address_t *source = probe->is_from_low ? &pair->low : &pair->high;
    const ttr_address_t *target = probe->is_from_low ? &pair->high : &pair->low;

    info->is_id_changed = pair->family == TTR_FAMILY_IPV4 && error->id_or_label != probe->id_or_label;
    info->is_nat = error->sport != (probe->is_from_low ? flow->low_port : flow->high_port) ||
                   (foreign != NULL && !ttr_address_equal(&foreign->source, source));
    info->is_dnat = error->dport != (probe->is_from_low ? flow->high_port : flow->low_port) ||
                    (foreign != NULL && !ttr_address_equal(&foreign->target, target));
}

static bool
path_error(const ttr_store_t *store, uint32_t reference, ttr_reply_info_t *info)
{
    const ttr_error_t *error = error_reply(store, reference);
    uint32_t id = reference & ~TTR_IS_ERROR;
    const ttr_error_t *timed;

    if (error == NULL)
        return false;
    timed = error->timed_by == 0 ? error : ttr_store_error(store, error->timed_by);
    *info = (ttr_reply_info_t){
        .id = reference,
        .frame = error->frame,
        .time_ns = error->time_ns,
        .rtt_ns = rtt_of(store, error->probe, timed->time_ns),
        .kind = (ttr_kind_t)error->kind,
        .match = (ttr_match_t)error->match,
        .responder = error->responder,
        .ttl = error->ttl,
        .tos = error->tos,
        .ip_id = error->ip_id,
        .size = error->size,
        .icmp_type = error->type,
        .icmp_code = error->code,
        .quoted_ttl = error->quoted_ttl,
        .quoted_tos = error->quoted_tos,
        .quoted_length = error->length,
        .is_extension_wrong = error->is_extension_wrong,
        .is_duplicate = error->is_duplicate,
        .copy_of = error->packet == id ? 0 : ttr_store_error(store, error->packet)->frame,
        .next_reply = error->next_reply,
    };
    fill_changes(store, error, info);
    if (!fill_reply(store, error->probe, info))
        return false;
    return true;
}

bool
ttr_path_reply(const ttr_store_t *store, uint32_t id, ttr_reply_info_t *info)
{
    return (id & TTR_IS_ERROR) != 0 ? path_error(store, id, info) : path_segment(store, id, info);
}

const ttr_extension_t *
ttr_path_extension(const ttr_store_t *store, uint32_t reply_id)
{
    const ttr_error_t *error = error_reply(store, reply_id);

    return error == NULL || error->extension == 0 ? NULL : ttr_pool_get(&store->extensions, error->extension);
}

uint64_t
ttr_path_dropped_count(const ttr_store_t *store)
{
    return store->dropped_count;
}

size_t
ttr_path_memory(const ttr_store_t *store)
{
    return sizeof *store + ttr_pool_memory(&store->sightings) + ttr_pool_memory(&store->sacks) +
           ttr_pair_memory(store) + ttr_error_memory(store) + ttr_keep_memory(store) + ttr_exact_memory(store) +
           ttr_schedule_memory(store) +
           ttr_headers_memory(store->headers) +
           ttr_interned_memory(store->shapes) + ttr_interned_memory(store->points) +
           (store->frame_heads == NULL ? 0 : ((size_t)store->frame_mask + 1) * sizeof *store->frame_heads);
}
