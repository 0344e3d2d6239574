/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_path.h"

#include <string.h>

#include "ttr_model.h"

uint32_t
ttr_path_trace_count(const ttr_store_t *store)
{
    return store->traces->len;
}

static const ttr_series_t *
series_of(const ttr_store_t *store, uint32_t index)
{
    if (index >= store->traces->len)
        return NULL;
    return ttr_store_series(store, g_array_index(store->traces, uint32_t, index));
}

uint32_t
ttr_path_serial(const ttr_store_t *store, uint32_t index)
{
    const ttr_series_t *series = series_of(store, index);

    return series == NULL ? 0 : series->serial;
}

static int
compare_probes(const void *a, const void *b, void *store)
{
    const ttr_probe_t *first = ttr_store_probe(store, *(const uint32_t *)a);
    const ttr_probe_t *second = ttr_store_probe(store, *(const uint32_t *)b);

    if (first->ttl != second->ttl)
        return first->ttl < second->ttl ? -1 : 1;
    return first->attempt < second->attempt ? -1 : first->attempt > second->attempt;
}

GArray *
ttr_path_probes(const ttr_store_t *store, uint32_t index)
{
    const ttr_series_t *series = series_of(store, index);
    GArray *probes = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (series == NULL)
        return probes;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        if (ttr_store_probe(store, id)->attempt > 0)
            g_array_append_val(probes, id);
    }
    g_array_sort_with_data(probes, compare_probes, (gpointer)(uintptr_t)store);
    return probes;
}

/* Records that were given back have frame 0. */
static bool
is_probe(const ttr_store_t *store, uint32_t id)
{
    return id != TTR_NO_ID && id <= store->probes.used && ttr_store_probe(store, id)->frame != 0;
}

static bool
is_reply(const ttr_store_t *store, uint32_t id)
{
    return id != TTR_NO_ID && id <= store->replies.used && ttr_store_reply(store, id)->frame != 0;
}

bool
ttr_path_probe(const ttr_store_t *store, uint32_t id, ttr_probe_info_t *info)
{
    const ttr_probe_t *probe;

    if (!is_probe(store, id))
        return false;
    probe = ttr_store_probe(store, id);
    *info = (ttr_probe_info_t){
        .id = id,
        .trace = ttr_store_series(store, probe->series)->trace,
        .frame = probe->frame,
        .time_ns = probe->time_ns,
        .ttl = probe->ttl,
        .attempt = probe->attempt,
        .ip_id = probe->ip_id,
        .sport = probe->sport,
        .dport = probe->dport,
        .seq = probe->seq,
        .tcp_flags = probe->tcp_flags,
        .size = probe->size,
        .is_retransmission = probe->is_retransmission,
        .copy_of = probe->copy_of == TTR_NO_ID ? 0 : ttr_store_probe(store, probe->copy_of)->frame,
        .first_reply = probe->first_reply,
    };
    return true;
}

/* nmap's table: these codes of ICMP type 3, and all of ICMPv6 type 1, mean a filter (nmap, refguide.xml). */
static bool
says_filtered(const ttr_reply_t *reply, uint8_t family)
{
    const uint32_t codes = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 9 | 1u << 10 | 1u << 13;

    if (reply->kind != TTR_KIND_UNREACHABLE)
        return false;
    return family == TTR_FAMILY_IPV6 || (reply->icmp.code < 32 && (codes >> reply->icmp.code & 1) != 0);
}

static ttr_state_t
state_of(const ttr_reply_t *reply, const ttr_probe_t *probe, uint8_t family)
{
    switch ((ttr_kind_t)reply->kind) {
    case TTR_KIND_SYN_ACK:
    case TTR_KIND_SYN:
        return TTR_STATE_OPEN;
    case TTR_KIND_RST:
        return (probe->tcp_flags & TTR_TCP_ACK) != 0 ? TTR_STATE_UNFILTERED : TTR_STATE_CLOSED;
    case TTR_KIND_UNREACHABLE:
        return says_filtered(reply, family) ? TTR_STATE_FILTERED : TTR_STATE_UNKNOWN;
    case TTR_KIND_TIME_EXCEEDED:
    case TTR_KIND_PACKET_TOO_BIG:
    case TTR_KIND_ACK:
    case TTR_KIND_OTHER_TCP:
    case TTR_KIND_OTHER_ICMP:
        return TTR_STATE_UNKNOWN;
    }
    return TTR_STATE_UNKNOWN;
}

