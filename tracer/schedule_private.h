/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a schedule remembers. For schedule.c, which changes it; schedule_choose.c and schedule_wait.c read it.
 */
#ifndef SCHEDULE_PRIVATE_H
#define SCHEDULE_PRIVATE_H

#include "schedule.h"

#define SCHEDULE_TTLS 256
#define SCHEDULE_LOOP_TTLS 6    /* two addresses in turn, three times */

typedef struct schedule_hop {
    uint32_t sent;              /* in this round */
    uint32_t answered;
    int64_t first_sent_ns;
    int64_t last_sent_ns;
    int64_t rtt_ns;             /* the largest of the last round in which it answered; 0: never did */
    uint32_t rtt_round;
    pacer_bucket_t *bucket;     /* borrowed from the pacer */
    bool is_router_known;
    ttr_address_t router;
    uint32_t asked;             /* probes sent while its router was not known */
    bool is_shared;             /* its bucket is that of the common router */
} schedule_hop_t;

struct schedule {
    schedule_config_t config;
    pacer_t *pacer;             /* borrowed */
    near_t *near;               /* borrowed from the pacer */
    unsigned trace;             /* number there */
    bool has_begun;             /* it follows no more until others have shown what is common */
    bool is_apart;              /* a hop of the common way is another one here */
    int64_t follow_ns;          /* until when it waits for them at most; 0: it was not asked yet */
    int64_t settled_ns;         /* since when it is known where their ways part, and some more; 0: it is not */
    uint32_t round;
    int64_t round_ns;           /* when it begins: the first one with its first probe */
    bool has_sent;
    bool is_hurried;            /* the next round is wanted now */
    uint8_t highest;            /* TTL of the last router that answered; 0: none did */
    uint8_t end;                /* TTL at which the path ends; 0: not known */
    bool is_end_confirmed;      /* in this round */
    bool is_end_target;         /* a segment came from there: no limit on ICMP errors holds */
    bool is_loop;               /* it ends since two routers send packets to each other */
    ttr_address_t end_responder;
    uint32_t flow;              /* the last probe that had a source port of its own had this one */
    uint32_t scouts;            /* probes with the last TTL that went out ahead of its turn, in this round */
    int64_t far_rtt_ns;         /* of the answer to the last TTL, when that is not a router's: the path ends before it */
    uint32_t questions;         /* last questions, in the first round */
    int64_t question_ns;
    uint8_t question_ttl;       /* of the last one */
    schedule_hop_t hops[SCHEDULE_TTLS];
};

/* schedule_choose.c: the next action; SCHEDULE_DONE: nothing is left of this round. */
schedule_action_t schedule_choose(const schedule_t *schedule, int64_t now_ns);

/* Is the hop on the way that all have in common, and asked for others? */
bool schedule_choose_is_shared(const schedule_t *schedule, int ttl);

/* The last TTL of the first pass. */
int schedule_choose_window(const schedule_t *schedule);

/* Did the probe that looks ahead show that the path ends, and is it not known where? */
bool schedule_choose_is_bounded(const schedule_t *schedule);

/* Does no limit on ICMP errors hold there? */
bool schedule_choose_is_unlimited(const schedule_t *schedule, int ttl);

/* schedule_wait.c: RTT of the hop that answered and is nearest to this one, the slower of two that are equally near; 0: none did. */
int64_t schedule_wait_nearest(const schedule_t *schedule, int ttl);

/* When to think that a probe was lost, or is answered by nobody, and to send the next. */
int64_t schedule_wait_patience(const schedule_t *schedule, int ttl);

/* How long an answer from this RTT away may take. */
int64_t schedule_wait_slack(int64_t rtt_ns);

/* When the hop's last probe is given up. */
int64_t schedule_wait_expiry(const schedule_t *schedule, int ttl);

/* When the first round ends at the earliest, where nothing has ended the path. */
int64_t schedule_wait_quiet(const schedule_t *schedule);

#endif
