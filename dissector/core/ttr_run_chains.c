/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two runs at once with a port counter each (two mtr, or two hosts behind a NAT): packets follow the counter that they
 * go on with.
 */
#include "ttr_runs.h"
#include "ttr_sort.h"

enum {
    SERIES_MIN = 8,             /* packets: fewer tell no two counters */
    CHAIN_MIN = 4,              /* packets of a chain that may be a run */
    TTLS_MIN = 2
};

/* Packets that one counter numbered. */
typedef struct ttr_chain {
    uint32_t count;
    ttr_ttls_t ttls;
    uint16_t first_port;
    uint32_t part;              /* 1 + its place among those that are runs; 0: too small */
} ttr_chain_t;

typedef struct ttr_chains {
    const ttr_series_t *series;
    ttr_field_t port;           /* that counts */
    uint32_t *chain_of;         /* by place in the series */
    ttr_chain_t *chains;
    uint32_t count;
    uint32_t part_count;        /* chains that may be runs */
    uint32_t packet_count;      /* in these */
} ttr_chains_t;

static uint16_t
port_of(const ttr_chains_t *chains, uint32_t at)
{
    return (uint16_t)ttr_run_field(chains->series->packets[at], chains->port);
}

/* 1 + the chain that ended at one of the last ports up to this one, taken out of the table; 0: none. */
static uint32_t
take_chain(GHashTable *ends, uint16_t last)
{
    for (int step = 0; step < TTR_RUN_STEP_MAX && step <= last; step++) {
        gpointer port = GUINT_TO_POINTER(last - step);
        uint32_t chain = GPOINTER_TO_UINT(g_hash_table_lookup(ends, port));

        if (chain != 0) {
            g_hash_table_remove(ends, port);
            return chain;
        }
    }
    return 0;
}

/* The chain that ended at most 8 ports before, or a new one. After the highest port comes the first again. */
static uint32_t
chain_before(ttr_chains_t *chains, GHashTable *ends, uint16_t port)
{
    uint32_t chain = port == 0 ? 0 : take_chain(ends, port - 1);

    for (uint16_t first = port; chain == 0 && first > 0 && port - first < TTR_RUN_STEP_MAX; first--) {
        if (ttr_run_is_first_port(first))
            chain = take_chain(ends, UINT16_MAX);
    }
    if (chain != 0)
        return chain - 1;
    chains->chains[chains->count].first_port = port;
    return chains->count++;
}

static void
make_chains(ttr_chains_t *chains, ttr_work_t *work)
{
    uint32_t count = chains->series->count;
    GHashTable *ends = g_hash_table_new(NULL, NULL);    /* 1 + chain, by its last port */

    chains->chain_of = TTR_ARENA_ARRAY(work->arena, uint32_t, count);
    chains->chains = TTR_ARENA_ARRAY(work->arena, ttr_chain_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t port = port_of(chains, i);
        uint32_t at = chain_before(chains, ends, port);

        g_hash_table_insert(ends, GUINT_TO_POINTER(port), GUINT_TO_POINTER(at + 1));
        chains->chain_of[i] = at;
        chains->chains[at].count++;
        ttr_ttls_add(&chains->chains[at].ttls, chains->series->packets[i]->segment->ttl);
    }
    g_hash_table_unref(ends);
    for (uint32_t i = 0; i < chains->count; i++) {
        ttr_chain_t *chain = &chains->chains[i];

        if (chain->count < CHAIN_MIN || ttr_ttls_count(&chain->ttls) < TTLS_MIN)
            continue;
        chain->part = ++chains->part_count;
        chains->packet_count += chain->count;
    }
}

/* The first chain that may be a run, and the next; NULL: there is none. */
static const ttr_chain_t *
next_part(const ttr_chains_t *chains, const ttr_chain_t *last)
{
    uint32_t first = last == NULL ? 0 : (uint32_t)(last - chains->chains) + 1;

    for (uint32_t i = first; i < chains->count; i++) {
        if (chains->chains[i].part > 0)
            return &chains->chains[i];
    }
    return NULL;
}

/* Has each counter a sweep of its own, over the same TTLs? */
static bool
have_sweeps(const ttr_chains_t *chains)
{
    const ttr_chain_t *last = next_part(chains, NULL);

    for (const ttr_chain_t *next; (next = next_part(chains, last)) != NULL; last = next) {
        uint32_t common = ttr_ttls_common(&last->ttls, &next->ttls);
        uint32_t all = ttr_ttls_count(&last->ttls) + ttr_ttls_count(&next->ttls) - common;

        if (common * 2 < all)
            return false;
    }
    return true;
}

/* Are two chains or more runs, and nearly all packets (9 of 10) in one of them? */
static bool
have_runs(const ttr_chains_t *chains)
{
    uint32_t count = chains->series->count;

    return chains->part_count >= 2 && chains->packet_count >= count - count / 10 && have_sweeps(chains);
}

