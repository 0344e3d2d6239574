/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet.h"

#include <glib.h>
#include <string.h>

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    UDP_HEADER = 8,
    ICMP_HEADER = 8,
    ECHO_DATA = 56,
    EXTENSION_LENGTH = 12, /* version word, one object header, one label */
    QUOTE_BEFORE_EXTENSION = 128
};

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };

typedef struct {
    uint8_t v4_type;
    uint8_t v4_code;
    uint8_t v6_type;
    uint8_t v6_code;
} icmp_numbers_t;

static const icmp_numbers_t icmp_numbers[] = {
    [ICMP_TIME_EXCEEDED] = {11, 0, 3, 0},
    [ICMP_HOST_UNREACHABLE] = {3, 1, 1, 3},
    [ICMP_PORT_UNREACHABLE] = {3, 3, 1, 4},
    [ICMP_PROHIBITED] = {3, 13, 1, 1},
};

static void
put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

address_t
address_v4(uint32_t value)
{
    address_t address = {.is_v6 = false};

    put32(address.bytes, value);
    return address;
}

address_t
address_v6(uint16_t subnet, uint32_t host)
{
    address_t address = {.is_v6 = true, .bytes = {0x20, 0x01, 0x0d, 0xb8}};

    put16(address.bytes + 4, subnet);
    put32(address.bytes + 12, host);
    return address;
}

static uint32_t
sum_add(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (; length >= 2; bytes += 2, length -= 2)
        sum += (uint32_t)bytes[0] << 8 | bytes[1];
    return length > 0 ? sum + ((uint32_t)bytes[0] << 8) : sum;
}

