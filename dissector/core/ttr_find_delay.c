/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the delay comes in. The least RTT of a hop counts, and that of any hop behind it bounds it: what goes further was
 * faster. RTTs of answers that order in time alone tied to their probe are left out, and unreachables. A step over hops
 * that do not answer must be worth one of each.
 */
#include <stdlib.h>

#include "ttr_find.h"

#define LEAST_MS 5.0
#define OF_REST 0.5             /* a hop answers slowly: by so much of what hops behind it need */
#define OF_END 0.3              /* a step: so much of the whole */
#define OF_SPREAD 5.0           /* a step: so many times the usual spread of a hop */

enum { ANSWERS_MIN = 2 };

typedef struct delay {
    uint8_t ttl;
    uint32_t count;
    double least;               /* ms */
    double bound;               /* least of this hop and all behind it */
    uint32_t bound_count;       /* answers of the hop that has it */
    double spread;              /* median less least */
    uint32_t frame;             /* of the answer that was fastest */
} delay_t;

static int
compare_times(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;

    return first < second ? -1 : first > second;
}

/* False when the hop has no RTT that counts. */
static bool
take_hop(const ttr_survey_t *survey, uint8_t ttl, delay_t *delay)
{
    double *times = g_new(double, survey->hops[ttl].count + 1);

    *delay = (delay_t){.ttl = ttl};
    for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, ttl, i));
        double ms;

        if (reply == NULL || reply->info.match == TTR_MATCH_ORDER || reply->info.is_own_reset ||
            reply->info.kind == TTR_KIND_UNREACHABLE)   /* after the time in which nobody was found */
            continue;
        ms = (double)reply->info.rtt_ns / 1e6;
        if (delay->count == 0 || ms < delay->least) {
            delay->least = ms;
            delay->frame = reply->info.frame;
        }
        times[delay->count++] = ms;
    }
    qsort(times, delay->count, sizeof *times, compare_times);
    if (delay->count > 0)
        delay->spread = times[delay->count / 2] - delay->least;
    g_free(times);
    return delay->count > 0;
}

/* Fills the bounds from behind. */
static void
bound(delay_t *delays, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        bool is_own = i + 1 == count || delays[i].least <= delays[i + 1].bound;

        delays[i].bound = is_own ? delays[i].least : delays[i + 1].bound;
        delays[i].bound_count = is_own ? delays[i].count : delays[i + 1].bound_count;
    }
}

static void
find_slow(const ttr_survey_t *survey, const delay_t *delays, uint32_t count, GArray *findings)
{
    for (uint32_t i = 0; i + 1 < count; i++) {
        double extra = delays[i].least - delays[i].bound;
        ttr_finding_t finding;

        if (extra < LEAST_MS || extra < OF_REST * delays[i].bound || delays[i].count < ANSWERS_MIN ||
            delays[i].bound_count < ANSWERS_MIN)
            continue;
        finding = ttr_finding_new(survey, TTR_FINDING_SLOW_ANSWERS, false);
        ttr_finding_put_at(&finding, survey, delays[i].ttl);
        finding.has_range = true;
        finding.low = extra;
        finding.high = delays[i].least;
        ttr_finding_add_frame(&finding, delays[i].frame);
        g_array_append_val(findings, finding);
    }
}

static double
median_spread(const delay_t *delays, uint32_t count)
{
    double *spreads = g_new(double, count);
    double median;

    for (uint32_t i = 0; i < count; i++)
        spreads[i] = delays[i].spread;
    qsort(spreads, count, sizeof *spreads, compare_times);
    median = spreads[count / 2];
    g_free(spreads);
    return median;
}

static void
find_step(const ttr_survey_t *survey, const delay_t *delays, uint32_t count, GArray *findings)
{
    double end = delays[count - 1].bound;
    ttr_finding_t finding;
    double most = 0;
    uint32_t at = 0;

    for (uint32_t i = 1; i < count; i++) {
        double step = delays[i].bound - delays[i - 1].bound;

        if (step > most) {
            most = step;
            at = i;
        }
    }
    if (at == 0 || most < LEAST_MS * (delays[at].ttl - delays[at - 1].ttl) || most < OF_END * end || most <= OF_SPREAD * median_spread(delays, count) ||
        delays[at - 1].bound_count < ANSWERS_MIN || delays[at].bound_count < ANSWERS_MIN)
        return;
    finding = ttr_finding_new(survey, TTR_FINDING_DELAY_STEP, false);
    ttr_finding_put_between(&finding, survey, delays[at - 1].ttl, delays[at].ttl);
    finding.has_range = true;
    finding.low = most;
    finding.high = end;
    ttr_finding_add_frame(&finding, delays[at - 1].frame);
    ttr_finding_add_frame(&finding, delays[at].frame);
    g_array_append_val(findings, finding);
}

void
ttr_find_delay(const ttr_survey_t *survey, GArray *findings)
{
    delay_t *delays = g_new(delay_t, TTR_SURVEY_TTLS);
    uint32_t count = 0;
    bool is_negative = false;

    for (unsigned ttl = 1; ttl <= survey->last_ttl; ttl++) {
        if (!take_hop(survey, (uint8_t)ttl, &delays[count]))
            continue;
        is_negative = is_negative || delays[count].least < 0;
        count++;
    }
    if (count > 1 && !is_negative && !survey->is_length_changed) {
        bound(delays, count);
        find_slow(survey, delays, count, findings);
        find_step(survey, delays, count, findings);
    }
    g_free(delays);
}
