/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What carries IP within IP, and MPLS.
 */
#include "ttr_bytes.h"
#include "walk_private.h"

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGED = 0x0080,
    GRE_VERSION = 0x0007,
    ETHERNET_HEADER = 14
};

/* Does this look like the Ethernet frame of a pseudowire without a control word? Wireshark asks whether it knows the
 * makers of both cards; here each must at least have one, and the type be one that is walked into. */
static bool
is_plain_ethernet(const bytes_t *bytes)
{
    enum { LOCAL = 2 };
    uint16_t type;

    if (!bytes_hold(bytes, ETHERNET_HEADER))
        return false;
    type = ttr_bytes_u16(bytes->data + 12);
    return (bytes->data[0] & LOCAL) == 0 && (bytes->data[6] & LOCAL) == 0 &&
           (type == 0x0800 || type == 0x86dd || type == 0x8100 || type == 0x88a8 || type == 0x8864);
}

/* RFC 4448 section 4.6: a control word begins with 4 bits of 0. */
static void
walk_pseudowire(walk_t *walk, bytes_t bytes)
{
    if (bytes.data[0] >> 4 != 0 || is_plain_ethernet(&bytes) || bytes_skip(&bytes, 4))
        walk_ethernet(walk, bytes);
}

/* RFC 3032 section 2.1, RFC 4928 section 3: the labels do not say what follows, the first 4 bits of it do. */
void
walk_mpls(walk_t *walk, bytes_t bytes)
{
    enum { BOTTOM = 1,
           GENERIC_CHANNEL = 13 };
    uint32_t entry;

    do {
        if (!walk_enter(walk) || !bytes_skip(&bytes, 4))
            return;
        entry = ttr_bytes_u32(bytes.data - 4);
    } while ((entry >> 8 & BOTTOM) == 0);
    if (entry >> 12 == GENERIC_CHANNEL || !bytes_hold(&bytes, 1))
        return;
    switch (bytes.data[0] >> 4) {
    case 4:
        walk_ip(walk, bytes);
        break;
    case 6:
        walk_ipv6(walk, bytes);
        break;
    case 0:
        walk_pseudowire(walk, bytes);
        break;
    default:
        break;
    }
}

/* RFC 1701: source route entries, of which the last is empty. */
static bool
skip_routes(bytes_t *bytes)
{
    for (;;) {
        uint8_t size;

        if (!bytes_skip(bytes, 4))
            return false;
        size = bytes->data[-1];
        if (size == 0)
            return true;
        if (!bytes_skip(bytes, size))
            return false;
    }
}

