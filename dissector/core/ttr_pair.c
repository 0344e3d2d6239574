/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_pair.h"

#include "ttr_error.h"
#include "ttr_exact.h"
#include "ttr_hash.h"
#include "ttr_schedule.h"

/* A count that reached its maximum stays there. */
enum {
    GATE_SHIFT = 16,
    GATE_SIZE = 1 << GATE_SHIFT
};

static uint32_t
pair_hash(const ttr_store_t *store, const ttr_address_t *low, const ttr_address_t *high)
{
    return (uint32_t)ttr_hash_address(ttr_hash_address(store->seed, low), high);
}

static uint32_t
hash_of_pair(const void *owner, uint32_t id)
{
    const ttr_pair_t *pair = ttr_store_pair(owner, id);

    return pair_hash(owner, &pair->low, &pair->high);
}

static uint32_t
flow_hash(const ttr_store_t *store, uint32_t pair, uint16_t low_port, uint16_t high_port)
{
    return (uint32_t)ttr_hash_add(store->seed, (uint64_t)pair << 32 | (uint32_t)low_port << 16 | high_port);
}

static uint32_t
hash_of_flow(const void *owner, uint32_t id)
{
    const ttr_flow_t *flow = ttr_store_flow(owner, id);

    return flow_hash(owner, flow->pair, flow->low_port, flow->high_port);
}

static uint32_t
hash_of_host(const void *owner, uint32_t id)
{
    const ttr_store_t *store = owner;

    return (uint32_t)ttr_hash_address(store->seed, &ttr_store_host(store, id)->address);
}

void
ttr_pair_init(ttr_store_t *store)
{
    store->gate = g_new0(uint16_t, GATE_SIZE);
    ttr_pool_init(&store->pairs, sizeof(ttr_pair_t));
    ttr_pool_init(&store->flows, sizeof(ttr_flow_t));
    ttr_pool_init(&store->caps, sizeof(ttr_caps_t));
    ttr_pool_init(&store->hosts, sizeof(ttr_host_t));
    ttr_index_init(&store->pair_index, store, &store->pairs, hash_of_pair, offsetof(ttr_pair_t, by_addresses));
    ttr_index_init(&store->flow_index, store, &store->flows, hash_of_flow, offsetof(ttr_flow_t, by_ports));
    ttr_index_init(&store->host_index, store, &store->hosts, hash_of_host, offsetof(ttr_host_t, by_address));
}

void
ttr_pair_clear(ttr_store_t *store)
{
    ttr_index_clear(&store->pair_index);
    ttr_index_clear(&store->flow_index);
    ttr_index_clear(&store->host_index);
    ttr_pool_clear(&store->pairs);
    ttr_pool_clear(&store->flows);
    ttr_pool_clear(&store->caps);
    ttr_pool_clear(&store->hosts);
    g_free(store->gate);
}

size_t
ttr_pair_memory(const ttr_store_t *store)
{
    return ttr_pool_memory(&store->pairs) + ttr_pool_memory(&store->flows) + ttr_pool_memory(&store->caps) +
           ttr_pool_memory(&store->hosts) + ttr_index_memory(&store->pair_index) +
           ttr_index_memory(&store->flow_index) + ttr_index_memory(&store->host_index) + GATE_SIZE * sizeof(uint16_t);
}

static bool
is_in_order(const ttr_address_t *a, const ttr_address_t *b)
{
    return ttr_address_compare(a, b) <= 0;
}

bool
ttr_pair_is_from_low(const ttr_address_t *source, const ttr_address_t *target, uint16_t sport, uint16_t dport)
{
    int order = ttr_address_compare(source, target);

    return order < 0 || (order == 0 && sport <= dport);
}

