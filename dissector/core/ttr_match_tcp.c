/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does a TCP segment from the target answer? It carries no IP ID of the probe; numbers decide where
 * the tool varies them, order in time where it does not. docs/decisions/0003-matching.md has the rules.
 * T1 ack, seq or SACK fit one probe: that one.
 * T2 they fit several (tcptraceroute, scamper): the latest that has no answer yet.
 * T3 nothing fits, but the latest probe of the flow has no answer: a challenge ACK and the like.
 * T4 fits only probes that were answered, or is the target's own repetition: a duplicate, never a new RTT.
 */
#include <stdlib.h>

#include "ttr_model.h"

enum {
    FLOW_WALK_MAX = 4096,
    LOOK_BACK = 4,              /* reply limits: once something fits, older probes are not looked at */
    COPY_WINDOW_NS = 20000000,
    MS = 1000000
};

/* What the walk over the probes of a flow found. Latest first, so the first of a sort is the latest. */
typedef struct ttr_fits {
    uint32_t count;             /* probes whose numbers fit */
    uint32_t unanswered;        /* latest of them without answer */
    uint32_t answered;          /* latest of them with one */
    uint32_t answered_by_icmp;  /* one of them that a router answered */
    uint32_t latest;            /* latest probe of the flow */
    ttr_match_t match;
    int64_t best_rtt_ns;        /* shortest time to an answer seen on the flow, INT64_MAX: none */
} ttr_fits_t;

ttr_kind_t
ttr_match_tcp_kind(const ttr_tcp_t *tcp)
{
    if ((tcp->flags & TTR_TCP_RST) != 0)
        return TTR_KIND_RST;
    switch (tcp->flags & (TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_FIN)) {
    case TTR_TCP_SYN | TTR_TCP_ACK: return TTR_KIND_SYN_ACK;
    case TTR_TCP_SYN:               return TTR_KIND_SYN;
    case TTR_TCP_ACK:               return tcp->payload == 0 ? TTR_KIND_ACK : TTR_KIND_OTHER_TCP;
    default:                        return TTR_KIND_OTHER_TCP;
    }
}

/* ack == seq + length of the segment (RFC 9293 section 3.4: SYN and FIN count); some do not count the payload. */
static bool
acknowledges(const ttr_probe_t *probe, uint32_t ack)
{
    uint32_t flags = ((probe->tcp_flags & TTR_TCP_SYN) != 0 ? 1 : 0) + ((probe->tcp_flags & TTR_TCP_FIN) != 0 ? 1 : 0);

    return ack == probe->seq + flags + probe->payload || (flags > 0 && ack == probe->seq + flags);
}

static bool
is_sacked(const ttr_probe_t *probe, const ttr_tcp_t *tcp)
{
    return tcp->has_sack && probe->seq - tcp->sack_left < tcp->sack_right - tcp->sack_left;
}

/* Do the numbers of the segment fit this probe, and which ones? */
static bool
fits(const ttr_probe_t *probe, const ttr_tcp_t *tcp, ttr_kind_t kind, ttr_match_t *match)
{
    bool probe_has_ack = (probe->tcp_flags & TTR_TCP_ACK) != 0;

    switch (kind) {
    case TTR_KIND_RST:
        if (probe->is_completed)
            return false;
        if (probe_has_ack) {
            *match = TTR_MATCH_SEQ;     /* RFC 9293 section 3.5.2: seq = SEG.ACK */
            return tcp->seq == probe->ack;
        }
        *match = TTR_MATCH_ACK;
        return acknowledges(probe, tcp->ack);
    case TTR_KIND_SYN_ACK:
        *match = TTR_MATCH_ACK;
        return ttr_probe_carries(probe->tcp_flags) == TTR_CARRIES_SYN && acknowledges(probe, tcp->ack);
    case TTR_KIND_ACK:
        if (ttr_probe_carries(probe->tcp_flags) == TTR_CARRIES_ACK) {
            *match = TTR_MATCH_SACK;
            return is_sacked(probe, tcp);
        }
        *match = TTR_MATCH_ACK;
        return !probe->is_completed && acknowledges(probe, tcp->ack);
    case TTR_KIND_SYN:
    case TTR_KIND_OTHER_TCP:
    case TTR_KIND_TIME_EXCEEDED:
    case TTR_KIND_UNREACHABLE:
    case TTR_KIND_PACKET_TOO_BIG:
    case TTR_KIND_OTHER_ICMP:
        return false;
    }
    return false;
}

