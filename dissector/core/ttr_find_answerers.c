/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who answered: in the target's name from nearer than the target, from two boxes at once, or a box that says itself that
 * it lets nothing through.
 */
#include "ttr_find.h"

enum {
    NEAR = 2,                   /* distances that differ by more are those of two boxes */
    FOUR_OCTETS = 4
};

static bool
is_segment_of_target(const ttr_survey_reply_t *reply)
{
    return reply->segment != NULL && reply->info.is_from_target;
}

/* Several distances are none. */
static void
take_distance(const ttr_survey_reply_t *reply, uint8_t *distance, bool *is_one)
{
    uint8_t its = ttr_reply_distance(reply->info.ttl);

    *is_one = *is_one && (*distance == 0 || *distance == its);
    *distance = its;
}

/* The one distance from which routers answer probes of this hop; 0: none, or several. */
static uint8_t
distance_of_hop(const ttr_survey_t *survey, uint8_t ttl)
{
    uint8_t distance = 0;
    bool is_one = true;

    for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, ttl, i));

        if (reply != NULL && reply->info.kind == TTR_KIND_TIME_EXCEEDED)
            take_distance(reply, &distance, &is_one);
    }
    return is_one ? distance : 0;
}

/* The one from which segments come in the target's name. */
static uint8_t
distance_of_target(const ttr_survey_t *survey)
{
    uint8_t distance = 0;
    bool is_one = true;

    for (uint32_t i = 0; i < survey->reply_count; i++) {
        if (is_segment_of_target(&survey->replies[i]))
            take_distance(&survey->replies[i], &distance, &is_one);
    }
    return is_one ? distance : 0;
}

/* Does each hop up to this one that answers do so from as far as it is? */
static bool
are_distances_true(const ttr_survey_t *survey, uint8_t last)
{
    for (unsigned ttl = 1; ttl <= last; ttl++) {
        if (survey->hops[ttl].answered > 0 && distance_of_hop(survey, (uint8_t)ttl) != ttl)
            return false;
    }
    return true;
}

static void
add_target_frames(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t ttl)
{
    for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, ttl, i));

        if (reply != NULL && finding->frame_count < TTR_FINDING_FRAMES_MAX)
            ttr_finding_add_frame(finding, reply->info.frame);
    }
}

/* All segments in the target's name come from as far as the hop before it. */
static void
find_nearer(const ttr_survey_t *survey, GArray *findings)
{
    uint8_t length = survey->info.path_length;
    ttr_finding_t finding;
    uint8_t before;

    if (!survey->info.is_reached || length < 2 || survey->hops[length - 1].answered == 0 ||
        survey->hops[length - 1].has_others)
        return;
    before = distance_of_hop(survey, (uint8_t)(length - 1));
    if (before == 0 || distance_of_target(survey) != before || before >= length ||
        !are_distances_true(survey, (uint8_t)(length - 1)))
        return;
    finding = ttr_finding_new(survey, TTR_FINDING_ANSWERED_BY, false);
    ttr_finding_put_between(&finding, survey, (uint8_t)(length - 1), length);
    add_target_frames(&finding, survey, (uint8_t)(length - 1));
    add_target_frames(&finding, survey, length);
    g_array_append_val(findings, finding);
}

/* A packet does not expire and arrive. False when there is no such probe. */
static bool
find_expired(const ttr_survey_t *survey, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_ANSWERED_BY, true);

    for (uint32_t i = 0; i < survey->probe_count; i++) {
        const ttr_survey_probe_t *probe = &survey->probes[i];
        const ttr_survey_reply_t *arrived = NULL;
        const ttr_survey_reply_t *expired = NULL;

        for (uint32_t at = 0; at < probe->reply_count; at++) {
            const ttr_survey_reply_t *reply = &survey->replies[probe->first_reply + at];

            if (reply->info.match == TTR_MATCH_ORDER)
                continue;
            if (is_segment_of_target(reply))
                arrived = reply;
            else if (reply->info.kind == TTR_KIND_TIME_EXCEEDED)
                expired = reply;
        }
        if (arrived == NULL || expired == NULL)
            continue;
        finding.at_hop = MAX(finding.at_hop, probe->segment->ttl);
        ttr_finding_add_frame(&finding, probe->segment->frame);
        ttr_finding_add_frame(&finding, arrived->info.frame);
        ttr_finding_add_frame(&finding, expired->info.frame);
    }
    if (finding.at_hop != 0)
        g_array_append_val(findings, finding);
    return finding.at_hop != 0;
}

