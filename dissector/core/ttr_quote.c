/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_quote.h"

#include <glib.h>
#include <string.h>

#include "ttr_bytes.h"
#include "ttr_extension.h"
#include "ttr_segment.h"

enum {
    ICMP_HEADER_SIZE = 8,
    IPV4_HEADER_MIN = 20,
    IPV6_HEADER_SIZE = 40,
    PROTOCOL_TCP = 6,
    TCP_PORTS = 4,              /* a capture with tcpdump's old default of 68 bytes ends in the seq */
    TCP_PORTS_AND_SEQ = 8,
    TCP_TO_FLAGS = 14,
    TCP_TO_CHECKSUM = 18,
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_DONT_FRAGMENT = 0x4000,
    TCP_HEADER_LENGTH_AT = 12,
    TCP_HEADER_WORDS = 5        /* at least, by the data offset (RFC 9293 section 3.1) */
};

static ttr_kind_t
kind_of(uint8_t family, uint8_t type, bool *is_error)
{
    *is_error = true;
    if (family == TTR_FAMILY_IPV4) {
        switch (type) {
        case 3:  return TTR_KIND_UNREACHABLE;
        case 11: return TTR_KIND_TIME_EXCEEDED;
        case 12: return TTR_KIND_OTHER_ICMP;   /* parameter problem */
        default: break;
        }
    } else {
        switch (type) {
        case 1:  return TTR_KIND_UNREACHABLE;
        case 2:  return TTR_KIND_PACKET_TOO_BIG;
        case 3:  return TTR_KIND_TIME_EXCEEDED;
        case 4:  return TTR_KIND_OTHER_ICMP;   /* parameter problem */
        default: break;
        }
    }
    *is_error = false;
    return TTR_KIND_OTHER_ICMP;
}

/* Size of the "original datagram" field as announced, 0 when the message announces none (RFC 4884 section 4). */
static size_t
announced_size(uint8_t family, const uint8_t *data)
{
    uint8_t type = data[0];

    if (family == TTR_FAMILY_IPV4 && (type == 3 || type == 11 || type == 12))
        return (size_t)data[5] * 4;
    if (family == TTR_FAMILY_IPV6 && (type == 1 || type == 3))
        return (size_t)data[4] * 8;
    return 0;
}

static uint32_t
next_hop_mtu(uint8_t family, const uint8_t *data)
{
    if (family == TTR_FAMILY_IPV4 && data[0] == 3 && data[1] == 4)
        return ttr_bytes_u16(data + 6); /* RFC 1191 section 4 */
    if (family == TTR_FAMILY_IPV6 && data[0] == 2)
        return ttr_bytes_u32(data + 4); /* RFC 4443 section 3.2 */
    return 0;
}

/* All behind seq. Where more follows than the packet was long, a router has filled up: RFC 4884 section 4 asks it for
 * zeros, so zeros at the end are no part of the quote. What they cannot be told from is lost with them. */
static void
take_header(const uint8_t *data, size_t size, bool is_padded, ttr_quote_t *quote)
{
    uint8_t marks = quote->header.marks;
    ttr_tcp_t tcp;

    while (is_padded && size > TCP_PORTS_AND_SEQ && data[size - 1] == 0)
        size--;
    if (size > TCP_HEADER_LENGTH_AT && data[TCP_HEADER_LENGTH_AT] >> 4 < TCP_HEADER_WORDS)
        size = TCP_PORTS_AND_SEQ;
    if (ttr_segment_parse(data, size, (uint32_t)size, &tcp)) {
        ttr_segment_take_header(data, size, &tcp);
        quote->header = tcp.header;
    } else {
        quote->header = (ttr_header_t){.known = (uint8_t)MIN(size, (size_t)TCP_PORTS_AND_SEQ)};
    }
    quote->header.marks = marks;
}

/* The ports must be in `size` bytes at `data`, unless an IP ID is known; what follows them is optional. A data offset
 * below 5 words is none: what follows the first 8 bytes is then padding. The quoted length bounds the segment (`bound`), so that
 * padding is not read as TCP, but only where it can be true: some routers quote it byte-swapped or less the header
 * (Malone and Luckie, PAM 2007). */
