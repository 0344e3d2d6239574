/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The steps of a walk. Each takes what begins with its header, and calls the next.
 */
#ifndef WALK_PRIVATE_H
#define WALK_PRIVATE_H

#include "fragments.h"
#include "walk.h"

#define WALK_DEPTH_MAX 100      /* headers in a frame */

struct walk {
    walk_take_t take;
    void *user;                 /* borrowed */
    fragments_t *fragments;     /* owned */
    GPtrArray *kinds;           /* owned: walk_kind_t */
    unsigned depth;             /* headers walked in this frame */
    uint8_t layer;              /* IP headers walked in this frame */
    bool is_cooked;             /* as walk_packet_t has them: said by the outermost header of the frame */
    const uint8_t *device;
    const uint8_t *link;        /* the latest Ethernet addresses of this frame, borrowed; NULL: none */
    uint16_t vlan;              /* the latest VLAN identifier of this frame */
};

/* An Ethernet header and what follows. */
void walk_ethernet(walk_t *walk, bytes_t bytes);

/* What an EtherType names. */
void walk_ethertype(walk_t *walk, uint16_t type, bytes_t bytes);

/* IEEE 802.2 logical link control. */
void walk_llc(walk_t *walk, bytes_t bytes);

/* PPP: from the protocol field on; and with the framing of RFC 1662, where address and control may be left out. */
void walk_ppp(walk_t *walk, bytes_t bytes);
void walk_ppp_hdlc(walk_t *walk, bytes_t bytes);

/* Cisco's HDLC, from its address on. */
void walk_chdlc(walk_t *walk, bytes_t bytes);

/* A stack of MPLS labels. */
void walk_mpls(walk_t *walk, bytes_t bytes);

/* IP of either version; of version 6 alone. */
void walk_ip(walk_t *walk, bytes_t bytes);
void walk_ipv6(walk_t *walk, bytes_t bytes);

/* What an IP header carries, if that is neither TCP nor ICMP. */
void walk_tunnel(walk_t *walk, uint8_t protocol, bytes_t bytes);
void walk_gre(walk_t *walk, bytes_t bytes);
void walk_udp(walk_t *walk, bool is_lite, bytes_t bytes);

/* False when the frame is nested too deep. Every step that others may call again asks first. */
bool walk_enter(walk_t *walk);

#endif