/* Of several probes under one SACK block the one at its edge is the one that just came in. */
static bool
is_better_unanswered(const ttr_store_t *store, uint32_t current, const ttr_probe_t *probe, const ttr_tcp_t *tcp,
                     ttr_match_t match)
{
    const ttr_probe_t *known;

    if (current == TTR_NO_ID)
        return true;
    if (match != TTR_MATCH_SACK)
        return false;
    known = ttr_store_probe(store, current);
    return known->seq + known->payload != tcp->sack_right && probe->seq + probe->payload == tcp->sack_right;
}

static void
consider(const ttr_store_t *store, uint32_t id, const ttr_tcp_t *tcp, ttr_kind_t kind, ttr_fits_t *found)
{
    const ttr_probe_t *probe = ttr_store_probe(store, id);
    ttr_match_t match;

    if (found->latest == TTR_NO_ID)
        found->latest = id;
    if (probe->is_answered) {
        const ttr_reply_t *first = ttr_store_reply(store, probe->first_reply);

        if (!ttr_kind_is_icmp((ttr_kind_t)first->kind))
            found->best_rtt_ns = MIN(found->best_rtt_ns, first->time_ns - probe->time_ns);
    }
    if (!fits(probe, tcp, kind, &match))
        return;
    found->count++;
    found->match = match;
    if (!probe->is_answered) {
        if (is_better_unanswered(store, found->unanswered, probe, tcp, match))
            found->unanswered = id;
    } else if (found->answered == TTR_NO_ID) {
        const ttr_reply_t *first = ttr_store_reply(store, probe->first_reply);

        if (!ttr_kind_is_icmp((ttr_kind_t)first->kind))
            found->answered = id;
        else
            found->answered_by_icmp = id;
    }
}

static ttr_fits_t
walk(const ttr_store_t *store, const ttr_observation_t *observation, ttr_kind_t kind)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    ttr_fits_t found = {.best_rtt_ns = INT64_MAX};
    uint32_t id = ttr_probe_flow_first(store, &ip->target, &ip->source, tcp->dport, tcp->sport);

    for (int walked = 0; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (found.count > 0 && observation->time_ns - probe->time_ns > LOOK_BACK * store->config.reply_limit_ns)
            break;
        if (probe->copy_of == TTR_NO_ID && !probe->is_ordinary && probe->time_ns <= observation->time_ns &&
            ttr_probe_is_flow(store, probe, ip->family, &ip->target, &ip->source, tcp->dport, tcp->sport))
            consider(store, id, tcp, kind, &found);
    }
    return found;
}

static bool
is_identical(const ttr_reply_t *reply, const ttr_observation_t *observation)
{
    const ttr_tcp_t *tcp = &observation->tcp;

    return !ttr_kind_is_icmp((ttr_kind_t)reply->kind) && reply->tcp_flags == tcp->flags && reply->tcp.seq == tcp->seq &&
           reply->tcp.ack == tcp->ack && reply->ip_id == observation->ip.id;
}

/* Time since an answer is one of those after which a TCP repeats its SYN/ACK: 1, 2, 4, 8 s each after the one
 * before (RFC 6298 section 5.5), which is 1, 3, 7, 15 s after the first; 3 s where RFC 1122 is still followed. */
static bool
is_retransmission_time(int64_t since_ns)
{
    static const int seconds[] = {1, 2, 3, 4, 6, 7, 8, 9, 12, 15, 16, 31};

    for (size_t i = 0; i < G_N_ELEMENTS(seconds); i++) {
        int64_t expected = seconds[i] * (int64_t)1000 * MS;

        if (llabs(since_ns - expected) <= expected / 20 + 50 * MS)
            return true;
    }
    return false;
}

/* The latest answer of the same kind to this probe that is the same to the letter, or TTR_NO_ID. */
static uint32_t
identical_answer(const ttr_store_t *store, uint32_t probe, const ttr_observation_t *observation)
{
    const ttr_probe_t *record;

    if (probe == TTR_NO_ID)
        return TTR_NO_ID;
    record = ttr_store_probe(store, probe);
    if (record->last_reply != TTR_NO_ID && is_identical(ttr_store_reply(store, record->last_reply), observation))
        return record->last_reply;
    if (record->first_reply != TTR_NO_ID && is_identical(ttr_store_reply(store, record->first_reply), observation))
        return record->first_reply;
    return TTR_NO_ID;
}

/* Did the segment follow this probe within `factor` times what answers take here, and 20 ms? */
static bool
is_close(const ttr_probe_t *probe, int64_t best_rtt_ns, int64_t now, int factor)
{
    int64_t since = now - probe->time_ns;

    if (best_rtt_ns == INT64_MAX)
        return true;
    return (since - 20 * MS) / factor <= best_rtt_ns;
}

