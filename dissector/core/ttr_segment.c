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
    TCP_URGENT = 18,
    TCP_HEADER = 20,
    TCP_FLAGS_MASK = 0x1ff,
    TCP_ALL_FLAGS = 0xfff,
    SUMMED_MAX = 60             /* a header with all options */
};

/* Option kinds (RFC 9293 section 3.2, RFC 7323, RFC 2018). */
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_MSS_LENGTH = 4,
    OPTION_WINDOW_SCALE = 3,
    OPTION_WINDOW_SCALE_LENGTH = 3,
    OPTION_SACK = 5,
    OPTION_SACK_ONE_BLOCK = 10,
    OPTION_TIME_STAMP = 8,
    OPTION_TIME_STAMP_LENGTH = 10
};

/* One option with its kind and length bytes. */
static void
take_option(const uint8_t *option, size_t length, ttr_tcp_t *tcp)
{
    if (option[0] == OPTION_MSS && length == OPTION_MSS_LENGTH)
        tcp->header.mss = ttr_bytes_u16(option + 2);
    if (option[0] == OPTION_WINDOW_SCALE && length == OPTION_WINDOW_SCALE_LENGTH)
        tcp->header.window_scale = (uint8_t)(MIN(option[2], UINT8_MAX - 1) + 1);
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

/* RFC 1071: words are added, and what is carried out on the left is added on the right. */
static uint16_t
sum_of(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t at = 0; at + 1 < size; at += 2)
        sum += ttr_bytes_u16(bytes + at);
    if (size % 2 != 0)
        sum += (uint32_t)bytes[size - 1] << 8;
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)(sum + (sum >> 16));
}

void
ttr_segment_take_header(const uint8_t *bytes, size_t captured, ttr_tcp_t *tcp)
{
    uint16_t offset_flags = ttr_bytes_u16(bytes + TCP_OFFSET_FLAGS);

    tcp->header.ack = tcp->ack;
    tcp->header.options = tcp->options;
    tcp->header.flags = offset_flags & TCP_ALL_FLAGS;
    tcp->header.window = tcp->window;
    tcp->header.urgent = captured >= TCP_HEADER ? ttr_bytes_u16(bytes + TCP_URGENT) : 0;
    tcp->header.size = (uint8_t)((offset_flags >> 12) * 4);
    tcp->header.known = (uint8_t)MIN(captured, UINT8_MAX);
}

/* What a SYN says besides. */
static void
take_rest(const uint8_t *bytes, size_t captured, ttr_tcp_t *tcp)
{
    ttr_segment_take_header(bytes, captured, tcp);
    if (tcp->length <= SUMMED_MAX && captured >= tcp->length) {
        tcp->has_sum = true;
        tcp->sum = sum_of(bytes, tcp->length);
    }
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
    if ((tcp->flags & TTR_TCP_SYN) != 0)
        take_rest(bytes, captured, tcp);
    return true;
}

/* What the segment and its pseudo header sum up to, modulo 0xffff: 0 when the checksum is right. */
static uint64_t
pseudo_sum(const ttr_ip_t *ip, const ttr_tcp_t *tcp)
{
    enum { PROTOCOL = 6 };
    uint64_t sum = PROTOCOL + (uint64_t)tcp->length;

    for (size_t at = 0; at < sizeof ip->source.bytes; at += 2)
        sum += (uint64_t)ttr_bytes_u16(ip->source.bytes + at) + ttr_bytes_u16(ip->target.bytes + at);
    return sum;
}

bool
ttr_segment_is_sum_right(const ttr_ip_t *ip, const ttr_tcp_t *tcp)
{
    enum { ONES = 0xffff };

    return tcp->has_sum && (pseudo_sum(ip, tcp) + tcp->sum) % ONES == 0;
}

bool
ttr_segment_is_sum_partial(const ttr_ip_t *ip, const ttr_tcp_t *tcp)
{
    enum { ONES = 0xffff };

    return pseudo_sum(ip, tcp) % ONES == tcp->checksum % ONES;
}
