/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Copies of segments that have no IP ID of their own. Private to the core.
 */
#ifndef TTR_COPIES_H
#define TTR_COPIES_H

#include "ttr_chain.h"

/* The IP ID; 0: none. IPv6 has none, and 0 in IPv4 says nothing (RFC 6864 section 4: packets that are not fragmented
 * need none). */
static inline uint32_t
ttr_seen_id(uint8_t family, const ttr_seen_t *seen)
{
    return family == TTR_FAMILY_IPV4 ? seen->segment->id_or_label : 0;
}

/* Without an ID, segments that look alike are copies only where that is the rule for the side: between two looks at a
 * packet lies the same number of hops for all packets. Chains of weak classes that do not follow the rule are taken
 * apart, each sighting into a chain of its own. `sighting_count`: of all chains. */
void ttr_copies_judge(ttr_chains_t *chains, uint32_t sighting_count, uint8_t family);

#endif
