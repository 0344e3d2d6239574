/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A path of routers made up for the tests of what is found in traces: 198.51.100.1 to 198.51.100.5, then 203.0.113.9, which
 * answers with SYN and ACK.
 */
#ifndef UNIT_WORLD_H
#define UNIT_WORLD_H

#include <glib.h>

#include "ttr_insight.h"
#include "ttr_store.h"

#define UNIT_WORLD_MS G_GINT64_CONSTANT(1000000)

enum { UNIT_WORLD_HOPS = 6,
       UNIT_WORLD_PROBES = 3,       /* of each hop */
       UNIT_WORLD_SUM = 0x2345,     /* checksum of all probes */
       UNIT_WORLD_PORT = 80 };

typedef struct unit_world {
    ttr_store_t *store;             /* owned by the test */
    uint32_t frame;
    int64_t now_ns;
} unit_world_t;

/* Changes the error that a router at `ttl` sends. */
typedef void (*unit_world_change_t)(ttr_observation_t *error, uint8_t ttl);

unit_world_t unit_world_new(void);

/* The next frame. */
void unit_world_observe(unit_world_t *world, ttr_observation_t *observation);

/* A SYN as Linux sends it, each from a port of its own; and the target's answer to it, with this TTL. */
ttr_observation_t unit_world_syn(const unit_world_t *world, uint8_t ttl, uint16_t dport);
ttr_observation_t unit_world_answer(const ttr_observation_t *probe, uint16_t flags, uint8_t ttl);

/* A trace up to the TTL `last`. The target's answers come with `target_ttl`. `change` may be NULL. */
void unit_world_trace(unit_world_t *world, uint16_t dport, uint8_t last, uint8_t target_ttl, unit_world_change_t change);

/* The finding of this kind and field, NULL when there is none. */
const ttr_finding_t *unit_world_find(const ttr_insight_t *insight, ttr_finding_kind_t kind, ttr_field_t field);

#endif