static ttr_quote_result_t
parse_tcp(const uint8_t *data, size_t size, size_t bound, ttr_quote_t *quote)
{
    bool is_padded = bound >= TCP_PORTS_AND_SEQ && size > bound;
    ttr_tcp_t tcp;

    size = is_padded ? bound : size;
    take_header(data, size, is_padded, quote);
    quote->are_ports_cut = size < TCP_PORTS;
    if (quote->are_ports_cut)
        return quote->ip_id != 0 ? TTR_QUOTE_TCP : TTR_QUOTE_SHORT;
    quote->sport = ttr_bytes_u16(data);
    quote->dport = ttr_bytes_u16(data + 2);
    if (size >= TCP_PORTS_AND_SEQ) {
        quote->has_seq = true;
        quote->seq = ttr_bytes_u32(data + 4);
    }
    if (size >= TCP_TO_FLAGS && data[12] >> 4 < TCP_HEADER_WORDS)
        return TTR_QUOTE_TCP;
    if (size >= TCP_TO_FLAGS) {
        quote->has_flags = true;
        quote->ack = ttr_bytes_u32(data + 8);
        quote->tcp_flags = ttr_bytes_u16(data + 12) & 0x1ff;
    }
    if (size >= TCP_TO_CHECKSUM) {
        quote->has_checksum = true;
        quote->checksum = ttr_bytes_u16(data + 16);
    }
    if (size > (size_t)TCP_HEADER_WORDS * 4 && ttr_segment_parse(data, size, (uint32_t)size, &tcp))
        quote->tsval = tcp.tsval;
    return TTR_QUOTE_TCP;
}

static ttr_quote_result_t
parse_ipv4(const uint8_t *data, size_t size, ttr_quote_t *quote)
{
    uint16_t fragment;
    size_t header;

    if (size < 1)
        return TTR_QUOTE_SHORT;
    header = (size_t)(data[0] & 0x0f) * 4;
    if (data[0] >> 4 != 4 || header < IPV4_HEADER_MIN)
        return TTR_QUOTE_NOT_TCP;
    if (size < IPV4_HEADER_MIN)
        return TTR_QUOTE_SHORT;
    if (data[9] != PROTOCOL_TCP || (ttr_bytes_u16(data + 6) & 0x1fff) != 0)
        return TTR_QUOTE_NOT_TCP;
    if (size < header)
        return TTR_QUOTE_SHORT;
    quote->tos = data[1];
    quote->length = ttr_bytes_u16(data + 2);
    quote->ip_id = ttr_bytes_u16(data + 4);
    fragment = ttr_bytes_u16(data + 6);
    quote->header.marks = (uint8_t)(((fragment & IPV4_DONT_FRAGMENT) != 0 ? TTR_HEADER_DONT_FRAGMENT : 0) |
                                    ((fragment & IPV4_MORE_FRAGMENTS) != 0 ? TTR_HEADER_FRAGMENT : 0));
    quote->ttl = data[8];
    memcpy(quote->source.bytes, data + 12, 4);
    memcpy(quote->target.bytes, data + 16, 4);
    return parse_tcp(data + header, size - header, quote->length > header ? quote->length - header : 0, quote);
}

/* Walks the IPv6 extension headers (RFC 8200 section 4) from `next` to the TCP header; *offset moves along. */
static ttr_quote_result_t
skip_ipv6_headers(const uint8_t *data, size_t size, uint8_t next, size_t *offset, ttr_quote_t *quote)
{
    enum {
        HOP_BY_HOP = 0,
        ROUTING = 43,
        FRAGMENT = 44,
        AUTHENTICATION = 51,
        DESTINATION = 60,
        MOBILITY = 135
    };

    while (next != PROTOCOL_TCP) {
        if (next != HOP_BY_HOP && next != ROUTING && next != FRAGMENT && next != AUTHENTICATION &&
            next != DESTINATION && next != MOBILITY)
            return TTR_QUOTE_NOT_TCP;
        if (size < *offset + 8)
            return TTR_QUOTE_SHORT;
        if (next == FRAGMENT && (ttr_bytes_u16(data + *offset + 2) & 0xfff8) != 0)
            return TTR_QUOTE_NOT_TCP;
        if (next == FRAGMENT)
            quote->header.marks = TTR_HEADER_FRAGMENT;
        uint8_t units = data[*offset + 1];
        size_t length = next == FRAGMENT ? 8 : next == AUTHENTICATION ? ((size_t)units + 2) * 4
                                                                      : ((size_t)units + 1) * 8;
        next = data[*offset];
        *offset += length;
    }
    return *offset <= size ? TTR_QUOTE_TCP : TTR_QUOTE_SHORT;
}

