/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schedule.h"

#include <glib.h>
#include <string.h>

#define MS INT64_C(1000000)

enum {
    TTLS = 256,
    WINDOW = 16,                /* TTLs of the first pass while no hop is known */
    AHEAD = 5,                  /* hops behind the last answered one that get all their probes at once */
    ASKED_AGAIN_MAX = 2,        /* times the probes of a hop, when its answers were refused */
    ROUND_TRIPS = 10
};

#define SPACING_NS (1 * MS)     /* between two probes of one hop */
#define TIMEOUT_FLOOR_NS (250 * MS)
#define PATIENCE_NS (200 * MS)  /* when nothing is known of round trips */
#define PATIENCE_FLOOR_NS (50 * MS)

typedef struct hop {
    uint32_t sent;              /* in this round */
    uint32_t answered;
    int64_t last_sent_ns;
    int64_t rtt_ns;             /* the largest of the last round in which it answered; 0: never did */
    uint32_t rtt_round;
    pacer_bucket_t *bucket;     /* borrowed from the pacer */
    bool is_router_known;
    ttr_address_t router;
    uint32_t asked;             /* probes sent while its router was not known */
} hop_t;

struct schedule {
    schedule_config_t config;
    pacer_t *pacer;             /* borrowed */
    uint32_t round;
    int64_t round_ns;           /* when it begins */
    bool is_hurried;            /* the next round is wanted now */
    uint8_t highest;            /* TTL of the last router that answered; 0: none did */
    uint8_t end;                /* TTL at which the path ends; 0: not known */
    bool is_end_confirmed;      /* in this round */
    bool is_end_target;         /* a segment came from there: no limit on ICMP errors holds */
    ttr_address_t end_responder;
    hop_t hops[TTLS];
};

schedule_t *
schedule_new(const schedule_config_t *config, pacer_t *pacer, int64_t now_ns)
{
    schedule_t *schedule = g_new0(schedule_t, 1);

    schedule->config = *config;
    schedule->pacer = pacer;
    schedule->round_ns = now_ns;
    for (int ttl = config->first_ttl; ttl <= config->last_ttl; ttl++)
        schedule->hops[ttl].bucket = pacer_hop(pacer, config->family, (uint8_t)ttl);
    return schedule;
}

void
schedule_free(schedule_t *schedule)
{
    g_free(schedule);
}

/* The highest TTL that is to be probed, as far as is known. */
static int
horizon(const schedule_t *schedule)
{
    int first = schedule->config.first_ttl;
    int window;

    if (schedule->end != 0)
        return schedule->end;
    window = MAX(first + WINDOW - 1, schedule->highest + (int)schedule->config.gap_limit);
    return MIN(window, schedule->config.last_ttl);
}

/* RTT of the hop that answered and is nearest to this one, the slower of two that are equally near; 0: none did. */
static int64_t
nearest_rtt(const schedule_t *schedule, int ttl)
{
    for (int distance = 0; distance < TTLS; distance++) {
        int64_t before = ttl - distance > 0 ? schedule->hops[ttl - distance].rtt_ns : 0;
        int64_t behind = ttl + distance < TTLS ? schedule->hops[ttl + distance].rtt_ns : 0;

        if (before != 0 || behind != 0)
            return MAX(before, behind);
    }
    return 0;
}

int64_t
schedule_timeout(const schedule_t *schedule, uint8_t ttl)
{
    int64_t rtt = nearest_rtt(schedule, ttl);
    int64_t timeout = rtt == 0 ? schedule->config.timeout_ns : MAX(ROUND_TRIPS * rtt, TIMEOUT_FLOOR_NS);

    return MIN(timeout, schedule->config.timeout_ns);
}

/* When to think that a probe was lost, or is answered by nobody, and to send the next. */
static int64_t
patience(const schedule_t *schedule, int ttl)
{
    int64_t rtt = nearest_rtt(schedule, ttl);

    return rtt == 0 ? PATIENCE_NS : MIN(MAX(2 * rtt, PATIENCE_FLOOR_NS), PATIENCE_NS);
}

