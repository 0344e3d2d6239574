/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads a captured packet into the observation that the model takes. Pure: any sequence of bytes is a legal input.
 */
#ifndef PARSE_H
#define PARSE_H

#include "ttr_observation.h"

/* Link types (https://www.tcpdump.org/linktypes.html) that can be read. */
typedef enum {
    PARSE_LINK_NULL = 0,
    PARSE_LINK_ETHERNET = 1,
    PARSE_LINK_PPP = 9,
    PARSE_LINK_RAW = 101,
    PARSE_LINK_LOOP = 108,
    PARSE_LINK_SLL = 113,
    PARSE_LINK_IPV4 = 228,
    PARSE_LINK_IPV6 = 229,
    PARSE_LINK_SLL2 = 276
} parse_link_t;

bool parse_knows_link(uint16_t link_type);

/* Fills ip and tcp or icmp of *observation and returns true when the packet is a TCP segment, or an ICMP error which
 * quotes one. `captured` bytes of it are in `data`. Frame, layer and time are the caller's. */
bool parse_packet(uint16_t link_type, const uint8_t *data, size_t captured, ttr_observation_t *observation);

#endif
