/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does an ICMP error quote? Keys in order of power; docs/decisions/0003-matching.md has the rules.
 * Q1 addresses, ports and seq agree; several do: IP ID (IPv6: flow label), checksum, not answered yet, latest.
 * Q2 addresses, ports and IP ID agree, the seq was changed on the way, or the capture is cut before it.
 * Q3 the seq agrees, and IP ID or part of the addresses and ports: NAT or DNAT that the quote was not translated for.
 */
#include "ttr_model.h"

enum {
    FLOW_WALK_MAX = 4096,
    SEQ_WALK_MAX = 256,
    COPY_WINDOW_NS = 20000000,      /* a reply without IP ID, captured twice */
    COPY_ID_WINDOW_NS = 1000000000, /* a reply with an IP ID of its own */
    TELLING_SEQ = 0x10000           /* a seq that a tool did not choose small and so shares with others */
};

/* How well the quoted IP ID agrees. Routers are known to swap its bytes and to add one
 * (scamper, trace_ipid_fudge() in scamper_trace_do.c). */
static int
id_rank(const ttr_probe_t *probe, const ttr_quote_t *quote)
{
    if (quote->family == TTR_FAMILY_IPV6)
        return probe->flow_label == quote->flow_label ? 2 : 0;
    if (probe->ip_id == quote->ip_id)
        return 2;
    if (probe->ip_id == GUINT16_SWAP_LE_BE(quote->ip_id) || (uint16_t)(probe->ip_id + 1) == quote->ip_id)
        return 1;
    return 0;
}

static int
rank(const ttr_probe_t *probe, const ttr_quote_t *quote)
{
    bool has_same_checksum = quote->has_checksum && quote->checksum == probe->checksum;

    return id_rank(probe, quote) * 4 + (has_same_checksum ? 2 : 0) + (probe->is_answered ? 0 : 1);
}

static bool
is_exact(const ttr_store_t *store, uint32_t probe, const ttr_quote_t *quote)
{
    return quote->family == TTR_FAMILY_IPV4 && ttr_store_probe(store, probe)->ip_id == quote->ip_id;
}

/* Q1, and Q2 in passing. */
static ttr_answer_t
match_in_flow(const ttr_store_t *store, const ttr_quote_t *quote, int64_t now)
{
    const int best_rank = 2 * 4 + (quote->has_checksum ? 2 : 0) + 1;
    ttr_answer_t answer = {.probe = TTR_NO_ID};
    uint32_t by_id = TTR_NO_ID;
    int found = -1;
    int sharing = 0;
    uint32_t id = ttr_probe_flow_first(store, &quote->source, &quote->target, quote->sport, quote->dport);

    for (int walked = 0; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (!ttr_probe_is_flow(store, probe, quote->family, &quote->source, &quote->target, quote->sport, quote->dport) ||
            probe->copy_of != TTR_NO_ID || probe->is_ordinary || probe->time_ns > now)
            continue;
        if (quote->has_seq && probe->seq == quote->seq) {
            int this_rank = rank(probe, quote);

            sharing++;
            if (this_rank > found) {
                found = this_rank;
                answer.probe = id;
            }
            if (found == best_rank)
                break;
        } else if (quote->family == TTR_FAMILY_IPV4 && quote->ip_id != 0 && probe->ip_id == quote->ip_id) {
            if (by_id == TTR_NO_ID || (ttr_store_probe(store, by_id)->is_answered && !probe->is_answered))
                by_id = id;
        }
    }
    /* Another IP ID, one flow and seq for all probes, and all are answered: its probe is not in the capture. */
    if (found >= 0 && found < 4 && (found & 1) == 0 && sharing > 1 && quote->family == TTR_FAMILY_IPV4)
        answer.probe = by_id = TTR_NO_ID;
    if (answer.probe != TTR_NO_ID) {
        answer.match = is_exact(store, answer.probe, quote) ? TTR_MATCH_IP_ID : TTR_MATCH_PORTS_SEQ;
    } else {
        answer.probe = by_id;
        answer.match = TTR_MATCH_IP_ID_ONLY;
    }
    return answer;
}

/* How many of the four parts of the flow agree. */
static int
agreement(const ttr_store_t *store, const ttr_probe_t *probe, const ttr_quote_t *quote)
{
    const ttr_series_t *series = ttr_store_series(store, probe->series);

    return (ttr_address_equal(&series->source, &quote->source) ? 1 : 0) +
           (ttr_address_equal(&series->target, &quote->target) ? 1 : 0) + (probe->sport == quote->sport ? 1 : 0) +
           (probe->dport == quote->dport ? 1 : 0);
}

