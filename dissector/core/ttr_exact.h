/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables behind ttr_store_exact(). Private to the core.
 */
#ifndef TTR_EXACT_H
#define TTR_EXACT_H

#include "ttr_evidence.h"

/* All do nothing without config.has_exact_keys. */
void ttr_exact_init(ttr_store_t *store);
void ttr_exact_clear(ttr_store_t *store);
size_t ttr_exact_memory(const ttr_store_t *store);

/* A sighting was stored, is about to be forgotten. */
void ttr_exact_add(ttr_store_t *store, uint32_t sighting);
void ttr_exact_remove(ttr_store_t *store, uint32_t sighting);

#endif
