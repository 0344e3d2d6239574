/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_segment.h"

#include <glib.h>

#include "ttr_bytes.h"

/* Offsets and sizes in the TCP header (RFC 9293 section 3.1). */
enum {
    TCP_SEQ = 4,
    TCP_ACK = 8,
    TCP_OFFSET_FLAGS = 12,
    TCP_WINDOW = 14,
    TCP_CHECKSUM = 16,
    TCP_HEADER = 20,
    TCP_FLAGS_MASK = 0x1ff
};

/* Option kinds (RFC 9293 section 3.2, RFC 7323, RFC 2018). */
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_SACK = 5,
    OPTION_SACK_ONE_BLOCK = 10,
    OPTION_TIME_STAMP = 8,
    OPTION_TIME_STAMP_LENGTH = 10
};

/* One option with its kind and length bytes. */
static void
take_option(const uint8_t *option, size_t length, ttr_tcp_t *tcp)
{
    if (option[0] == OPTION_TIME_STAMP && length == OPTION_TIME_STAMP_LENGTH) {
        tcp->tsval = ttr_bytes_u32(option + 2);
        tcp->tsecr = ttr_bytes_u32(option + 6);
    }
    if (option[0] == OPTION_SACK && length >= OPTION_SACK_ONE_BLOCK && !tcp->has_sack) {
        tcp->has_sack = true;
        tcp->sack_left = ttr_bytes_u32(option + 2);
        tcp->sack_right = ttr_bytes_u32(option + 6);
    }
}

/* FNV-1a over the kinds. Options that are cut off or malformed end the list. */
static void
take_options(const uint8_t *options, size_t size, ttr_tcp_t *tcp)
{
    uint32_t hash = 2166136261u;
    size_t at = 0;

    while (at < size && options[at] != OPTION_END) {
        size_t length = 1;

        if (options[at] != OPTION_NOP) {
            if (at + 2 > size || options[at + 1] < 2 || options[at + 1] > size - at)
                break;
            length = options[at + 1];
            take_option(options + at, length, tcp);
        }
        hash = (hash ^ options[at]) * 16777619u;
        if (tcp->kind_count < TTR_KINDS_MAX)
            tcp->kinds[tcp->kind_count++] = options[at];
        at += length;
    }
    tcp->options = at == 0 ? 0 : hash;
}

bool
ttr_segment_parse(const uint8_t *bytes, size_t captured, uint32_t length, ttr_tcp_t *tcp)
{
    uint16_t offset_flags;
    size_t header;

    if (captured < TTR_SEGMENT_MINIMUM)
        return false;
    offset_flags = ttr_bytes_u16(bytes + TCP_OFFSET_FLAGS);
    header = (size_t)(offset_flags >> 12) * 4;
    *tcp = (ttr_tcp_t){
        .sport = ttr_bytes_u16(bytes),
        .dport = ttr_bytes_u16(bytes + 2),
        .seq = ttr_bytes_u32(bytes + TCP_SEQ),
        .ack = ttr_bytes_u32(bytes + TCP_ACK),
        .flags = offset_flags & TCP_FLAGS_MASK,
        .window = captured >= TCP_WINDOW + 2 ? ttr_bytes_u16(bytes + TCP_WINDOW) : 0,
        .checksum = captured >= TCP_CHECKSUM + 2 ? ttr_bytes_u16(bytes + TCP_CHECKSUM) : 0,
        .length = length,
        .payload = length > header ? length - (uint32_t)header : 0,
    };
    if (header > TCP_HEADER && captured > TCP_HEADER)
        take_options(bytes + TCP_HEADER, MIN(header, captured) - TCP_HEADER, tcp);
    return true;
}

bool
ttr_segment_is_sum_partial(const ttr_ip_t *ip, const ttr_tcp_t *tcp)
{
    enum { PROTOCOL = 6,
           ONES = 0xffff };
    uint64_t sum = PROTOCOL + (uint64_t)tcp->length;

    for (size_t at = 0; at < sizeof ip->source.bytes; at += 2)
        sum += (uint64_t)ttr_bytes_u16(ip->source.bytes + at) + ttr_bytes_u16(ip->target.bytes + at);
    return sum % ONES == tcp->checksum % ONES;
}
