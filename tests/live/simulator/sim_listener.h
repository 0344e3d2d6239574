/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the targets' TCP answers. Knows flows in SYN_RECV; the time comes in as a parameter. Pure.
 */
#ifndef SIM_LISTENER_H
#define SIM_LISTENER_H

#include "sim_reply.h"

typedef struct sim_listener sim_listener_t;

sim_listener_t *sim_listener_new(void);
void sim_listener_free(sim_listener_t *listener);

/* What `target` answers to the TCP segment `packet` at `now_ns`; false when it answers nothing. Sets all of *segment
 * but the TTL. The answer "unreachable" is not for this function.
 */
bool sim_listener_answer(sim_listener_t *listener, const sim_target_t *target, const sim_packet_t *packet,
                         int64_t now_ns, sim_segment_t *segment);

#endif
