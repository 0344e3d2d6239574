/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_run_facts.h"

#include "ttr_sort.h"

enum {
    HEAD_MAX = 4,               /* TTLs that show how a sweep begins */
    HEAD_MIN = 3,
    NUMBERED_MIN = 4,           /* packets that show a row of numbers */
    ROUNDS_MIN = 3,             /* visits of most flows */
    SILENCE = 4                 /* times the usual pause */
};

/* Consecutive packets with one TTL. */
typedef struct ttr_level {
    uint32_t first;             /* by place in the series */
    uint8_t ttl;
} ttr_level_t;

/* A packet of a flow, by place in the series. */
typedef struct ttr_visit {
    uint32_t flow;
    uint32_t at;
} ttr_visit_t;

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

static int
compare_visits(const void *a, const void *b)
{
    const ttr_visit_t *first = a;
    const ttr_visit_t *second = b;

    if (first->flow != second->flow)
        return first->flow < second->flow ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

static int64_t
median(int64_t *values, uint32_t count)
{
    ttr_sort(values, count, sizeof *values, compare_times);
    return values[count / 2];
}

static uint32_t
find_levels(const ttr_series_t *series, ttr_level_t *levels)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < series->count; i++) {
        uint8_t ttl = series->packets[i]->segment->ttl;

        if (count == 0 || levels[count - 1].ttl != ttl)
            levels[count++] = (ttr_level_t){i, ttl};
    }
    return count;
}

/* How many TTLs show how a sweep begins: up to 4, but no more than it has; 0: too few. */
static uint32_t
head_of(const ttr_level_t *levels, uint32_t count)
{
    if (count < HEAD_MIN)
        return 0;
    return count > HEAD_MIN && levels[HEAD_MIN].ttl == levels[0].ttl ? HEAD_MIN : MIN(count, HEAD_MAX);
}

/* Are the first TTLs of the series sent here once more, in the same order? Two at least, at its end. */
static bool
begins_again(const ttr_level_t *levels, uint32_t left, uint32_t head, uint32_t at)
{
    uint32_t count = MIN(left, head);

    if (count < 2)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (levels[at + i].ttl != levels[i].ttl)
            return false;
    }
    return true;
}

/* Marks where the order of TTLs begins again, after others; returns how often. `starts` holds these places. */
static uint32_t
find_starts(const ttr_level_t *levels, uint32_t level_count, bool *is_start, uint32_t *starts)
{
    uint32_t head = head_of(levels, level_count);
    uint32_t count = 0;

    if (head == 0)
        return 0;
    for (uint32_t i = head; i < level_count; i++) {
        if (!begins_again(levels, level_count - i, head, i))
            continue;
        starts[count++] = levels[i].first;
        is_start[levels[i].first] = true;
    }
    return count;
}

/* 7 in 10 sweeps take the usual time, give or take a quarter. */
static bool
are_even(ttr_work_t *work, const ttr_series_t *series, const uint32_t *starts, uint32_t count)
{
    int64_t *periods = TTR_ARENA_ARRAY(work->arena, int64_t, count);
    int64_t usual_ns;
    uint64_t even = 0;

    if (count < 2)
        return false;
    for (uint32_t i = 0; i < count; i++)
        periods[i] = series->packets[starts[i]]->time_ns - series->packets[i == 0 ? 0 : starts[i - 1]]->time_ns;
    usual_ns = median(periods, count);
    for (uint32_t i = 0; i < count; i++)
        even += ABS(periods[i] - usual_ns) <= usual_ns / 4;
    return usual_ns < work->store->config.run_gap_ns && even * 10 >= UINT64_C(7) * count;
}

/* A slow sender's pauses are no silence. */
static int64_t
silence_of(ttr_work_t *work, const ttr_series_t *series)
{
    int64_t limit_ns = work->store->config.run_gap_ns;
    int64_t *pauses = TTR_ARENA_ARRAY(work->arena, int64_t, series->count);
    int64_t usual_ns;
    bool has_long = false;

    for (uint32_t i = 1; i < series->count; i++) {
        pauses[i - 1] = series->packets[i]->time_ns - series->packets[i - 1]->time_ns;
        has_long = has_long || pauses[i - 1] > limit_ns;
    }
    if (!has_long)
        return limit_ns;
    usual_ns = median(pauses, series->count - 1);
    return usual_ns > INT64_MAX / SILENCE ? INT64_MAX : MAX(limit_ns, usual_ns * SILENCE);
}

