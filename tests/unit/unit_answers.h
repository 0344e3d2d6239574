/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Probes and answers made up one by one, for tests of what answers what: from 203.0.113.1 to port 80 of 192.0.2.9.
 */
#ifndef UNIT_ANSWERS_H
#define UNIT_ANSWERS_H

#include <glib.h>

#include "ttr_store.h"

typedef struct unit_answers {
    ttr_store_t *store;         /* owned by the test */
    uint32_t frame;             /* of the last observation */
} unit_answers_t;

/* A new store; unit_answers_free() gives it back. */
unit_answers_t unit_answers_new(void);
void unit_answers_free(unit_answers_t *answers);

/* A SYN without options. Nothing is observed yet, so that the test can change it. */
ttr_observation_t unit_answers_probe(int64_t at_ms, uint8_t ttl, uint16_t id, uint32_t seq);

/* A time exceeded from 198.51.100.`router` that quotes the probe. */
ttr_observation_t unit_answers_quote(const ttr_observation_t *probe, int64_t at_ms, uint8_t router);

/* A segment of the target on the probe's flow that acknowledges a SYN. */
ttr_observation_t unit_answers_segment(const ttr_observation_t *probe, int64_t at_ms, uint16_t flags);

/* The next frame; returns its number. */
uint32_t unit_answers_observe(unit_answers_t *answers, ttr_observation_t observation);

/* Observes a probe, and its quote 20 ms later by the router with the number of its TTL. */
uint32_t unit_answers_observe_both(unit_answers_t *answers, ttr_observation_t probe);

/* Fails unless `reply` answers `probe` by this key; 0: unless it answers nothing. */
void unit_answers_check(const unit_answers_t *answers, uint32_t reply, uint32_t probe, const char *match);

#endif