/* Is one chain of mtr or trippy, and are the others another tool with ports at random, and a sweep of its own? */
static bool
is_beside_another(const ttr_chains_t *chains)
{
    const ttr_chain_t *chain = next_part(chains, NULL);
    ttr_ttls_t others = {{0}};

    if (chains->part_count != 1 || chains->port != TTR_FIELD_SPORT || !ttr_run_is_first_port(chain->first_port) ||
        chains->series->count - chain->count < CHAIN_MIN)
        return false;
    for (uint32_t i = 0; i < chains->series->count; i++) {
        if (chains->chains[chains->chain_of[i]].part == 0)
            ttr_ttls_add(&others, chains->series->packets[i]->segment->ttl);
    }
    return ttr_ttls_common(&others, &chain->ttls) >= TTLS_MIN;
}

/* A port that a part used. */
typedef struct ttr_used {
    uint16_t port;
    uint32_t part;
} ttr_used_t;

static int
compare_used(const void *a, const void *b)
{
    const ttr_used_t *first = a;
    const ttr_used_t *second = b;

    if (first->port != second->port)
        return first->port < second->port ? -1 : 1;
    return first->part < second->part ? -1 : first->part > second->part;
}

/* The part that used the nearest port; that of the lower one where two are as near. */
static uint32_t
nearest_part(const ttr_used_t *used, uint32_t count, uint16_t port)
{
    uint32_t low = 0;

    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;

        if (used[middle].port < port)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || (low > 0 && port - used[low - 1].port <= used[low].port - port))
        return used[low - 1].part;
    return used[low].part;
}

/* Each packet goes to its own chain, one of a chain too small to be a run to where its port is nearest. Stores the
 * part, from 1, by place in the series. */
static void
assign_nearest(const ttr_chains_t *chains, ttr_work_t *work, uint32_t *parts)
{
    ttr_used_t *used = TTR_ARENA_ARRAY(work->arena, ttr_used_t, chains->packet_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < chains->series->count; i++) {
        parts[i] = chains->chains[chains->chain_of[i]].part;
        if (parts[i] > 0)
            used[count++] = (ttr_used_t){port_of(chains, i), parts[i]};
    }
    ttr_sort(used, count, sizeof *used, compare_used);
    for (uint32_t i = 0; i < chains->series->count; i++) {
        if (parts[i] == 0)
            parts[i] = nearest_part(used, count, port_of(chains, i));
    }
}

static void
assign_others(const ttr_chains_t *chains, uint32_t *parts)
{
    for (uint32_t i = 0; i < chains->series->count; i++)
        parts[i] = chains->chains[chains->chain_of[i]].part == 0 ? 2 : 1;
}

static void
add_parts(const ttr_series_t *series, ttr_work_t *work, const uint32_t *parts_of, uint32_t part_count, GArray *parts)
{
    guint first = parts->len;
    ttr_packet_t **packets = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, series->count);
    uint32_t *counts = TTR_ARENA_ARRAY(work->arena, uint32_t, part_count);

    for (uint32_t i = 0; i < series->count; i++)
        counts[parts_of[i] - 1]++;
    for (uint32_t i = 0; i < part_count; i++) {
        ttr_series_t part = {.packets = packets, .kind = series->kind};

        g_array_append_val(parts, part);
        packets += counts[i];
    }
    for (uint32_t i = 0; i < series->count; i++) {
        ttr_series_t *own = &g_array_index(parts, ttr_series_t, first + parts_of[i] - 1);

        own->packets[own->count++] = series->packets[i];
    }
}

/* Is it one counter? That of mtr or trippy may hide another tool, whose ports jump. */
static bool
is_one_counter(const ttr_series_t *series, ttr_field_t port)
{
    uint16_t lowest = UINT16_MAX;

    if (ttr_run_pattern(series, port) != TTR_PATTERN_COUNTS)
        return false;
    for (uint32_t i = 0; i < series->count; i++)
        lowest = MIN(lowest, ttr_work_sport(series->packets[i]));
    return port != TTR_FIELD_SPORT || !ttr_run_is_first_port(lowest);
}

void
ttr_split_chains(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_chains_t chains = {.series = series};
    uint32_t *parts_of;

    chains.port = series->kind == TTR_RUN_SPORT ? TTR_FIELD_SPORT : TTR_FIELD_DPORT;
    if (ttr_run_is_fixed(series->kind) || series->count < SERIES_MIN || is_one_counter(series, chains.port)) {
        g_array_append_val(parts, *series);
        return;
    }
    make_chains(&chains, work);
    parts_of = TTR_ARENA_ARRAY(work->arena, uint32_t, series->count);
    if (is_beside_another(&chains)) {
        assign_others(&chains, parts_of);
        add_parts(series, work, parts_of, 2, parts);
    } else if (have_runs(&chains)) {
        assign_nearest(&chains, work, parts_of);
        add_parts(series, work, parts_of, chains.part_count, parts);
    } else {
        g_array_append_val(parts, *series);
    }
}
