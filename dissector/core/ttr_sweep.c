/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_sweep.h"

#include <stdlib.h>

#include "ttr_sort.h"

/* A counter of ports goes up by this at most: a tool that sends several probes at once takes a few at a time. */
#define PORT_STEP_MAX 8

/* Over each other lie at most as many runs or flows as probes are looked back at; fewer TTLs or probes tell nothing. */
enum {
    LOOK_BACK = 3,
    LEVELS_TO_LOOK_BACK = 6,
    PROBES_TO_LOOK_BACK = 13
};

/* A probe with what its repetition by a kernel has, too. */
typedef struct ttr_first {
    uint64_t flow_seq;
    uint32_t at;
    uint8_t ttl;
} ttr_first_t;

static int
compare_firsts(const void *a, const void *b)
{
    const ttr_first_t *first = a;
    const ttr_first_t *second = b;

    if (first->flow_seq != second->flow_seq)
        return first->flow_seq < second->flow_seq ? -1 : 1;
    if (first->ttl != second->ttl)
        return first->ttl < second->ttl ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

/* For each probe whether the same numbers were sent before, TCP options among them. The caller frees it. */
static bool *
find_repeated(const ttr_run_t *run)
{
    ttr_first_t *firsts = g_new(ttr_first_t, run->count);
    bool *is_repeated = g_new0(bool, run->count);

    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_sighting_t *segment = run->probes[i]->segment;

        firsts[i] = (ttr_first_t){ttr_key_flow_seq(segment->flow, segment->seq), i, segment->ttl};
    }
    ttr_sort(firsts, run->count, sizeof *firsts, compare_firsts);
    for (uint32_t i = 1; i < run->count; i++)
        is_repeated[firsts[i].at] = firsts[i].flow_seq == firsts[i - 1].flow_seq && firsts[i].ttl == firsts[i - 1].ttl &&
                                    run->probes[firsts[i].at]->segment->shape != 0;
    g_free(firsts);
    return is_repeated;
}

/* The probes without those that a kernel repeated; a program that keeps its flow repeats its probes itself. */
static void
take_firsts(ttr_sweep_t *sweep)
{
    const ttr_run_t *run = sweep->run;
    bool *is_repeated;

    sweep->probes = run->probes;
    sweep->count = run->count;
    if (sweep->is_flow_fixed)
        return;
    is_repeated = find_repeated(run);
    sweep->probes = TTR_ARENA_ARRAY(run->side->work->arena, ttr_packet_t *, run->count);
    sweep->count = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        if (!is_repeated[i])
            sweep->probes[sweep->count++] = run->probes[i];
    }
    g_free(is_repeated);
}

static void
find_levels(ttr_sweep_t *sweep)
{
    uint32_t row = 0;

    for (unsigned ttl = 0; ttl < TTR_SWEEP_TTLS; ttl++) {
        if (sweep->counts[ttl] == 0) {
            row = 0;
            continue;
        }
        sweep->lowest = sweep->levels == 0 ? (uint8_t)ttl : sweep->lowest;
        sweep->highest = (uint8_t)ttl;
        sweep->levels++;
        row++;
        sweep->longest_row = MAX(sweep->longest_row, row);
    }
}

static bool
is_expired(const ttr_packet_t *probe)
{
    for (const ttr_answer_t *answer = probe->answers; answer != NULL; answer = answer->next) {
        if (answer->kind == TTR_KIND_TIME_EXCEEDED)
            return true;
    }
    return false;
}

static uint8_t
ttl_at(const ttr_sweep_t *sweep, uint32_t at)
{
    return sweep->probes[at]->segment->ttl;
}

/* Is the step to this probe from one of so many before by one TTL at most? */
static bool
is_near(const ttr_sweep_t *sweep, uint32_t at, uint32_t look_back)
{
    for (uint32_t back = 1; back <= look_back && back <= at; back++) {
        if (abs(ttl_at(sweep, at) - ttl_at(sweep, at - back)) <= 1)
            return true;
    }
    return false;
}

static double
share_near(const ttr_sweep_t *sweep, uint32_t look_back)
{
    uint32_t near = 0;

    for (uint32_t i = 1; i < sweep->count; i++)
        near += is_near(sweep, i, look_back) ? 1 : 0;
    return (double)near / (sweep->count - 1);
}

