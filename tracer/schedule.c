/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "schedule_private.h"

#define MS INT64_C(1000000)
#define SETTLE_NS (20 * MS)     /* for answers of nearer hops, when it is known where the ways part */

schedule_t *
schedule_new(const schedule_config_t *config, pacer_t *pacer, int64_t now_ns)
{
    schedule_t *schedule = g_new0(schedule_t, 1);

    schedule->config = *config;
    if (config->far_ttl == 0)
        schedule->config.far_ttl = config->last_ttl;
    schedule->pacer = pacer;
    schedule->near = pacer_near(pacer, config->family);
    schedule->trace = near_join(schedule->near);
    schedule->round_ns = now_ns;
    for (int ttl = config->first_ttl; ttl <= config->last_ttl; ttl++)
        schedule->hops[ttl].bucket = pacer_hop(pacer, config->family, schedule->trace, (uint8_t)ttl);
    return schedule;
}

void
schedule_free(schedule_t *schedule)
{
    if (schedule == NULL)
        return;
    near_leave(schedule->near);
    g_free(schedule);
}

/* A target that did not answer where it stood may have moved. */
static void
begin_round(schedule_t *schedule, int64_t now_ns)
{
    int64_t planned = schedule->is_hurried ? now_ns : schedule->round_ns + schedule->config.interval_ns;

    schedule->is_hurried = false;
    schedule->round++;
    schedule->round_ns = MAX(planned, now_ns);
    if (!schedule->is_end_confirmed)
        schedule->end = 0;
    schedule->is_loop = schedule->is_loop && schedule->end != 0;
    schedule->is_end_confirmed = false;
    schedule->far_rtt_ns = 0;
    schedule->scouts = 0;
    for (int ttl = 0; ttl < SCHEDULE_TTLS; ttl++) {
        schedule->hops[ttl].sent = 0;
        schedule->hops[ttl].answered = 0;
    }
}

/* A trace that follows others begins behind what they have in common. Until when it waits; 0: not any more. */
static int64_t
wait_for_others(schedule_t *schedule, int64_t now_ns)
{
    int64_t begin_ns;

    if (schedule->has_begun || schedule->trace < NEAR_LEADING)
        return 0;
    if (schedule->follow_ns == 0)
        schedule->follow_ns = now_ns + schedule->config.timeout_ns;
    if (schedule->settled_ns == 0 && near_is_parted(schedule->near))
        schedule->settled_ns = now_ns + SETTLE_NS;
    begin_ns = schedule->settled_ns != 0 ? schedule->settled_ns : schedule->follow_ns;
    if (begin_ns > now_ns)
        return begin_ns;
    schedule->has_begun = true;
    schedule->round_ns = now_ns;
    schedule->highest = MAX(schedule->highest, near_depth(schedule->near));
    return 0;
}

/* The common routers' own buckets say when they may be asked. */
static void
share_buckets(schedule_t *schedule)
{
    for (int ttl = schedule->config.first_ttl; ttl <= schedule->config.last_ttl && schedule_choose_is_shared(schedule, ttl); ttl++) {
        schedule_hop_t *hop = &schedule->hops[ttl];
        const ttr_address_t *router = near_router(schedule->near, (uint8_t)ttl);

        if (hop->is_shared || hop->is_router_known || router == NULL)
            continue;
        hop->bucket = pacer_router(schedule->pacer, schedule->config.family, router, hop->bucket, 0);
        hop->is_shared = true;
    }
}

schedule_action_t
schedule_next(schedule_t *schedule, int64_t now_ns)
{
    schedule_action_t action = {.kind = SCHEDULE_WAIT, .until_ns = wait_for_others(schedule, now_ns)};

    if (action.until_ns != 0)
        return action;
    share_buckets(schedule);
    if (schedule->is_hurried && now_ns < schedule->round_ns) {
        schedule->round_ns = now_ns;
        schedule->is_hurried = false;
    }
    action = schedule_choose(schedule, now_ns);
    if (action.kind == SCHEDULE_DONE && schedule_choose_is_bounded(schedule)) {
        schedule->end = schedule->config.far_ttl;       /* nothing nearer answered */
        schedule->is_end_confirmed = true;
        action = schedule_choose(schedule, now_ns);
    }
    if (action.kind != SCHEDULE_DONE)
        return action;
    if (schedule->config.rounds != 0 && schedule->round + 1 >= schedule->config.rounds)
        return action;
    begin_round(schedule, now_ns);
    return schedule_choose(schedule, now_ns);
}

static void
note_role(schedule_t *schedule, const schedule_action_t *action, int64_t now_ns)
{
    switch (action->role) {
    case SCHEDULE_IN_TURN:
        schedule->hops[action->ttl].last_sent_ns = now_ns;
        break;
    case SCHEDULE_SCOUT:
        schedule->hops[action->ttl].last_sent_ns = now_ns;
        schedule->scouts++;
        break;
    case SCHEDULE_QUESTION:     /* it has a wait of its own */
        schedule->questions++;
        schedule->question_ns = now_ns;
        schedule->question_ttl = action->ttl;
        break;
    }
}

void
schedule_sent(schedule_t *schedule, const schedule_action_t *action, int64_t now_ns)
{
    schedule_hop_t *hop = &schedule->hops[action->ttl];

    if (!schedule->has_sent)        /* devices may have been opened since the schedule was made */
        schedule->round_ns = now_ns;
    schedule->has_sent = true;
    note_role(schedule, action, now_ns);
    if (hop->sent == 0)
        hop->first_sent_ns = now_ns;
    hop->sent++;
    if (action->flow != 0)
        schedule->flow = action->flow;
    if (!hop->is_router_known)
        hop->asked++;
    pacer_sent(schedule->pacer, now_ns);
    if (!schedule_choose_is_unlimited(schedule, action->ttl))
        pacer_bucket_take(hop->bucket, 1, now_ns);
}

