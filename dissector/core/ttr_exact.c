/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keys are records of their own, made and forgotten in step with the sightings, so that they have the same ids.
 */
#include "ttr_exact.h"

#include "ttr_hash.h"
#include "ttr_pair.h"

enum {
    SHARED_MAX = 64,            /* so many segments with one number are found by it: what comes more often names none */
    TELLING_SEQ = 0x10000       /* a smaller one is a counter, which others have, too */
};

typedef struct ttr_key {
    ttr_link_t by_seq;
    ttr_link_t by_ack;
    bool has_seq;               /* it stands in the table */
    bool has_ack;
} ttr_key_t;

static uint32_t
number_hash(const ttr_store_t *store, uint32_t number)
{
    return (uint32_t)ttr_hash_add(store->seed, number);
}

static uint32_t
hash_of_seq(const void *owner, uint32_t id)
{
    return number_hash(owner, ttr_store_sighting(owner, id)->seq);
}

static uint32_t
hash_of_ack(const void *owner, uint32_t id)
{
    return number_hash(owner, ttr_store_sighting(owner, id)->ack);
}

void
ttr_exact_init(ttr_store_t *store)
{
    if (!store->config.has_exact_keys)
        return;
    ttr_pool_init(&store->keys, sizeof(ttr_key_t));
    ttr_index_init(&store->key_seq_index, store, &store->keys, hash_of_seq, offsetof(ttr_key_t, by_seq));
    ttr_index_init(&store->key_ack_index, store, &store->keys, hash_of_ack, offsetof(ttr_key_t, by_ack));
}

void
ttr_exact_clear(ttr_store_t *store)
{
    if (!store->config.has_exact_keys)
        return;
    ttr_index_clear(&store->key_seq_index);
    ttr_index_clear(&store->key_ack_index);
    ttr_pool_clear(&store->keys);
}

size_t
ttr_exact_memory(const ttr_store_t *store)
{
    if (!store->config.has_exact_keys)
        return 0;
    return ttr_pool_memory(&store->keys) + ttr_index_memory(&store->key_seq_index) +
           ttr_index_memory(&store->key_ack_index);
}

/* Puts a key into a table, unless many with its number are there: a bucket holds few of each, so that nobody's walk is
 * made long by others. */
static bool
add(ttr_index_t *index, uint32_t key)
{
    const ttr_store_t *store = index->owner;
    bool is_by_seq = index == &store->key_seq_index;
    const ttr_sighting_t *added = ttr_store_sighting(store, key);
    uint32_t number = is_by_seq ? added->seq : added->ack;
    uint32_t shared = 0;

    for (uint32_t id = ttr_index_first(index, number_hash(store, number)); id != 0; id = ttr_index_next(index, id)) {
        const ttr_sighting_t *other = ttr_store_sighting(store, id);

        shared += (is_by_seq ? other->seq : other->ack) == number ? 1 : 0;
    }
    if (shared >= SHARED_MAX)
        return false;
    ttr_index_add(index, key);
    return true;
}

void
ttr_exact_add(ttr_store_t *store, uint32_t sighting)
{
    ttr_key_t *key;

    /* Keys have the numbers of their sightings. */
    if (!store->config.has_exact_keys || ttr_pool_new(&store->keys) != sighting)
        return;
    key = ttr_pool_get(&store->keys, sighting);
    key->has_seq = add(&store->key_seq_index, sighting);
    key->has_ack = add(&store->key_ack_index, sighting);
}

void
ttr_exact_remove(ttr_store_t *store, uint32_t sighting)
{
    const ttr_key_t *key;

    if (!store->config.has_exact_keys)
        return;
    key = ttr_pool_get(&store->keys, sighting);
    if (key->has_seq)
        ttr_index_remove(&store->key_seq_index, sighting);
    if (key->has_ack)
        ttr_index_remove(&store->key_ack_index, sighting);
    ttr_pool_free(&store->keys, sighting);
}

/* What is looked for. */
typedef struct ttr_sought {
    const ttr_observation_t *observation;
    uint32_t number;
    uint32_t flow;              /* id; 0: any */
    uint32_t host;              /* that sent it, if `flow` is 0 */
    bool is_from_low;           /* it was sent by the low host, if `flow` is not 0 */
    bool is_by_ack;             /* the number is its ack, else its seq */
    bool has_id;                /* IP ID or flow label are those of the quote */
} ttr_sought_t;

