/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the ways to several targets have in common. The routers next to us are the same for all, and each answers but
 * so often: they are asked for the first two traces, and once more for each other one as far as they answer soon
 * (Donnet, Raoult, Friedman, Crovella, SIGMETRICS 2005: Doubletree). Pure.
 */
#ifndef NEAR_H
#define NEAR_H

#include <stdbool.h>

#include "ttr_types.h"

#define NEAR_LEADING 2          /* traces that ask all hops */

typedef struct near near_t;

/* The caller frees it with near_free(). */
near_t *near_new(void);
void near_free(near_t *near);

/* One more trace. Returns its number for the other calls: 0 and 1 lead, the others follow, and
 * wait until it is known what the two have in common. */
unsigned near_join(near_t *near);
void near_leave(near_t *near);

/* A router answered there to a trace that leads; the path of one ends there. Others are of no use. */
void near_note_router(near_t *near, unsigned trace, uint8_t ttl, const ttr_address_t *router);
void near_note_end(near_t *near, unsigned trace, uint8_t ttl);

/* The highest TTL up to which both traces that lead have the same routers, as far as these answer; 0: none. */
uint8_t near_depth(const near_t *near);

/* The router there, NULL: not known. */
const ttr_address_t *near_router(const near_t *near, uint8_t ttl);

/* Is it known where the ways of the two part, or one ends? */
bool near_is_parted(const near_t *near);

#endif
