/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ethernet and what an EtherType names: VLAN tags, PPPoE, MPLS, IP. PPP, because both carry each other.
 */
#include "walk_private.h"

#include "ttr_bytes.h"

enum {
    ETHERNET_HEADER = 14,
    VLAN_TAG = 4,
    IEEE_802_3_MAX = 1500,      /* a type field up to this is a length (IEEE 802.3 section 3.2.6) */
    ETHERTYPE_MIN = 1536,
    SNAP_SAP = 0xaa,
    IP_SAP = 0x06
};

/* Raw IPX stands where IEEE 802.2 should, and begins so. */
static bool
is_802_2(const bytes_t *bytes)
{
    return bytes_hold(bytes, 2) && ttr_bytes_u16(bytes->data) != 0xffff;
}

/* Headers carry each other: walk_enter() bounds how deep. */
/* NOLINTBEGIN(misc-no-recursion) */

/* What stands behind a field that is an EtherType, or the length of IEEE 802.2. */
static void
walk_type_or_length(walk_t *walk, bytes_t bytes)
{
    uint16_t type = ttr_bytes_u16(bytes.data - 2);

    if (type >= ETHERTYPE_MIN) {
        walk_ethertype(walk, type, bytes);
    } else if (type <= IEEE_802_3_MAX && is_802_2(&bytes)) {
        bytes_limit(&bytes, type);
        walk_llc(walk, bytes);
    }
}

void
walk_ethernet(walk_t *walk, bytes_t bytes)
{
    if (!walk_enter(walk) || !bytes_skip(&bytes, ETHERNET_HEADER))
        return;
    walk->link = bytes.data - ETHERNET_HEADER;
    walk_type_or_length(walk, bytes);
}

/* IEEE 802.2 section 5, and SNAP (IEEE 802 section 9; bridged Ethernet: RFC 2684 section 5.2). Only what carries
 * information is walked into. */
void
walk_llc(walk_t *walk, bytes_t bytes)
{
    enum { UNNUMBERED = 3,
           POLL = 0x10 };
    const uint8_t *header = bytes.data;
    uint32_t organisation;

    if (!walk_enter(walk) || !bytes_skip(&bytes, 3))
        return;
    if ((header[2] & ~POLL) != UNNUMBERED && ((header[2] & 1) != 0 || !bytes_skip(&bytes, 1)))
        return;
    if (header[0] != SNAP_SAP || header[1] != SNAP_SAP) {
        if (header[0] == IP_SAP)
            walk_ip(walk, bytes);
        return;
    }
    if (!bytes_skip(&bytes, 5))
        return;
    organisation = ttr_bytes_u32(bytes.data - 5) >> 8;
    if (organisation == 0x000000 || organisation == 0x0000f8)
        walk_ethertype(walk, ttr_bytes_u16(bytes.data - 2), bytes);
    else if (organisation == 0x0080c2 && (ttr_bytes_u16(bytes.data - 2) & ~6u) == 1 && bytes_skip(&bytes, 2))
        walk_ethernet(walk, bytes);
}

static void
walk_vlan(walk_t *walk, bytes_t bytes)
{
    if (!bytes_skip(&bytes, VLAN_TAG))
        return;
    walk->vlan = ttr_bytes_u16(bytes.data - VLAN_TAG) & 0x0fff;
    walk_type_or_length(walk, bytes);
}

/* RFC 2516 section 4: the length that it says may be less than what is there. */
static void
walk_pppoe(walk_t *walk, bytes_t bytes)
{
    enum { HEADER = 6 };

    if (!bytes_skip(&bytes, HEADER))
        return;
    bytes_limit(&bytes, ttr_bytes_u16(bytes.data - 2));
    walk_ppp(walk, bytes);
}

