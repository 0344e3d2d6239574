/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a trace as a whole says: state of the port, path length, why it ended, and what to be wary of.
 */
#include "ttr_model.h"

/* What one walk over a trace's probes and replies finds. Copies count for nothing but `copies`. */
typedef struct ttr_findings {
    bool is_state[TTR_STATE_UNFILTERED + 1];
    uint8_t path_length;
    uint8_t last_answered_ttl;
    uint8_t exceeded_by_target;     /* TTL at which the target's own address sent a time exceeded */
    bool has_tcp_reply;
    uint32_t unreach_frame;         /* of the first unreachable */
    uint8_t unreach_code;
    uint32_t answered;
    uint32_t quotes;
    uint32_t changed_ids;
    uint32_t nats;
    uint32_t dnats;
    uint32_t late;
    uint32_t duplicates;
    uint32_t copies;
    uint32_t retransmissions;
    uint32_t odd_ttls;
    uint32_t wrong_extensions;
    uint32_t by_order;
} ttr_findings_t;

static void
find_in_icmp(const ttr_reply_info_t *reply, ttr_findings_t *findings)
{
    findings->quotes++;
    findings->changed_ids += reply->is_id_changed ? 1 : 0;
    findings->nats += reply->is_nat ? 1 : 0;
    findings->dnats += reply->is_dnat ? 1 : 0;
    findings->wrong_extensions += reply->is_extension_wrong ? 1 : 0;
    if (reply->kind == TTR_KIND_TIME_EXCEEDED) {
        findings->odd_ttls += reply->quoted_ttl != 1 ? 1 : 0;
        if (reply->is_from_target && findings->exceeded_by_target == 0)
            findings->exceeded_by_target = reply->hop;
    }
    if (reply->kind == TTR_KIND_UNREACHABLE && (findings->unreach_frame == 0 || reply->frame < findings->unreach_frame)) {
        findings->unreach_frame = reply->frame;
        findings->unreach_code = reply->icmp_code;
    }
}

/* The target is reached by a TCP segment from it, or an unreachable from its own address; never by a time exceeded. */
static bool
is_from_target(const ttr_reply_info_t *reply)
{
    return !ttr_kind_is_icmp(reply->kind) || (reply->kind == TTR_KIND_UNREACHABLE && reply->is_from_target);
}

static void
find_in_reply(const ttr_reply_info_t *reply, ttr_findings_t *findings)
{
    findings->is_state[reply->state] = true;
    findings->late += reply->is_late ? 1 : 0;
    findings->duplicates += reply->is_duplicate ? 1 : 0;
    findings->by_order += reply->match == TTR_MATCH_ORDER ? 1 : 0;
    if (ttr_kind_is_icmp(reply->kind))
        find_in_icmp(reply, findings);
    else
        findings->has_tcp_reply = true;
    if (is_from_target(reply) && (findings->path_length == 0 || reply->hop < findings->path_length))
        findings->path_length = reply->hop;
    findings->last_answered_ttl = MAX(findings->last_answered_ttl, reply->hop);
}

static ttr_findings_t
find(const ttr_store_t *store, const ttr_series_t *series)
{
    ttr_findings_t findings = {.path_length = 0};

    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);
        ttr_reply_info_t reply;

        if (probe->copy_of != TTR_NO_ID)
            findings.copies++;
        if (probe->attempt == 0)
            continue;
        findings.answered += probe->is_answered ? 1 : 0;
        findings.retransmissions += probe->is_retransmission ? 1 : 0;
        for (uint32_t next = probe->first_reply; ttr_path_reply(store, next, &reply); next = reply.next_reply) {
            if (reply.copy_of == 0)
                find_in_reply(&reply, &findings);
            else
                findings.copies++;
        }
    }
    return findings;
}

/* The contract's order: the first that holds. */
static ttr_state_t
state_of(const ttr_findings_t *findings, const ttr_series_t *series)
{
    static const ttr_state_t by_reply[] = {TTR_STATE_OPEN, TTR_STATE_CLOSED, TTR_STATE_UNFILTERED, TTR_STATE_FILTERED};

    for (size_t i = 0; i < G_N_ELEMENTS(by_reply); i++) {
        if (findings->is_state[by_reply[i]])
            return by_reply[i];
    }
    if (findings->path_length == 0 && series->max_ttl > findings->last_answered_ttl)
        return TTR_STATE_FILTERED;
    return TTR_STATE_UNKNOWN;
}

