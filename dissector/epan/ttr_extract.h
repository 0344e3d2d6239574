/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the bytes of a frame, and the IP header that Wireshark dissected before, into an observation. Never throws.
 */
#ifndef TTR_EXTRACT_H
#define TTR_EXTRACT_H

#include <epan/packet.h>

#include "ttr_store.h"

/* `data` is what a dissector of the table ip.proto is handed: a ws_ip4, a ws_ip6, or, from callers that are not IP,
 * NULL or something else. */

/* Stores TTL or hop limit; false when `data` is neither IPv4 nor IPv6. */
bool ttr_extract_ttl(const void *data, uint8_t *ttl);

/* Can this packet be the one that had this TTL and IP ID? With IPv6 the hop limit alone decides. */
bool ttr_extract_is_same(const void *data, uint8_t ttl, uint16_t ip_id);

/* TTL or hop limit, and ttr_address_sum() of both addresses; false as for ttr_extract_ttl(). */
bool ttr_extract_gate(const void *data, uint8_t *ttl, uint32_t *sum);

/* Is the segment short enough for a SYN or RST without payload, by its IP length? `data` is one of which
 * ttr_extract_gate() returned true. */
bool ttr_extract_is_short(const void *data);

/* Its flags TTR_TCP_* but the four highest; 0 when they were not captured. */
uint8_t ttr_extract_flags(tvbuff_t *tvb);

/* The ends of the connection that this SYN begins, of which ttr_extract_flags() returned some; false when its addresses are
 * of another kind. `data` as above. */
bool ttr_extract_opening(tvbuff_t *tvb, const void *data, ttr_connection_t *connection);

/* False when it is not a TCP segment of which the flags at least were captured, or comes with addresses of another kind. */
bool ttr_extract_tcp(tvbuff_t *tvb, packet_info *pinfo, const void *data, ttr_observation_t *observation);

/* Can this be an ICMP (family 4) or ICMPv6 (family 6) error that stopped a packet? Looks at one byte. */
bool ttr_extract_is_error(tvbuff_t *tvb, uint8_t family);

/* An ICMP or ICMPv6 error; false when it quotes no TCP segment, or too little of it. */
bool ttr_extract_icmp(tvbuff_t *tvb, packet_info *pinfo, const void *data, ttr_observation_t *observation);

/* Capture time of the packet since 1970, ns; times beyond the bounds of numbers are cut. */
int64_t ttr_extract_time(const packet_info *pinfo);

#endif