/* RFC 2784, RFC 2890 (key, sequence number), RFC 2637 section 4.1 (version 1: acknowledgement). */
static bool
skip_gre(bytes_t *bytes, uint16_t *flags, uint16_t *type)
{
    size_t size = 4;

    if (!bytes_hold(bytes, 4))
        return false;
    *flags = ttr_bytes_u16(bytes->data);
    *type = ttr_bytes_u16(bytes->data + 2);
    size += (*flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0 ? 4 : 0;
    size += (*flags & GRE_KEY) != 0 ? 4 : 0;
    size += (*flags & GRE_SEQUENCE) != 0 ? 4 : 0;
    size += (*flags & GRE_ACKNOWLEDGED) != 0 && (*flags & GRE_VERSION) == 1 ? 4 : 0;
    return bytes_skip(bytes, size) && ((*flags & GRE_ROUTING) == 0 || skip_routes(bytes));
}

/* draft-foschiano-erspan: type I is the frame alone, and has no sequence number; the others say their version: II has 8
 * bytes, III has 12, and 8 more where its last bit says so. */
static void
walk_erspan(walk_t *walk, bool has_header, bytes_t bytes)
{
    enum { VERSION_2 = 1,
           VERSION_3 = 2,
           HAS_SUBHEADER = 1 };

    if (has_header) {
        if (!bytes_hold(&bytes, 1))
            return;
        switch (bytes.data[0] >> 4) {
        case VERSION_2:
            if (!bytes_skip(&bytes, 8))
                return;
            break;
        case VERSION_3:
            if (!bytes_skip(&bytes, 12) || ((bytes.data[-1] & HAS_SUBHEADER) != 0 && !bytes_skip(&bytes, 8)))
                return;
            break;
        default:
            return;
        }
    }
    walk_ethernet(walk, bytes);
}

/* WCCP puts 4 bytes before the IP header, which begins with no 4 then. */
static void
walk_wccp(walk_t *walk, bytes_t bytes)
{
    if (!bytes_hold(&bytes, 1))
        return;
    if (bytes.data[0] >> 4 == TTR_FAMILY_IPV4 || bytes_skip(&bytes, 4))
        walk_ip(walk, bytes);
}

/* The EtherTypes that GRE is known to carry. */
static void
walk_gre_type(walk_t *walk, uint16_t type, bytes_t bytes)
{
    enum { WLAN_FIRST = 0x8200,
           WLAN_LAST = 0x83f0 };

    if (type == 0x0800 || type == 0x86dd || type == 0x8847 || type == 0x8848 || type == 0x894f || type == 0x6559 ||
        type == 0x8909)
        walk_ethertype(walk, type, bytes);
    else if (type >= WLAN_FIRST && type <= WLAN_LAST)
        walk_count(walk, "IEEE 802.11");
}

void
walk_gre(walk_t *walk, bytes_t bytes)
{
    uint16_t flags;
    uint16_t type;

    if (!walk_enter(walk) || !skip_gre(&bytes, &flags, &type))
        return;
    switch (type) {
    case 0x88be:
        walk_erspan(walk, (flags & GRE_SEQUENCE) != 0, bytes);
        break;
    case 0x22eb:
        walk_erspan(walk, true, bytes);
        break;
    case 0x883e:
        walk_wccp(walk, bytes);
        break;
    case 0x880b:
        walk_ppp_hdlc(walk, bytes);
        break;
    case 0x6558:
    case 0x6400:
        walk_ethernet(walk, bytes);
        break;
    default:
        walk_gre_type(walk, type, bytes);
        break;
    }
}

/* RFC 3378. */
static void
walk_etherip(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 2))
        walk_ethernet(walk, bytes);
}

/* Headers carry each other: walk_enter() bounds how deep. */
/* NOLINTBEGIN(misc-no-recursion) */

/* RFC 4302 section 2, within IPv4. Wireshark does not say there which IP header a segment belongs to, so that only
 * tunnels are walked into. */
static void
walk_authenticated(walk_t *walk, bytes_t bytes)
{
    const uint8_t *header = bytes.data;

    if (walk_enter(walk) && bytes_hold(&bytes, 2) && bytes_skip(&bytes, ((size_t)header[1] + 2) * 4))
        walk_tunnel(walk, header[0], bytes);
}

void
walk_tunnel(walk_t *walk, uint8_t protocol, bytes_t bytes)
{
    enum { IPV4 = 4,
           UDP = 17,
           IPV6 = 41,
           GRE = 47,
           AUTHENTICATION = 51,
           ETHERIP = 97,
           PIM = 103,
           IPCOMP = 108,
           L2TP = 115,
           UDP_LITE = 136,
           MPLS = 137,
           ETHERNET = 143 };

    switch (protocol) {
    case IPV4:
        walk_ip(walk, bytes);
        break;
    case UDP:
        walk_udp(walk, false, bytes);
        break;
    case UDP_LITE:
        walk_udp(walk, true, bytes);
        break;
    case IPV6:
        walk_ipv6(walk, bytes);
        break;
    case GRE:
        walk_gre(walk, bytes);
        break;
    case ETHERNET:
        walk_ethernet(walk, bytes);
        break;
    case AUTHENTICATION:
        walk_authenticated(walk, bytes);
        break;
    case ETHERIP:
        walk_etherip(walk, bytes);
        break;
    case MPLS:
        walk_mpls(walk, bytes);
        break;
    case IPCOMP:
        walk_count(walk, "IPComp");
        break;
    case L2TP:
        walk_count(walk, "L2TPv3");
        break;
    case PIM:
        walk_count(walk, "PIM");
        break;
    default:
        break;
    }
}
/* NOLINTEND(misc-no-recursion) */
