/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe goes out when, for one target, and when the trace is at its end. A machine that is asked for its next
 * action and told what was sent and answered. Pure: time comes in as a parameter, nanoseconds of a clock that never
 * goes back.
 *
 * All TTLs are in flight at once. The first pass sends one probe to each; a hop gets its further probes as soon as it
 * is known to be a router, and a little later when it may be the target. These then have a source port each: a target
 * that was sent two SYNs of one flow says two things. No probe is sent beyond the target once its distance is known,
 * and none beyond a loop.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "pacer.h"

typedef struct schedule_config {
    uint8_t family;
    uint8_t first_ttl;
    uint8_t last_ttl;
    uint8_t far_ttl;            /* of the probe that looks ahead for the end; 0: last_ttl */
    uint32_t probes;            /* per hop and round */
    uint32_t rounds;            /* 0: until stopped */
    uint32_t gap_limit;         /* hops to probe behind the last that answered */
    int64_t interval_ns;        /* from the start of a round to that of the next */
    int64_t timeout_ns;         /* longest wait for an answer */
    uint32_t flows;             /* how many source ports there are; 0 or 1: one for all probes */
} schedule_config_t;

typedef enum {
    SCHEDULE_SEND,              /* a probe with `ttl` on `flow`, now */
    SCHEDULE_WAIT,              /* nothing to do before `until_ns`, unless an answer comes */
    SCHEDULE_DONE
} schedule_kind_t;

/* Why a probe is sent, for schedule_sent(). */
typedef enum {
    SCHEDULE_IN_TURN,
    SCHEDULE_SCOUT,             /* with far_ttl, ahead of its turn */
    SCHEDULE_QUESTION           /* once more to a hop that had all its probes */
} schedule_role_t;

typedef struct schedule_action {
    schedule_kind_t kind;
    schedule_role_t role;
    uint8_t ttl;
    uint32_t flow;              /* 0: the one of the trace; else one for this probe alone, below config.flows */
    int64_t until_ns;
} schedule_action_t;

/* Who answered. */
typedef enum {
    SCHEDULE_ROUTER,            /* time exceeded: the path goes on */
    SCHEDULE_TARGET,            /* a segment from the target */
    SCHEDULE_UNREACHABLE        /* nothing gets beyond this hop */
} schedule_answer_kind_t;

typedef struct schedule_answer {
    schedule_answer_kind_t kind;
    uint8_t ttl;                /* of the probe */
    uint32_t flow;
    uint32_t round;             /* in which the probe was sent */
    int64_t rtt_ns;
    ttr_address_t responder;
} schedule_answer_t;

typedef struct schedule schedule_t;

/* `pacer` is borrowed and must outlive it. The caller frees it with schedule_free(). */
schedule_t *schedule_new(const schedule_config_t *config, pacer_t *pacer, int64_t now_ns);
void schedule_free(schedule_t *schedule);

schedule_action_t schedule_next(schedule_t *schedule, int64_t now_ns);

/* The probe of the last SCHEDULE_SEND went out. */
void schedule_sent(schedule_t *schedule, const schedule_action_t *action, int64_t now_ns);

/* A first answer to a probe; later ones are not to be told. */
void schedule_answered(schedule_t *schedule, const schedule_answer_t *answer);

/* The current round, from 0. */
uint32_t schedule_round(const schedule_t *schedule);

/* Ends the wait between two rounds; in a round, there will be none before the next. */
void schedule_hurry(schedule_t *schedule);

/* Where the path ends as far as is known; 0: not known. */
uint8_t schedule_end(const schedule_t *schedule);

/* The last TTL up to which each hop has had its probes of the first round, and each of these was answered or is given
 * up; 0: none. */
uint8_t schedule_settled(const schedule_t *schedule, int64_t now_ns);

/* Does it end there because two routers send packets to each other? */
bool schedule_is_loop(const schedule_t *schedule);

/* How long an unanswered probe of this hop is waited for: three of its own round trips, or one of the next hop behind it
 * that answered and some more, no less than 50 ms. Where neither is known, the time-out. */
int64_t schedule_timeout(const schedule_t *schedule, uint8_t ttl);

#endif
