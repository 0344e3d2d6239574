/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet.h"

#include <glib.h>
#include <string.h>

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    TCP_CHECKSUM = 16,
    IPV4_CHECKSUM = 10,
    IPV4_DONT_FRAGMENT = 0x4000,
    PROTOCOL_TCP = 6,
    OPTIONS_MAX = 20
};

static void
put_u16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void
put_u32(uint8_t *to, uint32_t value)
{
    put_u16(to, (uint16_t)(value >> 16));
    put_u16(to + 2, (uint16_t)value);
}

/* RFC 1071 section 1, without the final complement. */
static uint32_t
sum_words(uint32_t sum, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += ((uint32_t)data[i] << 8) | data[i + 1];
    if (length % 2 != 0)
        sum += (uint32_t)data[length - 1] << 8;
    return sum;
}

static uint16_t
finish_sum(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t
ip_header_length(const packet_form_t *form)
{
    return form->family == TTR_FAMILY_IPV4 ? IPV4_HEADER : IPV6_HEADER;
}

static uint16_t
segment_size(const packet_form_t *form)
{
    size_t headers = ip_header_length(form) + TCP_HEADER;

    return (uint16_t)(form->mtu > headers + 64 ? form->mtu - headers : 1460);
}

/* What a Linux system offers in its SYN: as many whole segments as can be said without a scale. */
static uint16_t
window(const packet_form_t *form)
{
    uint16_t mss = segment_size(form);

    return (uint16_t)(UINT16_MAX / mss * mss);
}

/* Linux puts them in this order: MSS, SACK permitted, time stamps, NOP, window scale. */
static size_t
put_tcp_options(const packet_form_t *form, uint8_t to[OPTIONS_MAX])
{
    static const uint8_t system[OPTIONS_MAX] = {2, 4, 0, 0, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7};
    size_t length = form->tcp_options == OPTIONS_TCP_MSS ? 4 : sizeof system;

    if (form->kind == OPTIONS_PACKET_ACK || form->tcp_options == OPTIONS_TCP_NONE)
        return 0;
    memcpy(to, system, length);
    put_u16(to + 2, segment_size(form));
    if (length == sizeof system)
        put_u32(to + 8, form->time_stamp);
    return length;
}

/* A SYN that asks for AccECN has all three flags (RFC 9768 section 3.1.1). */
static uint16_t
tcp_flags(const packet_form_t *form)
{
    const uint16_t accurate = TTR_TCP_AE | TTR_TCP_CWR | TTR_TCP_ECE;

    switch (form->kind) {
    case OPTIONS_PACKET_SYN: return (uint16_t)(TTR_TCP_SYN | (form->ecn == OPTIONS_ECN_OFF ? 0 : accurate));
    case OPTIONS_PACKET_ACK: return TTR_TCP_ACK;
    case OPTIONS_PACKET_ECN: return TTR_TCP_SYN | TTR_TCP_ECE | TTR_TCP_CWR;
    }
    return TTR_TCP_SYN;
}

/* DSCP and ECN (RFC 3168 section 5). */
static uint8_t
traffic_class(const packet_form_t *form)
{
    static const uint8_t codepoints[] = {
        [OPTIONS_ECN_OFF] = 0, [OPTIONS_ECN_NOT_ECT] = 0, [OPTIONS_ECN_ECT_0] = 2, [OPTIONS_ECN_ECT_1] = 1};

    return (uint8_t)(form->dscp << 2 | codepoints[form->ecn]);
}

static void
put_ipv4(const packet_form_t *form, const packet_probe_t *probe, size_t length, uint8_t *to)
{
    to[0] = 0x45;
    to[1] = traffic_class(form);
    put_u16(to + 2, (uint16_t)length);
    put_u16(to + 4, probe->ip_id);
    put_u16(to + 6, form->dont_fragment ? IPV4_DONT_FRAGMENT : 0);
    to[8] = probe->ttl;
    to[9] = PROTOCOL_TCP;
    memcpy(to + 12, form->source.bytes, 4);
    memcpy(to + 16, form->target.bytes, 4);
    put_u16(to + IPV4_CHECKSUM, finish_sum(sum_words(0, to, IPV4_HEADER)));
}

static void
put_ipv6(const packet_form_t *form, const packet_probe_t *probe, size_t length, uint8_t *to)
{
    put_u32(to, 0x60000000u | ((uint32_t)traffic_class(form) << 20) | (probe->flow_label & 0xfffff));
    put_u16(to + 4, (uint16_t)(length - IPV6_HEADER));
    to[6] = PROTOCOL_TCP;
    to[7] = probe->ttl;
    memcpy(to + 8, form->source.bytes, 16);
    memcpy(to + 24, form->target.bytes, 16);
}

/* Over the pseudo header (RFC 9293 section 3.1) and the segment. */
static uint16_t
tcp_checksum(const packet_form_t *form, const uint8_t *segment, size_t length)
{
    size_t size = form->family == TTR_FAMILY_IPV4 ? 4 : 16;
    uint32_t sum = PROTOCOL_TCP + (uint32_t)length;

    sum = sum_words(sum, form->source.bytes, size);
    sum = sum_words(sum, form->target.bytes, size);
    return finish_sum(sum_words(sum, segment, length));
}

size_t
packet_header_length(const packet_form_t *form)
{
    uint8_t options[OPTIONS_MAX];

    return ip_header_length(form) + TCP_HEADER + put_tcp_options(form, options);
}

size_t
packet_build(const packet_form_t *form, const packet_probe_t *probe, uint8_t out[PACKET_MAX])
{
    size_t headers = packet_header_length(form);
    size_t length = CLAMP(form->length, headers, PACKET_MAX);
    size_t ip = ip_header_length(form);
    uint8_t *tcp = out + ip;

    memset(out, 0, length);
    put_u16(tcp, probe->sport);
    put_u16(tcp + 2, form->dport);
    put_u32(tcp + 4, probe->seq);
    put_u32(tcp + 8, form->kind == OPTIONS_PACKET_ACK ? probe->ack : 0);
    put_u16(tcp + 12, (uint16_t)((headers - ip) / 4 << 12 | tcp_flags(form)));
    put_u16(tcp + 14, window(form));
    put_tcp_options(form, tcp + TCP_HEADER);
    put_u16(tcp + TCP_CHECKSUM, tcp_checksum(form, tcp, length - ip));
    if (form->family == TTR_FAMILY_IPV4)
        put_ipv4(form, probe, length, out);
    else
        put_ipv6(form, probe, length, out);
    return length;
}