static void
fill_protocol(ttr_reply_info_t *info, const ttr_reply_t *reply)
{
    if (!ttr_kind_is_icmp(info->kind)) {
        info->tcp_flags = reply->tcp_flags;
        return;
    }
    info->icmp_type = reply->icmp.type;
    info->icmp_code = reply->icmp.code;
    info->quoted_ttl = reply->icmp.quoted_ttl;
    info->quoted_tos = reply->icmp.quoted_tos;
    info->quoted_length = reply->icmp.quoted_length;
}

bool
ttr_path_reply(const ttr_store_t *store, uint32_t id, ttr_reply_info_t *info)
{
    const ttr_reply_t *reply;
    const ttr_probe_t *probe;
    const ttr_series_t *series;

    if (!is_reply(store, id))
        return false;
    reply = ttr_store_reply(store, id);
    probe = ttr_store_probe(store, reply->probe);
    series = ttr_store_series(store, probe->series);
    *info = (ttr_reply_info_t){
        .id = id,
        .trace = series->trace,
        .frame = reply->frame,
        .time_ns = reply->time_ns,
        .probe = reply->probe,
        .probe_frame = probe->frame,
        .hop = probe->ttl,
        .rtt_ns = reply->time_ns - probe->time_ns,
        .kind = (ttr_kind_t)reply->kind,
        .match = (ttr_match_t)reply->match,
        .state = state_of(reply, probe, series->family),
        .responder = reply->responder,
        .family = series->family,
        .ttl = reply->ttl,
        .tos = reply->tos,
        .ip_id = reply->ip_id,
        .size = reply->size,
        .is_from_target = ttr_address_equal(&reply->responder, &series->target),
        .is_duplicate = reply->is_duplicate,
        .is_late = reply->is_late,
        .is_id_changed = reply->is_id_changed,
        .is_nat = reply->is_nat,
        .is_dnat = reply->is_dnat,
        .is_extension_wrong = reply->is_extension_wrong,
        .copy_of = reply->copy_of == TTR_NO_ID ? 0 : ttr_store_reply(store, reply->copy_of)->frame,
        .next_reply = reply->next,
    };
    fill_protocol(info, reply);
    return true;
}

const ttr_extension_t *
ttr_path_extension(const ttr_store_t *store, uint32_t reply_id)
{
    uint32_t extension;

    if (!is_reply(store, reply_id))
        return NULL;
    extension = ttr_store_reply(store, reply_id)->extension;
    return extension == TTR_NO_ID ? NULL : ttr_pool_get(&store->extensions, extension);
}

uint64_t
ttr_path_dropped_count(const ttr_store_t *store)
{
    return store->dropped_count;
}

size_t
ttr_path_memory(const ttr_store_t *store)
{
    return sizeof *store + ttr_pool_memory(&store->probes) + ttr_pool_memory(&store->replies) +
           ttr_pool_memory(&store->series) + ttr_pool_memory(&store->extensions) +
           ttr_index_memory(&store->flow_index) + ttr_index_memory(&store->seq_index) +
           ttr_index_memory(&store->dport_index) + ttr_index_memory(&store->sport_index) +
           (store->frame_heads == NULL ? 0 : ((size_t)store->frame_mask + 1) * sizeof *store->frame_heads) +
           ttr_probe_pair_counts_size() + store->attempts_bytes + store->traces->len * sizeof(uint32_t);
}

static const char *
mark_ipv4(uint8_t code)
{
    switch (code) {
    case 0:  return "!N";
    case 1:  return "!H";
    case 2:  return "!P";
    case 3:  return "!p";
    case 4:  return "!F";
    case 5:  return "!S";
    case 6:
    case 7:  return "!U";
    case 8:  return "!I";
    case 9:
    case 13: return "!A";
    case 10: return "!C";
    case 11:
    case 12: return "!T";
    default: return NULL;
    }
}

/* RFC 4443 section 3.1: no route, administratively prohibited (5 and 6 are kinds of it), address, port. */
static const char *
mark_ipv6(uint8_t code)
{
    switch (code) {
    case 0:  return "!N";
    case 1:
    case 5:
    case 6:  return "!A";
    case 3:  return "!H";
    case 4:  return "!p";
    default: return NULL;
    }
}

void
ttr_path_mark(const ttr_reply_info_t *reply, char mark[TTR_MARK_MAX])
{
    const char *text = "";

    if (reply->kind == TTR_KIND_PACKET_TOO_BIG)
        text = "!F";
    if (reply->kind == TTR_KIND_UNREACHABLE)
        text = reply->family == TTR_FAMILY_IPV4 ? mark_ipv4(reply->icmp_code) : mark_ipv6(reply->icmp_code);
    if (text == NULL)
        g_snprintf(mark, TTR_MARK_MAX, "!<%u>", reply->icmp_code);
    else
        g_strlcpy(mark, text, TTR_MARK_MAX);
}
