/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Quotes that name one packet by keys alone: ports, seq and IP ID or flow label, and where several have these, checksum
 * or time stamp. What they settle teaches the rest of the stage.
 */
#include <stdlib.h>

#include "ttr_answers.h"

ttr_responder_t *
ttr_responder_of(ttr_matcher_t *matcher, const ttr_run_t *run, uint32_t responder)
{
    int64_t key = (int64_t)((uint64_t)ttr_facts_of(run)->number << 32 | responder);
    ttr_responder_t *found = g_hash_table_lookup(matcher->facts_of_responders, &key);

    if (found == NULL) {
        found = TTR_ARENA_ONE(matcher->work->arena, ttr_responder_t);
        found->key = key;
        g_hash_table_insert(matcher->facts_of_responders, &found->key, found);
    }
    return found;
}

static int
compare_addresses(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ttr_address_t));
}

ttr_quoted_t
ttr_quoted(const ttr_matcher_t *matcher, ttr_packet_t *event)
{
    const ttr_work_t *work = matcher->work;
    const ttr_error_t *error = event->error;
    ttr_side_t *side = event->side;
    const ttr_address_t *responder = bsearch(&error->responder, matcher->responders, matcher->responder_count,
                                             sizeof *matcher->responders, compare_addresses);
    const ttr_address_t *source = ttr_side_source(side);

    return (ttr_quoted_t){
        .event = event,
        .error = error,
        .side = side,
        .flow = error->are_ports_cut ? 0 : ttr_work_flow(side, error->sport, error->dport),
        .responder = (uint32_t)(responder - matcher->responders),
        .is_ipv4 = work->family == TTR_FAMILY_IPV4,
        .is_source_kept = error->is_swapped || ttr_address_equal(ttr_work_quoted_source(work, event), source),
        .is_target_kept =
            error->is_swapped || ttr_address_equal(ttr_work_quoted_target(work, event), ttr_side_target(side)),
        .is_receiver_source = ttr_address_equal(ttr_work_receiver(work, event), source),
    };
}

/* The name of the key when a port or an address is not as it was sent. */
static ttr_match_t
name_of(const ttr_quoted_t *quoted, const ttr_packet_t *probe, ttr_match_t match)
{
    const ttr_error_t *error = quoted->error;

    if (error->sport == ttr_work_sport(probe) && error->dport == ttr_work_dport(probe) && !error->is_swapped &&
        quoted->is_source_kept && quoted->is_target_kept)
        return match;
    if (match == TTR_MATCH_IP_ID)
        return TTR_MATCH_IP_ID_SEQ;
    return match == TTR_MATCH_PORTS_SEQ ? TTR_MATCH_SEQ_ONLY : match;
}

void
ttr_quoted_tie(const ttr_quoted_t *quoted, ttr_packet_t *probe, ttr_match_t match, bool is_hop_sure)
{
    if (probe->run == NULL)
        return;
    ttr_work_tie(quoted->side->work, probe, quoted->event, name_of(quoted, probe, match));
    probe->last_answer->is_hop_sure = is_hop_sure;
}

bool
ttr_quoted_is_kind(const ttr_packet_t *packet, const void *user)
{
    enum { KNOWN_TO_FLAGS = 14,
           KIND = TTR_TCP_SYN | TTR_TCP_FIN | TTR_TCP_RST | TTR_TCP_ACK };
    const ttr_quoted_t *quoted = user;
    const ttr_header_t *header = ttr_headers_row(quoted->side->work->store->headers, quoted->error->header);

    return header == NULL || header->known < KNOWN_TO_FLAGS || ((header->flags ^ packet->segment->flags) & KIND) == 0;
}

void
ttr_quoted_packets(const ttr_quoted_t *quoted, ttr_candidates_t *same)
{
    ttr_range_t range = {NULL, 0};

    if (quoted->flow != 0 && quoted->error->has_seq)
        range = ttr_side_find(quoted->side, TTR_ORDER_FLOW_SEQ, ttr_key_flow_seq(quoted->flow, quoted->error->seq));
    else if (quoted->flow != 0)
        range = ttr_side_find(quoted->side, TTR_ORDER_FLOW, quoted->flow);
    ttr_sent_before(range, quoted->event->time_ns, TTR_QUOTE_LIMIT_NS, same);
    ttr_candidates_keep(same, ttr_quoted_is_kind, quoted);
}

