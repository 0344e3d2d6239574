/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is stored of segments:
 * S1 A candidate: TTL at most config.candidate_ttl, or one above the highest TTL of a recognised run of its pair.
 *    Until the pair is recognised a flow has its first 16, and then with each TTL in each direction 64 SYNs or 16
 *    others: what comes more often is ordinary traffic.
 * S2 Any other segment of a known flow (answers, data): each stored candidate allows 8 of them.
 * S3 In a known pair the SYN, SYN/ACK or RST that begins another flow: 64, and one more for each candidate.
 * S4 Never data that a connection sends with the TTL of its own SYN, nor what comes after 16 data segments with one
 *    TTL: an ordinary sender with a small TTL.
 * S5 With the first candidate of a flow the segments without data that stand just before it in the file, since frames may
 *    be a little out of order (ttr_early.h): SYN/ACKs and RSTs, in a known pair ACKs as well.
 * Nothing here depends on what a compute found, but for that which frames alone bring about (ttr_schedule.h).
 */
#include "ttr_keep.h"

#include "ttr_early.h"
#include "ttr_error.h"
#include "ttr_exact.h"
#include "ttr_hash.h"
#include "ttr_interned.h"
#include "ttr_pair.h"
#include "ttr_schedule.h"
#include "ttr_segment.h"

enum {
    FIRST_MAX = 16,
    SYN_MAX = 64,
    OTHER_MAX = 16,
    CREDITS = 8,                /* of a candidate */
    EXTRA = 64,
    DATA_MAX = 16,
    MARKS_SHIFT = 16,
    MARKS = 1 << MARKS_SHIFT
};

/* A segment on its way into the store. */
typedef struct ttr_kept {
    const ttr_observation_t *observation;
    uint32_t pair;              /* 0: not known */
    uint32_t flow;              /* 0: not known */
    uint16_t low_port;
    uint16_t high_port;
    bool is_from_low;
    bool is_syn;                /* without ACK */
} ttr_kept_t;

void
ttr_keep_init(ttr_store_t *store)
{
    store->marks = g_new0(uint16_t, MARKS);
    ttr_early_init(store);
}

void
ttr_keep_clear(ttr_store_t *store)
{
    g_free(store->marks);
    ttr_early_clear(store);
}

size_t
ttr_keep_memory(const ttr_store_t *store)
{
    return store->marks == NULL ? 0 : MARKS * sizeof(uint16_t) + ttr_early_memory(store);
}

/* The place of a flow in the table of marks, and its fingerprint, which is never 0. Lossy: the last flow with a place has it. */
static uint16_t *
mark_of(const ttr_store_t *store, const ttr_connection_t *connection, uint16_t *fingerprint)
{
    uint64_t hash = ttr_hash_address(ttr_hash_address(store->seed, &connection->source), &connection->target);

    hash = ttr_hash_add(hash, (uint32_t)connection->sport << 16 | connection->dport);
    *fingerprint = (uint16_t)(hash >> 48) | 1;
    return &store->marks[hash & (MARKS - 1)];
}

void
ttr_keep_mark(ttr_store_t *store, const ttr_connection_t *connection)
{
    uint16_t fingerprint;
    uint16_t *mark = mark_of(store, connection, &fingerprint);

    *mark = fingerprint;
}

static ttr_connection_t
opening_of(const ttr_observation_t *observation)
{
    return (ttr_connection_t){
        .source = observation->ip.source,
        .target = observation->ip.target,
        .sport = observation->tcp.sport,
        .dport = observation->tcp.dport,
    };
}

static void
mark_ordinary(ttr_store_t *store, const ttr_kept_t *kept)
{
    ttr_connection_t connection = opening_of(kept->observation);

    ttr_keep_mark(store, &connection);
}

static uint32_t
make_flow(ttr_store_t *store, const ttr_kept_t *kept)
{
    uint32_t id = ttr_flow_make(store, kept->pair, kept->low_port, kept->high_port);
    ttr_connection_t connection = opening_of(kept->observation);
    uint16_t fingerprint;

    ttr_store_flow(store, id)->opened_ordinary = *mark_of(store, &connection, &fingerprint) == fingerprint;
    return id;
}

void
ttr_keep_count(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    pair->record_count++;
    if (!pair->is_idle)
        return;
    store->idle_records++;
    ttr_pair_touch(store, id);
}

void
ttr_keep_bound(ttr_store_t *store)
{
    while (store->idle_records > store->config.candidate_bound) {
        store->dropped_count += ttr_store_pair(store, store->first_idle)->record_count;
        ttr_pair_drop(store, store->first_idle);
    }
}