/* How often two probes drawn by chance are one TTL apart at most. */
static double
chance_near(const ttr_sweep_t *sweep)
{
    double near = 0;

    for (int ttl = 0; ttl < TTR_SWEEP_TTLS; ttl++) {
        double around = sweep->counts[ttl];

        around += ttl > 0 ? sweep->counts[ttl - 1] : 0;
        around += ttl + 1 < TTR_SWEEP_TTLS ? sweep->counts[ttl + 1] : 0;
        near += sweep->counts[ttl] * around;
    }
    return near / sweep->count / sweep->count;
}

static double
find_order(const ttr_sweep_t *sweep)
{
    double chance;
    double share;

    if (sweep->count < 3)
        return 1;
    chance = chance_near(sweep);
    if (sweep->levels >= LEVELS_TO_LOOK_BACK && sweep->count >= PROBES_TO_LOOK_BACK) {
        double chance_back = 1 - (1 - chance) * (1 - chance) * (1 - chance);

        share = share_near(sweep, LOOK_BACK);
        if (share - chance_back > 0.6 * (1 - chance_back))
            return (share - chance_back) / (1 - chance_back);
    }
    if (chance >= 0.999)
        return ttr_sweep_is_monotone(sweep) ? 1 : 0;
    return (share_near(sweep, 1) - chance) / (1 - chance);
}

static bool
counts_ports(const ttr_sweep_t *sweep)
{
    bool is_same = true;
    uint32_t ups = 0;

    for (uint32_t i = 1; i < sweep->count; i++) {
        int step = ttr_work_sport(sweep->probes[i]) - ttr_work_sport(sweep->probes[i - 1]);

        is_same = is_same && step == 0;
        ups += step > 0 && step <= PORT_STEP_MAX ? 1 : 0;
    }
    return !is_same && (uint64_t)ups * 10 >= (uint64_t)(sweep->count - 1) * 7;
}

ttr_sweep_t
ttr_sweep_find(const ttr_run_t *run, const ttr_ordinary_t *ordinary)
{
    ttr_sweep_t sweep = {
        .run = run,
        .ordinary = ordinary,
        .is_flow_fixed = run->kind == TTR_RUN_FLOW || run->kind == TTR_RUN_FLOWS,
    };

    take_firsts(&sweep);
    for (uint32_t i = 0; i < sweep.count; i++) {
        sweep.counts[ttl_at(&sweep, i)]++;
        sweep.falls += i > 0 && ttl_at(&sweep, i) < ttl_at(&sweep, i - 1) ? 1 : 0;
        sweep.is_expired = sweep.is_expired || is_expired(sweep.probes[i]);
    }
    find_levels(&sweep);
    sweep.order = find_order(&sweep);
    sweep.counts_ports = counts_ports(&sweep);
    return sweep;
}

uint32_t
ttr_sweep_most(const ttr_sweep_t *sweep)
{
    uint32_t most = 0;

    for (unsigned ttl = 0; ttl < TTR_SWEEP_TTLS; ttl++)
        most = MAX(most, sweep->counts[ttl]);
    return most;
}

uint32_t
ttr_sweep_least(const ttr_sweep_t *sweep)
{
    uint32_t least = UINT32_MAX;

    for (unsigned ttl = 0; ttl < TTR_SWEEP_TTLS; ttl++)
        least = sweep->counts[ttl] == 0 ? least : MIN(least, sweep->counts[ttl]);
    return least;
}

bool
ttr_sweep_is_balanced(const ttr_sweep_t *sweep)
{
    return sweep->levels >= 4 && ttr_sweep_most(sweep) - ttr_sweep_least(sweep) <= 1;
}

bool
ttr_sweep_is_monotone(const ttr_sweep_t *sweep)
{
    return sweep->falls == 0;
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

uint32_t
ttr_sweep_flows(const ttr_sweep_t *sweep)
{
    uint32_t *flows = g_new(uint32_t, sweep->count);
    uint32_t count = 1;

    for (uint32_t i = 0; i < sweep->count; i++)
        flows[i] = sweep->probes[i]->segment->flow;
    ttr_sort(flows, sweep->count, sizeof *flows, compare_numbers);
    for (uint32_t i = 1; i < sweep->count; i++)
        count += flows[i] != flows[i - 1] ? 1 : 0;
    g_free(flows);
    return count;
}