/* Does the network double packets, or the sender send one again? Then two answers to one SYN prove nothing. */
static bool
is_doubled(const ttr_survey_t *survey)
{
    for (uint32_t i = 0; i < survey->probe_count; i++) {
        const ttr_survey_probe_t *probe = &survey->probes[i];
        uint32_t errors = 0;

        for (uint32_t at = 0; at < probe->reply_count; at++)
            errors += survey->replies[probe->first_reply + at].error != NULL ? 1 : 0;
        if (errors > 1 || probe->segment->is_retransmission)
            return true;
    }
    return survey->trace->copy_count > 0;
}

static bool
is_exact(const ttr_survey_reply_t *reply, ttr_kind_t kind)
{
    return is_segment_of_target(reply) && reply->info.kind == kind && reply->info.match == TTR_MATCH_ACK;
}

/* Two answers to one SYN that no single system gives. */
static bool
are_of_two(const ttr_sighting_t *a, const ttr_sighting_t *b)
{
    int difference = ttr_reply_distance(a->ttl) - ttr_reply_distance(b->ttl);

    return a->seq != b->seq || a->window != b->window || a->shape != b->shape || ABS(difference) > NEAR;
}

static void
add_pair(const ttr_survey_t *survey, const ttr_finding_t *like, const ttr_survey_probe_t *probe,
         const ttr_survey_reply_t *const pair[2], GArray *findings)
{
    ttr_finding_t finding = *like;

    finding.at_hop = probe->segment->ttl;
    ttr_finding_add_frame(&finding, probe->segment->frame);
    ttr_finding_add_frame(&finding, pair[0]->info.frame);
    ttr_finding_add_frame(&finding, pair[1]->info.frame);
    finding.family = survey->info.family;
    g_array_append_val(findings, finding);
}

/* Looks at the answers of each probe by two; the first pair of a kind is enough. */
static void
find_pairs(const ttr_survey_t *survey, GArray *findings)
{
    ttr_finding_t two = ttr_finding_new(survey, TTR_FINDING_TWO_BOXES, true);
    ttr_finding_t reset = ttr_finding_new(survey, TTR_FINDING_OTHER_RESET, false);
    bool has_two = false;
    bool has_reset = false;

    for (uint32_t i = 0; i < survey->probe_count; i++) {
        const ttr_survey_probe_t *probe = &survey->probes[i];

        for (uint32_t at = 0; at + 1 < probe->reply_count; at++) {
            const ttr_survey_reply_t *a = &survey->replies[probe->first_reply + at];
            const ttr_survey_reply_t *b = a + 1;
            const ttr_survey_reply_t *pair[2] = {a, b};
            int difference = ttr_reply_distance(a->info.ttl) - ttr_reply_distance(b->info.ttl);

            if (!has_two && is_exact(a, TTR_KIND_SYN_ACK) && is_exact(b, TTR_KIND_SYN_ACK) &&
                are_of_two(a->segment, b->segment)) {
                add_pair(survey, &two, probe, pair, findings);
                has_two = true;
            }
            if (!has_reset && ABS(difference) > NEAR &&
                ((is_exact(a, TTR_KIND_RST) && is_exact(b, TTR_KIND_SYN_ACK)) ||
                 (is_exact(a, TTR_KIND_SYN_ACK) && is_exact(b, TTR_KIND_RST) &&
                  b->segment->seq != a->segment->seq + 1))) {
                add_pair(survey, &reset, probe, pair, findings);
                has_reset = true;
            }
        }
    }
}

