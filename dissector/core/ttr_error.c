/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Under which pair an ICMP error is stored, the first that is known:
 * E1 Receiver and quoted target, if the receiver is not the quoted source: a NAT translated the error, not its quote.
 * E2 The hosts that the quote names, in either order: some boxes quote them swapped.
 * E3 None, but the receiver sent candidates: kept as strays, for the pair in which it sent the quoted seq.
 * E4 None: the last few wait for a pair to become known, since frames may be a little out of order.
 */
#include "ttr_error.h"

#include "ttr_compute.h"
#include "ttr_hash.h"
#include "ttr_interned.h"
#include "ttr_keep.h"
#include "ttr_pair.h"
#include "ttr_schedule.h"

enum {
    PER_CANDIDATE = 8,          /* errors that a candidate allows */
    FIRST_MAX = 64,             /* of a pair, whatever it has sent */
    WAITING = 32
};

struct ttr_waiting {
    ttr_observation_t observations[WAITING];    /* frame 0: none */
    guint next;
};

static uint32_t
strays_hash(const ttr_store_t *store, uint32_t host, uint32_t seq)
{
    return (uint32_t)ttr_hash_add(store->seed, (uint64_t)host << 32 | seq);
}

static uint32_t
hash_of_strays(const void *owner, uint32_t id)
{
    const ttr_strays_t *strays = ttr_store_strays(owner, id);

    return strays_hash(owner, strays->host, strays->seq);
}

void
ttr_error_init(ttr_store_t *store)
{
    ttr_pool_init(&store->errors, sizeof(ttr_error_t));
    ttr_pool_init(&store->foreigns, sizeof(ttr_foreign_t));
    ttr_pool_init(&store->extensions, sizeof(ttr_extension_t));
    ttr_pool_init(&store->strays, sizeof(ttr_strays_t));
    ttr_index_init(&store->strays_index, store, &store->strays, hash_of_strays, offsetof(ttr_strays_t, by_seq));
    store->waiting = g_new0(ttr_waiting_t, 1);
}

void
ttr_error_clear(ttr_store_t *store)
{
    ttr_index_clear(&store->strays_index);
    ttr_pool_clear(&store->errors);
    ttr_pool_clear(&store->foreigns);
    ttr_pool_clear(&store->extensions);
    ttr_pool_clear(&store->strays);
    g_free(store->waiting);
}

size_t
ttr_error_memory(const ttr_store_t *store)
{
    return ttr_pool_memory(&store->errors) + ttr_pool_memory(&store->foreigns) + ttr_pool_memory(&store->extensions) +
           ttr_pool_memory(&store->strays) + ttr_index_memory(&store->strays_index) + sizeof *store->waiting;
}

static void
fill_quote(ttr_error_t *error, const ttr_quote_t *quote)
{
    error->seq = quote->seq;
    error->tsval = quote->tsval;
    error->id_or_label = quote->family == TTR_FAMILY_IPV4 ? quote->ip_id : quote->flow_label;
    error->sport = quote->sport;
    error->dport = quote->dport;
    error->checksum = quote->checksum;
    error->length = quote->length;
    error->quoted_ttl = quote->ttl;
    error->quoted_tos = quote->tos;
    error->are_ports_cut = quote->are_ports_cut;
    error->has_seq = quote->has_seq;
    error->has_checksum = quote->has_checksum;
}

/* A new record, in no list yet. */
static uint32_t
make(ttr_store_t *store, const ttr_observation_t *observation)
{
    uint32_t id = ttr_pool_new(&store->errors);
    ttr_error_t *error = ttr_store_error(store, id);
    const ttr_icmp_t *icmp = &observation->icmp;

    error->time_ns = ttr_time_bounded(observation->time_ns);
    error->frame = observation->frame;
    error->layer = observation->layer;
    error->responder = observation->ip.source;
    error->size = (uint16_t)MIN(observation->ip.length, UINT16_MAX);
    error->ip_id = observation->ip.id;
    error->ttl = observation->ip.ttl;
    error->tos = observation->ip.tos;
    error->mtu = (uint16_t)MIN(icmp->mtu, UINT16_MAX);
    error->point = ttr_interned_number(store->points, observation->point, NULL, 0);
    error->type = icmp->type;
    error->code = icmp->code;
    error->kind = (uint8_t)icmp->kind;
    fill_quote(error, &icmp->quote);
    error->header = ttr_headers_number(store->headers, &icmp->quote.header);
    error->is_extension_wrong = icmp->is_extension_wrong;
    if (icmp->extension.object_count > 0) {
        error->extension = ttr_pool_new(&store->extensions);
        *(ttr_extension_t *)ttr_pool_get(&store->extensions, error->extension) = icmp->extension;
    }
    return id;
}

