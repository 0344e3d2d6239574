/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe goes out when, so that all next hops of every load balancer are found: the Multipath Detection Algorithm
 * (Augustin, Friedman, Teixeira, E2EMON 2007; Veitch, Augustin, Teixeira, Friedman, INFOCOM 2009).
 * A flow is a source port; routers that balance per flow send all probes of one flow the same way. For each router the
 * algorithm needs flows that pass through it, and sends them one hop further until it has seen no new next hop for
 * long enough. Same machine as schedule.h, and as pure.
 */
#ifndef MULTIPATH_H
#define MULTIPATH_H

#include "schedule.h"

#define MULTIPATH_FLOWS_MAX 256 /* bound per hop, and so for all: every hop draws from the same flows */

typedef struct multipath multipath_t;

/* `config`: probes, rounds and interval are not used: one pass finds what there is. */
multipath_t *multipath_new(const schedule_config_t *config, pacer_t *pacer);
void multipath_free(multipath_t *multipath);

schedule_action_t multipath_next(multipath_t *multipath, int64_t now_ns);
void multipath_sent(multipath_t *multipath, const schedule_action_t *action, int64_t now_ns);
void multipath_answered(multipath_t *multipath, const schedule_answer_t *answer);

/* Where the path ends as far as is known; 0: not known. */
uint8_t multipath_end(const multipath_t *multipath);

/* How many probes of different flows, all answered by the same `found` next hops, rule out that there is one more. */
uint32_t multipath_stopping_point(uint32_t found);

#endif
