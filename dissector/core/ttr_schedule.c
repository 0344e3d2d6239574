/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_schedule.h"

#include "ttr_arena.h"
#include "ttr_compute.h"
#include "ttr_hopeless.h"
#include "ttr_keep.h"
#include "ttr_pair.h"

#define POWERS_OF_4 0x55555555u

enum {
    FIRST_COMPUTE = 4,          /* records */
    LEAST_PROBES = 2,           /* one segment is no trace */
    LOOK_ALWAYS = 128,          /* below so many records a look computes whenever there are news */
    LOOK_SHARE = 8              /* above, when the pair has grown by a part in so many */
};

void
ttr_schedule_init(ttr_store_t *store)
{
    ttr_pool_init(&store->traces, sizeof(ttr_trace_t));
    store->numbers = g_array_new(FALSE, FALSE, sizeof(ttr_number_t));
    store->wanted_ttl = store->config.candidate_ttl;
    store->settled = 1;
    store->is_settled = true;
}

void
ttr_schedule_clear(ttr_store_t *store)
{
    for (uint32_t id = 1; id <= store->pairs.used; id++) {
        const ttr_pair_t *pair = ttr_store_pair(store, id);

        for (uint32_t trace = pair->family == 0 ? 0 : pair->first_trace; trace != 0;) {
            g_free(ttr_store_trace(store, trace)->probes);
            trace = ttr_store_trace(store, trace)->next;
        }
    }
    ttr_pool_clear(&store->traces);
    ttr_arena_free(store->arena);
    g_array_unref(store->numbers);
}

size_t
ttr_schedule_memory(const ttr_store_t *store)
{
    return ttr_pool_memory(&store->traces) + store->probes_bytes + store->numbers->len * sizeof(ttr_number_t) +
           ttr_arena_memory(store->arena);
}

void
ttr_schedule_mark(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    store->is_settled = false;
    if (pair->is_dirty)
        return;
    pair->is_dirty = true;
    pair->dirty = (ttr_link_t){.previous = store->last_dirty};
    if (store->last_dirty != 0)
        ttr_store_pair(store, store->last_dirty)->dirty.next = id;
    else
        store->first_dirty = id;
    store->last_dirty = id;
}

static void
unmark(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    if (!pair->is_dirty)
        return;
    pair->is_dirty = false;
    if (pair->dirty.previous != 0)
        ttr_store_pair(store, pair->dirty.previous)->dirty.next = pair->dirty.next;
    else
        store->first_dirty = pair->dirty.next;
    if (pair->dirty.next != 0)
        ttr_store_pair(store, pair->dirty.next)->dirty.previous = pair->dirty.previous;
    else
        store->last_dirty = pair->dirty.previous;
}

void
ttr_schedule_forget(ttr_store_t *store, uint32_t id)
{
    unmark(store, id);
    ttr_results_clear(store, id);
}

void
ttr_schedule_want(ttr_store_t *store, uint8_t ttl)
{
    store->wanted_ttl = MAX(store->wanted_ttl, (uint8_t)MIN(ttl + 1, UINT8_MAX));
}

static ttr_number_t *
number_at(const ttr_store_t *store, uint32_t number)
{
    return &g_array_index(store->numbers, ttr_number_t, number);
}

/* Gives the numbers of a pair, lowest first, to the traces that hold their anchors now. */
static void
attach_numbers(ttr_store_t *store, const ttr_pair_t *pair)
{
    for (uint32_t next = pair->first_number; next != 0; next = number_at(store, next - 1)->next) {
        ttr_number_t *number = number_at(store, next - 1);
        const ttr_sighting_t *anchor = ttr_store_sighting(store, number->anchor);
        ttr_trace_t *trace = anchor->role == TTR_ROLE_PROBE ? ttr_store_trace(store, anchor->trace) : NULL;

        number->trace = 0;
        if (trace == NULL || trace->number != TTR_NO_TRACE)
            continue;
        trace->number = next - 1;
        number->trace = anchor->trace;
    }
}

/* Who watches why runs are no traces gets all of them computed. */
static bool
may_have_trace(const ttr_store_t *store, uint32_t id)
{
    const ttr_pair_t *pair = ttr_store_pair(store, id);

    if (pair->candidate_count < LEAST_PROBES)
        return false;
    return pair->first_trace != 0 || store->watch != NULL || !ttr_hopeless_is(store, id);
}

static void
compute(ttr_store_t *store, uint32_t id, bool may_claim)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    if (may_have_trace(store, id))
        ttr_compute_pair(store, id, may_claim);
    pair->computed_count = pair->record_count;
    unmark(store, id);
    attach_numbers(store, pair);
}

/* Adds the traces of a pair that have no number. */
static void
collect_new(const ttr_store_t *store, uint32_t pair, GArray *traces)
{
    for (uint32_t id = ttr_store_pair(store, pair)->first_trace; id != 0; id = ttr_store_trace(store, id)->next) {
        if (ttr_store_trace(store, id)->number == TTR_NO_TRACE)
            g_array_append_val(traces, id);
    }
}

