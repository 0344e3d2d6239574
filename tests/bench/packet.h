/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Builds IPv4 and IPv6 packets with valid lengths and checksums. Knows headers; knows nothing of traces or connections.
 * The family of a packet is that of its source address; source and target are of one family.
 */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX 1500 /* Ethernet's MTU; what is asked for beyond it is a programming error and aborts */

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

typedef struct {
    bool is_v6;
    uint8_t bytes[16]; /* network order; the first 4 for IPv4 */
} address_t;

typedef struct {
    const uint8_t *bytes; /* borrowed for the call */
    size_t length;
} span_t;

typedef struct {
    uint8_t bytes[PACKET_MAX]; /* from the IP header on */
    size_t length;
} packet_t;

typedef struct {
    address_t source;
    address_t target;
    uint8_t ttl;
    uint16_t id;         /* IPv4 only */
    bool dont_fragment;  /* IPv4 only */
} ip_fields_t;

typedef struct {
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
    uint32_t ack;
    uint8_t flags;
    uint16_t window;
    span_t options; /* length a multiple of 4 */
    span_t payload;
} tcp_fields_t;

typedef enum {
    ICMP_TIME_EXCEEDED,
    ICMP_HOST_UNREACHABLE,
    ICMP_PORT_UNREACHABLE,
    ICMP_PROHIBITED
} icmp_reason_t;

typedef struct {
    icmp_reason_t reason;
    const packet_t *quoted; /* as it was sent; borrowed for the call */
    uint8_t quoted_ttl;     /* what was left of its TTL at the router */
    size_t quote_max;       /* the router quotes no more bytes than this */
    uint32_t mpls_label;    /* 0: none; else an RFC 4884 extension with this label follows the quote */
} icmp_error_t;

/* `value` in host order: 0xc0000201 is 192.0.2.1. */
address_t address_v4(uint32_t value);

/* 2001:db8:SUBNET::HOST (documentation space). */
address_t address_v6(uint16_t subnet, uint32_t host);

void packet_tcp(packet_t *packet, const ip_fields_t *ip, const tcp_fields_t *tcp);
void packet_udp(packet_t *packet, const ip_fields_t *ip, uint16_t sport, uint16_t dport, span_t payload);
void packet_echo(packet_t *packet, const ip_fields_t *ip, bool is_reply, uint16_t id, uint16_t seq);
void packet_icmp_error(packet_t *packet, const ip_fields_t *ip, const icmp_error_t *error);

#endif
