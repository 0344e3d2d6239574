/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a capture without any trace holds that came near to one, to tell a user who expected one.
 */
#ifndef TTR_NEAR_H
#define TTR_NEAR_H

#include "ttr_path.h"

typedef struct ttr_near {
    uint64_t foreign_errors;    /* ICMP errors that quote TCP segments which are not in the capture with such a TTL */
    uint32_t series;            /* pairs of sender and target with three such segments or more, all with one TTL: SYNs, or
                                 * segments without data of flows that no SYN opened */
    uint8_t highest_ttl;        /* with which a segment may be a probe: the setting */
} ttr_near_t;

/* Of all that is stored; what a bound of the store dropped is not counted. Walks over the whole store: to be asked once,
 * at the end, and only where there is no trace. */
ttr_near_t ttr_near_find(const ttr_store_t *store);

#endif
