/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In this order, and each rule leaves out what those before it explained: silent, beyond, rate limit, answers only, loss
 * from a hop on; what is left is unclear.
 */
#include "ttr_silence.h"

#include <stdlib.h>

#define NS_PER_SECOND 1e9

/* Levels, see docs/findings.md. */
#define LIMIT_LEVEL 0.001
#define LIMIT_TO_LATER_LEVEL 0.05
#define LIMIT_ABOVE 0.8
#define LIMIT_BELOW 0.25
#define ANSWERS_LEVEL 0.05
#define LOSS_LEVEL 0.01
#define ALIKE_LEVEL 0.025
#define LIKELY_UNITS 2.0

/* Time since the last answer, and whether this probe was answered. */
typedef struct gap {
    int64_t ns;
    bool is_answered;
} gap_t;

static bool
has_answered(const ttr_silence_hop_t *hop)
{
    return hop->lost < hop->count;
}

static ttr_share_t
share_of(const ttr_silence_hop_t *hop)
{
    return (ttr_share_t){hop->lost, hop->count};
}

static ttr_share_t
add(ttr_share_t a, ttr_share_t b)
{
    return (ttr_share_t){a.hits + b.hits, a.of + b.of};
}

static ttr_share_t
without(ttr_share_t a, ttr_share_t b)
{
    return (ttr_share_t){a.hits - b.hits, a.of - b.of};
}

/* All hops behind this one that ever answered. */
static ttr_share_t
later_than(const ttr_silence_hop_t *hops, uint32_t count, uint32_t at)
{
    ttr_share_t later = {0, 0};

    for (uint32_t i = at + 1; i < count; i++) {
        if (has_answered(&hops[i]))
            later = add(later, share_of(&hops[i]));
    }
    return later;
}

static int
compare_gaps(const void *a, const void *b)
{
    int64_t first = ((const gap_t *)a)->ns;
    int64_t second = ((const gap_t *)b)->ns;

    return first < second ? -1 : first > second;
}

/* The gaps behind the leading run of answers, sorted; returns how many. */
static uint32_t
take_gaps(const ttr_silence_hop_t *hop, gap_t *gaps, uint32_t *burst)
{
    uint32_t count = 0;
    uint32_t at = 0;
    int64_t last_ns;

    while (at < hop->count && !hop->probes[at].is_answered)
        at++;
    *burst = 0;
    for (; at < hop->count && hop->probes[at].is_answered; at++)
        (*burst)++;
    if (at == 0 || at == hop->count)
        return 0;
    last_ns = hop->probes[at - 1].time_ns;
    for (; at < hop->count; at++) {
        gaps[count++] = (gap_t){hop->probes[at].time_ns - last_ns, hop->probes[at].is_answered};
        if (hop->probes[at].is_answered)
            last_ns = hop->probes[at].time_ns;
    }
    qsort(gaps, count, sizeof *gaps, compare_gaps);
    return count;
}

/* The gap from which on answers are given, that is wrong of the fewest probes: how many gaps are below it. */
static uint32_t
best_split(const gap_t *gaps, uint32_t count, uint32_t *distinct)
{
    uint32_t right = 0;
    uint32_t best_right;
    uint32_t best = 0;

    *distinct = 0;
    for (uint32_t i = 0; i < count; i++)
        right += gaps[i].is_answered ? 1 : 0;
    best_right = right;
    for (uint32_t i = 0; i < count; i++) {
        bool is_new = i == 0 || gaps[i].ns != gaps[i - 1].ns;

        *distinct += is_new ? 1 : 0;
        if (is_new && right > best_right) {
            best_right = right;
            best = i;
        }
        if (gaps[i].is_answered)
            right--;
        else
            right++;
    }
    return best;
}

static ttr_share_t
answered_of(const gap_t *gaps, uint32_t from, uint32_t to)
{
    ttr_share_t share = {0, to - from};

    for (uint32_t i = from; i < to; i++)
        share.hits += gaps[i].is_answered ? 1 : 0;
    return share;
}

/* Do answers come again as soon as a time is over, and hardly ever before? */
static bool
is_limited(ttr_silence_hop_t *hop, ttr_share_t later)
{
    gap_t *gaps = g_new(gap_t, hop->count);
    uint32_t burst;
    uint32_t count = take_gaps(hop, gaps, &burst);
    uint32_t distinct;
    uint32_t split = best_split(gaps, count, &distinct);
    ttr_share_t below = answered_of(gaps, 0, split);
    ttr_share_t above = answered_of(gaps, split, count);
    bool is_so = split > 0 && split < count && above.hits >= LIMIT_ABOVE * above.of && below.hits <= LIMIT_BELOW * below.of &&
                 ttr_chance_more(above, below) * distinct < LIMIT_LEVEL &&
                 ttr_chance_more(share_of(hop), later) < LIMIT_TO_LATER_LEVEL;

    if (is_so) {
        hop->interval_s = (double)gaps[split].ns / NS_PER_SECOND;
        hop->burst = burst;
    }
    g_free(gaps);
    return is_so;
}

