/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Link types: https://www.tcpdump.org/linktypes.html, where each header is described.
 */
#include "walk_link.h"

#include <string.h>

#include "ttr_bytes.h"

enum {
    FAMILY_IPV4 = 2,            /* address families, as BSDs and Linux number them */
    FAMILY_IPV6_LINUX = 10,
    FAMILY_IPV6_BSD = 24,
    FAMILY_IPV6_FREEBSD = 28,
    FAMILY_IPV6_DARWIN = 30,
    IEEE_802_3_MAX = 1500,      /* larger values are EtherTypes */
    PPP_ADDRESS_CONTROL = 0xff03
};

typedef struct link_row {
    uint32_t link_type;
    void (*walk)(walk_t *walk, bytes_t bytes);
} link_row_t;

/* What an address family names, in the numbers of the BSDs. */
static void
walk_family(walk_t *walk, uint32_t family, bytes_t bytes)
{
    switch (family) {
    case FAMILY_IPV4:
        walk_ip(walk, bytes);
        break;
    case FAMILY_IPV6_BSD:
    case FAMILY_IPV6_FREEBSD:
    case FAMILY_IPV6_DARWIN:
        walk_ipv6(walk, bytes);
        break;
    default:
        break;
    }
}

/* The value of a null header: a family in either byte order, in 2 or 4 bytes, or an EtherType behind 2 bytes of 0. */
static uint32_t
null_value(const uint8_t *data)
{
    uint32_t little = GUINT32_SWAP_LE_BE(ttr_bytes_u32(data));

    if ((little & 0xffff0000) != 0) {
        if ((little & 0xff000000) == 0 && (little & 0x00ff0000) < 0x00060000)
            return little >> 16;
        return ttr_bytes_u32(data);
    }
    if ((little & 0xff) == 0 && (little & 0xff00) < 0x600)
        return GUINT16_SWAP_LE_BE((uint16_t)little);
    return little;
}

static void
walk_null(walk_t *walk, bytes_t bytes)
{
    uint32_t value;

    if (bytes_hold(&bytes, 2) && ttr_bytes_u16(bytes.data) == PPP_ADDRESS_CONTROL) {
        walk_ppp_hdlc(walk, bytes);
        return;
    }
    if (!bytes_skip(&bytes, 4))
        return;
    value = null_value(bytes.data - 4);
    if (value > IEEE_802_3_MAX)
        walk_ethertype(walk, (uint16_t)value, bytes);
    else
        walk_family(walk, value, bytes);
}

static void
walk_loop(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 4))
        walk_family(walk, ttr_bytes_u32(bytes.data - 4), bytes);
}

/* As old Linux drivers for PPP and ISDN wrote them: PPP behind 0, 1 or 6 bytes; IP behind 10 bytes of 0. */
static void
walk_raw(walk_t *walk, bytes_t bytes)
{
    static const size_t before_ppp[] = {0, 6, 1};
    static const uint8_t zeros[10];

    for (size_t i = 0; i < G_N_ELEMENTS(before_ppp); i++) {
        bytes_t ppp = bytes;

        if (bytes_skip(&ppp, before_ppp[i]) && bytes_hold(&ppp, 2) && ttr_bytes_u16(ppp.data) == PPP_ADDRESS_CONTROL) {
            walk_ppp_hdlc(walk, ppp);
            return;
        }
    }
    if (bytes_hold(&bytes, sizeof zeros) && memcmp(bytes.data, zeros, sizeof zeros) == 0)
        bytes_skip(&bytes, sizeof zeros);
    walk_ip(walk, bytes);
}

/* A packet socket of Linux says what its header field says, or how the frame is framed (linux/if_ether.h). */
static void
walk_cooked(walk_t *walk, uint16_t protocol, bytes_t bytes)
{
    switch (protocol) {
    case 0x0003:
        walk_ethernet(walk, bytes);
        break;
    case 0x0004:
        walk_llc(walk, bytes);
        break;
    case 0x0007:
        walk_ppp_hdlc(walk, bytes);
        break;
    default:
        walk_ethertype(walk, protocol, bytes);
        break;
    }
}

static void
walk_sll(walk_t *walk, bytes_t bytes)
{
    enum { HARDWARE_NETLINK = 824 };

    walk->is_cooked = true;
    if (bytes_skip(&bytes, 16) && ttr_bytes_u16(bytes.data - 14) != HARDWARE_NETLINK)
        walk_cooked(walk, ttr_bytes_u16(bytes.data - 2), bytes);
}

static void
walk_sll2(walk_t *walk, bytes_t bytes)
{
    enum { HARDWARE_NETLINK = 824,
           DEVICE_INDEX = 4 };

    if (!bytes_skip(&bytes, 20) || ttr_bytes_u16(bytes.data - 12) == HARDWARE_NETLINK)
        return;
    walk->device = bytes.data - 20 + DEVICE_INDEX;
    walk_cooked(walk, ttr_bytes_u16(bytes.data - 20), bytes);
}