uint32_t
ttr_pair_find(const ttr_store_t *store, uint8_t family, const ttr_address_t *a, const ttr_address_t *b)
{
    bool is_ordered = is_in_order(a, b);
    const ttr_address_t *low = is_ordered ? a : b;
    const ttr_address_t *high = is_ordered ? b : a;
    uint32_t id = ttr_index_first(&store->pair_index, pair_hash(store, low, high));

    for (; id != 0; id = ttr_index_next(&store->pair_index, id)) {
        const ttr_pair_t *pair = ttr_store_pair(store, id);

        if (pair->family == family && ttr_address_equal(&pair->low, low) && ttr_address_equal(&pair->high, high))
            break;
    }
    return id;
}

static uint16_t *
gate_of(const ttr_store_t *store, uint32_t sum)
{
    return &store->gate[(sum * 0x9e3779b1u) >> (32 - GATE_SHIFT)];
}

static uint16_t *
gate_of_pair(const ttr_store_t *store, const ttr_pair_t *pair)
{
    size_t tail = pair->family == TTR_FAMILY_IPV6 ? 12 : 0;

    return gate_of(store, ttr_address_sum(pair->low.bytes + tail, pair->high.bytes + tail));
}

bool
ttr_pair_may_be(const ttr_store_t *store, uint32_t sum)
{
    return *gate_of(store, sum) > 0;
}

static void
idle_append(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    pair->is_idle = true;
    pair->idle = (ttr_link_t){.previous = store->last_idle};
    if (store->last_idle != 0)
        ttr_store_pair(store, store->last_idle)->idle.next = id;
    else
        store->first_idle = id;
    store->last_idle = id;
}

static void
idle_remove(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    if (pair->idle.previous != 0)
        ttr_store_pair(store, pair->idle.previous)->idle.next = pair->idle.next;
    else
        store->first_idle = pair->idle.next;
    if (pair->idle.next != 0)
        ttr_store_pair(store, pair->idle.next)->idle.previous = pair->idle.previous;
    else
        store->last_idle = pair->idle.previous;
    pair->is_idle = false;
}

void
ttr_pair_touch(ttr_store_t *store, uint32_t id)
{
    if (!ttr_store_pair(store, id)->is_idle || store->last_idle == id)
        return;
    idle_remove(store, id);
    idle_append(store, id);
}

void
ttr_pair_keep(ttr_store_t *store, uint32_t id)
{
    if (!ttr_store_pair(store, id)->is_idle)
        return;
    idle_remove(store, id);
    store->idle_records -= ttr_store_pair(store, id)->record_count;
}

uint32_t
ttr_pair_make(ttr_store_t *store, uint8_t family, const ttr_address_t *a, const ttr_address_t *b)
{
    uint32_t id = ttr_pair_find(store, family, a, b);
    bool is_ordered = is_in_order(a, b);
    ttr_pair_t *pair;
    uint16_t *gate;

    if (id != 0)
        return id;
    id = ttr_pool_new(&store->pairs);
    pair = ttr_store_pair(store, id);
    pair->family = family;
    pair->low = is_ordered ? *a : *b;
    pair->high = is_ordered ? *b : *a;
    ttr_index_add(&store->pair_index, id);
    gate = gate_of_pair(store, pair);
    if (*gate < UINT16_MAX)
        (*gate)++;
    idle_append(store, id);
    return id;
}

uint32_t
ttr_flow_find(const ttr_store_t *store, uint32_t pair, uint16_t low_port, uint16_t high_port)
{
    uint32_t id = ttr_index_first(&store->flow_index, flow_hash(store, pair, low_port, high_port));

    for (; id != 0; id = ttr_index_next(&store->flow_index, id)) {
        const ttr_flow_t *flow = ttr_store_flow(store, id);

        if (flow->pair == pair && flow->low_port == low_port && flow->high_port == high_port)
            break;
    }
    return id;
}

uint32_t
ttr_flow_make(ttr_store_t *store, uint32_t pair, uint16_t low_port, uint16_t high_port)
{
    uint32_t id = ttr_pool_new(&store->flows);
    ttr_flow_t *flow = ttr_store_flow(store, id);

    flow->pair = pair;
    flow->low_port = low_port;
    flow->high_port = high_port;
    flow->next = ttr_store_pair(store, pair)->first_flow;
    ttr_store_pair(store, pair)->first_flow = id;
    ttr_index_add(&store->flow_index, id);
    return id;
}

