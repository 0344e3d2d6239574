/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Probe records: made, found by flow and by seq, forgotten.
 */
#include <string.h>

#include "ttr_model.h"

bool
ttr_address_equal(const ttr_address_t *a, const ttr_address_t *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

ttr_carries_t
ttr_probe_carries(uint16_t tcp_flags)
{
    switch (tcp_flags & (TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_RST | TTR_TCP_FIN)) {
    case TTR_TCP_SYN: return TTR_CARRIES_SYN;
    case TTR_TCP_ACK: return TTR_CARRIES_ACK;
    default:          return TTR_CARRIES_OTHER;
    }
}

/* Finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the result. */
static uint32_t
mix(uint32_t hash)
{
    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35u;
    return hash ^ (hash >> 16);
}

/* Cheap, since every segment with an ordinary TTL pays for it once a candidate is known. */
static uint32_t
end_sum(const ttr_address_t *address, uint16_t port)
{
    uint32_t words[4];

    memcpy(words, address->bytes, sizeof words);
    return words[0] * 0x9e3779b1u + words[1] * 0x85ebca77u + words[2] * 0xc2b2ae3du + words[3] * 0x27d4eb2fu +
           port * 0x165667b1u;
}

uint32_t
ttr_flow_hash(const ttr_address_t *a, const ttr_address_t *b, uint16_t a_port, uint16_t b_port)
{
    return mix(end_sum(a, a_port) + end_sum(b, b_port));
}

static uint32_t
hash_of_flow(const void *owner, uint32_t id)
{
    const ttr_store_t *store = owner;
    const ttr_probe_t *probe = ttr_store_probe(store, id);
    const ttr_series_t *series = ttr_store_series(store, probe->series);

    return ttr_flow_hash(&series->source, &series->target, probe->sport, probe->dport);
}

uint32_t
ttr_probe_seq_hash(uint32_t seq)
{
    return mix(seq);
}

static uint32_t
hash_of_seq(const void *owner, uint32_t id)
{
    return ttr_probe_seq_hash(ttr_store_probe(owner, id)->seq);
}

/* A count that reached its maximum stays there. */
enum {
    PAIR_COUNTS_SHIFT = 16,
    PAIR_COUNTS = 1 << PAIR_COUNTS_SHIFT
};

static uint16_t *
pair_count(const ttr_store_t *store, uint32_t sum)
{
    return &store->pair_counts[(sum * 0x9e3779b1u) >> (32 - PAIR_COUNTS_SHIFT)];
}

static uint32_t
sum_of(const ttr_store_t *store, const ttr_probe_t *probe)
{
    const ttr_series_t *series = ttr_store_series(store, probe->series);
    size_t tail = series->family == TTR_FAMILY_IPV6 ? 12 : 0;

    return ttr_address_sum(series->source.bytes + tail, series->target.bytes + tail);
}

void
ttr_probe_count_pair(ttr_store_t *store, const ttr_probe_t *probe)
{
    uint16_t *count = pair_count(store, sum_of(store, probe));

    if (*count < UINT16_MAX)
        (*count)++;
}

void
ttr_probe_uncount_pair(ttr_store_t *store, const ttr_probe_t *probe)
{
    uint16_t *count = pair_count(store, sum_of(store, probe));

    if (*count < UINT16_MAX)
        (*count)--;
}

size_t
ttr_probe_pair_counts_size(void)
{
    return PAIR_COUNTS * sizeof(uint16_t);
}

bool
ttr_store_knows_pair(const ttr_store_t *store, uint32_t sum)
{
    return *pair_count(store, sum) > 0;
}

void
ttr_probe_tables_init(ttr_store_t *store)
{
    store->pair_counts = g_new0(uint16_t, PAIR_COUNTS);
    ttr_index_init(&store->flow_index, store, &store->probes, hash_of_flow, offsetof(ttr_probe_t, by_flow));
    ttr_index_init(&store->seq_index, store, &store->probes, hash_of_seq, offsetof(ttr_probe_t, by_seq));
}

uint32_t
ttr_probe_new(ttr_store_t *store, const ttr_observation_t *observation, uint32_t series)
{
    uint32_t id = ttr_pool_new(&store->probes);
    ttr_probe_t *probe = ttr_store_probe(store, id);
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;

    probe->time_ns = observation->time_ns;
    probe->frame = observation->frame;
    probe->layer = observation->layer;
    probe->series = series;
    probe->seq = tcp->seq;
    probe->ack = tcp->ack;
    probe->tsval = tcp->tsval;
    probe->flow_label = ip->flow_label;
    probe->ip_id = ip->id;
    probe->sport = tcp->sport;
    probe->dport = tcp->dport;
    probe->checksum = tcp->checksum;
    probe->size = (uint16_t)MIN(ip->length, UINT16_MAX);
    probe->payload = (uint16_t)MIN(tcp->payload, UINT16_MAX);
    probe->tcp_flags = tcp->flags;
    probe->ttl = ip->ttl;
    ttr_probe_count_pair(store, probe);
    ttr_index_add(&store->flow_index, id);
    ttr_index_add(&store->seq_index, id);
    ttr_note_add_probe(store, id);
    return id;
}

void
ttr_probe_free(ttr_store_t *store, uint32_t id)
{
    const ttr_probe_t *probe = ttr_store_probe(store, id);

    for (uint32_t reply = probe->first_reply; reply != TTR_NO_ID;) {
        uint32_t next = ttr_store_reply(store, reply)->next;
        uint32_t extension = ttr_store_reply(store, reply)->extension;

        if (extension != TTR_NO_ID)
            ttr_pool_free(&store->extensions, extension);
        ttr_note_remove_reply(store, reply);
        ttr_store_reply(store, reply)->frame = 0;
        ttr_pool_free(&store->replies, reply);
        reply = next;
    }
    if (!probe->is_ordinary)
        ttr_probe_uncount_pair(store, probe);
    ttr_note_remove_probe(store, id);
    ttr_store_probe(store, id)->frame = 0;
    ttr_index_remove(&store->flow_index, id);
    ttr_index_remove(&store->seq_index, id);
    ttr_pool_free(&store->probes, id);
}

uint32_t
ttr_probe_flow_first(const ttr_store_t *store, const ttr_address_t *source, const ttr_address_t *target,
                     uint16_t sport, uint16_t dport)
{
    return ttr_index_first(&store->flow_index, ttr_flow_hash(source, target, sport, dport));
}

uint32_t
ttr_probe_flow_next(const ttr_store_t *store, uint32_t id)
{
    return ttr_index_next(&store->flow_index, id);
}
