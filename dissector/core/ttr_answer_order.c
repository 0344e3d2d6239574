/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Several probes fit equally, and the order of sending decides: the tool sends one probe at a time, and an answer is to
 * the latest; or it sends bursts, and the first in flight is answered first.
 */
#include "ttr_answers.h"
#include "ttr_sort.h"

/* Beyond twice the longest round trip: queues that fill. */
#define WINDOW_MARGIN_NS (50 * TTR_MS_NS)

enum {
    SURE_MIN = 3,               /* fewer certain answers show no habit */
    PACE_MIN = 4                /* fewer gaps show no pace */
};

/* Twice the longest round trip that is proven, one second where none is. */
int64_t
ttr_window(const ttr_work_t *work, ttr_run_t *run)
{
    ttr_facts_t *facts = ttr_facts_of(run);
    int64_t longest = INT64_MIN;

    if (facts->is_window_known)
        return facts->window_ns;
    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_answer_t *answer = run->probes[i]->answers;
        uint32_t timed_by;

        if (answer != NULL && answer->match != TTR_MATCH_ORDER)
            longest = MAX(longest, ttr_work_rtt(work, run->probes[i], answer->event, &timed_by));
    }
    facts->window_ns = longest == INT64_MIN ? TTR_SECOND_NS : 2 * longest + WINDOW_MARGIN_NS;
    facts->is_window_known = true;
    return facts->window_ns;
}

/* How many probes of the run were sent before this time; or at it, too. */
static uint32_t
count_sent(const ttr_run_t *run, int64_t time_ns, bool is_included)
{
    ttr_range_t range = {run->probes, run->count};

    return ttr_range_between(range, INT64_MIN / 2, is_included ? time_ns : time_ns - 1).count;
}

/* Shown by certain answers: no probe was sent between most probes and their answers. -1: there are too few of them. */
static int
is_shown_sequential(const ttr_run_t *run)
{
    uint32_t sure = 0;
    uint32_t between = 0;

    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_answer_t *answer = run->probes[i]->answers;

        if (answer == NULL || answer->match == TTR_MATCH_ORDER)
            continue;
        sure++;
        if (count_sent(run, answer->event->time_ns, false) > count_sent(run, run->probes[i]->time_ns, true))
            between++;
    }
    return sure < SURE_MIN ? -1 : (uint64_t)between * 10 <= sure;
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

static int64_t
distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* Does it send by the clock, without waiting for answers? */
static bool
is_paced(const ttr_run_t *run)
{
    uint32_t count = run->count - 1;
    int64_t *gaps = g_new(int64_t, MAX(count, 1));
    uint32_t odd = 0;
    int64_t middle;

    for (uint32_t i = 0; i < count; i++)
        gaps[i] = run->probes[i + 1]->time_ns - run->probes[i]->time_ns;
    ttr_sort(gaps, count, sizeof *gaps, compare_times);
    middle = count > 0 ? gaps[count / 2] : 0;
    for (uint32_t i = 0; i < count; i++)
        odd += distance(gaps[i], middle) > middle / 10 ? 1 : 0;
    g_free(gaps);
    return count >= PACE_MIN && (uint64_t)odd * 10 <= count;
}

/* Round trips if each event was the answer to the latest probe before it, or to the first of those in flight. `left` and
 * `rtts` have room for all; returns how many there are. */
static uint32_t
find_rtts(const ttr_run_t *run, const GArray *events, bool is_latest, int64_t *left, int64_t *rtts)
{
    uint32_t first = 0;
    uint32_t end = 0;
    uint32_t sent = 0;
    uint32_t count = 0;

    for (guint i = 0; i < events->len; i++) {
        int64_t time_ns = g_array_index(events, int64_t, i);

        while (sent < run->count && run->probes[sent]->time_ns <= time_ns)
            left[end++] = run->probes[sent++]->time_ns;
        while (!is_latest && first < end && time_ns - left[first] > TTR_SECOND_NS)
            first++;
        if (first < end)
            rtts[count++] = time_ns - (is_latest ? left[--end] : left[first++]);
    }
    return count;
}

