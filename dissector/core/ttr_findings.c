/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_findings.h"

#define UNKNOWN_WAIT_NS INT64_C(1000000000)

bool
ttr_findings_is_in_flight(const ttr_store_t *store, const ttr_trace_t *trace, const ttr_sighting_t *probe)
{
    int64_t wait_ns = trace->has_rtt ? 2 * MIN(trace->longest_rtt_ns, INT64_MAX / 2) : UNKNOWN_WAIT_NS;

    return probe->first_reply == TTR_NO_ID && probe->attempt != 0 && store->end_ns - probe->time_ns < wait_ns;
}

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
is_arrival(const ttr_reply_info_t *reply)
{
    return !ttr_kind_is_icmp(reply->kind) || (reply->kind == TTR_KIND_UNREACHABLE && reply->is_from_target);
}

static void
find_in_reply(const ttr_reply_info_t *reply, ttr_sample_t *sample, ttr_findings_t *findings)
{
    sample->is_answered = true;
    sample->is_arrived = sample->is_arrived || is_arrival(reply);
    sample->is_expired = sample->is_expired || reply->kind == TTR_KIND_TIME_EXCEEDED;
    findings->is_arrived = findings->is_arrived || is_arrival(reply);
    findings->is_state[reply->state] = true;
    findings->late += reply->is_late ? 1 : 0;
    findings->duplicates += reply->is_duplicate ? 1 : 0;
    findings->by_order += reply->match == TTR_MATCH_ORDER ? 1 : 0;
    if (ttr_kind_is_icmp(reply->kind))
        find_in_icmp(reply, findings);
    else
        findings->has_tcp_reply = true;
    findings->last_answered_ttl = MAX(findings->last_answered_ttl, reply->hop);
}

/* One packet that came twice: the sender of an answer gives each another IP ID, or 0 to all (then nothing tells). */
static bool
is_same_packet(const ttr_reply_info_t *a, const ttr_reply_info_t *b)
{
    return a->family == TTR_FAMILY_IPV4 && a->ip_id != 0 && a->ip_id == b->ip_id && a->kind == b->kind &&
           a->size == b->size && memcmp(&a->responder, &b->responder, sizeof a->responder) == 0;
}

static ttr_sample_t
find_in_probe(const ttr_store_t *store, const ttr_sighting_t *probe, ttr_findings_t *findings)
{
    ttr_sample_t sample = {.time_ns = probe->time_ns, .ttl = probe->ttl};
    ttr_reply_info_t before;
    ttr_reply_info_t reply;

    for (uint32_t next = probe->first_reply; ttr_path_reply(store, next, &reply); next = reply.next_reply) {
        findings->doubled += sample.is_answered && is_same_packet(&before, &reply) ? 1 : 0;
        find_in_reply(&reply, &sample, findings);
        before = reply;
    }
    return sample;
}

ttr_findings_t
ttr_findings_find(const ttr_store_t *store, const ttr_trace_t *trace)
{
    ttr_findings_t findings = {.copies = trace->copy_count, .copied_probes = trace->copied_probe_count};
    ttr_sample_t *samples = g_new(ttr_sample_t, trace->probe_count);

    for (uint32_t i = 0; i < trace->probe_count; i++) {
        const ttr_sighting_t *probe = ttr_store_sighting(store, trace->probes[i]);

        samples[i] = find_in_probe(store, probe, &findings);
        findings.answered += samples[i].is_answered ? 1 : 0;
        findings.retransmissions += probe->is_retransmission ? 1 : 0;
        findings.last_ttl = MAX(findings.last_ttl, probe->ttl);
        findings.first_ttl = i == 0 ? probe->ttl : MIN(findings.first_ttl, probe->ttl);
        findings.attempts = MAX(findings.attempts, probe->attempt);
        if (!samples[i].is_answered && !ttr_findings_is_in_flight(store, trace, probe))
            findings.last_lost_ttl = MAX(findings.last_lost_ttl, probe->ttl);
    }
    findings.length = ttr_length_find(samples, trace->probe_count);
    g_free(samples);
    return findings;
}