static ttr_quote_result_t
parse_ipv6(const uint8_t *data, size_t size, ttr_quote_t *quote)
{
    size_t offset = IPV6_HEADER_SIZE;
    ttr_quote_result_t result;
    size_t end;

    if (size >= 1 && data[0] >> 4 != 6)
        return TTR_QUOTE_NOT_TCP;
    if (size < IPV6_HEADER_SIZE)
        return TTR_QUOTE_SHORT;
    quote->tos = (uint8_t)(ttr_bytes_u16(data) >> 4);
    quote->flow_label = ttr_bytes_u32(data) & 0xfffff;
    quote->length = ttr_bytes_u16(data + 4);
    quote->ttl = data[7];
    memcpy(quote->source.bytes, data + 8, 16);
    memcpy(quote->target.bytes, data + 24, 16);
    result = skip_ipv6_headers(data, size, data[6], &offset, quote);
    if (result != TTR_QUOTE_TCP)
        return result;
    end = (size_t)IPV6_HEADER_SIZE + quote->length;
    return parse_tcp(data + offset, size - offset, end > offset ? end - offset : 0, quote);
}

/* What the IP header and 8 bytes of TCP plainly need (RFC 792: that much is quoted). */
static size_t
least_size(uint8_t family, const uint8_t *quote)
{
    if (family == TTR_FAMILY_IPV6)
        return IPV6_HEADER_SIZE + TCP_PORTS_AND_SEQ;
    return (size_t)(quote[0] & 0x0f) * 4 + TCP_PORTS_AND_SEQ;
}

/* Where a quote ends that an extension at `place` follows. */
static size_t
end_before(size_t place, size_t announced, size_t least, size_t size)
{
    size_t end = announced >= least ? MIN(announced, place) : place;

    return end >= least ? end : size;
}

ttr_quote_result_t
ttr_quote_parse(uint8_t family, const uint8_t *data, size_t captured, size_t length, ttr_icmp_t *icmp)
{
    const uint8_t *quote = data + ICMP_HEADER_SIZE;
    bool is_error;
    size_t quoted;
    size_t announced;
    size_t place;

    captured = MIN(captured, length);
    if (captured < ICMP_HEADER_SIZE)
        return captured == 0 || length < ICMP_HEADER_SIZE ? TTR_QUOTE_NOT_AN_ERROR : TTR_QUOTE_SHORT;
    memset(icmp, 0, sizeof *icmp);
    icmp->type = data[0];
    icmp->code = data[1];
    icmp->kind = kind_of(family, icmp->type, &is_error);
    if (!is_error)
        return TTR_QUOTE_NOT_AN_ERROR;
    icmp->mtu = next_hop_mtu(family, data);
    icmp->quote.family = family;

    quoted = captured - ICMP_HEADER_SIZE;
    announced = announced_size(family, data);
    place = ttr_extension_find(quote, quoted, length - ICMP_HEADER_SIZE, announced, &icmp->is_extension_wrong);
    if (place != 0) {
        ttr_extension_parse(quote + place, quoted - place, &icmp->extension);
        quoted = end_before(place, announced, least_size(family, quote), quoted);
    }
    if (family == TTR_FAMILY_IPV4)
        return parse_ipv4(quote, quoted, &icmp->quote);
    return parse_ipv6(quote, quoted, &icmp->quote);
}