/* Fills `previous`; do most flows come back again and again? */
static bool
look_at_flows(ttr_work_t *work, const ttr_series_t *series, uint32_t *previous)
{
    ttr_visit_t *visits = TTR_ARENA_ARRAY(work->arena, ttr_visit_t, series->count);
    int64_t *counts = TTR_ARENA_ARRAY(work->arena, int64_t, series->count);
    uint32_t flow_count = 0;

    for (uint32_t i = 0; i < series->count; i++)
        visits[i] = (ttr_visit_t){series->packets[i]->segment->flow, i};
    ttr_sort(visits, series->count, sizeof *visits, compare_visits);
    for (uint32_t i = 0; i < series->count; i++) {
        if (i > 0 && visits[i].flow == visits[i - 1].flow)
            previous[visits[i].at] = visits[i - 1].at + 1;
        else
            flow_count++;
        counts[flow_count - 1]++;
    }
    return median(counts, flow_count) >= ROUNDS_MIN;
}

/* 8 in 10 steps. In IPv6, which has no ID, the seq alone says so. */
static bool
are_numbered(const ttr_facts_t *facts)
{
    const ttr_series_t *series = facts->series;
    uint64_t rises = 0;

    for (uint32_t i = 1; i < series->count; i++)
        rises += ttr_facts_number_on(facts, series->packets[i - 1], series->packets[i]);
    return series->count > NUMBERED_MIN && rises * 10 >= UINT64_C(8) * (series->count - 1);
}

ttr_facts_t
ttr_facts_of(ttr_work_t *work, const ttr_series_t *series)
{
    uint32_t *starts = TTR_ARENA_ARRAY(work->arena, uint32_t, series->count);
    ttr_level_t *levels = TTR_ARENA_ARRAY(work->arena, ttr_level_t, series->count);
    uint32_t level_count = find_levels(series, levels);
    ttr_facts_t facts = {
        .series = series,
        .family = work->family,
        .sport = ttr_run_pattern(series, TTR_FIELD_SPORT),
        .dport = ttr_run_pattern(series, TTR_FIELD_DPORT),
        .seq = ttr_run_pattern(series, TTR_FIELD_SEQ),
        .is_fixed = ttr_run_is_fixed(series->kind),
        .is_start = TTR_ARENA_ARRAY(work->arena, bool, series->count),
        .silence_ns = silence_of(work, series),
    };
    uint32_t count = find_starts(levels, level_count, facts.is_start, starts);

    facts.is_counting = facts.sport == TTR_PATTERN_COUNTS || facts.dport == TTR_PATTERN_COUNTS ||
                        facts.seq == TTR_PATTERN_COUNTS;
    facts.is_numbered = are_numbered(&facts);
    facts.is_even = are_even(work, series, starts, count);
    for (uint32_t i = 0; i < count && !facts.goes_on; i++)
        facts.goes_on = ttr_facts_step_on(&facts, series->packets[starts[i] - 1], series->packets[starts[i]]);
    facts.has_rows = level_count > 1 && levels[1].first > 1;
    facts.has_seqs_again = count > 0 && series->packets[starts[0]]->segment->seq == series->packets[0]->segment->seq;
    if (!facts.is_fixed) {
        facts.previous = TTR_ARENA_ARRAY(work->arena, uint32_t, series->count);
        facts.has_rounds = look_at_flows(work, series, facts.previous) &&
                           !ttr_run_is_first_port(ttr_work_sport(series->packets[0]));
    }
    return facts;
}

static bool
steps_on(uint32_t step)
{
    return step > 0 && step <= TTR_RUN_STEP_MAX;
}

bool
ttr_facts_number_on(const ttr_facts_t *facts, const ttr_packet_t *last, const ttr_packet_t *here)
{
    uint32_t step = here->segment->seq - last->segment->seq;

    return steps_on(step) && (facts->family == TTR_FAMILY_IPV6 ||
                              (uint16_t)(here->segment->id_or_label - last->segment->id_or_label) == step);
}

bool
ttr_facts_step_on(const ttr_facts_t *facts, const ttr_packet_t *last, const ttr_packet_t *here)
{
    uint16_t sport = (uint16_t)(ttr_work_sport(here) - ttr_work_sport(last));
    uint16_t dport = (uint16_t)(ttr_work_dport(here) - ttr_work_dport(last));

    if (!facts->is_counting)
        return false;
    return (steps_on(sport) && dport == 0) || (steps_on(dport) && sport == 0) ||
           steps_on(here->segment->seq - last->segment->seq);
}
