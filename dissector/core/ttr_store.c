/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_store.h"

#include "ttr_model.h"
#include "ttr_note.h"

enum {
    CONNECTION_SPAN = 0x10000,      /* how far behind a SYN seqs still belong to its young connection */
    FLOW_WALK_MAX = 64
};

ttr_config_t
ttr_config_default(void)
{
    return (ttr_config_t){
        .candidate_ttl = 32,
        .reply_limit_ns = 10 * INT64_C(1000000000),
        .run_gap_ns = 30 * INT64_C(1000000000),
        .candidate_bound = 250000,
    };
}

ttr_store_t *
ttr_store_new(const ttr_config_t *config)
{
    ttr_store_t *store = g_new0(ttr_store_t, 1);

    store->config = *config;
    store->highest_ttl = config->candidate_ttl;
    ttr_pool_init(&store->probes, sizeof(ttr_probe_t));
    ttr_pool_init(&store->replies, sizeof(ttr_reply_t));
    ttr_pool_init(&store->series, sizeof(ttr_series_t));
    ttr_pool_init(&store->extensions, sizeof(ttr_extension_t));
    ttr_probe_tables_init(store);
    ttr_series_tables_init(store);
    store->traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return store;
}

static void
free_attempts(ttr_store_t *store)
{
    for (guint i = 0; i < store->traces->len; i++)
        g_free(ttr_store_series(store, g_array_index(store->traces, uint32_t, i))->attempts);
    for (uint32_t id = store->idle_first; id != 0; id = ttr_store_series(store, id)->idle.next)
        g_free(ttr_store_series(store, id)->attempts);
}

void
ttr_store_free(ttr_store_t *store)
{
    if (store == NULL)
        return;
    free_attempts(store);
    ttr_index_clear(&store->flow_index);
    ttr_index_clear(&store->seq_index);
    ttr_index_clear(&store->dport_index);
    ttr_index_clear(&store->sport_index);
    ttr_pool_clear(&store->probes);
    ttr_pool_clear(&store->replies);
    ttr_pool_clear(&store->series);
    ttr_pool_clear(&store->extensions);
    g_free(store->frame_heads);
    g_free(store->pair_counts);
    g_array_unref(store->traces);
    g_free(store);
}

bool
ttr_store_knows_flow(const ttr_store_t *store, uint8_t family, const ttr_address_t *source,
                     const ttr_address_t *target, uint16_t sport, uint16_t dport)
{
    uint32_t id = ttr_probe_flow_first(store, source, target, sport, dport);

    for (int walked = 0; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (!probe->is_ordinary && (ttr_probe_is_flow(store, probe, family, source, target, sport, dport) ||
                                    ttr_probe_is_flow(store, probe, family, target, source, dport, sport)))
            return true;
    }
    return false;
}

static void
fill_tcp(ttr_reply_t *reply, const ttr_tcp_t *tcp)
{
    reply->kind = (uint8_t)ttr_match_tcp_kind(tcp);
    reply->tcp_flags = tcp->flags;
    reply->tcp.seq = tcp->seq;
    reply->tcp.ack = tcp->ack;
}

/* What the quote says, and how it differs from the probe as it was sent. */
static void
fill_icmp(ttr_store_t *store, ttr_reply_t *reply, const ttr_icmp_t *icmp)
{
    const ttr_quote_t *quote = &icmp->quote;
    const ttr_probe_t *probe = ttr_store_probe(store, reply->probe);
    const ttr_series_t *series = ttr_store_series(store, probe->series);

    reply->kind = (uint8_t)icmp->kind;
    reply->icmp.type = icmp->type;
    reply->icmp.code = icmp->code;
    reply->icmp.quoted_ttl = quote->ttl;
    reply->icmp.quoted_tos = quote->tos;
    reply->icmp.quoted_length = quote->length;
    reply->icmp.quoted_id = quote->ip_id;
    reply->is_id_changed = quote->family == TTR_FAMILY_IPV4 && quote->ip_id != probe->ip_id;
    reply->is_nat = quote->sport != probe->sport || !ttr_address_equal(&quote->source, &series->source);
    reply->is_dnat = quote->dport != probe->dport || !ttr_address_equal(&quote->target, &series->target);
    if (icmp->extension.object_count > 0) {
        reply->extension = ttr_pool_new(&store->extensions);
        *(ttr_extension_t *)ttr_pool_get(&store->extensions, reply->extension) = icmp->extension;
    }
}

