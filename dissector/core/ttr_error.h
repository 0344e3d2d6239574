/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMP errors: under which pair they are stored, and what they quote. Private to the core.
 */
#ifndef TTR_ERROR_H
#define TTR_ERROR_H

#include "ttr_evidence.h"

void ttr_error_init(ttr_store_t *store);
void ttr_error_clear(ttr_store_t *store);
size_t ttr_error_memory(const ttr_store_t *store);

/* Stores an ICMP error, or does not; the rules stand in ttr_error.c. */
void ttr_error_observe(ttr_store_t *store, const ttr_observation_t *observation);

/* A pair has become known: errors that quote its segments and came just before are taken. */
void ttr_error_adopt(ttr_store_t *store, uint32_t pair);

/* Forgets an error; returns the next one of its list. */
uint32_t ttr_error_free(ttr_store_t *store, uint32_t id);

/* The errors to this host that quote this seq and no pair; 0: there are none. Id of a ttr_strays_t. */
uint32_t ttr_error_find_strays(const ttr_store_t *store, uint32_t host, uint32_t seq);

/* A pair that claimed them is forgotten. */
void ttr_error_release_strays(ttr_store_t *store, uint32_t host, uint32_t seq, uint32_t pair);

/* Forgets them, all of a host. */
void ttr_error_drop_strays(ttr_store_t *store, uint32_t host);

#endif