/* Can the hop not lie behind the target, but for its direct neighbours? */
static bool
is_before_target(const schedule_t *schedule, int ttl)
{
    if (schedule->end != 0)
        return ttl <= schedule->end;
    return schedule->highest != 0 && ttl <= schedule->highest + AHEAD;
}

static bool
is_unlimited(const schedule_t *schedule, int ttl)
{
    return ttl == schedule->end && schedule->is_end_target;
}

/* When the hop's first probe is due. Beyond the window that waits until the window had time to answer: a target is
 * asked no more often than it must be. */
static int64_t
first_due(const schedule_t *schedule, int ttl)
{
    int last = schedule->config.first_ttl + WINDOW - 1;
    const hop_t *hop = &schedule->hops[MIN(last, TTLS - 1)];

    if (ttl <= last || ttl <= schedule->highest + AHEAD || ttl <= schedule->end)
        return schedule->round_ns;
    return hop->sent == 0 ? INT64_MAX : hop->last_sent_ns + patience(schedule, ttl);
}

/* When the hop's next probe is due; the router's bucket may want it later. */
static int64_t
due(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const hop_t *hop = &schedule->hops[ttl];
    int64_t ready = first_due(schedule, ttl);

    if (hop->sent > 0) {
        int64_t wait = is_before_target(schedule, ttl) ? SPACING_NS : patience(schedule, ttl);

        ready = hop->last_sent_ns + wait;
    }
    if (!is_unlimited(schedule, ttl))
        ready = MAX(ready, pacer_bucket_ready(hop->bucket, 1, now_ns));
    return MAX(ready, pacer_ready(schedule->pacer, now_ns));
}

static int64_t
expiry(const schedule_t *schedule, int ttl)
{
    return schedule->hops[ttl].last_sent_ns + schedule_timeout(schedule, (uint8_t)ttl);
}

/* What ends the path with ICMP errors got all of the first pass, before anybody knew where it stands, and may refuse
 * what it is asked then: itself as a hop, and the one behind it. */
static bool
may_refuse(const schedule_t *schedule, int ttl)
{
    const hop_t *hop = &schedule->hops[ttl];

    return schedule->end != 0 && !schedule->is_end_target && schedule->config.rounds == 1 && ttl <= schedule->end &&
           hop->is_router_known && memcmp(&hop->router, &schedule->end_responder, sizeof hop->router) == 0;
}

/* The answers that are still missing are asked for again. In rounds to come, limits are known. */
static bool
is_asked_again(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const hop_t *hop = &schedule->hops[ttl];

    return may_refuse(schedule, ttl) && hop->answered < schedule->config.probes &&
           hop->sent < ASKED_AGAIN_MAX * schedule->config.probes && expiry(schedule, ttl) <= now_ns;
}

/* How many probes the hop is to get in this round. Beyond the gap limit that is the one of the first pass, which went
 * out before anything was known. */
static uint32_t
wanted(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    int last = MAX(schedule->highest, schedule->config.first_ttl - 1) + (int)schedule->config.gap_limit;
    const hop_t *hop = &schedule->hops[ttl];

    if (hop->sent >= schedule->config.probes)
        return hop->sent + is_asked_again(schedule, ttl, now_ns);
    return ttl <= last || ttl <= schedule->end ? schedule->config.probes : 1;
}

static bool
is_hop_done(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const hop_t *hop = &schedule->hops[ttl];

    if (hop->sent < wanted(schedule, ttl, now_ns))
        return false;
    return hop->answered >= MIN(hop->sent, schedule->config.probes) || expiry(schedule, ttl) <= now_ns;
}