uint32_t
ttr_host_find(const ttr_store_t *store, uint8_t family, const ttr_address_t *address)
{
    uint32_t id = ttr_index_first(&store->host_index, (uint32_t)ttr_hash_address(store->seed, address));

    for (; id != 0; id = ttr_index_next(&store->host_index, id)) {
        const ttr_host_t *host = ttr_store_host(store, id);

        if (host->family == family && ttr_address_equal(&host->address, address))
            break;
    }
    return id;
}

void
ttr_host_add_candidate(ttr_store_t *store, uint32_t pair_id, bool is_from_low)
{
    ttr_pair_t *pair = ttr_store_pair(store, pair_id);
    uint32_t *id = &pair->hosts[is_from_low ? 0 : 1];
    const ttr_address_t *address = is_from_low ? &pair->low : &pair->high;

    if (*id == 0) {
        *id = ttr_host_find(store, pair->family, address);
        if (*id == 0) {
            *id = ttr_pool_new(&store->hosts);
            ttr_store_host(store, *id)->family = pair->family;
            ttr_store_host(store, *id)->address = *address;
            ttr_index_add(&store->host_index, *id);
        }
        ttr_store_host(store, *id)->pair_count++;
    }
    pair->candidate_count++;
    ttr_store_host(store, *id)->candidate_count++;
}

/* The pair is one of its senders no longer. */
static void
leave_host(ttr_store_t *store, uint32_t id, uint32_t candidates)
{
    ttr_host_t *host;

    if (id == 0)
        return;
    host = ttr_store_host(store, id);
    host->candidate_count -= MIN(host->candidate_count, candidates);
    if (--host->pair_count > 0)
        return;
    ttr_error_drop_strays(store, id);
    ttr_index_remove(&store->host_index, id);
    ttr_pool_free(&store->hosts, id);
}

static void
drop_sightings(ttr_store_t *store, uint32_t pair_id)
{
    const ttr_pair_t *pair = ttr_store_pair(store, pair_id);

    for (uint32_t id = pair->first_sighting; id != 0;) {
        ttr_sighting_t *sighting = ttr_store_sighting(store, id);
        uint32_t next = sighting->next;
        uint32_t host = pair->hosts[sighting->is_from_low ? 0 : 1];

        if (host != 0)
            ttr_error_release_strays(store, host, sighting->seq, pair_id);
        ttr_exact_remove(store, id);
        ttr_note_remove(store, id);
        if (sighting->sack != 0 && (sighting->flags & TTR_TCP_SYN) == 0)
            ttr_pool_free(&store->sacks, sighting->sack);
        sighting->frame = 0;
        ttr_pool_free(&store->sightings, id);
        id = next;
    }
}

static void
drop_flows(ttr_store_t *store, const ttr_pair_t *pair)
{
    for (uint32_t id = pair->first_flow; id != 0;) {
        const ttr_flow_t *flow = ttr_store_flow(store, id);
        uint32_t next = flow->next;

        if (flow->caps != 0)
            ttr_pool_free(&store->caps, flow->caps);
        ttr_index_remove(&store->flow_index, id);
        ttr_pool_free(&store->flows, id);
        id = next;
    }
}

void
ttr_pair_drop(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);
    uint16_t *gate = gate_of_pair(store, pair);

    ttr_schedule_forget(store, id);
    drop_sightings(store, id);
    for (uint32_t error = pair->first_error; error != 0;)
        error = ttr_error_free(store, error);
    drop_flows(store, pair);
    leave_host(store, pair->hosts[0], pair->candidate_count);
    leave_host(store, pair->hosts[1], pair->candidate_count);
    if (*gate < UINT16_MAX)
        (*gate)--;
    if (pair->is_idle) {
        idle_remove(store, id);
        store->idle_records -= pair->record_count;
    }
    ttr_index_remove(&store->pair_index, id);
    pair->family = 0;           /* of records that were given back */
    ttr_pool_free(&store->pairs, id);
}