/* RFC 1661 section 2: the protocol field may be compressed to its second byte, which is odd. */
void
walk_ppp(walk_t *walk, bytes_t bytes)
{
    uint16_t protocol;

    if (!walk_enter(walk) || !bytes_hold(&bytes, 1))
        return;
    if ((bytes.data[0] & 1) == 0) {
        if (!bytes_hold(&bytes, 2))
            return;
        protocol = ttr_bytes_u16(bytes.data);
        bytes_skip(&bytes, 2);
    } else {
        protocol = bytes.data[0];
        bytes_skip(&bytes, 1);
    }
    switch (protocol) {
    case 0x0021:
    case 0x0800:
        walk_ip(walk, bytes);
        break;
    case 0x0057:
    case 0x86dd:
        walk_ipv6(walk, bytes);
        break;
    case 0x0281:
    case 0x0283:
        walk_mpls(walk, bytes);
        break;
    case 0x004b:
        walk_llc(walk, bytes);
        break;
    case 0x002d:
    case 0x002f:
        walk_count(walk, "PPP with compressed TCP headers");
        break;
    case 0x0031:
        walk_count(walk, "PPP bridging");
        break;
    case 0x003d:
        walk_count(walk, "PPP multilink");
        break;
    default:
        break;
    }
}

/* Its types are EtherTypes, but no tag or session is among them. */
void
walk_chdlc(walk_t *walk, bytes_t bytes)
{
    uint16_t type;

    if (!bytes_skip(&bytes, 4))
        return;
    type = ttr_bytes_u16(bytes.data - 2);
    if (type == 0x0800 || type == 0x86dd || type == 0x8847 || type == 0x8848 || type == 0x6558)
        walk_ethertype(walk, type, bytes);
}

/* RFC 1662 section 3.1: address and control may be left out. C-HDLC has addresses of its own. */
void
walk_ppp_hdlc(walk_t *walk, bytes_t bytes)
{
    enum { HDLC_UNICAST = 0x0f,
           HDLC_MULTICAST = 0x8f,
           ALL_STATIONS = 0xff };

    if (!bytes_hold(&bytes, 1))
        return;
    if (bytes.data[0] == HDLC_UNICAST || bytes.data[0] == HDLC_MULTICAST) {
        walk_chdlc(walk, bytes);
        return;
    }
    if (bytes.data[0] != ALL_STATIONS || bytes_skip(&bytes, 2))
        walk_ppp(walk, bytes);
}

/* Provider backbone bridging (IEEE 802.1Q section 9.7): a tag of 4 bytes, then the customer's frame. */
static void
walk_backbone(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 4))
        walk_ethernet(walk, bytes);
}

/* High-availability seamless redundancy (IEC 62439-3): size and number, then the frame's own type. */
static void
walk_hsr(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 6))
        walk_ethertype(walk, ttr_bytes_u16(bytes.data - 2), bytes);
}

/* Those that carry IP and are not taken apart here. */
static const char *
name_of(uint16_t type)
{
    switch (type) {
    case 0x22f3: return "TRILL";
    case 0x4305: return "B.A.T.M.A.N.";
    case 0x6559: return "Frame Relay";
    case 0x8909: return "Cisco MetaData";
    case 0x8926: return "VN-Tag";
    case 0x893f: return "IEEE 802.1BR";
    case 0x894f: return "NSH";
    case 0x88dc: return "WSMP";
    case 0x890d: return "IEEE 802.11";
    case 0xf1c1: return "IEEE 802.1CB";
    default:     return NULL;
    }
}

void
walk_ethertype(walk_t *walk, uint16_t type, bytes_t bytes)
{
    const char *name;

    if (!walk_enter(walk))
        return;
    switch (type) {
    case 0x0800:
        walk_ip(walk, bytes);
        break;
    case 0x86dd:
        walk_ipv6(walk, bytes);
        break;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
        walk_vlan(walk, bytes);
        break;
    case 0x8847:
    case 0x8848:
        walk_mpls(walk, bytes);
        break;
    case 0x8864:
        walk_pppoe(walk, bytes);
        break;
    case 0x6558:
        walk_ethernet(walk, bytes);
        break;
    case 0x88e7:
        walk_backbone(walk, bytes);
        break;
    case 0x892f:
        walk_hsr(walk, bytes);
        break;
    case 0x8870:
        walk_llc(walk, bytes);
        break;
    default:
        name = name_of(type);
        if (name != NULL)
            walk_count(walk, name);
        break;
    }
}
/* NOLINTEND(misc-no-recursion) */
