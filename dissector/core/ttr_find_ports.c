/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a port is dropped: this trace, which did not arrive, beside one to another port of the same target that came
 * further. Over the hops that both know they must be on one path.
 */
#include <math.h>

#include "ttr_chance.h"
#include "ttr_find.h"

#define CHANCE_LEVEL 0.01

enum {
    OTHERS_MAX = 8,             /* traces that are compared with, and looked at, so that many runs cost no square of work */
    LOOKED_AT_MAX = 256,
    AGREEING_MIN = 2,
    BEHIND_MIN = 2              /* TTLs behind the last answer that were probed */
};

/* The last hop at which a router answered; 0: none did. */
static uint8_t
last_router(const ttr_survey_t *survey)
{
    for (unsigned ttl = TTR_SURVEY_TTLS - 1; ttl > 0; ttl--) {
        if (survey->hops[ttl].answered > 0)
            return (uint8_t)ttl;
    }
    return 0;
}

static const ttr_address_t *
address_of(const ttr_survey_t *survey, uint32_t responder)
{
    return &g_array_index(survey->responders, ttr_address_t, responder);
}

/* Did the same address answer probes of this hop in both? */
static bool
has_common(const ttr_survey_t *a, const ttr_survey_t *b, uint8_t ttl)
{
    for (uint32_t i = 0; i < a->hops[ttl].count; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(a, ttr_survey_probe_of(a, ttl, i));

        for (uint32_t at = 0; reply != NULL && at < b->hops[ttl].count; at++) {
            const ttr_survey_reply_t *other = ttr_survey_answer(b, ttr_survey_probe_of(b, ttl, at));

            if (other != NULL && ttr_address_equal(&reply->info.responder, &other->info.responder))
                return true;
        }
    }
    return false;
}

/* How many hops up to `last` agree; 0 and *differs where one is of two paths. */
static uint32_t
count_agreeing(const ttr_survey_t *a, const ttr_survey_t *b, uint8_t last, uint8_t *differs)
{
    uint32_t agreeing = 0;

    *differs = 0;
    for (unsigned ttl = 1; ttl <= last; ttl++) {
        if (a->hops[ttl].answered == 0 || b->hops[ttl].answered == 0)
            continue;
        if (!has_common(a, b, (uint8_t)ttl)) {
            *differs = (uint8_t)ttl;
            return 0;
        }
        agreeing++;
    }
    return agreeing;
}

/* How many TTLs behind `last` have probes that should have been answered. */
static uint32_t
count_behind(const ttr_survey_t *survey, uint8_t last)
{
    uint32_t behind = 0;

    for (unsigned ttl = last + 1u; ttl < TTR_SURVEY_TTLS; ttl++)
        behind += survey->hops[ttl].count > survey->hops[ttl].in_flight ? 1 : 0;
    return behind;
}

/* The chance that all probes behind `last` are unanswered, if they fare as the other trace's. */
static double
chance_of_silence(const ttr_survey_t *survey, const ttr_survey_t *other, uint8_t last)
{
    double log_chance = 0;

    for (unsigned ttl = last + 1u; ttl < TTR_SURVEY_TTLS; ttl++) {
        bool is_beyond = other->info.is_reached && ttl > other->info.path_length;
        const ttr_survey_hop_t *hop = &other->hops[is_beyond ? other->info.path_length : ttl];
        ttr_share_t answered = {hop->answered, hop->count - hop->in_flight};
        double low = ttr_chance_low(answered);

        if (low > 0 && low < 1)
            log_chance += (survey->hops[ttl].count - survey->hops[ttl].in_flight) * log(1 - low);
    }
    return exp(log_chance);
}

static ttr_finding_t
new_finding(const ttr_survey_t *survey, const ttr_survey_t *other, ttr_finding_kind_t kind, bool is_shown)
{
    ttr_finding_t finding = ttr_finding_new(survey, kind, is_shown);

    finding.port = survey->info.dport;
    finding.other_port = other->info.dport;
    finding.other_trace = other->info.index;
    return finding;
}

/* The first unanswered probes behind the last hop, and what answered the other trace's there. */
static void
add_frames(ttr_finding_t *finding, const ttr_survey_t *survey, const ttr_survey_t *other, uint8_t last)
{
    enum { OF_EACH = TTR_FINDING_FRAMES_MAX / 2 };

    for (unsigned ttl = last + 1u; ttl < TTR_SURVEY_TTLS; ttl++) {
        for (uint32_t i = 0; i < survey->hops[ttl].count && finding->frame_count < OF_EACH; i++)
            ttr_finding_add_frame(finding, ttr_survey_probe_of(survey, (uint8_t)ttl, i)->segment->frame);
    }
    for (unsigned ttl = last + 1u; ttl < TTR_SURVEY_TTLS; ttl++) {
        for (uint32_t i = 0; i < other->hops[ttl].count; i++) {
            const ttr_survey_reply_t *reply = ttr_survey_answer(other, ttr_survey_probe_of(other, (uint8_t)ttl, i));

            if (reply != NULL)
                ttr_finding_add_frame(finding, reply->info.frame);
        }
    }
}