static void
fill(ttr_store_t *store, ttr_sighting_t *sighting, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;

    sighting->time_ns = ttr_time_bounded(observation->time_ns);
    sighting->frame = observation->frame;
    sighting->layer = observation->layer;
    sighting->seq = tcp->seq;
    sighting->ack = tcp->ack;
    sighting->tsval = tcp->tsval;
    sighting->tsecr = tcp->tsecr;
    sighting->id_or_label = ip->family == TTR_FAMILY_IPV4 ? ip->id : ip->flow_label;
    sighting->flags = tcp->flags;
    sighting->window = tcp->window;
    sighting->checksum = tcp->checksum;
    sighting->size = (uint16_t)MIN(ip->length, UINT16_MAX);
    sighting->payload = (uint16_t)MIN(tcp->payload, UINT16_MAX);
    sighting->point = ttr_interned_number(store->points, observation->point, NULL, 0);
    sighting->shape = ttr_interned_number(store->shapes, tcp->options, tcp->kinds, tcp->kind_count);
    sighting->ttl = ip->ttl;
    sighting->tos = ip->tos;
    sighting->dont_fragment = ip->dont_fragment;
    sighting->is_sum_partial = ttr_segment_is_sum_partial(ip, tcp);
    sighting->is_sum_right = ttr_segment_is_sum_right(ip, tcp);
    if ((tcp->flags & TTR_TCP_SYN) != 0) {
        ttr_header_t header = tcp->header;

        header.ack = 0;         /* stands beside it, and would make each SYN/ACK's its own */
        sighting->header = ttr_headers_number(store->headers, &header);
    } else if (tcp->has_sack) {
        sighting->sack = ttr_pool_new(&store->sacks);
        *(ttr_sack_t *)ttr_pool_get(&store->sacks, sighting->sack) = (ttr_sack_t){tcp->sack_left, tcp->sack_right};
    }
}

static void
store_segment(ttr_store_t *store, const ttr_kept_t *kept)
{
    uint32_t id = ttr_pool_new(&store->sightings);
    ttr_sighting_t *sighting = ttr_store_sighting(store, id);
    ttr_pair_t *pair = ttr_store_pair(store, kept->pair);
    ttr_flow_t *flow = ttr_store_flow(store, kept->flow);

    fill(store, sighting, kept->observation);
    sighting->flow = kept->flow;
    sighting->is_from_low = kept->is_from_low;
    if (kept->is_syn) {
        flow->syn_ttl = sighting->ttl;
        flow->is_syn_from_low = kept->is_from_low;
    }
    if (pair->last_sighting != 0)
        ttr_store_sighting(store, pair->last_sighting)->next = id;
    else
        pair->first_sighting = id;
    pair->last_sighting = id;
    ttr_exact_add(store, id);
    ttr_note_add(store, id);
    ttr_schedule_news(store, kept->pair);
}

/* S4. */
static bool
is_own_data(ttr_store_t *store, const ttr_kept_t *kept)
{
    const ttr_observation_t *observation = kept->observation;
    const ttr_flow_t *flow = ttr_store_flow(store, kept->flow);
    ttr_caps_t *caps;

    if (observation->tcp.payload == 0 || (observation->tcp.flags & TTR_TCP_SYN) != 0)
        return false;
    if (flow->is_ordinary ||
        (flow->syn_ttl == observation->ip.ttl && flow->is_syn_from_low == kept->is_from_low))
        return true;
    if (flow->caps == 0)
        return false;
    caps = ttr_pool_get(&store->caps, flow->caps);
    caps->data = caps->data_ttl == observation->ip.ttl ? caps->data + 1 : 1;
    caps->data_ttl = observation->ip.ttl;
    return caps->data > DATA_MAX && !ttr_store_pair(store, kept->pair)->is_recognised;
}

/* S1: may the flow have one more candidate with this TTL? */
static bool
is_within_cap(ttr_store_t *store, const ttr_kept_t *kept)
{
    ttr_flow_t *flow = ttr_store_flow(store, kept->flow);
    ttr_caps_t *caps;
    uint8_t *stored;

    if (ttr_store_pair(store, kept->pair)->is_recognised)
        return true;
    if (flow->candidates < FIRST_MAX) {
        flow->candidates++;
        return true;
    }
    if (flow->caps == 0)
        flow->caps = ttr_pool_new(&store->caps);
    caps = ttr_pool_get(&store->caps, flow->caps);
    stored = &caps->stored[kept->is_from_low ? 1 : 0][kept->observation->ip.ttl];
    if (*stored >= (kept->is_syn ? SYN_MAX : OTHER_MAX))
        return false;
    (*stored)++;
    return true;
}

