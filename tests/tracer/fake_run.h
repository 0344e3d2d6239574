/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lets schedules run against a made-up network by a clock of its own, as the loop of run.c does: answers first, then
 * one probe of each target in turn. Writes down every probe and checks the rules that hold for all traces.
 */
#ifndef FAKE_RUN_H
#define FAKE_RUN_H

#include "fake_net.h"

/* One trace, whichever machine decides about it. */
typedef struct fake_driver {
    void *machine;              /* borrowed */
    schedule_action_t (*next)(void *machine, int64_t now_ns);
    void (*sent)(void *machine, const schedule_action_t *action, int64_t now_ns);
    /* `number`: of the probe that is answered, counted from 0 for each trace */
    void (*answered)(void *machine, const schedule_answer_t *answer, uint32_t number, int64_t now_ns);
    uint32_t (*round)(void *machine);   /* NULL: there is but one */
    int first;                  /* the node next to the sender */
    uint32_t sent_count;
    bool is_done;
    int64_t done_ns;
} fake_driver_t;

/* One probe. */
typedef struct fake_sent {
    int64_t time_ns;
    uint32_t trace;             /* index of its driver */
    uint8_t ttl;
    uint32_t flow;
    uint32_t round;
    fake_fate_t fate;
} fake_sent_t;

typedef struct fake_run {
    fake_net_t *net;            /* borrowed */
    GArray *drivers;            /* owned: fake_driver_t */
    GArray *sent;               /* owned: fake_sent_t, in order of time */
    GQueue *answers;            /* owned: on their way, the next first */
    int64_t now_ns;
    int64_t stop_ns;            /* when to stop though not all are done */
    int64_t late_ns;            /* the loop wakes up so much after the time that it waited for */
    int64_t send_ns;            /* sending takes so long */
    bool forgets;               /* keeps no list of probes */
    uint32_t answered_count;
    void (*watch)(struct fake_run *run);    /* called after every answer; may be NULL */
} fake_run_t;

/* Starts at an odd time, not at 0. The caller frees it with fake_run_free(). */
fake_run_t *fake_run_new(fake_net_t *net);
void fake_run_free(fake_run_t *run);

void fake_run_add(fake_run_t *run, const fake_driver_t *driver);

/* A driver for a schedule that begins at `first`. */
fake_driver_t fake_run_schedule(schedule_t *schedule, int first);

/* Until all are done or stop_ns. Returns how long it took, from the first probe to the end of the last trace. */
int64_t fake_run_go(fake_run_t *run);

const fake_driver_t *fake_run_driver(const fake_run_t *run, uint32_t index);
const fake_sent_t *fake_run_sent(const fake_run_t *run, uint32_t index);

/* How many probes were sent with this TTL, over all traces; 0: with any. */
uint32_t fake_run_count(const fake_run_t *run, uint8_t ttl);

/* The most that went out in any second. */
uint32_t fake_run_busiest_second(const fake_run_t *run);

/* How many probes routers would have answered but for their limits. */
uint32_t fake_run_limited(const fake_run_t *run);

#endif
