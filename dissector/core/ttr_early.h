/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last few answers that came before anything was known of their flow. Frames may be a little out of order, so the
 * probe may be the next frame. Private to the core.
 */
#ifndef TTR_EARLY_H
#define TTR_EARLY_H

#include "ttr_evidence.h"

void ttr_early_init(ttr_store_t *store);
void ttr_early_clear(ttr_store_t *store);
size_t ttr_early_memory(const ttr_store_t *store);

/* Remembers a segment, in the place of the one that is there longest. */
void ttr_early_add(ttr_store_t *store, const ttr_observation_t *observation);

/* Takes out the next one that is of the same flow, was sent the other way, and is at most 10 ms apart. Begin with *at = 0
 * and go on until it is false. */
bool ttr_early_take(ttr_store_t *store, const ttr_observation_t *probe, guint *at, ttr_observation_t *answer);

#endif
