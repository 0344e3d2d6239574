/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tunnels over UDP, by the ports that Wireshark expects them at.
 */
#include "ttr_bytes.h"
#include "walk_private.h"

enum { UDP_HEADER = 8 };

/* RFC 7348 section 5. */
static void
walk_vxlan(walk_t *walk, bytes_t bytes)
{
    if (bytes_skip(&bytes, 8))
        walk_ethernet(walk, bytes);
}

/* draft-ietf-nvo3-vxlan-gpe: the fourth byte names what follows. */
static void
walk_vxlan_gpe(walk_t *walk, bytes_t bytes)
{
    if (!bytes_skip(&bytes, 8))
        return;
    switch (bytes.data[-5]) {
    case 1:
        walk_ip(walk, bytes);
        break;
    case 2:
        walk_ipv6(walk, bytes);
        break;
    case 3:
        walk_ethernet(walk, bytes);
        break;
    case 4:
        walk_count(walk, "NSH");
        break;
    case 5:
        walk_mpls(walk, bytes);
        break;
    default:
        break;
    }
}

/* RFC 8926 section 3.4. */
static void
walk_geneve(walk_t *walk, bytes_t bytes)
{
    const uint8_t *header = bytes.data;

    if (bytes_skip(&bytes, 8) && bytes_skip(&bytes, (size_t)(header[0] & 0x3f) * 4))
        walk_ethertype(walk, ttr_bytes_u16(header + 2), bytes);
}

/* What a user sent: IP, which the first byte tells from PPP (0x4f begins a PPP frame rather than IPv4). */
static void
walk_gtp_payload(walk_t *walk, bytes_t bytes)
{
    uint8_t first;

    if (!bytes_hold(&bytes, 1))
        return;
    first = bytes.data[0];
    if (first >= 0x45 && first <= 0x4e)
        walk_ip(walk, bytes);
    else if (first >> 4 == TTR_FAMILY_IPV6)
        walk_ipv6(walk, bytes);
}

/* 3GPP TS 29.281 section 5.2: extension headers of so many words, the last byte of each names the next. */
static bool
skip_gtp_extensions(bytes_t *bytes)
{
    while (bytes->data[-1] != 0) {
        if (!bytes_hold(bytes, 1) || bytes->data[0] == 0 || !bytes_skip(bytes, (size_t)bytes->data[0] * 4))
            return false;
    }
    return true;
}

/* 3GPP TS 29.281 section 5.1 (version 1), TS 29.060 section 6 (version 0). Only user data is walked into. */
static void
walk_gtp(walk_t *walk, bytes_t bytes)
{
    enum { USER_DATA = 0xff,
           HAS_OPTIONAL = 0x07,
           HAS_EXTENSION = 0x04,
           USER_PROTOCOL = 0x10 };
    const uint8_t *header = bytes.data;
    uint16_t length;

    if (!bytes_hold(&bytes, 8) || header[1] != USER_DATA || (header[0] & USER_PROTOCOL) == 0)
        return;
    length = ttr_bytes_u16(header + 2);
    if (header[0] >> 5 == 0) {
        if (bytes_skip(&bytes, 20)) {
            bytes_limit(&bytes, length);
            walk_gtp_payload(walk, bytes);
        }
        return;
    }
    if (header[0] >> 5 != 1)
        return;
    bytes_skip(&bytes, 8);
    bytes_limit(&bytes, length);
    if ((header[0] & HAS_OPTIONAL) != 0 && !bytes_skip(&bytes, 4))
        return;
    if ((header[0] & HAS_EXTENSION) == 0 || skip_gtp_extensions(&bytes))
        walk_gtp_payload(walk, bytes);
}

