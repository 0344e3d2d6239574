/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model of one capture: takes observations in the order of their frames, recognises probes, ties replies to
 * them, and keeps traces. The only header that changes the model; who only looks at it reads ttr_path.h and
 * ttr_note.h.
 */
#ifndef TTR_STORE_H
#define TTR_STORE_H

#include <stddef.h>

#include "ttr_observation.h"

/* The settings that a user may change; see ttr_config_default(). */
typedef struct ttr_config {
    uint8_t candidate_ttl;      /* highest TTL with which a segment may be a probe of an unknown trace, 1 to 255 */
    int64_t reply_limit_ns;     /* an answer that takes longer is noted as late */
    int64_t run_gap_ns;         /* a silence this long between two probes begins a new trace */
    uint32_t candidate_bound;   /* most segments kept that may yet turn out to be probes */
} ttr_config_t;

/* 32; 10 s; 30 s; 250,000. The one place where they stand. */
ttr_config_t ttr_config_default(void);

/* The caller owns the store and frees it with ttr_store_free(). Never NULL. */
ttr_store_t *ttr_store_new(const ttr_config_t *config);
void ttr_store_free(ttr_store_t *store); /* NULL is legal */

/* What a segment has to do with the model, by its TTL and addresses. */
typedef enum {
    TTR_INTEREST_NONE,          /* nothing */
    TTR_INTEREST_FLOW,          /* something, if ttr_store_knows_flow() says so; it begins no trace */
    TTR_INTEREST_ANY            /* it may begin a trace, or be the next hop of one */
} ttr_interest_t;

/* The gate in front of the model, the first question for every segment. Who observes must ask it, and the second one if
 * it says so: then all say the same of one capture. `sum` is ttr_address_sum() of both addresses. */
ttr_interest_t ttr_store_interest(const ttr_store_t *store, uint8_t ttl, uint32_t sum);

/* Can there be a candidate or probe between these two hosts, in either direction? Never false when there is one: the
 * cheapest question, for a segment whose TTL rules out that it begins a trace. `sum` is ttr_address_sum() of both. */
bool ttr_store_knows_pair(const ttr_store_t *store, uint32_t sum);

/* Was a segment seen that may be a probe, from source:sport to target:dport or the other way round?
 * The second question. */
bool ttr_store_knows_flow(const ttr_store_t *store, uint8_t family, const ttr_address_t *source,
                          const ttr_address_t *target, uint16_t sport, uint16_t dport);

/* Takes one observation. Frames must come in rising order, each (frame, layer) once; time may jump.
 * Every sequence of observations is legal. Copies what it keeps. */
void ttr_store_observe(ttr_store_t *store, const ttr_observation_t *observation);

#endif