/* How far the round trips differ, mean of the distances from their middle, ns. */
static double
spread(const ttr_run_t *run, const GArray *events, bool is_latest)
{
    int64_t *left = g_new(int64_t, run->count);
    int64_t *rtts = g_new(int64_t, MAX(events->len, 1));
    uint32_t count = find_rtts(run, events, is_latest, left, rtts);
    double sum = 0;

    ttr_sort(rtts, count, sizeof *rtts, compare_times);
    for (uint32_t i = 0; i < count; i++)
        sum += (double)distance(rtts[i], rtts[count / 2]);
    g_free(left);
    g_free(rtts);
    return count > 0 ? sum / count : 0;
}

/* Where too few answers are certain, the way in which probes and answers alternate tells: hardly ever two answers between
 * two probes, and few after the last. */
static bool
seems_sequential(const ttr_run_t *run)
{
    GArray *events = ttr_events_of(run);
    uint32_t after = 0;
    bool is_so;

    for (guint i = 0; i < events->len; i++)
        after += g_array_index(events, int64_t, i) > run->probes[run->count - 1]->time_ns ? 1 : 0;
    is_so = !(is_paced(run) && after > 1) && spread(run, events, true) <= spread(run, events, false);
    g_array_unref(events);
    return is_so;
}

static bool
is_sequential(const ttr_run_t *run)
{
    ttr_facts_t *facts = ttr_facts_of(run);
    int is_shown;

    if (facts->is_order_known)
        return facts->is_sequential;
    is_shown = is_shown_sequential(run);
    facts->is_sequential = is_shown >= 0 ? is_shown != 0 : seems_sequential(run);
    facts->is_order_known = true;
    return facts->is_sequential;
}

/* The first or the latest probe without answer that was sent within the window; NULL: none. */
static ttr_packet_t *
free_in_flight(const ttr_candidates_t *list, int64_t time_ns, int64_t window_ns, bool is_latest)
{
    ttr_packet_t *found = NULL;

    for (uint32_t i = 0; i < list->count; i++) {
        ttr_packet_t *probe = list->packets[i];

        if (probe->answers != NULL || probe->time_ns > time_ns || time_ns - probe->time_ns > window_ns)
            continue;
        found = probe;
        if (!is_latest)
            break;
    }
    return found;
}

static ttr_packet_t *
latest_sent(const ttr_candidates_t *list, int64_t time_ns)
{
    for (uint32_t i = list->count; i-- > 0;) {
        if (list->packets[i]->time_ns <= time_ns)
            return list->packets[i];
    }
    return NULL;
}

ttr_packet_t *
ttr_pick_by_order(const ttr_work_t *work, const ttr_candidates_t *list, int64_t time_ns, ttr_run_t *run)
{
    int64_t window_ns = ttr_window(work, run);
    ttr_packet_t *found;

    if (is_sequential(run)) {
        ttr_packet_t *latest = latest_sent(list, time_ns);

        if (latest == NULL)
            return NULL;
        if (latest->answers == NULL)
            return time_ns - latest->time_ns <= TTR_ANSWER_LIMIT_NS ? latest : NULL;
        /* The one just sent is answered: a late answer, or the same once more. */
        return free_in_flight(list, time_ns, window_ns, true);
    }
    found = free_in_flight(list, time_ns, window_ns, false);
    return found != NULL ? found : free_in_flight(list, time_ns, TTR_ANSWER_LIMIT_NS, true);
}

static bool
is_same_source(const ttr_packet_t *a, const ttr_packet_t *b)
{
    if (a->error != NULL && b->error != NULL)
        return ttr_address_equal(&a->error->responder, &b->error->responder);
    if (a->error == NULL && b->error == NULL)
        return true;
    return ttr_address_equal(a->error != NULL ? &a->error->responder : ttr_side_source(a->side),
                             b->error != NULL ? &b->error->responder : ttr_side_source(b->side));
}

ttr_packet_t *
ttr_pick_again(const ttr_candidates_t *list, const ttr_packet_t *event)
{
    for (uint32_t i = list->count; i-- > 0;) {
        ttr_packet_t *probe = list->packets[i];

        if (probe->answers == NULL || probe->time_ns > event->time_ns)
            continue;
        return probe->answers->kind == ttr_work_kind(event) && is_same_source(probe->answers->event, event) ? probe : NULL;
    }
    return NULL;
}
