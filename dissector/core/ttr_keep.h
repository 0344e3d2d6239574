/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is stored of the segments of a capture. Memory grows with what may be probes and with their answers, never
 * with other packets. Private to the core.
 */
#ifndef TTR_KEEP_H
#define TTR_KEEP_H

#include "ttr_evidence.h"

void ttr_keep_init(ttr_store_t *store);
void ttr_keep_clear(ttr_store_t *store);
size_t ttr_keep_memory(const ttr_store_t *store);

/* Stores a segment, or does not; the rules stand in ttr_keep.c. */
void ttr_keep_segment(ttr_store_t *store, const ttr_observation_t *observation);

/* Remembers that a connection was opened with an ordinary TTL. */
void ttr_keep_mark(ttr_store_t *store, const ttr_connection_t *connection);

/* Counts one more record of the pair. */
void ttr_keep_count(ttr_store_t *store, uint32_t pair);

/* Forgets the pairs used longest ago while more than config.candidate_bound records are in pairs that are not
 * recognised. The one just used may be among them: only for when an observation is dealt with. */
void ttr_keep_bound(ttr_store_t *store);

#endif