/* A hop of the fewest probes first, the lowest TTL among these. */
static schedule_action_t
choose(const schedule_t *schedule, int64_t now_ns)
{
    schedule_action_t action = {.kind = SCHEDULE_DONE, .until_ns = INT64_MAX};
    uint32_t fewest = UINT32_MAX;

    for (int ttl = schedule->config.first_ttl; ttl <= horizon(schedule); ttl++) {
        const hop_t *hop = &schedule->hops[ttl];
        bool is_complete = hop->sent >= wanted(schedule, ttl, now_ns);
        int64_t next = is_complete ? expiry(schedule, ttl) : due(schedule, ttl, now_ns);

        if (is_hop_done(schedule, ttl, now_ns))
            continue;
        if (!is_complete && next <= now_ns && hop->sent < fewest) {
            fewest = hop->sent;
            action.ttl = (uint8_t)ttl;
        }
        if (action.kind == SCHEDULE_DONE)
            action.kind = SCHEDULE_WAIT;
        action.until_ns = MIN(action.until_ns, next);
    }
    if (fewest != UINT32_MAX)
        action.kind = SCHEDULE_SEND;
    return action;
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
    schedule->is_end_confirmed = false;
    for (int ttl = 0; ttl < TTLS; ttl++) {
        schedule->hops[ttl].sent = 0;
        schedule->hops[ttl].answered = 0;
    }
}

schedule_action_t
schedule_next(schedule_t *schedule, int64_t now_ns)
{
    schedule_action_t action;

    if (schedule->is_hurried && now_ns < schedule->round_ns) {
        schedule->round_ns = now_ns;
        schedule->is_hurried = false;
    }
    action = choose(schedule, now_ns);
    if (action.kind != SCHEDULE_DONE)
        return action;
    if (schedule->config.rounds != 0 && schedule->round + 1 >= schedule->config.rounds)
        return action;
    begin_round(schedule, now_ns);
    return choose(schedule, now_ns);
}

void
schedule_sent(schedule_t *schedule, const schedule_action_t *action, int64_t now_ns)
{
    hop_t *hop = &schedule->hops[action->ttl];

    if (schedule->round_ns == 0)        /* hurried: the next interval runs from here */
        schedule->round_ns = now_ns;
    hop->sent++;
    hop->last_sent_ns = now_ns;
    if (!hop->is_router_known)
        hop->asked++;
    pacer_sent(schedule->pacer, now_ns);
    if (!is_unlimited(schedule, action->ttl))
        pacer_bucket_take(hop->bucket, 1, now_ns);
}

static void
note_router(schedule_t *schedule, hop_t *hop, const ttr_address_t *router)
{
    if (hop->is_router_known && memcmp(&hop->router, router, sizeof *router) == 0)
        return;
    hop->bucket = pacer_router(schedule->pacer, schedule->config.family, router, hop->bucket, hop->asked);
    hop->router = *router;
    hop->is_router_known = true;
    hop->asked = 0;
}

static void
note_rtt(hop_t *hop, const schedule_answer_t *answer)
{
    int64_t rtt = MAX(answer->rtt_ns, 1);

    hop->rtt_ns = answer->round == hop->rtt_round ? MAX(hop->rtt_ns, rtt) : rtt;
    hop->rtt_round = answer->round;
}

void
schedule_answered(schedule_t *schedule, const schedule_answer_t *answer)
{
    hop_t *hop = &schedule->hops[answer->ttl];

    if (answer->ttl < schedule->config.first_ttl || answer->ttl > schedule->config.last_ttl)
        return;
    note_rtt(hop, answer);
    if (answer->round == schedule->round && hop->answered < hop->sent)
        hop->answered++;
    if (answer->kind != SCHEDULE_TARGET)
        note_router(schedule, hop, &answer->responder);
    if (answer->kind == SCHEDULE_ROUTER) {
        schedule->highest = MAX(schedule->highest, answer->ttl);
        return;
    }
    if (schedule->end == 0 || answer->ttl <= schedule->end) {
        schedule->end = answer->ttl;
        schedule->end_responder = answer->responder;
        schedule->is_end_target = answer->kind == SCHEDULE_TARGET;
        schedule->is_end_confirmed |= answer->round == schedule->round;
    }
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

uint8_t
schedule_end(const schedule_t *schedule)
{
    return schedule->end;
}
