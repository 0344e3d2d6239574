/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Series: begun, found under their keys, counted among the traces, forgotten. Which one a segment belongs to is
 * ttr_choose.c's business, their probes are ttr_members.c's.
 */
#include "ttr_model.h"
#include "ttr_series_private.h"

/* What stays the same over the probes of each known tool: DF, kinds of options, whether the ack is zero. */
uint32_t
ttr_series_fingerprint(const ttr_observation_t *observation)
{
    const ttr_tcp_t *tcp = &observation->tcp;
    ttr_carries_t carries = ttr_probe_carries(tcp->flags);
    uint32_t fingerprint = tcp->options * 8 + (uint32_t)carries * 2;

    if (observation->ip.dont_fragment)
        fingerprint ^= 0x80000000u;
    if (carries == TTR_CARRIES_ACK && tcp->ack != 0)
        fingerprint ^= 0x40000000u;
    return fingerprint;
}

uint32_t
ttr_series_key_hash(const ttr_address_t *source, const ttr_address_t *target, uint32_t fingerprint, uint16_t port)
{
    return ttr_flow_hash(source, target, 0, port) ^ (fingerprint * 0x9e3779b1u);
}

static uint32_t
hash_by_dport(const void *owner, uint32_t id)
{
    const ttr_series_t *series = ttr_store_series(owner, id);

    return ttr_series_key_hash(&series->source, &series->target, series->fingerprint, series->dport);
}

static uint32_t
hash_by_sport(const void *owner, uint32_t id)
{
    const ttr_series_t *series = ttr_store_series(owner, id);

    return ttr_series_key_hash(&series->source, &series->target, series->fingerprint, series->sport);
}

void
ttr_series_tables_init(ttr_store_t *store)
{
    ttr_index_init(&store->dport_index, store, &store->series, hash_by_dport, offsetof(ttr_series_t, by_dport));
    ttr_index_init(&store->sport_index, store, &store->series, hash_by_sport, offsetof(ttr_series_t, by_sport));
}

static void
leave_dport_table(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    if (series->in_dport_table)
        ttr_index_remove(&store->dport_index, id);
    series->in_dport_table = false;
}

static void
leave_sport_table(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    if (series->in_sport_table)
        ttr_index_remove(&store->sport_index, id);
    series->in_sport_table = false;
}

void
ttr_series_set_flavour(ttr_store_t *store, uint32_t id, ttr_flavour_t flavour)
{
    ttr_series_t *series = ttr_store_series(store, id);

    series->flavour = (uint8_t)flavour;
    if (flavour == TTR_FLAVOUR_SOURCE_PORT)
        leave_dport_table(store, id);
    if (flavour != TTR_FLAVOUR_NEW && flavour != TTR_FLAVOUR_SOURCE_PORT)
        leave_sport_table(store, id);
}

void
ttr_series_close(ttr_store_t *store, uint32_t id)
{
    ttr_store_series(store, id)->is_closed = true;
    leave_dport_table(store, id);
    leave_sport_table(store, id);
}

static void
idle_append(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    series->idle.previous = store->idle_last;
    series->idle.next = 0;
    if (store->idle_last != 0)
        ttr_store_series(store, store->idle_last)->idle.next = id;
    else
        store->idle_first = id;
    store->idle_last = id;
}

static void
idle_remove(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    if (series->idle.previous != 0)
        ttr_store_series(store, series->idle.previous)->idle.next = series->idle.next;
    else
        store->idle_first = series->idle.next;
    if (series->idle.next != 0)
        ttr_store_series(store, series->idle.next)->idle.previous = series->idle.previous;
    else
        store->idle_last = series->idle.previous;
    series->idle.next = series->idle.previous = 0;
}

void
ttr_series_touch(ttr_store_t *store, uint32_t id)
{
    if (ttr_store_series(store, id)->trace != TTR_NO_TRACE || store->idle_last == id)
        return;
    idle_remove(store, id);
    idle_append(store, id);
}

void
ttr_series_promote(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    idle_remove(store, id);
    series->trace = store->traces->len;
    g_array_append_val(store->traces, id);
    for (uint32_t probe = series->first_probe; probe != TTR_NO_ID; probe = ttr_store_probe(store, probe)->next)
        store->candidate_count--;
}

uint32_t
ttr_series_new(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_carries_t carries = ttr_probe_carries(observation->tcp.flags);
    uint32_t id = ttr_pool_new(&store->series);
    ttr_series_t *series = ttr_store_series(store, id);

    series->source = observation->ip.source;
    series->target = observation->ip.target;
    series->family = observation->ip.family;
    series->serial = ++store->next_serial;
    series->trace = TTR_NO_TRACE;
    series->carries = (uint8_t)carries;
    series->fingerprint = ttr_series_fingerprint(observation);
    series->has_dont_fragment = observation->ip.dont_fragment;
    series->sport = observation->tcp.sport;
    series->dport = observation->tcp.dport;
    series->first_ttl_sent = observation->ip.ttl;
    series->has_same_tsval = true;
    series->has_counting_seq = true;
    series->in_dport_table = series->in_sport_table = true;
    ttr_index_add(&store->dport_index, id);
    ttr_index_add(&store->sport_index, id);
    idle_append(store, id);
    return id;
}

void
ttr_series_free(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    for (uint32_t probe = series->first_probe; probe != TTR_NO_ID;) {
        uint32_t next = ttr_store_probe(store, probe)->next;

        ttr_probe_free(store, probe);
        store->candidate_count--;
        probe = next;
    }
    ttr_series_close(store, id);
    idle_remove(store, id);
    store->attempts_bytes -= series->attempts_size * sizeof *series->attempts;
    g_free(series->attempts);
    ttr_pool_free(&store->series, id);
}