static void
fill_from_series(const ttr_series_t *series, ttr_trace_info_t *info)
{
    info->index = series->trace;
    info->family = series->family;
    info->source = series->source;
    info->target = series->target;
    info->last_ttl = series->max_ttl;
    info->probe_count = series->probe_count;
    for (int ttl = series->max_ttl; ttl >= 0; ttl--) {
        if (series->attempts[ttl] > 0)
            info->first_ttl = (uint8_t)ttl;
        info->attempts = MAX(info->attempts, series->attempts[ttl]);
    }
}

bool
ttr_path_trace(const ttr_store_t *store, uint32_t index, ttr_trace_info_t *info)
{
    const ttr_series_t *series;
    const ttr_probe_t *first;
    ttr_findings_t findings;

    if (index >= store->traces->len)
        return false;
    series = ttr_store_series(store, g_array_index(store->traces, uint32_t, index));
    first = ttr_store_probe(store, series->first_probe);
    while (first->attempt == 0)
        first = ttr_store_probe(store, first->next);
    findings = find(store, series);
    *info = (ttr_trace_info_t){
        .sport = first->sport,
        .dport = first->dport,
        .is_ack_method = (first->tcp_flags & TTR_TCP_ACK) != 0,
        .state = state_of(&findings, series),
        .is_reached = findings.path_length != 0,
        .path_length = findings.path_length,
        .answered_count = findings.answered,
        .probe_size = first->size,
        .start_ns = first->time_ns,
    };
    fill_from_series(series, info);
    if (findings.has_tcp_reply) {
        info->stop_reason = TTR_STOP_COMPLETED;
    } else if (findings.unreach_frame != 0) {
        info->stop_reason = TTR_STOP_UNREACH;
        info->stop_code = findings.unreach_code;
    } else if (info->state == TTR_STATE_FILTERED) {
        info->stop_reason = TTR_STOP_GAPLIMIT;
    }
    return true;
}

static void
add_count(GPtrArray *notes, uint32_t count, const char *one, const char *many)
{
    if (count == 1)
        g_ptr_array_add(notes, g_strdup(one));
    else if (count > 1)
        g_ptr_array_add(notes, g_strdup_printf("%u %s", count, many));
}

static void
add_share(GPtrArray *notes, uint32_t count, uint32_t of, const char *what)
{
    if (count > 0)
        g_ptr_array_add(notes, g_strdup_printf("%s (%u of %u quotes)", what, count, of));
}

char **
ttr_path_notes(const ttr_store_t *store, uint32_t index)
{
    GPtrArray *notes = g_ptr_array_new();

    if (index < store->traces->len) {
        ttr_findings_t found = find(store, ttr_store_series(store, g_array_index(store->traces, uint32_t, index)));

        add_share(notes, found.changed_ids, found.quotes, "IP ID changed on the way");
        add_share(notes, found.nats, found.quotes, "NAT: source address or port differs in the quote");
        add_share(notes, found.dnats, found.quotes, "DNAT: target address or port differs in the quote");
        add_share(notes, found.odd_ttls, found.quotes, "quoted TTL is not 1");
        add_share(notes, found.wrong_extensions, found.quotes, "extension checksum wrong");
        add_count(notes, found.late, "an answer came late", "answers came late");
        add_count(notes, found.duplicates, "a further answer to an answered probe", "further answers to answered probes");
        add_count(notes, found.by_order, "an answer is tied to its probe by order in time alone",
                  "answers are tied to their probes by order in time alone");
        add_count(notes, found.retransmissions, "a probe was repeated by the sender's own TCP",
                  "probes were repeated by the sender's own TCP");
        add_count(notes, found.copies, "a frame is in the capture twice", "frames are in the capture more than once");
        if (found.exceeded_by_target != 0)
            g_ptr_array_add(notes, g_strdup_printf("the target's own address sent time exceeded at hop %u: NAT in front of it",
                                                   found.exceeded_by_target));
        if (store->dropped_count > 0)
            g_ptr_array_add(notes, g_strdup("the bound on candidates was reached: early probes may be missing"));
    }
    g_ptr_array_add(notes, NULL);
    return (char **)g_ptr_array_free(notes, FALSE);
}