static int
compare_firsts(const void *a, const void *b, void *user)
{
    const ttr_store_t *store = user;
    const ttr_sighting_t *first = ttr_store_sighting(store, ttr_store_trace(store, *(const uint32_t *)a)->first);
    const ttr_sighting_t *second = ttr_store_sighting(store, ttr_store_trace(store, *(const uint32_t *)b)->first);

    if (first->frame != second->frame)
        return first->frame < second->frame ? -1 : 1;
    return first->layer < second->layer ? -1 : first->layer > second->layer;
}

static void
give_number(ttr_store_t *store, uint32_t id)
{
    ttr_trace_t *trace = ttr_store_trace(store, id);
    ttr_pair_t *pair = ttr_store_pair(store, trace->pair);
    ttr_number_t number = {.anchor = trace->first, .trace = id};

    trace->number = store->numbers->len;
    g_array_append_val(store->numbers, number);
    if (pair->last_number != 0)
        number_at(store, pair->last_number - 1)->next = store->numbers->len;
    else
        pair->first_number = store->numbers->len;
    pair->last_number = store->numbers->len;
    ttr_pair_keep(store, trace->pair);
}

static void
give_numbers(ttr_store_t *store, GArray *traces)
{
    g_array_sort_with_data(traces, compare_firsts, store);
    for (guint i = 0; i < traces->len; i++) {
        uint32_t id = g_array_index(traces, uint32_t, i);

        if (ttr_store_trace(store, id)->number == TTR_NO_TRACE)     /* a pair computed twice is twice in the list */
            give_number(store, id);
    }
    g_array_unref(traces);
}

/* What (a) decides for the segments to come. */
static void
decide(ttr_store_t *store, uint32_t id)
{
    ttr_pair_t *pair = ttr_store_pair(store, id);

    for (uint32_t at = pair->first_trace; at != 0; at = ttr_store_trace(store, at)->next) {
        const ttr_trace_t *trace = ttr_store_trace(store, at);

        pair->is_recognised = true;
        for (uint32_t i = 0; i < trace->probe_count; i++)
            pair->top_ttl = MAX(pair->top_ttl, ttr_store_sighting(store, trace->probes[i])->ttl);
    }
    if (pair->is_recognised)
        ttr_schedule_want(store, pair->top_ttl);
}

/* (a). What a recognised pair has further on is seldom decided by a compute, so powers of 4 do. */
static bool
is_due(const ttr_pair_t *pair)
{
    uint32_t count = pair->record_count;

    if (count < FIRST_COMPUTE || (count & (count - 1)) != 0)
        return false;
    return !pair->is_recognised || (count & POWERS_OF_4) != 0;
}

void
ttr_schedule_news(ttr_store_t *store, uint32_t id)
{
    GArray *traces;

    ttr_schedule_mark(store, id);
    ttr_keep_count(store, id);
    if (!is_due(ttr_store_pair(store, id)))
        return;
    compute(store, id, true);
    decide(store, id);
    traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    collect_new(store, id, traces);
    give_numbers(store, traces);
}

/* Errors that belong to no pair may belong to any of the pairs to which their receiver sent probes. */
static void
mark_for_strays(ttr_store_t *store)
{
    if (!store->has_strays)
        return;
    store->has_strays = false;
    for (uint32_t id = 1; id <= store->pairs.used; id++) {
        const ttr_pair_t *pair = ttr_store_pair(store, id);

        for (int i = 0; pair->family != 0 && i < 2; i++) {
            if (pair->hosts[i] != 0 && ttr_store_host(store, pair->hosts[i])->has_news)
                ttr_schedule_mark(store, id);
        }
    }
    for (uint32_t id = 1; id <= store->hosts.used; id++)
        ttr_store_host(store, id)->has_news = false;
}

/* A compute can mark a pair that was computed before it, but only once for each error without a pair. */
void
ttr_schedule_settle(const ttr_store_t *reader)
{
    ttr_store_t *store = (ttr_store_t *)(uintptr_t)reader;
    GArray *pairs;
    GArray *traces;

    if (store->is_settled)
        return;
    mark_for_strays(store);
    pairs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    while (store->first_dirty != 0) {
        uint32_t id = store->first_dirty;

        g_array_append_val(pairs, id);
        compute(store, id, true);
    }
    for (guint i = 0; i < pairs->len; i++)
        collect_new(store, g_array_index(pairs, uint32_t, i), traces);
    g_array_unref(pairs);
    give_numbers(store, traces);
    store->settled++;
    store->is_settled = true;
}

void
ttr_schedule_look(const ttr_store_t *reader, uint32_t id)
{
    ttr_store_t *store = (ttr_store_t *)(uintptr_t)reader;
    const ttr_pair_t *pair = ttr_store_pair(store, id);
    uint32_t grown = pair->record_count - pair->computed_count;

    if (!pair->is_dirty || pair->first_number == 0 || grown == 0 ||
        (pair->record_count >= LOOK_ALWAYS && grown < pair->computed_count / LOOK_SHARE))
        return;
    compute(store, id, false);
    ttr_schedule_mark(store, id);
}

uint32_t
ttr_schedule_trace(const ttr_store_t *store, uint32_t number)
{
    return number < store->numbers->len ? number_at(store, number)->trace : 0;
}
