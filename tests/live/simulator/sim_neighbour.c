/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sim_neighbour.h"
#include "sim_packet.h"

enum {
    TYPE_ARP = 0x0806,
    TYPE_IPV6 = 0x86dd,
    ARP_LENGTH = 28,
    ARP_REQUEST = 1,
    ARP_REPLY = 2,
    SOLICITATION = 135,
    SOLICITATION_LENGTH = 24, /* without options */
    ADVERTISEMENT = 136,
    ADVERTISEMENT_LENGTH = 32, /* with the option for the Ethernet address */
    HOP_LIMIT = 255
};

const uint8_t sim_neighbour_sender[6] = {2, 0, 0, 0, 0, 1};
const uint8_t sim_neighbour_gateway[6] = {2, 0, 0, 0, 0, 0xfe};

static void
write_ethernet(uint8_t *reply, uint16_t type)
{
    memcpy(reply, sim_neighbour_sender, 6);
    memcpy(reply + 6, sim_neighbour_gateway, 6);
    sim_put16(reply + 12, type);
}

static size_t
answer_arp(const uint8_t *request, uint8_t *reply)
{
    uint8_t *arp = reply + SIM_ETHERNET_HEADER;

    if (sim_get16(request + 6) != ARP_REQUEST || memcmp(request + 14, request + 24, 4) == 0 ||
        sim_get32(request + 14) == 0)
        return 0;
    write_ethernet(reply, TYPE_ARP);
    memcpy(arp, request, 6); /* Ethernet, IPv4, lengths */
    sim_put16(arp + 6, ARP_REPLY);
    memcpy(arp + 8, sim_neighbour_gateway, 6);
    memcpy(arp + 14, request + 24, 4);
    memcpy(arp + 18, request + 8, 10);
    return SIM_ETHERNET_HEADER + ARP_LENGTH;
}

/* RFC 4861 4.4: solicited, override, with the target's Ethernet address. */
static size_t
answer_solicitation(const sim_packet_t *request, uint8_t *reply)
{
    static const uint8_t unspecified[16] = {0};
    sim_packet_t answer = {.family = 6, .length = SIM_IPV6_HEADER + ADVERTISEMENT_LENGTH};
    uint8_t *icmp = answer.bytes + SIM_IPV6_HEADER;

    if (memcmp(request->bytes + 8, unspecified, 16) == 0)
        return 0;
    sim_put32(answer.bytes, 6U << 28);
    sim_put16(answer.bytes + 4, ADVERTISEMENT_LENGTH);
    answer.bytes[6] = SIM_PROTOCOL_ICMPV6;
    answer.bytes[7] = HOP_LIMIT;
    memcpy(answer.bytes + 8, request->bytes + SIM_IPV6_HEADER + 8, 16);
    memcpy(answer.bytes + 24, request->bytes + 8, 16);
    icmp[0] = ADVERTISEMENT;
    sim_put32(icmp + 4, 0x60000000);
    memcpy(icmp + 8, request->bytes + SIM_IPV6_HEADER + 8, 16);
    icmp[24] = 2;
    icmp[25] = 1;
    memcpy(icmp + 26, sim_neighbour_gateway, 6);
    sim_put16(icmp + 2, sim_checksum(icmp, ADVERTISEMENT_LENGTH,
                                     sim_packet_pseudo_sum(&answer, SIM_PROTOCOL_ICMPV6, ADVERTISEMENT_LENGTH)));
    write_ethernet(reply, TYPE_IPV6);
    memcpy(reply + SIM_ETHERNET_HEADER, answer.bytes, answer.length);
    return SIM_ETHERNET_HEADER + answer.length;
}

size_t
sim_neighbour_answer(const uint8_t *frame, size_t length, uint8_t *reply)
{
    sim_packet_t packet;

    if (length < SIM_ETHERNET_HEADER)
        return 0;
    if (sim_get16(frame + 12) == TYPE_ARP)
        return length < SIM_ETHERNET_HEADER + ARP_LENGTH ? 0 : answer_arp(frame + SIM_ETHERNET_HEADER, reply);
    if (sim_get16(frame + 12) != TYPE_IPV6 ||
        !sim_packet_set(&packet, frame + SIM_ETHERNET_HEADER, length - SIM_ETHERNET_HEADER) || packet.family != 6)
        return 0;
    if (packet.protocol != SIM_PROTOCOL_ICMPV6 || packet.length < SIM_IPV6_HEADER + SOLICITATION_LENGTH ||
        packet.bytes[SIM_IPV6_HEADER] != SOLICITATION)
        return 0;
    return answer_solicitation(&packet, reply);
}