static void
note_router(schedule_t *schedule, uint8_t ttl, const ttr_address_t *router)
{
    schedule_hop_t *hop = &schedule->hops[ttl];

    if (hop->is_router_known && memcmp(&hop->router, router, sizeof *router) == 0)
        return;
    if (hop->is_shared)
        schedule->is_apart |= memcmp(near_router(schedule->near, ttl), router, sizeof *router) != 0;
    hop->bucket = pacer_router(schedule->pacer, schedule->config.family, router, hop->bucket, hop->asked);
    hop->router = *router;
    hop->is_router_known = true;
    hop->asked = 0;
}

static void
note_rtt(schedule_hop_t *hop, const schedule_answer_t *answer)
{
    int64_t rtt = MAX(answer->rtt_ns, 1);

    hop->rtt_ns = answer->round == hop->rtt_round ? MAX(hop->rtt_ns, rtt) : rtt;
    hop->rtt_round = answer->round;
}

/* Two addresses in turn, three times. */
static bool
is_loop_from(const schedule_t *schedule, int first)
{
    const schedule_hop_t *hops = &schedule->hops[first];

    for (int i = 0; i < SCHEDULE_LOOP_TTLS; i++) {
        if (!hops[i].is_router_known || hops[i].rtt_ns == 0)
            return false;
        if (i >= 2 && memcmp(&hops[i].router, &hops[i - 2].router, sizeof(ttr_address_t)) != 0)
            return false;
    }
    return memcmp(&hops[0].router, &hops[1].router, sizeof(ttr_address_t)) != 0;
}

/* Two routers that send packets to each other end the path, until one of them is seen to do otherwise. */
static void
look_for_loop(schedule_t *schedule)
{
    int last = schedule->config.last_ttl - SCHEDULE_LOOP_TTLS + 1;
    int first = schedule->config.first_ttl;

    while (first <= last && !is_loop_from(schedule, first))
        first++;
    if (first <= last && (schedule->end == 0 || schedule->is_loop)) {
        schedule->end = (uint8_t)(first + SCHEDULE_LOOP_TTLS - 1);
        schedule->is_end_target = false;
        schedule->is_end_confirmed = true;
        memset(&schedule->end_responder, 0, sizeof schedule->end_responder);
        schedule->is_loop = true;
    } else if (schedule->is_loop) {
        schedule->is_loop = false;
        schedule->end = 0;
    }
}

/* What ended the path for the probe far ahead stands somewhere before: whether nearer probes get there is still open. */
static bool
is_far(const schedule_t *schedule, const schedule_answer_t *answer)
{
    return answer->ttl == schedule->config.far_ttl && answer->ttl > schedule_choose_window(schedule) && schedule->end == 0 &&
           answer->ttl > schedule->highest + 1 && answer->round == schedule->round;
}

static void
note_end(schedule_t *schedule, const schedule_answer_t *answer)
{
    if (schedule->end != 0 && answer->ttl > schedule->end)
        return;
    schedule->end_responder = answer->responder;
    schedule->is_end_target = answer->kind == SCHEDULE_TARGET;
    schedule->is_end_confirmed |= answer->round == schedule->round;
    if (is_far(schedule, answer)) {
        schedule->far_rtt_ns = MAX(answer->rtt_ns, 1);
        return;
    }
    schedule->end = answer->ttl;
    schedule->is_loop = false;
    near_note_end(schedule->near, schedule->trace, schedule->end);
}

void
schedule_answered(schedule_t *schedule, const schedule_answer_t *answer)
{
    schedule_hop_t *hop = &schedule->hops[answer->ttl];

    if (answer->ttl < schedule->config.first_ttl || answer->ttl > schedule->config.last_ttl)
        return;
    if (answer->kind == SCHEDULE_ROUTER || !is_far(schedule, answer))
        note_rtt(hop, answer);
    if (answer->round == schedule->round && hop->answered < hop->sent)
        hop->answered++;
    if (answer->kind != SCHEDULE_TARGET)
        note_router(schedule, answer->ttl, &answer->responder);
    if (answer->kind != SCHEDULE_ROUTER) {
        note_end(schedule, answer);
        return;
    }
    schedule->highest = MAX(schedule->highest, answer->ttl);
    near_note_router(schedule->near, schedule->trace, answer->ttl, &answer->responder);
    look_for_loop(schedule);
}

uint32_t
schedule_round(const schedule_t *schedule)
{
    return schedule->round;
}

void
schedule_hurry(schedule_t *schedule)
{
    schedule->is_hurried = true;
}

static bool
is_settled(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];

    if (schedule->round > 0)
        return true;
    return hop->sent >= schedule->config.probes &&
           (hop->answered >= hop->sent || now_ns >= schedule_wait_expiry(schedule, ttl));
}

uint8_t
schedule_settled(const schedule_t *schedule, int64_t now_ns)
{
    int last = schedule->end != 0 ? schedule->end : schedule->config.last_ttl;
    int ttl = schedule->config.first_ttl;

    while (ttl <= last && is_settled(schedule, ttl, now_ns))
        ttl++;
    return ttl == schedule->config.first_ttl ? 0 : (uint8_t)(ttl - 1);
}

uint8_t
schedule_end(const schedule_t *schedule)
{
    return schedule->end;
}

bool
schedule_is_loop(const schedule_t *schedule)
{
    return schedule->is_loop;
}
