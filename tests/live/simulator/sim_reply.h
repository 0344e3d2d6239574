/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The packets that routers and targets send. Pure.
 */
#ifndef SIM_REPLY_H
#define SIM_REPLY_H

#include "sim_description.h"

typedef struct sim_icmp {
    sim_address_t from;
    sim_address_t to;
    bool is_unreachable; /* else time exceeded */
    uint8_t code;
    uint8_t ttl; /* as it arrives */
    uint8_t tos;
    uint16_t ip_id;       /* IPv4 */
    int quote;            /* as sim_router_t has it */
    const GArray *labels; /* borrowed, of sim_label_t; NULL or empty: no extension */
    bool extension_length;
} sim_icmp_t;

/* Makes `reply` an ICMP or ICMPv6 error that quotes `quoted` as it is. RFC 792, 4443, 4884, 4950: at most 576 or 1280
 * bytes; with labels the quote is cut or padded to 128 bytes.
 */
void sim_reply_icmp(const sim_icmp_t *icmp, const sim_packet_t *quoted, sim_packet_t *reply);

typedef struct sim_segment {
    uint32_t seq;
    uint32_t ack;
    uint16_t flags; /* SIM_FIN to SIM_AE */
    uint8_t ttl; /* as it arrives */
} sim_segment_t;

/* Makes `reply` a TCP segment from the destination of `probe` to its source. A SYN has an MSS option. */
void sim_reply_tcp(const sim_segment_t *segment, const sim_packet_t *probe, sim_packet_t *reply);

#endif