/* T4: is this an answer seen before, rather than one to the unanswered probe? A mirror port repeats it at once, the
 * target's retransmission timer after whole seconds. */
static bool
is_repetition(const ttr_store_t *store, const ttr_fits_t *found, const ttr_observation_t *observation)
{
    uint32_t id = identical_answer(store, found->answered, observation);
    const ttr_reply_t *earlier;
    const ttr_probe_t *unanswered = ttr_store_probe(store, found->unanswered);
    bool is_at_once;

    if (id == TTR_NO_ID)
        return false;
    earlier = ttr_store_reply(store, id);
    if (observation->time_ns < earlier->time_ns)
        return false;
    is_at_once = unanswered->time_ns <= earlier->time_ns && observation->time_ns - earlier->time_ns <= COPY_WINDOW_NS;
    if (is_at_once && ttr_store_probe(store, found->answered)->has_copy)
        return true;
    if (is_at_once && !is_close(unanswered, found->best_rtt_ns, observation->time_ns, 4))
        return true;
    if (is_close(unanswered, found->best_rtt_ns, observation->time_ns, 2))
        return false;
    return is_retransmission_time(observation->time_ns - earlier->time_ns) ||
           is_retransmission_time(observation->time_ns - ttr_store_probe(store, found->answered)->time_ns);
}

/* T3: what a target sends to a probe whose numbers it does not take up. */
static bool
may_answer_by_order(const ttr_store_t *store, const ttr_fits_t *found, const ttr_observation_t *observation,
                    ttr_kind_t kind)
{
    const ttr_probe_t *probe;
    int32_t ahead;

    if (found->latest == TTR_NO_ID)
        return false;
    probe = ttr_store_probe(store, found->latest);
    if (probe->is_answered || probe->is_completed ||
        observation->time_ns - probe->time_ns > store->config.reply_limit_ns)
        return false;
    switch (ttr_probe_carries(probe->tcp_flags)) {
    case TTR_CARRIES_SYN:
        if (kind == TTR_KIND_SYN_ACK)
            return false;               /* its ack tells that it answers another SYN */
        return kind != TTR_KIND_OTHER_TCP || found->best_rtt_ns == INT64_MAX;
    case TTR_CARRIES_ACK:
        ahead = (int32_t)(observation->tcp.ack - probe->seq);
        return kind == TTR_KIND_ACK && ahead >= -64 && ahead <= 64;
    case TTR_CARRIES_OTHER:
        return kind == TTR_KIND_RST;
    }
    return false;
}

/* A further answer to a probe that has one, or the same frame captured once more. */
static ttr_answer_t
repeated(const ttr_store_t *store, uint32_t probe, ttr_match_t match, const ttr_observation_t *observation)
{
    ttr_answer_t answer = {.probe = probe, .match = match, .is_duplicate = true};
    uint32_t id = identical_answer(store, probe, observation);

    if (id != TTR_NO_ID && observation->time_ns >= ttr_store_reply(store, id)->time_ns &&
        observation->time_ns - ttr_store_reply(store, id)->time_ns <= COPY_WINDOW_NS &&
        observation->ip.ttl <= ttr_store_reply(store, id)->ttl) {
        answer.is_duplicate = false;
        answer.copy_of = ttr_store_reply(store, id)->copy_of != TTR_NO_ID ? ttr_store_reply(store, id)->copy_of : id;
    }
    return answer;
}

ttr_answer_t
ttr_match_tcp(const ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_kind_t kind = ttr_match_tcp_kind(&observation->tcp);
    ttr_fits_t found = walk(store, observation, kind);
    ttr_match_t match = found.count > 1 && found.match != TTR_MATCH_SACK ? TTR_MATCH_ORDER : found.match;
    ttr_answer_t answer = {.probe = TTR_NO_ID, .match = match};

    if (found.unanswered != TTR_NO_ID && !is_repetition(store, &found, observation)) {
        answer.probe = found.unanswered;
        return answer;
    }
    if (found.answered != TTR_NO_ID && kind != TTR_KIND_ACK)
        return repeated(store, found.answered, match, observation);
    if (found.count == 1 && kind != TTR_KIND_ACK && found.answered_by_icmp != TTR_NO_ID)
        return repeated(store, found.answered_by_icmp, match, observation);
    if (may_answer_by_order(store, &found, observation, kind)) {
        answer.probe = found.latest;
        answer.match = TTR_MATCH_ORDER;
    }
    return answer;
}
