/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TTLs above the limit for candidates: they belong to a series that reaches them step by step (a trace to 64 hops, not
 * a browser).
 */
#include "ttr_runs.h"

enum {
    LEVELS_MIN = 2,             /* low TTLs of a series that may go on above them */
    TTLS = 256
};

/* The low TTLs of a series. */
typedef struct ttr_reach {
    uint32_t counts[TTLS];      /* packets of each TTL in the run */
    uint32_t most;              /* of one low TTL */
    uint8_t limit;
    uint8_t top;                /* reached so far */
    bool may_go_on;
} ttr_reach_t;

static void
look(ttr_reach_t *reach, const ttr_series_t *series)
{
    uint32_t levels = 0;

    for (uint32_t i = 0; i < series->count; i++) {
        uint8_t ttl = series->packets[i]->segment->ttl;

        if (ttl > reach->limit)
            continue;
        levels += reach->counts[ttl] == 0;
        reach->counts[ttl]++;
        reach->most = MAX(reach->most, reach->counts[ttl]);
    }
    reach->may_go_on = levels >= LEVELS_MIN && reach->counts[reach->limit] > 0;
}

/* No more packets than the low TTLs have: what is beyond them is ordinary. */
static bool
is_reached(ttr_reach_t *reach, uint8_t ttl)
{
    if (ttl <= reach->limit)
        return true;
    if (!reach->may_go_on || ttl > reach->top + 1 || reach->counts[ttl] >= reach->most)
        return false;
    reach->counts[ttl]++;
    reach->top = MAX(reach->top, ttl);
    return true;
}

void
ttr_split_reach(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_reach_t reach = {.limit = work->store->config.candidate_ttl, .top = work->store->config.candidate_ttl};
    ttr_series_t part = *series;

    look(&reach, series);
    part.count = 0;
    for (uint32_t i = 0; i < series->count; i++) {
        if (is_reached(&reach, series->packets[i]->segment->ttl))
            series->packets[part.count++] = series->packets[i];
    }
    g_array_append_val(parts, part);
}
