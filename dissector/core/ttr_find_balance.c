/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Several routers at one hop: they take turns, share flows, or one took over from the other. And routers that hand probes
 * round.
 */
#include <math.h>
#include <stdlib.h>

#include "ttr_find.h"

#define FLOW_LEVEL 0.05
#define CHANGE_LEVEL 0.01

/* A router's answer to a probe of a hop. */
typedef struct said {
    uint64_t flow;
    uint32_t order;             /* of sending */
    uint32_t responder;
    uint8_t ttl;                /* of the reply */
    const ttr_survey_probe_t *probe;
    const ttr_survey_reply_t *reply;
} said_t;

/* What the answers of one hop are like. */
typedef struct turn {
    uint32_t count;
    uint32_t responders;        /* how many */
    uint32_t switches;          /* from one to the next, in the order of sending */
    uint32_t flow_switches;     /* the most within one flow */
    uint32_t repeats;           /* answers to a flow behind its first one */
    bool is_mixed;              /* a flow has two responders */
    uint32_t before;            /* answers before the first switch */
    const said_t *last;         /* before the first switch, and first behind it; if switches > 0 */
    const said_t *first;
} turn_t;

static int
compare_flows(const void *a, const void *b)
{
    const said_t *first = a;
    const said_t *second = b;

    if (first->flow != second->flow)
        return first->flow < second->flow ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

static int
compare_responders(const void *a, const void *b)
{
    uint32_t first = ((const said_t *)a)->responder;
    uint32_t second = ((const said_t *)b)->responder;

    return first < second ? -1 : first > second;
}

/* First answers of routers, in the order of sending. The caller frees them. */
static said_t *
take_answers(const ttr_survey_t *survey, uint8_t ttl, uint32_t *count)
{
    const ttr_survey_hop_t *hop = &survey->hops[ttl];
    said_t *said = g_new0(said_t, hop->count + 1);

    *count = 0;
    for (uint32_t i = 0; i < hop->count; i++) {
        const ttr_survey_probe_t *probe = ttr_survey_probe_of(survey, ttl, i);
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, probe);
        uint32_t label = survey->info.family == TTR_FAMILY_IPV6 ? probe->segment->id_or_label : 0;

        if (reply == NULL || reply->info.kind != TTR_KIND_TIME_EXCEEDED || reply->info.match == TTR_MATCH_ORDER)
            continue;
        said[*count] = (said_t){
            (uint64_t)probe->flow << 32 | label, *count, reply->responder, reply->info.ttl, probe, reply};
        (*count)++;
    }
    return said;
}

static void
take_flows(const said_t *said, uint32_t count, turn_t *turn)
{
    uint32_t switches = 0;

    for (uint32_t i = 1; i < count; i++) {
        if (said[i].flow != said[i - 1].flow) {
            switches = 0;
            continue;
        }
        turn->repeats++;
        if (said[i].responder == said[i - 1].responder)
            continue;
        turn->is_mixed = true;
        switches++;
        turn->flow_switches = MAX(turn->flow_switches, switches);
    }
}

/* The order of `said` is changed; what turn->last and ->first point to is a copy. */
static turn_t
look_at(const said_t *said, uint32_t count)
{
    turn_t turn = {.count = count};
    said_t *copy = g_new(said_t, count + 1);

    memcpy(copy, said, (count + 1) * sizeof *said);
    for (uint32_t i = 1; i < count; i++) {
        if (said[i].responder == said[i - 1].responder)
            continue;
        if (turn.switches++ == 0) {
            turn.before = i;
            turn.last = &said[i - 1];
            turn.first = &said[i];
        }
    }
    qsort(copy, count, sizeof *copy, compare_flows);
    take_flows(copy, count, &turn);
    qsort(copy, count, sizeof *copy, compare_responders);
    for (uint32_t i = 0; i < count; i++)
        turn.responders += i == 0 || copy[i].responder != copy[i - 1].responder ? 1 : 0;
    g_free(copy);
    return turn;
}