static uint16_t
sum_finish(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t
address_length(const address_t *address)
{
    return address->is_v6 ? 16 : 4;
}

/* The sum over the pseudo header and `length` bytes of upper layer. Both families sum alike:
 * the fields are the same, and where they stand does not matter to a sum. */
static uint16_t
upper_checksum(const ip_fields_t *ip, uint8_t protocol, const uint8_t *upper, size_t length)
{
    uint32_t sum = protocol + (uint32_t)length;

    sum = sum_add(sum, ip->source.bytes, address_length(&ip->source));
    sum = sum_add(sum, ip->target.bytes, address_length(&ip->target));
    return sum_finish(sum_add(sum, upper, length));
}

static void
ipv4_checksum(uint8_t *header)
{
    put16(header + 10, 0);
    put16(header + 10, sum_finish(sum_add(0, header, IPV4_HEADER)));
}

static void
put_ipv4(packet_t *packet, const ip_fields_t *ip, uint8_t protocol)
{
    uint8_t *header = packet->bytes;

    memset(header, 0, IPV4_HEADER);
    header[0] = 0x45;
    put16(header + 2, (uint32_t)packet->length);
    put16(header + 4, ip->id);
    put16(header + 6, ip->dont_fragment ? 0x4000 : 0);
    header[8] = ip->ttl;
    header[9] = protocol;
    memcpy(header + 12, ip->source.bytes, 4);
    memcpy(header + 16, ip->target.bytes, 4);
    ipv4_checksum(header);
}

static void
put_ipv6(packet_t *packet, const ip_fields_t *ip, uint8_t protocol)
{
    uint8_t *header = packet->bytes;

    put32(header, 0x60000000);
    put16(header + 4, (uint32_t)packet->length - IPV6_HEADER);
    header[6] = protocol;
    header[7] = ip->ttl;
    memcpy(header + 8, ip->source.bytes, 16);
    memcpy(header + 24, ip->target.bytes, 16);
}

/* Writes the IP header for `upper_length` bytes above it, and returns where these go. */
static uint8_t *
packet_begin(packet_t *packet, const ip_fields_t *ip, uint8_t protocol, size_t upper_length)
{
    size_t header = ip->source.is_v6 ? IPV6_HEADER : IPV4_HEADER;

    g_assert(header + upper_length <= PACKET_MAX);
    packet->length = header + upper_length;
    if (ip->source.is_v6)
        put_ipv6(packet, ip, protocol);
    else
        put_ipv4(packet, ip, protocol);
    return packet->bytes + header;
}

static void
copy_span(uint8_t *to, span_t from)
{
    if (from.length > 0)
        memcpy(to, from.bytes, from.length);
}

void
packet_tcp(packet_t *packet, const ip_fields_t *ip, const tcp_fields_t *tcp)
{
    size_t header = TCP_HEADER + tcp->options.length;
    size_t length = header + tcp->payload.length;
    uint8_t *at = packet_begin(packet, ip, PROTOCOL_TCP, length);

    put16(at, tcp->sport);
    put16(at + 2, tcp->dport);
    put32(at + 4, tcp->seq);
    put32(at + 8, tcp->ack);
    at[12] = (uint8_t)(header / 4 << 4);
    at[13] = tcp->flags;
    put16(at + 14, tcp->window);
    put32(at + 16, 0);
    copy_span(at + TCP_HEADER, tcp->options);
    copy_span(at + header, tcp->payload);
    put16(at + 16, upper_checksum(ip, PROTOCOL_TCP, at, length));
}

void
packet_udp(packet_t *packet, const ip_fields_t *ip, uint16_t sport, uint16_t dport, span_t payload)
{
    size_t length = UDP_HEADER + payload.length;
    uint8_t *at = packet_begin(packet, ip, PROTOCOL_UDP, length);
    uint16_t checksum;

    put16(at, sport);
    put16(at + 2, dport);
    put16(at + 4, (uint32_t)length);
    put16(at + 6, 0);
    copy_span(at + UDP_HEADER, payload);
    checksum = upper_checksum(ip, PROTOCOL_UDP, at, length);
    put16(at + 6, checksum == 0 ? 0xffff : checksum); /* 0 on the wire means "none" */
}

/* ICMP sums its own bytes only, ICMPv6 the pseudo header as well. */
static void
icmp_checksum(const ip_fields_t *ip, uint8_t *at, size_t length)
{
    put16(at + 2, 0);
    put16(at + 2, ip->source.is_v6 ? upper_checksum(ip, PROTOCOL_ICMPV6, at, length)
                                   : sum_finish(sum_add(0, at, length)));
}

static uint8_t *
icmp_begin(packet_t *packet, const ip_fields_t *ip, size_t length)
{
    uint8_t *at = packet_begin(packet, ip, ip->source.is_v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, length);

    memset(at, 0, length);
    return at;
}

void
packet_echo(packet_t *packet, const ip_fields_t *ip, bool is_reply, uint16_t id, uint16_t seq)
{
    size_t length = ICMP_HEADER + ECHO_DATA;
    uint8_t *at = icmp_begin(packet, ip, length);

    if (ip->source.is_v6)
        at[0] = is_reply ? 129 : 128;
    else
        at[0] = is_reply ? 0 : 8;
    put16(at + 4, id);
    put16(at + 6, seq);
    for (size_t i = 0; i < ECHO_DATA; i++)
        at[ICMP_HEADER + i] = (uint8_t)i;
    icmp_checksum(ip, at, length);
}

/* The packet as the router saw it: its TTL has been counted down, and the IPv4 header checksum says so. */
static void
put_quote(uint8_t *at, const icmp_error_t *error, size_t length)
{
    bool is_v6 = error->quoted->bytes[0] >> 4 == 6;

    memcpy(at, error->quoted->bytes, length);
    at[is_v6 ? 7 : 8] = error->quoted_ttl;
    if (!is_v6)
        ipv4_checksum(at);
}

/* RFC 4950: version 2, one object of class 1 (MPLS label stack), type 1, one entry with TTL 1. */
static void
put_extension(uint8_t *at, uint32_t label)
{
    put32(at, 0x20000000);
    put16(at + 4, 8);
    put16(at + 6, 0x0101);
    put32(at + 8, label << 12 | 0x101);
    put16(at + 2, sum_finish(sum_add(0, at, EXTENSION_LENGTH)));
}

void
packet_icmp_error(packet_t *packet, const ip_fields_t *ip, const icmp_error_t *error)
{
    const icmp_numbers_t *numbers = &icmp_numbers[error->reason];
    bool has_extension = error->mpls_label != 0;
    size_t limit = has_extension ? QUOTE_BEFORE_EXTENSION : error->quote_max;
    size_t quote = MIN(error->quoted->length, limit);
    size_t quote_room = has_extension ? QUOTE_BEFORE_EXTENSION : quote;
    size_t length = ICMP_HEADER + quote_room + (has_extension ? EXTENSION_LENGTH : 0);
    uint8_t *at = icmp_begin(packet, ip, length);

    at[0] = ip->source.is_v6 ? numbers->v6_type : numbers->v4_type;
    at[1] = ip->source.is_v6 ? numbers->v6_code : numbers->v4_code;
    put_quote(at + ICMP_HEADER, error, quote);
    if (has_extension) {
        /* RFC 4884 counts the padded quote in words of 4 bytes for ICMP and of 8 for ICMPv6. */
        at[ip->source.is_v6 ? 4 : 5] = (uint8_t)(quote_room / (ip->source.is_v6 ? 8 : 4));
        put_extension(at + ICMP_HEADER + quote_room, error->mpls_label);
    }
    icmp_checksum(ip, at, length);
}