static void
find_syn_proxy(const ttr_survey_t *survey, GArray *findings)
{
    enum { TO_WINDOW = 16 };
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_SYN_PROXY, false);

    for (uint32_t i = 0; i < survey->reply_count; i++) {
        const ttr_survey_reply_t *reply = &survey->replies[i];
        ttr_header_t header;

        if (!is_segment_of_target(reply) || reply->info.kind != TTR_KIND_SYN_ACK)
            continue;
        ttr_survey_header(survey, reply->segment, &header);
        if (header.known < TO_WINDOW || reply->segment->window != 0)
            return;
        ttr_finding_add_frame(&finding, reply->info.frame);
    }
    finding.at_hop = survey->info.path_length;
    if (finding.frame_count > 0)
        g_array_append_val(findings, finding);
}

/* The lowest hop at which this responder said that a probe expired; 0: at none. */
static uint8_t
hop_of(const ttr_survey_t *survey, uint32_t responder)
{
    for (unsigned ttl = 1; ttl < TTR_SURVEY_TTLS; ttl++) {
        for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
            const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, (uint8_t)ttl, i));

            if (reply != NULL && reply->responder == responder && reply->info.kind == TTR_KIND_TIME_EXCEEDED)
                return (uint8_t)ttl;
        }
    }
    return 0;
}

/* The first unreachable: what lets nothing through says so itself. */
static void
find_refusal(const ttr_survey_t *survey, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_REFUSED, true);
    const ttr_survey_reply_t *first = NULL;

    for (uint32_t i = 0; i < survey->reply_count; i++) {
        const ttr_survey_reply_t *reply = &survey->replies[i];

        if (reply->info.kind != TTR_KIND_UNREACHABLE || reply->info.state != TTR_STATE_FILTERED)
            continue;
        if (first == NULL)
            first = reply;
        if (reply->responder != first->responder || reply->info.icmp_code != first->info.icmp_code)
            continue;
        ttr_finding_add_frame(&finding, reply->info.probe_frame);
        ttr_finding_add_frame(&finding, reply->info.frame);
    }
    if (first == NULL)
        return;
    finding.code = first->info.icmp_code;
    finding.is_from_target = first->info.is_from_target;
    finding.at_hop = hop_of(survey, first->responder);
    if (finding.at_hop == 0 || finding.is_from_target)
        finding.at_hop = finding.is_from_target && survey->info.is_reached ? survey->info.path_length : first->info.hop;
    finding.has_responder = true;
    finding.responder = first->info.responder;
    g_array_append_val(findings, finding);
}

/* RFC 1918. */
static bool
is_private(const uint8_t octets[FOUR_OCTETS])
{
    return octets[0] == 10 || (octets[0] == 172 && (octets[1] & 0xf0) == 16) || (octets[0] == 192 && octets[1] == 168);
}

/* RFC 6598: addresses between a carrier's NAT and its customers. */
static void
find_shared_nat(const ttr_survey_t *survey, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_SHARED_NAT, false);
    uint8_t last_private = 0;

    for (unsigned ttl = 1; ttl <= survey->last_ttl && survey->info.family == TTR_FAMILY_IPV4; ttl++) {
        const ttr_survey_hop_t *hop = &survey->hops[ttl];
        const uint8_t *octets;

        if (hop->answered == 0 || hop->has_others)
            continue;
        octets = g_array_index(survey->responders, ttr_address_t, hop->responder).bytes;
        if (is_private(octets))
            last_private = (uint8_t)ttl;
        if (last_private == 0 || octets[0] != 100 || (octets[1] & 0xc0) != 64)
            continue;
        ttr_finding_put_between(&finding, survey, last_private, (uint8_t)ttl);
        add_target_frames(&finding, survey, (uint8_t)ttl);
        g_array_append_val(findings, finding);
        return;
    }
}

void
ttr_find_answerers(const ttr_survey_t *survey, GArray *findings)
{
    if (!find_expired(survey, findings))
        find_nearer(survey, findings);
    if (!is_doubled(survey))
        find_pairs(survey, findings);
    find_syn_proxy(survey, findings);
    find_refusal(survey, findings);
    find_shared_nat(survey, findings);
}
