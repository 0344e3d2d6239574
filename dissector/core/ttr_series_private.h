/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What ttr_series.c (series), ttr_choose.c (which one?) and ttr_members.c (its probes) need of each other.
 */
#ifndef TTR_SERIES_PRIVATE_H
#define TTR_SERIES_PRIVATE_H

#include "ttr_model.h"

/* The series that a segment belongs to; begins one, unless its TTL is above the candidate limit: TTR_NO_ID then,
 * if none waits for it. */
uint32_t ttr_series_find(ttr_store_t *store, const ttr_observation_t *observation);

/* What stays the same over the probes of each known tool: DF, kinds of options, whether the ack is zero. */
uint32_t ttr_series_fingerprint(const ttr_observation_t *observation);

/* Hash under which the tables by target port and by source port have a series. */
uint32_t ttr_series_key_hash(const ttr_address_t *source, const ttr_address_t *target, uint32_t fingerprint, uint16_t port);

/* A new, empty series for this segment. */
uint32_t ttr_series_new(ttr_store_t *store, const ttr_observation_t *observation);

/* Says what stays the same in a series, and so under which keys it is found. */
void ttr_series_set_flavour(ttr_store_t *store, uint32_t id, ttr_flavour_t flavour);

/* Nothing joins it any more, but for repeated SYNs. */
void ttr_series_close(ttr_store_t *store, uint32_t id);

/* Moves the probes with the time stamp or the source port of this segment to a series of their own; returns that. */
uint32_t ttr_series_split(ttr_store_t *store, uint32_t id, const ttr_observation_t *observation, bool by_tsval);

/* Was used just now: the last to be dropped. */
void ttr_series_touch(ttr_store_t *store, uint32_t id);

/* From now on this series is a trace. */
void ttr_series_promote(ttr_store_t *store, uint32_t id);

/* Does this segment repeat the SYN of an earlier probe with the same flow, as a TCP does on its own? */
bool ttr_series_is_retransmission(const ttr_probe_t *earlier, const ttr_observation_t *observation);

#endif