/* Keeps a reply under the probe that it answers. */
static void
add_reply(ttr_store_t *store, const ttr_observation_t *observation, const ttr_answer_t *answer)
{
    uint32_t id = ttr_pool_new(&store->replies);
    ttr_reply_t *reply = ttr_store_reply(store, id);
    ttr_probe_t *probe = ttr_store_probe(store, answer->probe);

    reply->time_ns = observation->time_ns;
    reply->responder = observation->ip.source;
    reply->frame = observation->frame;
    reply->layer = observation->layer;
    reply->probe = answer->probe;
    reply->ip_id = observation->ip.id;
    reply->size = (uint16_t)MIN(observation->ip.length, UINT16_MAX);
    reply->ttl = observation->ip.ttl;
    reply->tos = observation->ip.tos;
    reply->match = (uint8_t)answer->match;
    reply->copy_of = answer->copy_of;
    reply->is_duplicate = answer->is_duplicate;
    reply->is_late = observation->time_ns - probe->time_ns > store->config.reply_limit_ns;
    if (observation->what == TTR_OBSERVED_TCP)
        fill_tcp(reply, &observation->tcp);
    else
        fill_icmp(store, reply, &observation->icmp);
    if (probe->last_reply != TTR_NO_ID)
        ttr_store_reply(store, probe->last_reply)->next = id;
    else
        probe->first_reply = id;
    probe->last_reply = id;
    if (answer->copy_of == TTR_NO_ID)
        probe->is_answered = true;
    ttr_note_add_reply(store, id);
}

/* Does this probe's connection, or what a repetition of its SYN opened, go on with a segment? */
static bool
is_begin_of(const ttr_store_t *store, const ttr_probe_t *probe, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;

    if (!ttr_probe_is_flow(store, probe, ip->family, &ip->source, &ip->target, tcp->sport, tcp->dport) ||
        ttr_probe_carries(probe->tcp_flags) != TTR_CARRIES_SYN || probe->copy_of != TTR_NO_ID)
        return false;
    return probe->is_ordinary || tcp->seq - probe->seq - 1 < CONNECTION_SPAN;
}

/* Does this segment belong to the connection that an earlier SYN of its flow opened? mtr and traceroute -O tcpconn
 * complete the handshake and close it, with the probe's TTL; and every ordinary client goes on. */
static bool
goes_on_with_connection(ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id = ttr_probe_flow_first(store, &ip->source, &ip->target, tcp->sport, tcp->dport);
    bool goes_on = false;

    if (ttr_probe_carries(tcp->flags) == TTR_CARRIES_SYN)
        return false;
    for (int walked = 0; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        ttr_probe_t *probe = ttr_store_probe(store, id);

        if (!is_begin_of(store, probe, observation))
            continue;
        goes_on = true;
        if (probe->is_ordinary)
            break;
        if ((tcp->flags & TTR_TCP_ACK) != 0 && (tcp->flags & TTR_TCP_RST) == 0)
            probe->is_completed = true;
        if (tcp->payload > 0 && ttr_store_series(store, probe->series)->trace == TTR_NO_TRACE)
            ttr_series_disown(store, id);
    }
    return goes_on;
}

static bool
is_reply_flow(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id = ttr_probe_flow_first(store, &ip->target, &ip->source, tcp->dport, tcp->sport);

    for (int walked = 0; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        if (ttr_probe_is_flow(store, ttr_store_probe(store, id), ip->family, &ip->target, &ip->source, tcp->dport,
                              tcp->sport))
            return true;
    }
    return false;
}

static void
observe_tcp(ttr_store_t *store, const ttr_observation_t *observation)
{
    if (is_reply_flow(store, observation)) {
        ttr_answer_t answer = ttr_match_tcp(store, observation);

        if (answer.probe != TTR_NO_ID && ttr_series_takes_reply(store, answer.probe))
            add_reply(store, observation, &answer);
        return;
    }
    if (!goes_on_with_connection(store, observation))
        ttr_series_add(store, observation);
}

static void
observe_icmp(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_answer_t answer = ttr_match_quote(store, observation);

    if (answer.probe == TTR_NO_ID)
        return;
    if (ttr_series_takes_reply(store, answer.probe))
        add_reply(store, observation, &answer);
    if (observation->icmp.kind == TTR_KIND_TIME_EXCEEDED)
        ttr_series_exceeded(store, answer.probe);
}

ttr_interest_t
ttr_store_interest(const ttr_store_t *store, uint8_t ttl, uint32_t sum)
{
    if (ttl <= store->highest_ttl + 1)
        return TTR_INTEREST_ANY;
    return ttr_store_knows_pair(store, sum) ? TTR_INTEREST_FLOW : TTR_INTEREST_NONE;
}

/* Probes whose TTL is one above the highest of any trace still come through the gate. */
static void
raise_gate(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_note_t note;
    uint32_t probe;

    if (!ttr_note_find(store, observation->frame, observation->layer, &note) || note.trace == TTR_NO_TRACE)
        return;
    probe = note.role == TTR_NOTE_REPLY ? ttr_store_reply(store, note.id)->probe : note.id;
    store->highest_ttl = MAX(store->highest_ttl, ttr_store_probe(store, probe)->ttl);
}

void
ttr_store_observe(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_observation_t bounded = *observation;

    bounded.time_ns = CLAMP(observation->time_ns, -TTR_TIME_MAX_NS, TTR_TIME_MAX_NS);
    if (observation->what == TTR_OBSERVED_TCP)
        observe_tcp(store, &bounded);
    else
        observe_icmp(store, &bounded);
    raise_gate(store, &bounded);
}