static void
add_addresses(ttr_store_t *store, uint32_t id, const ttr_observation_t *observation)
{
    ttr_error_t *error = ttr_store_error(store, id);
    ttr_foreign_t *foreign;

    error->addresses = ttr_pool_new(&store->foreigns);
    foreign = ttr_store_foreign(store, error->addresses);
    foreign->receiver = observation->ip.target;
    foreign->source = observation->icmp.quote.source;
    foreign->target = observation->icmp.quote.target;
}

/* Stores the error under a pair, which has to be the one that receiver or quoted source makes with the quoted target. */
static void
add_to_pair(ttr_store_t *store, uint32_t pair_id, const ttr_observation_t *observation)
{
    ttr_pair_t *pair = ttr_store_pair(store, pair_id);
    const ttr_quote_t *quote = &observation->icmp.quote;
    const ttr_address_t *receiver = &observation->ip.target;
    bool is_to_source = ttr_address_equal(receiver, &quote->source);
    bool is_swapped = !is_to_source && ttr_address_equal(receiver, &quote->target);
    bool is_receiver_in = ttr_address_equal(receiver, &pair->low) || ttr_address_equal(receiver, &pair->high);
    const ttr_address_t *sender = is_receiver_in ? receiver : &quote->source;
    const ttr_address_t *target = ttr_address_equal(sender, &pair->low) ? &pair->high : &pair->low;
    ttr_error_t *error;
    uint32_t id;

    if (pair->error_count >= FIRST_MAX + PER_CANDIDATE * pair->candidate_count)
        return;
    id = make(store, observation);
    error = ttr_store_error(store, id);
    error->pair = pair_id;
    error->is_from_low = ttr_pair_is_from_low(sender, target, quote->sport, quote->dport);
    error->is_swapped = is_swapped;
    if (!is_to_source && !is_swapped)
        add_addresses(store, id, observation);
    if (pair->last_error != 0)
        ttr_store_error(store, pair->last_error)->next = id;
    else
        pair->first_error = id;
    pair->last_error = id;
    pair->error_count++;
    ttr_note_add(store, id | TTR_IS_ERROR);
    ttr_schedule_news(store, pair_id);
}

uint32_t
ttr_error_find_strays(const ttr_store_t *store, uint32_t host, uint32_t seq)
{
    uint32_t id;

    if (ttr_store_host(store, host)->stray_count == 0)
        return 0;
    id = ttr_index_first(&store->strays_index, strays_hash(store, host, seq));
    for (; id != 0; id = ttr_index_next(&store->strays_index, id)) {
        const ttr_strays_t *strays = ttr_store_strays(store, id);

        if (strays->host == host && strays->seq == seq)
            break;
    }
    return id;
}

static ttr_strays_t *
strays_of(ttr_store_t *store, uint32_t host, uint32_t seq)
{
    uint32_t id = ttr_error_find_strays(store, host, seq);

    if (id == 0) {
        ttr_strays_t *strays;

        id = ttr_pool_new(&store->strays);
        strays = ttr_store_strays(store, id);
        strays->host = host;
        strays->seq = seq;
        strays->next = ttr_store_host(store, host)->first_strays;
        ttr_store_host(store, host)->first_strays = id;
        ttr_index_add(&store->strays_index, id);
    }
    return ttr_store_strays(store, id);
}

