/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When pairs are computed, and which numbers their traces get. Private to the core.
 *
 * (a) In ttr_store_observe(), when the records of a pair are 4, 8, 16 and so on, and once a trace is recognised 16, 64,
 *     256 and so on: the same in every mode, whoever asks what in between. Only these computes decide what is stored further on.
 * (b) All pairs with news, when somebody reads traces or the note of any frame: ttr_schedule_settle().
 * (c) One pair, when the note of the frame just observed is asked for: ttr_schedule_look(). It gives no numbers, and
 *     without one nothing is shown: so it computes only pairs that have one.
 * (a) and (b) number the traces that have no number yet, in the order of their first probes' frames. A number stays
 * with the run that holds this first probe; of runs that turn out to be one the lowest number stays, and what is split
 * off gets another.
 */
#ifndef TTR_SCHEDULE_H
#define TTR_SCHEDULE_H

#include "ttr_evidence.h"

void ttr_schedule_init(ttr_store_t *store);
void ttr_schedule_clear(ttr_store_t *store);
size_t ttr_schedule_memory(const ttr_store_t *store);

/* A record was added to the pair. */
void ttr_schedule_news(ttr_store_t *store, uint32_t pair);

/* The pair has to be computed. */
void ttr_schedule_mark(ttr_store_t *store, uint32_t pair);

/* The pair is about to be forgotten. */
void ttr_schedule_forget(ttr_store_t *store, uint32_t pair);

/* A trace has probes with this TTL: the next one may follow. */
void ttr_schedule_want(ttr_store_t *store, uint8_t ttl);

/* (b). Changes no evidence: for a reader the store is the same. */
void ttr_schedule_settle(const ttr_store_t *store);

/* (c). */
void ttr_schedule_look(const ttr_store_t *store, uint32_t pair);

/* The trace with this number; 0: there is none, or none any more. Computes nothing. */
uint32_t ttr_schedule_trace(const ttr_store_t *store, uint32_t number);

#endif
