/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads a TCP header. Pure: bytes in, values out. Any sequence of bytes is a legal input.
 */
#ifndef TTR_SEGMENT_H
#define TTR_SEGMENT_H

#include <stddef.h>

#include "ttr_observation.h"

#define TTR_SEGMENT_MINIMUM 14  /* bytes up to the flags */

/* Reads the TCP header (RFC 9293 section 3.1) at `bytes`, of which `captured` are there, out of `length` on the wire.
 * False, with *tcp unchanged, when the capture ends before the flags. Options that are cut off or malformed end the
 * list. */
bool ttr_segment_parse(const uint8_t *bytes, size_t captured, uint32_t length, ttr_tcp_t *tcp);

/* Fills tcp->header of a segment that ttr_segment_parse() has read, as it does by itself for a SYN. */
void ttr_segment_take_header(const uint8_t *bytes, size_t captured, ttr_tcp_t *tcp);

/* Does the segment show the sum of its pseudo header (RFC 9293 section 3.1) where its checksum belongs? A sender leaves the
 * rest to its network card, so a capture in the sender shows what no other capture does. */
bool ttr_segment_is_sum_partial(const ttr_ip_t *ip, const ttr_tcp_t *tcp);

/* Is the whole segment there, and its checksum right (RFC 9293 section 3.1)? Answered for a SYN of 60 bytes at most. */
bool ttr_segment_is_sum_right(const ttr_ip_t *ip, const ttr_tcp_t *tcp);

#endif
