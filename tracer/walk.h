/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Walks a captured frame from its link layer through all that carries IP, as Wireshark with its default preferences
 * does, and hands over what every IP packet in it carries when that is TCP, ICMP or ICMPv6. What an ICMP error quotes
 * is not walked into. Pure: any sequence of bytes is a legal frame.
 */
#ifndef WALK_H
#define WALK_H

#include "bytes.h"
#include "ttr_observation.h"

/* What one IP packet carries. Borrowed: valid within the callback. */
typedef struct walk_packet {
    ttr_ip_t ip;
    bool is_tcp;                /* else ICMP (family 4) or ICMPv6 (family 6) */
    uint8_t layer;              /* tells the IP packets of one frame apart */
    bool is_cooked;             /* in a frame of LINKTYPE_LINUX_SLL */
    const uint8_t *device;      /* in one of LINKTYPE_LINUX_SLL2: index of the device, 4 bytes; NULL: it is not */
    const uint8_t *link;        /* both link addresses of the innermost Ethernet header around it, 12 bytes; NULL: none */
    bytes_t bytes;              /* from the TCP or ICMP header on */
} walk_packet_t;

typedef void (*walk_take_t)(void *user, const walk_packet_t *packet);

typedef struct walk walk_t;

/* One walk for each file: fragments are put together across frames. Freed with walk_free(), for which NULL is legal. */
walk_t *walk_new(walk_take_t take, void *user);
void walk_free(walk_t *walk);

/* Walks one frame of this LINKTYPE (https://www.tcpdump.org/linktypes.html). */
void walk_frame(walk_t *walk, uint32_t link_type, const uint8_t *data, size_t captured, size_t length);

/* A frame that holds no link layer, such as a log entry in a pcapng file: counted under `kind`, a static text. */
void walk_count(walk_t *walk, const char *kind);

/* How many frames of which kind may hold IP packets that are not seen here: calls `said` for each kind in the order in
 * which they came up. `kind` is valid until the walk is freed. */
void walk_unread(const walk_t *walk, void (*said)(void *user, const char *kind, uint64_t frames), void *user);

#endif