/* The first answers of one hop. */
static void
add_answers(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t ttl)
{
    uint32_t added = 0;

    for (uint32_t i = 0; i < survey->hops[ttl].count && added < TTR_FINDING_FRAMES_MAX / 2; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, ttl, i));

        if (reply == NULL)
            continue;
        ttr_finding_add_frame(finding, reply->info.frame);
        added++;
    }
}

/* Appends what the comparison shows; false when it shows nothing. */
static bool
compare(const ttr_survey_t *survey, const ttr_survey_t *other, GArray *findings)
{
    uint8_t last = last_router(survey);
    ttr_finding_t finding;
    uint32_t agreeing;
    uint8_t differs;

    if (last == 0 || last_router(other) <= last || count_behind(survey, last) < BEHIND_MIN)
        return false;
    agreeing = count_agreeing(survey, other, last, &differs);
    if (differs != 0) {
        finding = new_finding(survey, other, TTR_FINDING_PATHS_DIFFER, true);
        finding.at_hop = differs;
        add_answers(&finding, survey, differs);
        add_answers(&finding, other, differs);
        g_array_append_val(findings, finding);
        return true;
    }
    if (agreeing < AGREEING_MIN || chance_of_silence(survey, other, last) >= CHANCE_LEVEL)
        return false;
    finding = new_finding(survey, other, TTR_FINDING_PORT_DROPPED, false);
    ttr_finding_put_between(&finding, survey, last, (uint8_t)(last + 1));
    finding.has_responder = other->hops[last + 1].answered > 0 && !other->hops[last + 1].has_others;
    if (finding.has_responder)
        finding.responder = *address_of(other, other->hops[last + 1].responder);
    add_frames(&finding, survey, other, last);
    g_array_append_val(findings, finding);
    return true;
}

/* ICMP type 3 codes 9, 10, 13 and ICMPv6 type 1 codes 1, 5, 6: somebody forbids it. */
static bool
is_forbidding(const ttr_finding_t *refused)
{
    if (refused->family == TTR_FAMILY_IPV4)
        return refused->code == 9 || refused->code == 10 || refused->code == 13;
    return refused->code == 1 || refused->code == 5 || refused->code == 6;
}

/* The box that refuses this port says so itself. */
static bool
compare_refusal(const ttr_survey_t *survey, const ttr_survey_t *other, GArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const ttr_finding_t *refused = &g_array_index(findings, ttr_finding_t, i);
        ttr_finding_t finding;

        if (refused->kind != TTR_FINDING_REFUSED)
            continue;
        if (refused->is_from_target || !is_forbidding(refused) || last_router(other) <= refused->at_hop)
            return false;
        finding = *refused;
        finding.kind = TTR_FINDING_PORT_REFUSED;
        finding.port = survey->info.dport;
        finding.other_port = other->info.dport;
        finding.other_trace = other->info.index;
        g_array_append_val(findings, finding);
        return true;
    }
    return false;
}

/* The target's port of a trace's first probe. */
static uint16_t
port_of(const ttr_store_t *store, const ttr_trace_t *trace)
{
    const ttr_flow_t *flow = ttr_store_flow(store, ttr_store_sighting(store, trace->probes[0])->flow);

    return trace->is_from_low ? flow->high_port : flow->low_port;
}

/* A trace of the same sender to another port of the same target? */
static bool
is_comparable(const ttr_survey_t *survey, const ttr_trace_t *trace)
{
    return trace != survey->trace && trace->number != TTR_NO_TRACE && trace->is_from_low == survey->trace->is_from_low &&
           trace->probe_count > 0 && port_of(survey->store, trace) != survey->info.dport;
}

void
ttr_find_ports(const ttr_survey_t *survey, GArray *findings)
{
    bool is_found = survey->info.is_reached;
    uint32_t looked_at = 0;
    uint32_t compared = 0;

    for (uint32_t id = survey->pair->first_trace; id != 0 && !is_found; id = ttr_store_trace(survey->store, id)->next) {
        const ttr_trace_t *trace = ttr_store_trace(survey->store, id);
        ttr_survey_t *other;

        if (looked_at++ >= LOOKED_AT_MAX || compared >= OTHERS_MAX)
            return;
        if (!is_comparable(survey, trace))
            continue;
        compared++;
        other = ttr_survey_new(survey->store, trace->number);
        if (other != NULL && other->info.is_reached)
            is_found = compare_refusal(survey, other, findings) || compare(survey, other, findings);
        ttr_survey_free(other);
    }
}