/* OpenBSD's firewall: the first byte is the header's length without padding, the second the family. */
static void
walk_pflog(walk_t *walk, bytes_t bytes)
{
    uint8_t family;

    if (!bytes_hold(&bytes, 2))
        return;
    family = bytes.data[1];
    if (bytes_skip(&bytes, ((size_t)bytes.data[0] + 3) & ~(size_t)3))
        walk_family(walk, family, bytes);
}

static void
walk_nflog_payload(walk_t *walk, uint8_t family, bytes_t bytes)
{
    if (family == FAMILY_IPV4)
        walk_ip(walk, bytes);
    else if (family == FAMILY_IPV6_LINUX)
        walk_ipv6(walk, bytes);
}

/* Wireshark's default is the byte order of the machine that it runs on: little endian, as of most that capture. */
static uint16_t
nflog_u16(const uint8_t *data)
{
    return GUINT16_SWAP_LE_BE(ttr_bytes_u16(data));
}

/* Linux's firewall: length, type, value (linux/netfilter/nfnetlink_log.h). One of them is the packet; what is wrong with
 * those behind it spoils the frame, as in Wireshark. */
static void
walk_nflog(walk_t *walk, bytes_t bytes)
{
    enum { OPTION_HEADER = 4,
           PAYLOAD = 9,
           TYPE_MASK = 0x7fff };
    bytes_t payload = {.length = 0};
    uint8_t family;

    if (!bytes_skip(&bytes, 4))
        return;
    family = bytes.data[-4];
    while (bytes.length >= OPTION_HEADER) {
        size_t size;

        if (bytes.captured < OPTION_HEADER || (size = nflog_u16(bytes.data)) < OPTION_HEADER)
            return;
        if ((nflog_u16(bytes.data + 2) & TYPE_MASK) == PAYLOAD) {
            payload = bytes;
            bytes_limit(&payload, size);
            bytes_skip(&payload, OPTION_HEADER);
        }
        size = (size + 3) & ~(size_t)3;
        bytes.data += MIN(bytes.captured, size);
        bytes.length -= MIN(bytes.length, size);
        bytes.captured -= MIN(bytes.captured, size);
    }
    if (payload.length > 0)
        walk_nflog_payload(walk, family, payload);
}

static void
walk_pppoe(walk_t *walk, bytes_t bytes)
{
    walk_ethertype(walk, 0x8864, bytes);
}

/* One byte says the direction. */
static void
walk_ppp_with_direction(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 1))
        walk_ppp_hdlc(walk, bytes);
}

/* OpenBSD's enc(4): family in the byte order of the machine that captured, index, flags. */
static void
walk_enc(walk_t *walk, bytes_t bytes)
{
    uint32_t family;

    if (!bytes_skip(&bytes, 12))
        return;
    family = ttr_bytes_u32(bytes.data - 12);
    walk_family(walk, family < 0x10000 ? family : GUINT32_SWAP_LE_BE(family), bytes);
}

/* Apple's IP over IEEE 1394. */
static void
walk_firewire(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 18))
        walk_ethertype(walk, ttr_bytes_u16(bytes.data - 2), bytes);
}

static const link_row_t links[] = {
    {0, walk_null},
    {1, walk_ethernet},
    {9, walk_ppp_hdlc},
    {12, walk_raw},
    {14, walk_raw},
    {50, walk_ppp_hdlc},
    {51, walk_pppoe},
    {101, walk_raw},
    {104, walk_chdlc},
    {108, walk_loop},
    {109, walk_enc},
    {113, walk_sll},
    {117, walk_pflog},
    {138, walk_firewire},
    {204, walk_ppp_with_direction},
    {228, walk_ip},
    {229, walk_ipv6},
    {239, walk_nflog},
    {276, walk_sll2},
};

/* Names of link types that are met in captures of IP networks. */
static const struct {
    uint32_t link_type;
    const char *name;
} names[] = {
    {6, "IEEE 802.5 Token Ring"},
    {10, "FDDI"},
    {100, "ATM"},
    {105, "IEEE 802.11"},
    {107, "Frame Relay"},
    {119, "Prism with IEEE 802.11"},
    {122, "IP over Fibre Channel"},
    {127, "radiotap with IEEE 802.11"},
    {163, "AVS with IEEE 802.11"},
    {189, "USB"},
    {192, "PPI"},
    {195, "IEEE 802.15.4"},
    {220, "USB"},
    {242, "IP over InfiniBand"},
    {249, "USB"},
    {252, "exported PDU"},
    {253, "netlink"},
    {258, "PKTAP"},
};

static void
count_link(walk_t *walk, uint32_t link_type)
{
    char *number;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].link_type == link_type) {
            walk_count(walk, names[i].name);
            return;
        }
    }
    number = g_strdup_printf("link type %u", link_type);
    walk_count(walk, number);
    g_free(number);
}

void
walk_link(walk_t *walk, uint32_t link_type, bytes_t bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        if (links[i].link_type == link_type) {
            links[i].walk(walk, bytes);
            return;
        }
    }
    count_link(walk, link_type);
}
