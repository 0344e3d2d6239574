/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long is the path? From what was answered to each probe, in order of sending. Pure; private to the core.
 *
 * - The smallest TTL at which the target answered.
 * - A probe for which a router sent a time exceeded did not arrive: who answered it in the target's name as well is
 *   another box (a firewall that resets, a transparent proxy). Such an answer does not count; nor do those to lower
 *   TTLs once a higher one is known to expire behind that box.
 * - Where the path changed, the last stretch counts: from the round on that the tool began between the two sides. It changed when one moment parts the answers at one TTL: two at
 *   least on each side, the target's before and routers' after it, while the tool had begun another round. What a
 *   balancer mixes is not parted so, and the smallest TTL stays.
 */
#ifndef TTR_LENGTH_H
#define TTR_LENGTH_H

#include <stdbool.h>
#include <stdint.h>

/* What came back for one probe. */
typedef struct ttr_sample {
    int64_t time_ns;            /* of the probe */
    uint8_t ttl;
    bool is_answered;
    bool is_arrived;            /* the target answered, or somebody in its name */
    bool is_expired;            /* a router said that its time was over */
} ttr_sample_t;

typedef struct ttr_length {
    uint8_t hops;               /* 0: the target never answered */
    uint32_t both_count;        /* probes that expired and were answered in the target's name as well */
    bool is_longer;             /* it became longer, the last time after the probe sent then */
    bool is_shorter;
    int64_t longer_ns;
    int64_t shorter_ns;
    int64_t stretch_ns;         /* probes sent before are of an earlier stretch; INT64_MIN: there is but one */
    uint8_t hops_before;        /* the length of the stretch before the last one; 0: unknown */
} ttr_length_t;

/* At most one walk for each TTL. */
ttr_length_t ttr_length_find(const ttr_sample_t *samples, uint32_t count);

#endif
