/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pairs of hosts, their flows, and the hosts that send candidates: found, made, forgotten. Private to the core.
 */
#ifndef TTR_PAIR_H
#define TTR_PAIR_H

#include "ttr_evidence.h"

/* Makes the tables, and gives them back. */
void ttr_pair_init(ttr_store_t *store);
void ttr_pair_clear(ttr_store_t *store);

/* Bytes of the tables that are not pools. */
size_t ttr_pair_memory(const ttr_store_t *store);

/* Is a segment sent by the low host of its pair? Where a host talks to itself the ports decide. */
bool ttr_pair_is_from_low(const ttr_address_t *source, const ttr_address_t *target, uint16_t sport, uint16_t dport);

/* The pair of two hosts in either order; 0: it is not known. */
uint32_t ttr_pair_find(const ttr_store_t *store, uint8_t family, const ttr_address_t *a, const ttr_address_t *b);

/* The same, made if it is not known. */
uint32_t ttr_pair_make(ttr_store_t *store, uint8_t family, const ttr_address_t *a, const ttr_address_t *b);

/* Can two hosts with this ttr_address_sum() be a known pair? Never false when they are. */
bool ttr_pair_may_be(const ttr_store_t *store, uint32_t sum);

/* It was used just now: the last to be dropped. */
void ttr_pair_touch(ttr_store_t *store, uint32_t id);

/* From now on it is kept whatever comes. */
void ttr_pair_keep(ttr_store_t *store, uint32_t id);

/* Forgets a pair that is not recognised, with all its evidence and notes. */
void ttr_pair_drop(ttr_store_t *store, uint32_t id);

/* The flow of a pair with these ports; 0: it is not known. One look-up. */
uint32_t ttr_flow_find(const ttr_store_t *store, uint32_t pair, uint16_t low_port, uint16_t high_port);
uint32_t ttr_flow_make(ttr_store_t *store, uint32_t pair, uint16_t low_port, uint16_t high_port);

/* The host with this address, if it sent candidates; 0: it did not. */
uint32_t ttr_host_find(const ttr_store_t *store, uint8_t family, const ttr_address_t *address);

/* Counts a candidate that the pair's host on this side sent. */
void ttr_host_add_candidate(ttr_store_t *store, uint32_t pair, bool is_from_low);

#endif