static void
judge_alone(ttr_silence_hop_t *hops, uint32_t count, uint32_t at)
{
    ttr_silence_hop_t *hop = &hops[at];
    ttr_share_t later = later_than(hops, count, at);

    hop->silence = TTR_SILENCE_NONE;
    if (hop->lost == 0)
        return;
    hop->silence = TTR_SILENCE_UNCLEAR;
    if (!has_answered(hop) && later.of == 0)
        hop->silence = TTR_SILENCE_BEYOND;
    else if (!has_answered(hop) && hop->count > 1)
        hop->silence = TTR_SILENCE_SILENT;
    else if (has_answered(hop) && !hop->is_target && hop->is_one && later.of > 0 && is_limited(hop, later))
        hop->silence = TTR_SILENCE_RATE_LIMIT;
}

/* Hops that leave out answers though what goes further comes through. */
static void
judge_answers(ttr_silence_hop_t *hops, uint32_t count)
{
    uint32_t tests = 0;

    for (uint32_t i = 0; i < count; i++)
        tests += has_answered(&hops[i]) ? 1 : 0;
    for (uint32_t i = 0; i < count; i++) {
        ttr_share_t later = later_than(hops, count, i);

        if (hops[i].silence != TTR_SILENCE_UNCLEAR || !has_answered(&hops[i]) || hops[i].is_target)
            continue;
        if (ttr_chance_more(share_of(&hops[i]), later) * tests >= ANSWERS_LEVEL)
            continue;
        hops[i].silence = TTR_SILENCE_ANSWERS_ONLY;
        hops[i].passes_high = ttr_chance_high(later);
    }
}

/* May the hop tell of loss on the way? */
static bool
is_witness(const ttr_silence_hop_t *hop)
{
    return has_answered(hop) && (hop->silence == TTR_SILENCE_NONE || hop->silence == TTR_SILENCE_UNCLEAR);
}

static ttr_share_t
witnesses(const ttr_silence_hop_t *hops, uint32_t from, uint32_t to)
{
    ttr_share_t share = {0, 0};

    for (uint32_t i = from; i < to; i++) {
        if (is_witness(&hops[i]))
            share = add(share, share_of(&hops[i]));
    }
    return share;
}

/* Does no hop from `from` on differ from the others there? */
static bool
are_alike(const ttr_silence_hop_t *hops, uint32_t from, uint32_t count)
{
    ttr_share_t all = witnesses(hops, from, count);
    uint32_t tests = 0;

    for (uint32_t i = from; i < count; i++)
        tests += is_witness(&hops[i]) ? 1 : 0;
    for (uint32_t i = from; i < count && tests > 1; i++) {
        if (is_witness(&hops[i]) &&
            ttr_chance_other(share_of(&hops[i]), without(all, share_of(&hops[i]))) * tests < ALIKE_LEVEL)
            return false;
    }
    return true;
}

static double
likelihood(const ttr_silence_hop_t *hops, uint32_t from, uint32_t count)
{
    return ttr_chance_log_likelihood(witnesses(hops, 0, from)) + ttr_chance_log_likelihood(witnesses(hops, from, count));
}

static void
take_range(const ttr_silence_hop_t *hops, uint32_t count, ttr_silence_loss_t *loss)
{
    double best = likelihood(hops, loss->from, count);

    loss->earliest = loss->latest = loss->from;
    for (uint32_t i = 1; i < count; i++) {
        if (!is_witness(&hops[i]) || likelihood(hops, i, count) < best - LIKELY_UNITS)
            continue;
        loss->earliest = MIN(loss->earliest, i);
        loss->latest = MAX(loss->latest, i);
    }
}

static ttr_silence_loss_t
judge_loss(const ttr_silence_hop_t *hops, uint32_t count)
{
    ttr_silence_loss_t loss = {.is_found = false};
    double least = 1;
    uint32_t tests = 0;

    for (uint32_t i = 0; i < count; i++) {
        double chance;

        if (!is_witness(&hops[i]))
            continue;
        tests++;
        chance = ttr_chance_more(witnesses(hops, i, count), witnesses(hops, 0, i));
        if (chance < least) {
            least = chance;
            loss.from = i;
        }
    }
    if (tests < 2 || least * tests >= LOSS_LEVEL || !are_alike(hops, loss.from, count))
        return loss;
    loss.is_found = true;
    loss.share = witnesses(hops, loss.from, count);
    take_range(hops, count, &loss);
    return loss;
}

ttr_silence_loss_t
ttr_silence_judge(ttr_silence_hop_t *hops, uint32_t count)
{
    ttr_silence_loss_t loss;

    for (uint32_t i = 0; i < count; i++)
        judge_alone(hops, count, i);
    judge_answers(hops, count);
    loss = judge_loss(hops, count);
    for (uint32_t i = loss.from; loss.is_found && i < count; i++) {
        if (hops[i].silence == TTR_SILENCE_UNCLEAR && has_answered(&hops[i]))
            hops[i].silence = TTR_SILENCE_LOSS;
    }
    return loss;
}
