/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When something came back on the flows of a run: how a tool sends shows beside it.
 */
#include "ttr_answers.h"
#include "ttr_sort.h"

enum { EVENTS_MAX = 4096 };     /* these tell: a run that is longer does not change its habit */

static int
compare_quote_times(const void *a, const void *b)
{
    const ttr_quote_time_t *first = a;
    const ttr_quote_time_t *second = b;

    if (first->flow != second->flow)
        return first->flow < second->flow ? -1 : 1;
    return first->time_ns < second->time_ns ? -1 : first->time_ns > second->time_ns;
}

void
ttr_quote_times_sort(ttr_quote_times_t *quotes)
{
    ttr_sort(quotes->times, quotes->count, sizeof *quotes->times, compare_quote_times);
}

/* The place of the first quote of the flow from this time on. */
static uint32_t
first_quote(const ttr_quote_times_t *quotes, uint32_t flow, int64_t time_ns)
{
    const ttr_quote_time_t sought = {flow, time_ns};
    uint32_t low = 0;
    uint32_t count = quotes->count;

    while (count > 0) {
        uint32_t half = count / 2;

        if (compare_quote_times(&quotes->times[low + half], &sought) < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static void
add_flow(const ttr_run_t *run, uint32_t flow, GArray *events)
{
    const ttr_quote_times_t *quotes = ttr_facts_of(run)->quotes;
    int64_t first_ns = run->probes[0]->time_ns;
    int64_t last_ns = run->probes[run->count - 1]->time_ns + TTR_ANSWER_LIMIT_NS;
    ttr_range_t came = ttr_range_between(ttr_side_find(run->side->other, TTR_ORDER_FLOW, flow), first_ns, last_ns);

    for (uint32_t i = 0; i < came.count && events->len < EVENTS_MAX; i++)
        g_array_append_val(events, came.packets[i]->time_ns);
    for (uint32_t i = first_quote(quotes, flow, first_ns); i < quotes->count && events->len < EVENTS_MAX; i++) {
        if (quotes->times[i].flow != flow || quotes->times[i].time_ns > last_ns)
            break;
        g_array_append_val(events, quotes->times[i].time_ns);
    }
}

static int
compare_flows(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

GArray *
ttr_events_of(const ttr_run_t *run)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(int64_t));
    uint32_t *flows = g_new(uint32_t, run->count);

    for (uint32_t i = 0; i < run->count; i++)
        flows[i] = run->probes[i]->segment->flow;
    ttr_sort(flows, run->count, sizeof *flows, compare_flows);
    for (uint32_t i = 0; i < run->count; i++) {
        if (i == 0 || flows[i] != flows[i - 1])
            add_flow(run, flows[i], events);
    }
    g_free(flows);
    g_array_sort(events, compare_times);
    return events;
}
