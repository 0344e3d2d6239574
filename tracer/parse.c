/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse.h"

#include <glib.h>
#include <string.h>

#include "ttr_bytes.h"
#include "ttr_quote.h"
#include "ttr_segment.h"

enum {
    ETHERNET_HEADER = 14,
    VLAN_TAG = 4,
    SLL_HEADER = 16,
    SLL2_HEADER = 20,
    WORD = 4,
    PPP_HEADER = 2,
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV4_DONT_FRAGMENT = 0x4000,
    IPV6_OFFSET_MASK = 0xfff8
};

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60
};

/* What is left of the packet. */
typedef struct bytes {
    const uint8_t *data;
    size_t left;
} bytes_t;

static bool
skip(bytes_t *bytes, size_t count)
{
    if (bytes->left < count)
        return false;
    bytes->data += count;
    bytes->left -= count;
    return true;
}

/* IEEE 802.1Q and 802.1ad tags stand between the addresses and the type. */
static bool
skip_ethernet(bytes_t *bytes)
{
    if (!skip(bytes, ETHERNET_HEADER))
        return false;
    for (;;) {
        uint16_t type = ttr_bytes_u16(bytes->data - 2);

        if (type != 0x8100 && type != 0x88a8 && type != 0x9100)
            return type == 0x0800 || type == 0x86dd;
        if (!skip(bytes, VLAN_TAG))
            return false;
    }
}

bool
parse_knows_link(uint16_t link_type)
{
    switch ((parse_link_t)link_type) {
    case PARSE_LINK_NULL:
    case PARSE_LINK_ETHERNET:
    case PARSE_LINK_PPP:
    case PARSE_LINK_RAW:
    case PARSE_LINK_LOOP:
    case PARSE_LINK_SLL:
    case PARSE_LINK_IPV4:
    case PARSE_LINK_IPV6:
    case PARSE_LINK_SLL2:
        return true;
    }
    return false;
}

/* To the IP header, whose version says the rest. */
static bool
skip_link(uint16_t link_type, bytes_t *bytes)
{
    switch ((parse_link_t)link_type) {
    case PARSE_LINK_NULL:
    case PARSE_LINK_LOOP:     return skip(bytes, WORD);
    case PARSE_LINK_ETHERNET: return skip_ethernet(bytes);
    case PARSE_LINK_PPP:      return skip(bytes, PPP_HEADER);
    case PARSE_LINK_SLL:      return skip(bytes, SLL_HEADER);
    case PARSE_LINK_SLL2:     return skip(bytes, SLL2_HEADER);
    case PARSE_LINK_RAW:
    case PARSE_LINK_IPV4:
    case PARSE_LINK_IPV6:     return true;
    }
    return false;
}

/* RFC 791 section 3.1. Later fragments hold no header of the protocol. */
static bool
take_ipv4(bytes_t *bytes, ttr_ip_t *ip, uint8_t *protocol, size_t *length)
{
    const uint8_t *data = bytes->data;
    size_t header;
    uint16_t fragment;

    if (bytes->left < IPV4_HEADER)
        return false;
    header = (size_t)(data[0] & 0x0f) * 4;
    fragment = ttr_bytes_u16(data + 6);
    *ip = (ttr_ip_t){
        .family = TTR_FAMILY_IPV4,
        .tos = data[1],
        .length = ttr_bytes_u16(data + 2),
        .id = ttr_bytes_u16(data + 4),
        .dont_fragment = (fragment & IPV4_DONT_FRAGMENT) != 0,
        .ttl = data[8],
    };
    memcpy(ip->source.bytes, data + 12, 4);
    memcpy(ip->target.bytes, data + 16, 4);
    *protocol = data[9];
    if (header < IPV4_HEADER || ip->length < header || (fragment & IPV4_OFFSET_MASK) != 0)
        return false;
    *length = ip->length - header;
    return skip(bytes, header);
}

/* RFC 8200 section 4, RFC 4302 section 2: steps over the extension headers. */
static bool
skip_extensions(bytes_t *bytes, uint8_t *protocol, size_t *length)
{
    for (;;) {
        size_t size;

        switch (*protocol) {
        case PROTOCOL_HOP_BY_HOP:
        case PROTOCOL_ROUTING:
        case PROTOCOL_DESTINATION:
        case PROTOCOL_FRAGMENT:
        case PROTOCOL_AUTHENTICATION:
            break;
        default:
            return true;
        }
        if (bytes->left < 8)
            return false;
        size = ((size_t)bytes->data[1] + 1) * 8;
        if (*protocol == PROTOCOL_AUTHENTICATION)
            size = ((size_t)bytes->data[1] + 2) * 4;
        if (*protocol == PROTOCOL_FRAGMENT) {
            size = 8;
            if ((ttr_bytes_u16(bytes->data + 2) & IPV6_OFFSET_MASK) != 0)
                return false;
        }
        *protocol = bytes->data[0];
        if (*length < size || !skip(bytes, size))
            return false;
        *length -= size;
    }
}

static bool
take_ipv6(bytes_t *bytes, ttr_ip_t *ip, uint8_t *protocol, size_t *length)
{
    const uint8_t *data = bytes->data;
    uint32_t first;

    if (bytes->left < IPV6_HEADER)
        return false;
    first = ttr_bytes_u32(data);
    *length = ttr_bytes_u16(data + 4);
    *ip = (ttr_ip_t){
        .family = TTR_FAMILY_IPV6,
        .tos = (uint8_t)(first >> 20),
        .flow_label = first & 0xfffff,
        .length = IPV6_HEADER + (uint32_t)*length,
        .ttl = data[7],
    };
    memcpy(ip->source.bytes, data + 8, 16);
    memcpy(ip->target.bytes, data + 24, 16);
    *protocol = data[6];
    return skip(bytes, IPV6_HEADER) && skip_extensions(bytes, protocol, length);
}

bool
parse_packet(uint16_t link_type, const uint8_t *data, size_t captured, ttr_observation_t *observation)
{
    bytes_t bytes = {.data = data, .left = captured};
    ttr_ip_t *ip = &observation->ip;
    uint8_t protocol = 0;
    size_t length = 0;
    bool is_ip = false;

    if (!skip_link(link_type, &bytes) || bytes.left == 0)
        return false;
    if (bytes.data[0] >> 4 == TTR_FAMILY_IPV4)
        is_ip = take_ipv4(&bytes, ip, &protocol, &length);
    else if (bytes.data[0] >> 4 == TTR_FAMILY_IPV6)
        is_ip = take_ipv6(&bytes, ip, &protocol, &length);
    if (!is_ip)
        return false;
    bytes.left = MIN(bytes.left, length);       /* Ethernet pads short packets */
    if (protocol == PROTOCOL_TCP) {
        observation->what = TTR_OBSERVED_TCP;
        return ttr_segment_parse(bytes.data, bytes.left, (uint32_t)length, &observation->tcp);
    }
    if (protocol != (ip->family == TTR_FAMILY_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6))
        return false;
    observation->what = TTR_OBSERVED_ICMP;
    return ttr_quote_parse(ip->family, bytes.data, bytes.left, length, &observation->icmp) == TTR_QUOTE_TCP;
}
