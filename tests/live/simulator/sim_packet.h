/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One IPv4 or IPv6 packet: where its headers are, its fields, its checksums. Pure.
 */
#ifndef SIM_PACKET_H
#define SIM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_PACKET_MAX = 2048, /* no packet of the simulator is longer; the device's MTU is 1500 */
    SIM_IPV4_HEADER = 20,
    SIM_IPV6_HEADER = 40,
    SIM_TCP_HEADER = 20,
    SIM_PROTOCOL_ICMP = 1,
    SIM_PROTOCOL_TCP = 6,
    SIM_PROTOCOL_UDP = 17,
    SIM_PROTOCOL_ICMPV6 = 58
};

enum { SIM_FIN = 0x01, SIM_SYN = 0x02, SIM_RST = 0x04, SIM_PSH = 0x08, SIM_ACK = 0x10, SIM_ECE = 0x40, SIM_CWR = 0x80, SIM_AE = 0x100 };

/* RFC 3168 section 5: the ECN field of the IP header. */
enum { SIM_NOT_ECT, SIM_ECT_1, SIM_ECT_0, SIM_CE };

typedef struct sim_address {
    uint8_t family; /* 4, 6, or 0: there is none */
    uint8_t bytes[16];
} sim_address_t;

typedef struct sim_packet {
    uint8_t bytes[SIM_PACKET_MAX];
    size_t length;
    size_t transport; /* offset of the TCP, UDP or ICMP header; at most `length` */
    uint8_t family;
    uint8_t protocol;
} sim_packet_t;

/* The fields that tests ask for. Ports, seq, ack and flags are 0 where the protocol has none. */
typedef struct sim_fields {
    sim_address_t source;
    sim_address_t destination;
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t seq;
    uint32_t ack;
    uint32_t flow_label; /* IPv6 */
    uint32_t payload;    /* bytes after the TCP header */
    uint16_t ip_id;      /* IPv4 */
    uint16_t flags;      /* SIM_FIN to SIM_AE */
    uint8_t ecn;
    uint8_t ttl;
} sim_fields_t;

/* Big-endian numbers at any address. */
uint16_t sim_get16(const uint8_t *at);
uint32_t sim_get32(const uint8_t *at);
void sim_put16(uint8_t *at, uint16_t value);
void sim_put32(uint8_t *at, uint32_t value);

/* RFC 1071: the checksum of `length` bytes, where `sum` is what was added before (0, or a pseudo header). */
uint16_t sim_checksum(const uint8_t *data, size_t length, uint32_t sum);

/* The sum of the pseudo header of `packet`, for a transport part of `length` bytes. Needs the addresses only. */
uint32_t sim_packet_pseudo_sum(const sim_packet_t *packet, uint8_t protocol, size_t length);

/* Takes over `length` bytes; false when they are no whole IPv4 packet or IPv6 packet. IPv6 extension headers are
 * not followed: such a packet has the protocol of its first header.
 */
bool sim_packet_set(sim_packet_t *packet, const uint8_t *bytes, size_t length);

sim_fields_t sim_packet_fields(const sim_packet_t *packet);

/* Each corrects the checksums that cover what it changes. */
void sim_packet_set_ttl(sim_packet_t *packet, uint8_t ttl);
void sim_packet_set_ip_id(sim_packet_t *packet, uint16_t id);                           /* IPv4 only; else nothing */
void sim_packet_set_ecn(sim_packet_t *packet, uint8_t ecn);
void sim_packet_set_source(sim_packet_t *packet, sim_address_t address, uint16_t port); /* TCP and UDP */

/* A number that is the same for all packets of a flow (addresses, protocol, ports, and the IPv6 flow label when
 * asked) and differs from one `salt` to the next.
 */
uint32_t sim_packet_flow_hash(const sim_packet_t *packet, uint32_t salt, bool with_flow_label);

/* `address` as text into `text`, of INET6_ADDRSTRLEN bytes; "" for none. */
void sim_address_text(const sim_address_t *address, char *text);

#endif
