/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stopping points of the algorithm.
 */
#include <glib.h>
#include <math.h>

#include "multipath.h"

/* 95 % for the whole trace. With B routers that balance load, each may fail with probability 1 - 0.95^(1/B)
 * (Veitch and others, section V). Four are more than most paths have. */
#define CONFIDENCE 0.95
#define BALANCERS 4

/* The smallest n with P(one of found + 1 equally likely next hops is not seen in n probes) <= e. The first term of
 * inclusion and exclusion is an upper bound, and exact enough at such small probabilities. */
uint32_t
multipath_stopping_point(uint32_t found)
{
    double failure = 1 - pow(CONFIDENCE, 1.0 / BALANCERS);
    double hypothesis = MAX(found, 1) + 1;
    uint32_t count = MAX(found, 1) + 1;

    while (hypothesis * pow(1 - 1 / hypothesis, count) > failure)
        count++;
    return count;
}
