/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include <glib.h>
#include <string.h>

#include "ttr_path.h"
#include "ttr_store.h"

enum {
    RECORDS = 65536,            /* probes remembered; a power of two */
    STORE_PROBES_MAX = 20000,   /* when the model has seen so many, the next round begins a new one */
    STORE_PACKETS_MAX = 1000000,    /* the same, and until then it gets no more: only a flood of answers is that many */
    LAYER = 1                   /* all packets here have but one */
};

/* What was asked with one probe. */
typedef struct record {
    uint32_t round;
    uint16_t flow;
    uint8_t ttl;
    bool is_answered;
} record_t;

struct session {
    session_config_t config;
    uint16_t *ports;            /* owned copy of config.ports */
    schedule_t *schedule;       /* owned; NULL in multipath mode */
    multipath_t *multipath;     /* owned; NULL in the other modes */
    ttr_store_t *store;         /* owned: the model */
    uint32_t store_probes;      /* how many it has seen */
    uint32_t round;             /* of the last probe */
    uint32_t store_packets;     /* probes and answers */
    uint32_t sent;
    uint32_t answered;
    uint8_t highest;            /* TTL of the last hop that answered */
    int64_t rtt_ns;
    uint64_t port_bits[65536 / 64];
    record_t records[RECORDS];  /* a ring over probe numbers */
};

/* Traces begin as they do in the dissector by default: what it will not show must not steer the trace. */
static ttr_store_t *
new_store(bool is_trace_known)
{
    ttr_config_t config = ttr_config_default();

    config.has_exact_keys = true;
    if (is_trace_known)
        config.candidate_ttl = UINT8_MAX;
    return ttr_store_new(&config);
}

session_t *
session_new(const session_config_t *config, pacer_t *pacer, int64_t now_ns)
{
    session_t *session = g_new0(session_t, 1);
    bool has_state = config->form.kind != OPTIONS_PACKET_ACK;   /* at the target, between two segments of a flow */
    ttr_config_t known = ttr_config_default();                  /* what lies beyond is no probe as yet for the dissector */

    session->config = *config;
    session->ports = g_memdup2(config->ports, config->port_count * sizeof *config->ports);
    session->config.ports = session->ports;
    session->config.schedule.far_ttl = MIN(config->schedule.last_ttl, known.candidate_ttl);
    session->config.schedule.flows = config->mode == OPTIONS_MODE_FIXED && has_state ? (uint32_t)config->port_count : 1;
    for (size_t i = 0; i < config->port_count; i++)
        session->port_bits[config->ports[i] / 64] |= UINT64_C(1) << config->ports[i] % 64;
    if (config->mode == OPTIONS_MODE_MULTIPATH)
        session->multipath = multipath_new(&config->schedule, pacer);
    else
        session->schedule = schedule_new(&session->config.schedule, pacer, now_ns);
    session->store = new_store(false);
    return session;
}

void
session_free(session_t *session)
{
    if (session == NULL)
        return;
    schedule_free(session->schedule);
    multipath_free(session->multipath);
    ttr_store_free(session->store);
    g_free(session->ports);
    g_free(session);
}

static uint16_t
source_port(const session_t *session, uint32_t flow)
{
    switch (session->config.mode) {
    case OPTIONS_MODE_CLASSIC:   return session->ports[session->sent % session->config.port_count];
    case OPTIONS_MODE_FIXED:
    case OPTIONS_MODE_MULTIPATH: return session->ports[flow % session->config.port_count];
    }
    return session->ports[0];
}

/* Load balancers may hash the label (RFC 6438): one for each flow, and never 0. */
static uint32_t
flow_label(uint16_t sport)
{
    return (sport * 2654435761u >> 12 & 0xfffff) | 1;
}

static void
build(const session_t *session, session_action_t *action)
{
    packet_probe_t probe = {
        .ttl = action->what.ttl,
        .ip_id = (uint16_t)(session->sent % 65535 + 1),
        .sport = source_port(session, action->what.flow),
        .seq = session->config.random_seq + session->sent,
        .ack = session->config.random_ack + session->sent,
    };

    probe.flow_label = flow_label(probe.sport);
    action->length = packet_build(&session->config.form, &probe, action->packet);
}