/* Flags of a segment that the answer can be to. A RST of the prober's own kernel has the seq of the next probe. */
static bool
is_answered_by(const ttr_sighting_t *sighting, const ttr_sought_t *sought)
{
    uint16_t flags = sighting->flags;

    if (sought->observation->what == TTR_OBSERVED_ICMP)
        return (flags & TTR_TCP_RST) == 0;
    if (sought->is_by_ack)
        return (flags & (TTR_TCP_SYN | TTR_TCP_RST | TTR_TCP_ACK)) == TTR_TCP_ACK;
    return (flags & TTR_TCP_RST) == 0 &&
           ((sought->observation->tcp.flags & TTR_TCP_SYN) == 0 || (flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN);
}

static uint32_t
host_of(const ttr_store_t *store, const ttr_sighting_t *sighting)
{
    const ttr_pair_t *pair = ttr_store_pair(store, ttr_store_flow(store, sighting->flow)->pair);

    return pair->hosts[sighting->is_from_low ? 0 : 1];
}

static bool
fits(const ttr_store_t *store, const ttr_sighting_t *sighting, const ttr_sought_t *sought)
{
    const ttr_quote_t *quote = &sought->observation->icmp.quote;

    if ((sought->is_by_ack ? sighting->ack : sighting->seq) != sought->number || !is_answered_by(sighting, sought))
        return false;
    if (sought->flow != 0 && (sighting->flow != sought->flow || sighting->is_from_low != sought->is_from_low))
        return false;
    if (sought->flow == 0 && host_of(store, sighting) != sought->host)
        return false;
    return !sought->has_id ||
           sighting->id_or_label == (quote->family == TTR_FAMILY_IPV4 ? quote->ip_id : quote->flow_label);
}

/* The only sighting that fits; 0: none does. Stores how many do, counting no further than 2. */
static uint32_t
find(const ttr_store_t *store, const ttr_sought_t *sought, int *count)
{
    const ttr_index_t *index = sought->is_by_ack ? &store->key_ack_index : &store->key_seq_index;
    uint32_t id = ttr_index_first(index, number_hash(store, sought->number));
    uint32_t found = 0;

    *count = 0;
    for (; id != 0 && *count < 2; id = ttr_index_next(index, id)) {
        if (!fits(store, ttr_store_sighting(store, id), sought))
            continue;
        found = id;
        (*count)++;
    }
    return *count == 1 ? found : 0;
}

static uint32_t
find_quoted(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_quote_t *quote = &observation->icmp.quote;
    uint32_t pair = ttr_pair_find(store, quote->family, &quote->source, &quote->target);
    ttr_sought_t sought = {.observation = observation, .number = quote->seq};
    uint32_t found = 0;
    int count = 0;

    if (!quote->has_seq)
        return 0;
    sought.is_from_low = ttr_pair_is_from_low(&quote->source, &quote->target, quote->sport, quote->dport);
    if (pair != 0)
        sought.flow = sought.is_from_low ? ttr_flow_find(store, pair, quote->sport, quote->dport)
                                         : ttr_flow_find(store, pair, quote->dport, quote->sport);
    if (sought.flow != 0)
        found = find(store, &sought, &count);
    if (count > 1) {
        sought.has_id = true;
        return find(store, &sought, &count);
    }
    if (found != 0 || quote->seq < TELLING_SEQ)
        return found;
    sought.flow = 0;
    sought.host = ttr_host_find(store, observation->ip.family, &observation->ip.target);
    return sought.host == 0 ? 0 : find(store, &sought, &count);
}

static uint32_t
find_acknowledged(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t pair = ttr_pair_find(store, ip->family, &ip->source, &ip->target);
    ttr_sought_t sought = {.observation = observation, .number = tcp->ack - 1};
    bool is_from_low = ttr_pair_is_from_low(&ip->source, &ip->target, tcp->sport, tcp->dport);
    uint32_t found = 0;
    int count;

    if (pair == 0 || (tcp->flags & (TTR_TCP_SYN | TTR_TCP_RST)) == 0)
        return 0;
    sought.is_from_low = !is_from_low;
    sought.flow = is_from_low ? ttr_flow_find(store, pair, tcp->sport, tcp->dport)
                              : ttr_flow_find(store, pair, tcp->dport, tcp->sport);
    if (sought.flow == 0)
        return 0;
    if ((tcp->flags & TTR_TCP_ACK) != 0)
        found = find(store, &sought, &count);
    if (found != 0 || (tcp->flags & TTR_TCP_RST) == 0)
        return found;
    sought.is_by_ack = true;
    sought.number = tcp->seq;
    return find(store, &sought, &count);
}

static ttr_kind_t
kind_of(const ttr_observation_t *observation)
{
    if (observation->what == TTR_OBSERVED_ICMP)
        return observation->icmp.kind;
    return (observation->tcp.flags & TTR_TCP_RST) != 0 ? TTR_KIND_RST : TTR_KIND_SYN_ACK;
}

bool
ttr_store_exact(const ttr_store_t *store, const ttr_observation_t *observation, ttr_exact_t *exact)
{
    const ttr_sighting_t *sighting;
    uint32_t found;

    if (!store->config.has_exact_keys)
        return false;
    found = observation->what == TTR_OBSERVED_ICMP ? find_quoted(store, observation)
                                                   : find_acknowledged(store, observation);
    if (found == 0)
        return false;
    sighting = ttr_store_sighting(store, found);
    *exact = (ttr_exact_t){
        .frame = sighting->frame,
        .seq = sighting->seq,
        .ttl = sighting->ttl,
        .time_ns = sighting->time_ns,
        .kind = kind_of(observation),
    };
    return true;
}