static void
add_balance(const ttr_survey_t *survey, uint8_t ttl, const said_t *said, const turn_t *turn, GArray *findings)
{
    bool is_undecided = turn->switches < 2;
    ttr_finding_t finding;

    if (turn->flow_switches >= 2)
        finding = ttr_finding_new(survey, TTR_FINDING_PER_PACKET, true);
    else if (!turn->is_mixed && !is_undecided && turn->repeats > 0 && pow(turn->responders, -(double)turn->repeats) < FLOW_LEVEL)
        finding = ttr_finding_new(survey, TTR_FINDING_PER_FLOW, false);
    else
        finding = ttr_finding_new(survey, TTR_FINDING_BALANCED, true);
    finding.at_hop = ttl;
    finding.count = turn->responders;
    finding.of = is_undecided || turn->repeats > 0 ? 1 : 0;
    for (uint32_t i = 0; i < turn->count; i++) {
        if (i == 0 || said[i].responder != said[i - 1].responder)
            /* There are turn->count of them. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
            ttr_finding_add_frame(&finding, said[i].reply->info.frame);
    }
    g_array_append_val(findings, finding);
}

/* The chance that one moment parts the answers so by accident, twice: either may come first. */
static double
chance_of_parting(const turn_t *turn)
{
    double n = turn->count;
    double before = turn->before;

    return 2 * exp(lgamma(before + 1) + lgamma(n - before + 1) - lgamma(n + 1));
}

/* Do the answers of another hop part at the same moment, by responder or by the TTL of the replies? */
static bool
parts_alike(const ttr_survey_t *survey, uint8_t ttl, const turn_t *turn)
{
    uint32_t count;
    said_t *said = take_answers(survey, ttl, &count);
    uint32_t switches = 0;
    uint32_t at = 0;
    bool is_alike;

    for (uint32_t i = 1; i < count; i++) {
        if (said[i].responder == said[i - 1].responder && said[i].ttl == said[i - 1].ttl)
            continue;
        switches++;
        at = i;
    }
    is_alike = switches == 1 &&
               said[at - 1].probe->segment->time_ns <= turn->first->probe->segment->time_ns &&
               said[at].probe->segment->time_ns >= turn->last->probe->segment->time_ns;
    g_free(said);
    return is_alike;
}

/* One moment, at which a neighbouring hop changes as well. */
static bool
find_change(const ttr_survey_t *survey, uint8_t ttl, const turn_t *turn, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_PATH_CHANGED, false);
    int64_t after_ns;

    if (turn->responders != 2 || turn->switches != 1 || chance_of_parting(turn) >= CHANGE_LEVEL)
        return false;
    if (!(ttl > 1 && parts_alike(survey, (uint8_t)(ttl - 1), turn)) &&
        !(ttl < UINT8_MAX && parts_alike(survey, (uint8_t)(ttl + 1), turn)))
        return false;
    after_ns = turn->first->probe->segment->time_ns - survey->info.start_ns;
    finding.at_hop = ttl;
    finding.time_ns = turn->first->probe->segment->time_ns;
    finding.low = (double)after_ns / 1e9;
    ttr_finding_add_frame(&finding, turn->last->reply->info.frame);
    ttr_finding_add_frame(&finding, turn->first->reply->info.frame);
    g_array_append_val(findings, finding);
    return true;
}

void
ttr_find_balance(const ttr_survey_t *survey, GArray *findings)
{
    bool has_change = false;

    for (unsigned ttl = 1; ttl < TTR_SURVEY_TTLS; ttl++) {
        uint32_t count;
        said_t *said;
        turn_t turn;

        if (!survey->hops[ttl].has_others)
            continue;
        said = take_answers(survey, (uint8_t)ttl, &count);
        turn = look_at(said, count);
        if (turn.responders > 1) {
            bool is_change = !has_change && find_change(survey, (uint8_t)ttl, &turn, findings);
            bool is_of_change = has_change && turn.switches == 1;

            if (!is_change && !is_of_change)
                add_balance(survey, (uint8_t)ttl, said, &turn, findings);
            has_change = has_change || is_change;
        }
        g_free(said);
    }
}

/* Is the answer at this TTL that of one router, and the same `period` TTLs before? */
static bool
comes_again(const ttr_survey_t *survey, unsigned ttl, unsigned period)
{
    const ttr_survey_hop_t *hop = &survey->hops[ttl];
    const ttr_survey_hop_t *before = &survey->hops[ttl - period];

    return hop->answered > 0 && before->answered > 0 && !hop->has_others && !before->has_others &&
           hop->responder == before->responder;
}

/* Replies of one responder come over one way: their TTLs differ by 1 at most. */
static bool
are_replies_steady(const ttr_survey_t *survey, unsigned first, unsigned last, uint32_t responder, ttr_finding_t *finding)
{
    uint8_t least = UINT8_MAX;
    uint8_t most = 0;

    for (unsigned ttl = first; ttl <= last; ttl++) {
        const ttr_survey_reply_t *reply;

        for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
            reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, (uint8_t)ttl, i));
            if (reply == NULL || reply->responder != responder)
                continue;
            if (reply->info.kind != TTR_KIND_TIME_EXCEEDED)
                return false;
            least = MIN(least, reply->info.ttl);
            most = MAX(most, reply->info.ttl);
            ttr_finding_add_frame(finding, reply->info.frame);
        }
    }
    return most - least <= 1;
}

void
ttr_find_loop(const ttr_survey_t *survey, GArray *findings)
{
    enum { PERIOD_MAX = 16,
           PERIODS_MIN = 3 };
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_LOOP, true);
    unsigned last = survey->last_ttl;

    while (last > 0 && survey->hops[last].answered == 0)
        last--;
    for (unsigned period = 2; period <= PERIOD_MAX && !survey->info.is_reached; period++) {
        unsigned first = last;
        bool is_steady = true;

        while (first > period && comes_again(survey, first, period))
            first--;
        first = first - period + 1;     /* one period more is alike */
        if (last < PERIODS_MIN * period || last + 1 - first < PERIODS_MIN * period)
            continue;
        for (unsigned ttl = last - period + 1; ttl <= last && is_steady; ttl++)
            is_steady = are_replies_steady(survey, first, last, survey->hops[ttl].responder, &finding);
        if (!is_steady)
            return;
        finding.after_hop = (uint8_t)first;
        finding.at_hop = (uint8_t)last;
        finding.count = period;
        g_array_append_val(findings, finding);
        return;
    }
}
