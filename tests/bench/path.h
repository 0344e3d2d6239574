/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The network behind a trace: which routers stand before a target, how far away they are, how they answer.
 * All of it follows from the target's number, so that a path stays the same while it is traced.
 */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include "packet.h"

typedef struct {
    uint32_t target_number; /* the target's index in the capture */
    uint8_t length;         /* the TTL that reaches the target */
    bool is_v6;
    address_t source;
    address_t target;
} path_t;

/* A path to the target with this number; no two numbers have one address. `source` is 0 to 9. */
path_t path_to_target(uint32_t source, uint32_t target_number, uint8_t length, bool is_v6);

/* Fills `reply` with the time exceeded of the router at `ttl`, which a probe with that TTL gets. */
void path_router_reply(const path_t *path, packet_t *reply, const packet_t *probe, uint8_t ttl);

/* The time between a probe to `ttl` and its reply, before jitter. */
uint32_t path_rtt_us(const path_t *path, uint8_t ttl);

#endif