/* Q3's rank: 0 when the probe is out of the question. The error goes to whoever sent the probe, so that its own
 * target address speaks for the probe's source even where a NAT left the quote untranslated. */
static int
rank_changed(const ttr_store_t *store, const ttr_probe_t *probe, const ttr_observation_t *observation)
{
    const ttr_quote_t *quote = &observation->icmp.quote;
    const ttr_series_t *series = ttr_store_series(store, probe->series);
    bool has_same_id = quote->family == TTR_FAMILY_IPV4 ? probe->ip_id == quote->ip_id && quote->ip_id != 0
                                                        : probe->flow_label == quote->flow_label;
    bool is_for_sender = ttr_address_equal(&series->source, &observation->ip.target);
    bool is_telling = quote->seq >= TELLING_SEQ;
    int agreed = agreement(store, probe, quote);

    if (series->family != quote->family || agreed == 4)
        return 0;       /* all four agree: Q1 has decided */
    if (!has_same_id && (!is_telling || agreed < 2))
        return 0;
    if (agreed + (is_for_sender ? 1 : 0) < (is_telling ? 1 : 2))
        return 0;
    return (has_same_id ? 16 : 0) + agreed * 2 + (probe->is_answered ? 0 : 1);
}

static ttr_answer_t
match_changed(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_quote_t *quote = &observation->icmp.quote;
    ttr_answer_t answer = {.probe = TTR_NO_ID};
    uint32_t id = ttr_index_first(&store->seq_index, ttr_probe_seq_hash(quote->seq));
    bool is_ambiguous = false;
    int found = 0;

    for (int walked = 0; id != TTR_NO_ID && walked < SEQ_WALK_MAX; walked++, id = ttr_index_next(&store->seq_index, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);
        int this_rank;

        if (probe->seq != quote->seq || probe->copy_of != TTR_NO_ID || probe->is_ordinary ||
            probe->time_ns > observation->time_ns ||
            observation->time_ns - probe->time_ns > store->config.reply_limit_ns)
            continue;
        this_rank = rank_changed(store, probe, observation);
        if (this_rank > found) {
            found = this_rank;
            is_ambiguous = false;
            answer.probe = id;
        } else if (this_rank > 0 && this_rank == found &&
                   probe->series != ttr_store_probe(store, answer.probe)->series) {
            is_ambiguous = true;
        }
    }
    if (is_ambiguous)
        answer.probe = TTR_NO_ID;
    answer.match = found >= 16 && quote->family == TTR_FAMILY_IPV4 ? TTR_MATCH_IP_ID_SEQ : TTR_MATCH_SEQ_ONLY;
    return answer;
}

/* Is this error the same frame as an earlier answer to the probe, captured once more? */
static uint32_t
find_copy(const ttr_store_t *store, uint32_t probe, const ttr_observation_t *observation)
{
    uint32_t id = ttr_store_probe(store, probe)->last_reply;
    const ttr_reply_t *last;
    int64_t window_ns = observation->ip.id != 0 ? COPY_ID_WINDOW_NS : COPY_WINDOW_NS;

    if (id == TTR_NO_ID)
        return TTR_NO_ID;
    last = ttr_store_reply(store, id);
    if (last->kind != observation->icmp.kind || last->ip_id != observation->ip.id ||
        last->size != MIN(observation->ip.length, UINT16_MAX) || observation->ip.ttl > last->ttl ||
        last->icmp.quoted_id != observation->icmp.quote.ip_id || last->icmp.quoted_ttl != observation->icmp.quote.ttl ||
        !ttr_address_equal(&last->responder, &observation->ip.source) ||
        observation->time_ns - last->time_ns > window_ns || observation->time_ns < last->time_ns)
        return TTR_NO_ID;
    return last->copy_of != TTR_NO_ID ? last->copy_of : id;
}

ttr_answer_t
ttr_match_quote(const ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_answer_t answer = match_in_flow(store, &observation->icmp.quote, observation->time_ns);

    if (answer.probe == TTR_NO_ID && observation->icmp.quote.has_seq)
        answer = match_changed(store, observation);
    if (answer.probe != TTR_NO_ID) {
        answer.copy_of = find_copy(store, answer.probe, observation);
        answer.is_duplicate = answer.copy_of == TTR_NO_ID && ttr_store_probe(store, answer.probe)->is_answered;
    }
    return answer;
}