/* A long trace must not grow. The round before is over, but for answers that come late; these are in the file. */
static void
renew_store(session_t *session)
{
    uint32_t round = session->schedule == NULL ? 0 : schedule_round(session->schedule);
    bool is_full = session->store_probes >= STORE_PROBES_MAX || session->store_packets >= STORE_PACKETS_MAX;

    bool is_known;

    if (!is_full || round == session->round)
        return;
    is_known = ttr_path_trace_count(session->store) > 0;
    ttr_store_free(session->store);
    session->store = new_store(is_known);
    session->store_probes = 0;
    session->store_packets = 0;
}

void
session_next(session_t *session, session_action_t *action, int64_t now_ns)
{
    if (session->multipath != NULL)
        action->what = multipath_next(session->multipath, now_ns);
    else
        action->what = schedule_next(session->schedule, now_ns);
    if (action->what.kind != SCHEDULE_SEND)
        return;
    renew_store(session);
    build(session, action);
}

void
session_sent(session_t *session, const session_action_t *action, int64_t now_ns)
{
    session->round = session->schedule == NULL ? 0 : schedule_round(session->schedule);
    session->records[session->sent % RECORDS] = (record_t){
        .round = session->round,
        .flow = (uint16_t)action->what.flow,
        .ttl = action->what.ttl,
    };
    session->sent++;
    session->store_probes++;
    if (session->multipath != NULL)
        multipath_sent(session->multipath, &action->what, now_ns);
    else
        schedule_sent(session->schedule, &action->what, now_ns);
}

static bool
is_our_port(const session_t *session, uint16_t port)
{
    return session->port_bits[port / 64] >> port % 64 & 1;
}