/* S2. */
static void
keep_of_flow(ttr_store_t *store, const ttr_kept_t *kept)
{
    ttr_flow_t *flow = ttr_store_flow(store, kept->flow);

    if (flow->credits == 0 || is_own_data(store, kept)) {
        flow->is_incomplete = true;
        return;
    }
    flow->credits--;
    store_segment(store, kept);
}

/* S5. */
static void
keep_early(ttr_store_t *store, const ttr_kept_t *kept)
{
    ttr_kept_t early = *kept;
    ttr_observation_t answer;
    guint at = 0;

    early.observation = &answer;
    early.is_from_low = !kept->is_from_low;
    early.is_syn = false;
    while (ttr_early_take(store, kept->observation, &at, &answer))
        keep_of_flow(store, &early);
}

static void
keep_candidate(ttr_store_t *store, ttr_kept_t *kept)
{
    const ttr_ip_t *ip = &kept->observation->ip;
    bool is_new = kept->pair == 0;
    bool is_new_flow = kept->flow == 0;
    ttr_pair_t *pair;
    ttr_flow_t *flow;

    if (is_new)
        kept->pair = ttr_pair_make(store, ip->family, &ip->source, &ip->target);
    if (is_new_flow)
        kept->flow = make_flow(store, kept);
    flow = ttr_store_flow(store, kept->flow);
    if (is_own_data(store, kept)) {
        flow->is_ordinary = true;
        flow->is_incomplete = true;
        return;
    }
    if (!is_within_cap(store, kept)) {
        flow->is_incomplete = true;
        return;
    }
    flow->credits = (uint8_t)MIN(flow->credits + CREDITS, UINT8_MAX);
    ttr_host_add_candidate(store, kept->pair, kept->is_from_low);
    pair = ttr_store_pair(store, kept->pair);
    if (pair->is_recognised && ip->ttl == pair->top_ttl + 1) {
        pair->top_ttl = ip->ttl;
        ttr_schedule_want(store, pair->top_ttl);
    }
    store_segment(store, kept);
    if (is_new_flow)
        keep_early(store, kept);
    if (is_new)
        ttr_error_adopt(store, kept->pair);
}

/* What may say something of a flow that begins to count later. A target that has a connection with these ports answers a
 * SYN with an ACK; between hosts of which nothing is known there are too many ACKs. */
static void
keep_for_later(ttr_store_t *store, const ttr_kept_t *kept)
{
    const ttr_tcp_t *tcp = &kept->observation->tcp;

    if (kept->is_syn)
        mark_ordinary(store, kept);
    else if (tcp->payload == 0 && (kept->pair != 0 || (tcp->flags & (TTR_TCP_SYN | TTR_TCP_RST)) != 0))
        ttr_early_add(store, kept->observation);
}

/* S3. */
static void
keep_extra(ttr_store_t *store, ttr_kept_t *kept)
{
    ttr_pair_t *pair = ttr_store_pair(store, kept->pair);

    if ((kept->observation->tcp.flags & (TTR_TCP_SYN | TTR_TCP_RST)) == 0 ||
        pair->extra_count >= EXTRA + pair->candidate_count) {
        keep_for_later(store, kept);
        return;
    }
    pair->extra_count++;
    kept->flow = make_flow(store, kept);
    store_segment(store, kept);
}

static bool
is_candidate(const ttr_store_t *store, const ttr_kept_t *kept)
{
    uint8_t ttl = kept->observation->ip.ttl;
    const ttr_pair_t *pair;

    if (ttl <= store->config.candidate_ttl)
        return true;
    if (kept->pair == 0)
        return false;
    pair = ttr_store_pair(store, kept->pair);
    return pair->is_recognised && ttl <= pair->top_ttl + 1;
}

void
ttr_keep_segment(ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    ttr_kept_t kept = {.observation = observation};

    if (ip->ttl == 0)           /* RFC 1122 section 3.2.1.7: nobody sends it */
        return;
    kept.is_from_low = ttr_pair_is_from_low(&ip->source, &ip->target, tcp->sport, tcp->dport);
    kept.is_syn = (tcp->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;
    kept.low_port = kept.is_from_low ? tcp->sport : tcp->dport;
    kept.high_port = kept.is_from_low ? tcp->dport : tcp->sport;
    kept.pair = ttr_pair_find(store, ip->family, &ip->source, &ip->target);
    if (kept.pair != 0)
        kept.flow = ttr_flow_find(store, kept.pair, kept.low_port, kept.high_port);
    if (is_candidate(store, &kept))
        keep_candidate(store, &kept);
    else if (kept.flow != 0)
        keep_of_flow(store, &kept);
    else if (kept.pair != 0)
        keep_extra(store, &kept);
    else
        keep_for_later(store, &kept);
}