/* E3. */
static void
add_to_host(ttr_store_t *store, uint32_t host_id, const ttr_observation_t *observation)
{
    ttr_host_t *host = ttr_store_host(store, host_id);
    ttr_strays_t *strays;
    uint32_t id;

    if (!observation->icmp.quote.has_seq || host->stray_count >= PER_CANDIDATE * host->candidate_count) {
        store->homeless_count++;
        return;
    }
    id = make(store, observation);
    add_addresses(store, id, observation);
    strays = strays_of(store, host_id, observation->icmp.quote.seq);
    if (strays->last_error != 0)
        ttr_store_error(store, strays->last_error)->next = id;
    else
        strays->first_error = id;
    strays->last_error = id;
    host->stray_count++;
    host->has_news = true;
    store->has_strays = true;
    store->is_settled = false;
    ttr_note_add(store, id | TTR_IS_ERROR);
}

/* E1, E2; 0: no pair is known. */
static uint32_t
pair_of(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_quote_t *quote = &observation->icmp.quote;
    const ttr_address_t *receiver = &observation->ip.target;
    uint32_t pair = 0;

    if (!ttr_address_equal(receiver, &quote->source) && !ttr_address_equal(receiver, &quote->target))
        pair = ttr_pair_find(store, quote->family, receiver, &quote->target);
    return pair != 0 ? pair : ttr_pair_find(store, quote->family, &quote->source, &quote->target);
}

void
ttr_error_observe(ttr_store_t *store, const ttr_observation_t *observation)
{
    uint32_t pair = pair_of(store, observation);
    uint32_t host;

    if (pair != 0) {
        add_to_pair(store, pair, observation);
        return;
    }
    host = ttr_host_find(store, observation->ip.family, &observation->ip.target);
    if (host != 0) {
        add_to_host(store, host, observation);
        return;
    }
    store->homeless_count++;
    store->waiting->observations[store->waiting->next] = *observation;
    store->waiting->next = (store->waiting->next + 1) % WAITING;
}

/* Can pair_of() be this pair? It has the quoted target. */
static bool
may_be_of(const ttr_store_t *store, const ttr_observation_t *observation, uint32_t id)
{
    const ttr_pair_t *pair = ttr_store_pair(store, id);
    const ttr_address_t *target = &observation->icmp.quote.target;

    return ttr_address_equal(target, &pair->low) || ttr_address_equal(target, &pair->high);
}

void
ttr_error_adopt(ttr_store_t *store, uint32_t pair)
{
    for (guint i = 0; i < WAITING; i++) {
        ttr_observation_t *observation = &store->waiting->observations[(store->waiting->next + i) % WAITING];

        if (observation->frame == 0 || !may_be_of(store, observation, pair) || pair_of(store, observation) != pair)
            continue;
        add_to_pair(store, pair, observation);
        store->homeless_count--;
        observation->frame = 0;
    }
}

uint32_t
ttr_error_free(ttr_store_t *store, uint32_t id)
{
    ttr_error_t *error = ttr_store_error(store, id);
    uint32_t next = error->next;

    ttr_note_remove(store, id | TTR_IS_ERROR);
    if (error->extension != 0)
        ttr_pool_free(&store->extensions, error->extension);
    if (error->addresses != 0)
        ttr_pool_free(&store->foreigns, error->addresses);
    error->frame = 0;
    ttr_pool_free(&store->errors, id);
    return next;
}

void
ttr_error_release_strays(ttr_store_t *store, uint32_t host, uint32_t seq, uint32_t pair)
{
    uint32_t id = ttr_error_find_strays(store, host, seq);
    ttr_strays_t *strays;

    if (id == 0)
        return;
    strays = ttr_store_strays(store, id);
    if (strays->claimed_by != pair)
        return;
    strays->claimed_by = 0;
    for (uint32_t error = strays->first_error; error != 0; error = ttr_store_error(store, error)->next)
        ttr_results_clear_error(ttr_store_error(store, error));
}

void
ttr_error_drop_strays(ttr_store_t *store, uint32_t host)
{
    for (uint32_t id = ttr_store_host(store, host)->first_strays; id != 0;) {
        const ttr_strays_t *strays = ttr_store_strays(store, id);
        uint32_t next = strays->next;

        for (uint32_t error = strays->first_error; error != 0;)
            error = ttr_error_free(store, error);
        ttr_index_remove(&store->strays_index, id);
        ttr_pool_free(&store->strays, id);
        id = next;
    }
}