static bool
is_same(const ttr_address_t *a, const ttr_address_t *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Is this the sequence number of a probe of ours, and not one of long ago? */
static bool
is_recent(const session_t *session, uint32_t seq)
{
    uint32_t number = seq - session->config.random_seq;

    return number < session->sent && session->sent - number <= RECORDS;
}

/* The probe with this sequence number, or NULL. */
static record_t *
find_record(session_t *session, uint32_t seq)
{
    return is_recent(session, seq) ? &session->records[(seq - session->config.random_seq) % RECORDS] : NULL;
}

static bool
is_member_tcp(const session_t *session, const ttr_observation_t *observation)
{
    const packet_form_t *form = &session->config.form;
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;

    bool is_out = is_same(&ip->source, &form->source) && is_same(&ip->target, &form->target);
    bool is_back = is_same(&ip->source, &form->target) && is_same(&ip->target, &form->source);

    /* Both, where the target is this host. */
    return (is_out && tcp->dport == form->dport && is_our_port(session, tcp->sport)) ||
           (is_back && tcp->sport == form->dport && is_our_port(session, tcp->dport));
}

/* On the way addresses and ports can be changed, sequence numbers too, but hardly all of them. */
static bool
is_member_icmp(const session_t *session, const ttr_observation_t *observation)
{
    const packet_form_t *form = &session->config.form;
    const ttr_quote_t *quote = &observation->icmp.quote;
    bool is_target = is_same(&quote->target, &form->target);
    bool is_dport = quote->dport == form->dport;
    bool is_sport = is_our_port(session, quote->sport);

    if (!is_same(&observation->ip.target, &form->source))
        return false;
    if (is_target && is_dport && is_sport)
        return true;
    return quote->has_seq && is_recent(session, quote->seq) && (is_target || is_dport || is_sport);
}

bool
session_is_member(const session_t *session, const ttr_observation_t *observation)
{
    if (observation->ip.family != session->config.form.family)
        return false;
    if (observation->what == TTR_OBSERVED_TCP)
        return is_member_tcp(session, observation);
    return is_member_icmp(session, observation);
}

/* By the number that it acknowledges, or repeats where the probe was an ACK (RFC 9293, section 3.10.7.1). */
bool
session_is_stray(const session_t *session, const ttr_observation_t *observation)
{
    const packet_form_t *form = &session->config.form;
    size_t headers = packet_header_length(form);
    uint32_t payload = form->length > headers ? (uint32_t)(form->length - headers) : 0;
    const ttr_tcp_t *tcp = &observation->tcp;

    if (observation->what != TTR_OBSERVED_TCP || observation->ip.family != form->family ||
        !is_same(&observation->ip.target, &form->source) || is_same(&observation->ip.source, &form->target) ||
        tcp->sport != form->dport || !is_our_port(session, tcp->dport))
        return false;
    if (form->kind == OPTIONS_PACKET_ACK)
        return (tcp->flags & TTR_TCP_RST) != 0 && tcp->seq - session->config.random_ack < session->sent;
    return (tcp->flags & TTR_TCP_ACK) != 0 && is_recent(session, tcp->ack - 1 - payload);
}

static schedule_answer_kind_t
answer_kind(ttr_kind_t kind)
{
    if (kind == TTR_KIND_TIME_EXCEEDED)
        return SCHEDULE_ROUTER;
    return ttr_kind_is_icmp(kind) ? SCHEDULE_UNREACHABLE : SCHEDULE_TARGET;
}

/* Fills *answer; false when the packet is not the first answer to one of the probes. */
static bool
find_answer(session_t *session, const ttr_observation_t *observation, schedule_answer_t *answer)
{
    ttr_exact_t exact;
    record_t *record;

    if (!ttr_store_exact(session->store, observation, &exact))
        return false;
    record = find_record(session, exact.seq);
    if (record == NULL || record->is_answered)
        return false;
    record->is_answered = true;
    *answer = (schedule_answer_t){
        .kind = answer_kind(exact.kind),
        .ttl = record->ttl,
        .flow = record->flow,
        .round = record->round,
        .rtt_ns = observation->time_ns - exact.time_ns,
        .responder = observation->ip.source,
    };
    return true;
}

bool
session_take(session_t *session, const ttr_observation_t *observation, schedule_answer_t *answer)
{
    ttr_observation_t seen = *observation;

    if (session->store_packets >= STORE_PACKETS_MAX)
        return false;
    session->store_packets++;
    seen.layer = LAYER;
    ttr_store_observe(session->store, &seen);
    if (!find_answer(session, &seen, answer))
        return false;
    session->answered++;
    if (answer->kind == SCHEDULE_ROUTER)
        session->highest = MAX(session->highest, answer->ttl);
    if (answer->kind == SCHEDULE_TARGET)
        session->rtt_ns = answer->rtt_ns;
    if (session->multipath != NULL)
        multipath_answered(session->multipath, answer);
    else
        schedule_answered(session->schedule, answer);
    return true;
}

void
session_hurry(session_t *session)
{
    if (session->schedule != NULL)
        schedule_hurry(session->schedule);
}

uint8_t
session_settled(const session_t *session, int64_t now_ns)
{
    return session->schedule == NULL ? 0 : schedule_settled(session->schedule, now_ns);
}

uint32_t
session_round(const session_t *session)
{
    return session->sent == 0 ? 1 : session->records[(session->sent - 1) % RECORDS].round + 1;
}

void
session_summary(const session_t *session, session_summary_t *summary)
{
    uint8_t end = session->multipath != NULL ? multipath_end(session->multipath) : schedule_end(session->schedule);
    ttr_trace_info_t trace;

    *summary = (session_summary_t){
        .round = session_round(session),
        .sent = session->sent,
        .answered = session->answered,
        .hops = end != 0 ? end : session->highest,
        .is_loop = session->schedule != NULL && schedule_is_loop(session->schedule),
        .rtt_ns = session->rtt_ns,
    };
    for (uint32_t index = ttr_path_trace_count(session->store); index-- > 0;) {
        if (!ttr_path_trace(session->store, index, &trace))
            continue;
        summary->is_reached = trace.is_reached;
        summary->state = trace.state;
        break;
    }
}
