/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tests of counts: how likely is it by chance? Pure. Private to the core.
 */
#ifndef TTR_CHANCE_H
#define TTR_CHANCE_H

#include <stdint.h>

/* So many of so many. */
typedef struct ttr_share {
    uint32_t hits;
    uint32_t of;
} ttr_share_t;

/* Fisher's exact test, one-sided: the chance that `a` has as many hits as it has, or more, if both have one rate. 1
 * where either is of nothing. Exact but for rounding, for counts below 2^31. */
double ttr_chance_more(ttr_share_t a, ttr_share_t b);

/* Two-sided: the chance of a split that is as unlikely, or more. */
double ttr_chance_other(ttr_share_t a, ttr_share_t b);

/* Wilson's score interval for the rate, 95 % (Wilson 1927), from 0 to 1. 0 and 1 where it is of nothing. */
double ttr_chance_low(ttr_share_t share);
double ttr_chance_high(ttr_share_t share);

/* Logarithm of the chance of the hits at the rate that fits them best, without what does not depend on the rate. */
double ttr_chance_log_likelihood(ttr_share_t share);

#endif