/* RFC 2661 section 3.1: a data message; which fields there are its flags say. */
static void
walk_l2tp(walk_t *walk, bytes_t bytes)
{
    enum { CONTROL = 0x8000,
           LENGTH = 0x4000,
           SEQUENCE = 0x0800,
           OFFSET = 0x0200,
           VERSION = 0x000f };
    uint16_t flags;

    if (!bytes_skip(&bytes, 2))
        return;
    flags = ttr_bytes_u16(bytes.data - 2);
    if ((flags & VERSION) == 3)
        walk_count(walk, "L2TPv3");
    if ((flags & VERSION) != 2 || (flags & CONTROL) != 0)
        return;
    if ((flags & LENGTH) != 0) {
        if (!bytes_skip(&bytes, 2) || ttr_bytes_u16(bytes.data - 2) < 4)
            return;
        bytes_limit(&bytes, ttr_bytes_u16(bytes.data - 2) - 4u);
    }
    if (!bytes_skip(&bytes, 4) || ((flags & SEQUENCE) != 0 && !bytes_skip(&bytes, 4)))
        return;
    if ((flags & OFFSET) != 0 && (!bytes_skip(&bytes, 2) || !bytes_skip(&bytes, ttr_bytes_u16(bytes.data - 2))))
        return;
    walk_ppp_hdlc(walk, bytes);
}

/* RFC 4380 section 5.1.1: authentication and origin indication stand before the IPv6 header, if at all. */
static void
walk_teredo(walk_t *walk, bytes_t bytes)
{
    enum { AUTHENTICATION = 0x0001,
           ORIGIN = 0x0000,
           ORIGIN_SIZE = 8,
           AUTHENTICATION_SIZE = 13 };

    if (bytes_hold(&bytes, 4) && ttr_bytes_u16(bytes.data) == AUTHENTICATION &&
        !bytes_skip(&bytes, (size_t)AUTHENTICATION_SIZE + bytes.data[2] + bytes.data[3]))
        return;
    if (bytes_hold(&bytes, 2) && ttr_bytes_u16(bytes.data) == ORIGIN && !bytes_skip(&bytes, ORIGIN_SIZE))
        return;
    if (bytes_hold(&bytes, 1) && bytes.data[0] >> 4 == TTR_FAMILY_IPV6)
        walk_ipv6(walk, bytes);
}

static const struct {
    uint16_t port;
    void (*walk)(walk_t *walk, bytes_t bytes);
    const char *unread;         /* it is counted under this name instead */
} ports[] = {
    {1701, walk_l2tp, NULL},
    {2123, walk_gtp, NULL},
    {2152, walk_gtp, NULL},
    {3386, walk_gtp, NULL},
    {3544, walk_teredo, NULL},
    {4341, NULL, "LISP"},
    {4754, walk_gre, NULL},
    {4789, walk_vxlan, NULL},
    {4790, walk_vxlan_gpe, NULL},
    {5072, NULL, "AYIYA"},
    {5247, NULL, "CAPWAP"},
    {6343, NULL, "sFlow"},
    {6081, walk_geneve, NULL},
    {6635, walk_mpls, NULL},
    {37008, NULL, "TZSP"},
};

static bool
walk_port(walk_t *walk, uint16_t port, bytes_t bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port != port)
            continue;
        if (ports[i].walk != NULL)
            ports[i].walk(walk, bytes);
        else
            walk_count(walk, ports[i].unread);
        return true;
    }
    return false;
}

/* RFC 768, and RFC 3828, whose length field says how much the checksum covers. Wireshark asks the lower port first. */
void
walk_udp(walk_t *walk, bool is_lite, bytes_t bytes)
{
    uint16_t source;
    uint16_t target;
    uint16_t length;

    if (!walk_enter(walk) || !bytes_skip(&bytes, UDP_HEADER))
        return;
    source = ttr_bytes_u16(bytes.data - UDP_HEADER);
    target = ttr_bytes_u16(bytes.data - UDP_HEADER + 2);
    length = ttr_bytes_u16(bytes.data - UDP_HEADER + 4);
    if (!is_lite) {
        if (length < UDP_HEADER)
            return;
        bytes_limit(&bytes, length - UDP_HEADER);
    }
    if (!walk_port(walk, MIN(source, target), bytes))
        walk_port(walk, MAX(source, target), bytes);
}
