/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two runs at once with a counter each, of ports (two mtr, or two hosts behind a NAT) or in one flow of seqs: packets follow
 * the counter that they go on with.
 */
#include "ttr_runs.h"
#include "ttr_sort.h"

enum {
    SERIES_MIN = 8,             /* packets: fewer tell no two counters */
    CHAIN_MIN = 4,              /* packets of a chain that may be a run */
    JUMP_PORTS = 256,           /* a counter does not jump by more */
    JUMP_SEQS = 1 << 16,
    TTLS_MIN = 2
};

/* Packets that one counter numbered. */
typedef struct ttr_chain {
    uint32_t count;
    ttr_ttls_t ttls;
    uint32_t first;             /* number */
    uint32_t part;              /* 1 + its place among those that are runs; 0: too small */
} ttr_chain_t;

typedef struct ttr_chains {
    const ttr_series_t *series;
    ttr_field_t field;          /* that counts */
    uint32_t *chain_of;         /* by place in the series */
    ttr_chain_t *chains;
    uint32_t count;
    uint32_t part_count;        /* chains that may be runs */
    uint32_t packet_count;      /* in these */
} ttr_chains_t;

static uint32_t
number_of(const ttr_chains_t *chains, uint32_t at)
{
    return ttr_run_field(chains->series->packets[at], chains->field);
}

/* 1 + the chain that ended at one of the last numbers up to this one, taken out of the table; 0: none. */
static uint32_t
take_chain(GHashTable *ends, uint32_t last)
{
    for (uint32_t step = 0; step < TTR_RUN_STEP_MAX && step <= last; step++) {
        gpointer number = GUINT_TO_POINTER(last - step);
        uint32_t chain = GPOINTER_TO_UINT(g_hash_table_lookup(ends, number));

        if (chain != 0) {
            g_hash_table_remove(ends, number);
            return chain;
        }
    }
    return 0;
}

/* The chain that ended at most 8 numbers before, or a new one. After the highest port comes the first again. */
static uint32_t
chain_before(ttr_chains_t *chains, GHashTable *ends, uint32_t number)
{
    uint32_t chain = number == 0 ? 0 : take_chain(ends, number - 1);
    bool is_port = chains->field != TTR_FIELD_SEQ;

    for (uint32_t first = number; is_port && chain == 0 && first > 0 && number - first < TTR_RUN_STEP_MAX; first--) {
        if (ttr_run_is_first_port((uint16_t)first))
            chain = take_chain(ends, UINT16_MAX);
    }
    if (chain != 0)
        return chain - 1;
    chains->chains[chains->count].first = number;
    return chains->count++;
}

static void
make_chains(ttr_chains_t *chains, ttr_work_t *work)
{
    uint32_t count = chains->series->count;
    GHashTable *ends = g_hash_table_new(NULL, NULL);    /* 1 + chain, by its last number */

    chains->chain_of = TTR_ARENA_ARRAY(work->arena, uint32_t, count);
    chains->chains = TTR_ARENA_ARRAY(work->arena, ttr_chain_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = number_of(chains, i);
        uint32_t at = chain_before(chains, ends, number);

        g_hash_table_insert(ends, GUINT_TO_POINTER(number), GUINT_TO_POINTER(at + 1));
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

    if (chains->part_count != 1 || chains->field != TTR_FIELD_SPORT || !ttr_run_is_first_port((uint16_t)chain->first) ||
        chains->series->count - chain->count < CHAIN_MIN)
        return false;
    for (uint32_t i = 0; i < chains->series->count; i++) {
        if (chains->chains[chains->chain_of[i]].part == 0)
            ttr_ttls_add(&others, chains->series->packets[i]->segment->ttl);
    }
    return ttr_ttls_common(&others, &chain->ttls) >= TTLS_MIN;
}

/* A number that a part used. */
typedef struct ttr_used {
    uint32_t number;
    uint32_t part;
} ttr_used_t;

static int
compare_used(const void *a, const void *b)
{
    const ttr_used_t *first = a;
    const ttr_used_t *second = b;

    if (first->number != second->number)
        return first->number < second->number ? -1 : 1;
    return first->part < second->part ? -1 : first->part > second->part;
}

/* The part that used the nearest number; that of the lower one where two are as near. */
static uint32_t
nearest_part(const ttr_used_t *used, uint32_t count, uint32_t number)
{
    uint32_t low = 0;

    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;

        if (used[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || (low > 0 && number - used[low - 1].number <= used[low].number - number))
        return used[low - 1].part;
    return used[low].part;
}

/* Each packet goes to its own chain, one of a chain too small to be a run to where its number is nearest. Stores the
 * part, from 1, by place in the series. */
static void
assign_nearest(const ttr_chains_t *chains, ttr_work_t *work, uint32_t *parts)
{
    ttr_used_t *used = TTR_ARENA_ARRAY(work->arena, ttr_used_t, chains->packet_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < chains->series->count; i++) {
        parts[i] = chains->chains[chains->chain_of[i]].part;
        if (parts[i] > 0)
            used[count++] = (ttr_used_t){number_of(chains, i), parts[i]};
    }
    ttr_sort(used, count, sizeof *used, compare_used);
    for (uint32_t i = 0; i < chains->series->count; i++) {
        if (parts[i] == 0)
            parts[i] = nearest_part(used, count, number_of(chains, i));
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

/* Does the number jump, and later jump back to go on there? Then another counter was in between. */
static bool
goes_back(const ttr_series_t *series, ttr_field_t field)
{
    uint32_t jump = field == TTR_FIELD_SEQ ? JUMP_SEQS : JUMP_PORTS;
    uint32_t left = 0;          /* from where it jumped */

    for (uint32_t i = 1; i < series->count; i++) {
        uint32_t last = ttr_run_field(series->packets[i - 1], field);
        uint32_t here = ttr_run_field(series->packets[i], field);

        if (MAX(here, last) - MIN(here, last) <= jump)
            continue;
        if (left != 0 && here > left && here - left <= TTR_RUN_STEP_MAX)
            return true;
        left = last;
    }
    return false;
}

/* Is it one counter? That of mtr or trippy may hide another tool, whose ports jump. */
static bool
is_one_counter(const ttr_series_t *series, ttr_field_t port)
{
    uint16_t lowest = UINT16_MAX;

    if (ttr_run_pattern(series, port) != TTR_PATTERN_COUNTS || goes_back(series, port))
        return false;
    for (uint32_t i = 0; i < series->count; i++)
        lowest = MIN(lowest, ttr_work_sport(series->packets[i]));
    return port != TTR_FIELD_SPORT || !ttr_run_is_first_port(lowest);
}

/* Nothing to tell apart: too few packets, or one counter; ports that are given to several packets count nothing. */
static bool
is_whole(const ttr_chains_t *chains)
{
    if (chains->series->count < SERIES_MIN)
        return true;
    if (chains->field == TTR_FIELD_SEQ)
        return chains->series->kind != TTR_RUN_FLOW || !goes_back(chains->series, TTR_FIELD_SEQ);
    return is_one_counter(chains->series, chains->field);
}

void
ttr_split_chains(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_chains_t chains = {.series = series};
    uint32_t *parts_of;

    chains.field = series->kind == TTR_RUN_SPORT   ? TTR_FIELD_SPORT
                   : series->kind == TTR_RUN_DPORT ? TTR_FIELD_DPORT
                                                   : TTR_FIELD_SEQ;
    if (is_whole(&chains)) {
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
