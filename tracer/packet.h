/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Builds probes, byte for byte as they go out. Pure.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stddef.h>

#include "options.h"
#include "ttr_types.h"

#define PACKET_MAX 1500

/* What all probes of a trace have in common. */
typedef struct packet_form {
    uint8_t family;
    ttr_address_t source;
    ttr_address_t target;
    uint16_t dport;
    options_packet_t kind;
    options_tcp_t tcp_options;
    uint8_t dscp;
    options_ecn_t ecn;
    bool dont_fragment;
    uint16_t length;            /* of the IP packet; less than the headers: no payload */
    uint16_t mtu;               /* of the device, bytes: the MSS follows from it */
    uint32_t time_stamp;        /* TSval of all probes: one that varied would change what load balancers hash */
} packet_form_t;

/* What tells one probe from another. */
typedef struct packet_probe {
    uint8_t ttl;
    uint16_t ip_id;             /* IPv4; not 0, which the kernel would replace */
    uint16_t sport;
    uint32_t seq;
    uint32_t ack;               /* of ACK probes */
    uint32_t flow_label;        /* IPv6, 20 bits */
} packet_probe_t;

/* Writes the whole IP packet to `out` and returns its length in bytes. RFC 791, RFC 8200, RFC 9293. */
size_t packet_build(const packet_form_t *form, const packet_probe_t *probe, uint8_t out[PACKET_MAX]);

/* Length of the headers: the smallest packet of this form, bytes. */
size_t packet_header_length(const packet_form_t *form);

#endif
