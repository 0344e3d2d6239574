/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two captures that were merged without a sign of where each frame was captured, the one nearer to the sender by a clock
 * that is late: each packet comes twice, first with the lower TTL. Private to the core.
 */
#ifndef TTR_LATE_H
#define TTR_LATE_H

#include "ttr_chain.h"

/* What lies between the two sightings of each packet. */
typedef struct ttr_late {
    int hops;                   /* by so many the TTL rises; 0: there is no such rule */
    int64_t gap_ns;
} ttr_late_t;

/* `alike`: ttr_part_t, the sightings that have all numbers in common but the IP ID. It is the rule where half of them, three
 * at least, are two sightings whose TTL rises by the same number of hops after the same time. No tool sends each
 * segment twice so: two clocks do. */
ttr_late_t ttr_late_find(const GArray *alike);

/* May the second sighting be the same packet as the first by this rule? */
bool ttr_late_is_copy(const ttr_late_t *late, const ttr_seen_t *first, const ttr_seen_t *second);

#endif
