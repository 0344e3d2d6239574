/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sim_reply.h"

enum {
    ICMP_HEADER = 8,
    ICMP_LONGEST = 576,
    ICMPV6_LONGEST = 1280,
    QUOTE_WITH_EXTENSION = 128,
    WINDOW = 64240,
    MSS_OPTION = 4
};

/* Writes the IP header for a payload of `length` bytes after it; `packet` has its family. */
static void
write_header(sim_packet_t *packet, const sim_icmp_t *outer, uint8_t protocol, size_t length)
{
    uint8_t *ip = packet->bytes;

    packet->protocol = protocol;
    if (packet->family == 4) {
        memset(ip, 0, SIM_IPV4_HEADER);
        ip[0] = 0x45;
        ip[1] = outer->tos;
        sim_put16(ip + 2, (uint16_t)(SIM_IPV4_HEADER + length));
        sim_put16(ip + 4, outer->ip_id);
        sim_put16(ip + 6, outer->ip_id == 0 ? 0x4000 : 0);
        ip[8] = outer->ttl;
        ip[9] = protocol;
        memcpy(ip + 12, outer->from.bytes, 4);
        memcpy(ip + 16, outer->to.bytes, 4);
        sim_put16(ip + 10, sim_checksum(ip, SIM_IPV4_HEADER, 0));
        packet->transport = SIM_IPV4_HEADER;
    } else {
        sim_put32(ip, 6U << 28 | (uint32_t)outer->tos << 20);
        sim_put16(ip + 4, (uint16_t)length);
        ip[6] = protocol;
        ip[7] = outer->ttl;
        memcpy(ip + 8, outer->from.bytes, 16);
        memcpy(ip + 24, outer->to.bytes, 16);
        packet->transport = SIM_IPV6_HEADER;
    }
    packet->length = packet->transport + length;
}

static size_t
write_extension(const GArray *labels, uint8_t *at)
{
    size_t object = 4 + 4 * (size_t)labels->len;

    sim_put32(at, 0x20000000);
    sim_put16(at + 4, (uint16_t)object);
    at[6] = 1;
    at[7] = 1;
    for (unsigned i = 0; i < labels->len; i++) {
        const sim_label_t *label = &g_array_index(labels, sim_label_t, i);
        uint32_t is_last = i + 1 == labels->len;

        sim_put32(at + 8 + 4 * (size_t)i,
                  label->label << 12 | (uint32_t)label->traffic_class << 9 | is_last << 8 | label->ttl);
    }
    sim_put16(at + 2, sim_checksum(at, 4 + object, 0));
    return 4 + object;
}

static size_t
quote_length(const sim_icmp_t *icmp, const sim_packet_t *quoted)
{
    size_t ip = quoted->family == 4 ? SIM_IPV4_HEADER : SIM_IPV6_HEADER;
    size_t most = (quoted->family == 4 ? ICMP_LONGEST : ICMPV6_LONGEST) - ip - ICMP_HEADER;
    size_t length = quoted->length;

    if (icmp->quote != SIM_QUOTE_FULL)
        length = MIN(length, quoted->transport + (size_t)icmp->quote);
    return MIN(length, most);
}

void
sim_reply_icmp(const sim_icmp_t *icmp, const sim_packet_t *quoted, sim_packet_t *reply)
{
    bool is_ipv4 = quoted->family == 4;
    bool extends = icmp->labels != NULL && icmp->labels->len > 0;
    uint8_t protocol = is_ipv4 ? SIM_PROTOCOL_ICMP : SIM_PROTOCOL_ICMPV6;
    uint8_t *message = reply->bytes + (is_ipv4 ? SIM_IPV4_HEADER : SIM_IPV6_HEADER);
    size_t quote = quote_length(icmp, quoted);
    size_t length = ICMP_HEADER + quote;

    reply->family = quoted->family;
    memset(message, 0, ICMP_HEADER + QUOTE_WITH_EXTENSION);
    message[0] = is_ipv4 ? (icmp->is_unreachable ? 3 : 11) : (icmp->is_unreachable ? 1 : 3);
    message[1] = icmp->code;
    if (extends) {
        quote = MIN(quote, (size_t)QUOTE_WITH_EXTENSION);
        length = ICMP_HEADER + QUOTE_WITH_EXTENSION;
        length += write_extension(icmp->labels, message + length);
        if (icmp->extension_length)
            message[is_ipv4 ? 5 : 4] = QUOTE_WITH_EXTENSION / (is_ipv4 ? 4 : 8);
    }
    memcpy(message + ICMP_HEADER, quoted->bytes, quote);
    write_header(reply, icmp, protocol, length);
    sim_put16(message + 2, sim_checksum(message, length, is_ipv4 ? 0 : sim_packet_pseudo_sum(reply, protocol, length)));
}

static void
write_mss(uint8_t *option, bool is_ipv4)
{
    option[0] = 2;
    option[1] = MSS_OPTION;
    sim_put16(option + 2, is_ipv4 ? 1460 : 1440);
}

void
sim_reply_tcp(const sim_segment_t *segment, const sim_packet_t *probe, sim_packet_t *reply)
{
    const sim_fields_t fields = sim_packet_fields(probe);
    const sim_icmp_t outer = {.from = fields.destination, .to = fields.source, .ttl = segment->ttl};
    uint8_t *tcp = reply->bytes + (probe->family == 4 ? SIM_IPV4_HEADER : SIM_IPV6_HEADER);
    bool is_syn = (segment->flags & SIM_SYN) != 0;
    size_t length = SIM_TCP_HEADER + (is_syn ? MSS_OPTION : 0);

    reply->family = probe->family;
    memset(tcp, 0, length);
    sim_put16(tcp, fields.destination_port);
    sim_put16(tcp + 2, fields.source_port);
    sim_put32(tcp + 4, segment->seq);
    sim_put32(tcp + 8, segment->ack);
    sim_put16(tcp + 12, (uint16_t)(length / 4 << 12 | segment->flags));
    sim_put16(tcp + 14, (segment->flags & SIM_RST) != 0 ? 0 : WINDOW);
    if (is_syn)
        write_mss(tcp + SIM_TCP_HEADER, probe->family == 4);
    write_header(reply, &outer, SIM_PROTOCOL_TCP, length);
    sim_put16(tcp + 16, sim_checksum(tcp, length, sim_packet_pseudo_sum(reply, SIM_PROTOCOL_TCP, length)));
}
