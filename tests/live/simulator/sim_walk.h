/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The way of one packet: which routers it passes, what they make of it, where it ends. Pure.
 */
#ifndef SIM_WALK_H
#define SIM_WALK_H

#include "sim_nat.h"
#include "sim_random.h"

enum { SIM_NATS_MAX = 8 };

typedef enum { SIM_END_ARRIVED, SIM_END_EXPIRED, SIM_END_REJECTED, SIM_END_DROPPED } sim_end_t;

typedef struct sim_walk {
    sim_packet_t packet; /* as it is where it ended, TTL included */
    sim_end_t end;
    const sim_router_t *router; /* borrowed: where it ended; NULL when it arrived */
    unsigned hop;               /* of that router or of the target, from 1 */
    unsigned nat_count;         /* NATs on the way that translate quotes */
    sim_nat_step_t nats[SIM_NATS_MAX];
} sim_walk_t;

/* Sends `packet` along the path of `target`. `random` decides about losses and about choices anew for each packet. */
void sim_walk_run(sim_walk_t *walk, const sim_packet_t *packet, const sim_target_t *target, sim_random_t *random,
                  bool hash_flow_label);

/* The packet as an error about it quotes it: with `quote_ttl` (or SIM_TTL_AS_IT_IS), and as the NATs on the way back
 * leave it.
 */
void sim_walk_quote(const sim_walk_t *walk, int64_t quote_ttl, sim_packet_t *quoted);

#endif