static bool
has_quoted_id(const ttr_packet_t *packet, const void *user)
{
    const ttr_quoted_t *quoted = user;

    return packet->segment->id_or_label == quoted->error->id_or_label;
}

static bool
has_quoted_checksum(const ttr_packet_t *packet, const void *user)
{
    const ttr_quoted_t *quoted = user;

    return packet->segment->checksum == quoted->error->checksum;
}

void
ttr_quoted_narrow_to_sum(const ttr_quoted_t *quoted, ttr_candidates_t *fit)
{
    if (fit->count > 1 && quoted->error->has_checksum)
        ttr_candidates_narrow(fit, has_quoted_checksum, quoted);
}

static bool
has_quoted_stamp(const ttr_packet_t *packet, const void *user)
{
    const ttr_quoted_t *quoted = user;

    return packet->segment->tsval == quoted->error->tsval;
}

/* IPv6: a flow label that the tool does not change from probe to probe may have been changed by others. */
void
ttr_quoted_keep_id(const ttr_quoted_t *quoted, ttr_candidates_t *fit)
{
    const ttr_run_t *run;

    if (quoted->is_ipv4) {
        ttr_candidates_keep(fit, has_quoted_id, quoted);
        return;
    }
    if (quoted->error->id_or_label == 0)
        return;
    run = fit->packets[0]->run;
    if (run != NULL && ttr_facts_of(run)->has_labels)
        ttr_candidates_keep(fit, has_quoted_id, quoted);
    else
        ttr_candidates_narrow(fit, has_quoted_id, quoted);
}

static uint32_t
stamp_of(const ttr_packet_t *packet)
{
    return packet->segment->tsval;
}

/* Where the tool gives several probes these numbers, one of them may be missing; a time stamp of its own tells it still. */
static bool
is_told_apart(const ttr_quoted_t *quoted, const ttr_packet_t *packet, const ttr_candidates_t *same)
{
    if (packet->run == NULL || ttr_names_one(packet, TTR_NUMBERS_QUOTED, quoted->event->time_ns))
        return true;
    return quoted->error->tsval != 0 && has_quoted_stamp(packet, quoted) && ttr_candidates_differ(same, stamp_of);
}

static void
learn(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_packet_t *probe)
{
    ttr_facts_t *facts = ttr_facts_of(probe->run);
    ttr_responder_t *responder = ttr_responder_of(matcher, probe->run, quoted->responder);

    if (quoted->error->has_seq) {
        facts->top_seq_ttl = MAX(facts->top_seq_ttl, probe->segment->ttl);
        responder->keeps_seq = true;
    }
    if (quoted->is_ipv4 && probe->segment->id_or_label != 0) {
        facts->top_id_ttl = MAX(facts->top_id_ttl, probe->segment->ttl);
        responder->keeps_id = true;
    }
}

bool
ttr_match_certain(ttr_matcher_t *matcher, const ttr_quoted_t *quoted)
{
    ttr_candidates_t same;
    ttr_candidates_t fit;
    ttr_packet_t *packet;

    ttr_quoted_packets(quoted, &same);
    if (same.count == 0)
        return false;
    fit = same;
    ttr_quoted_keep_id(quoted, &fit);
    ttr_quoted_narrow_to_sum(quoted, &fit);
    if (fit.count > 1 && quoted->error->tsval != 0)
        ttr_candidates_narrow(&fit, has_quoted_stamp, quoted);
    if (fit.count != 1 || !is_told_apart(quoted, fit.packets[0], &same))
        return false;
    packet = fit.packets[0];
    if (packet->run == NULL)    /* no probe, but settled all the same */
        return true;
    ttr_quoted_tie(quoted, packet, quoted->is_ipv4 ? TTR_MATCH_IP_ID : TTR_MATCH_PORTS_SEQ, true);
    learn(matcher, quoted, packet);
    return true;
}
