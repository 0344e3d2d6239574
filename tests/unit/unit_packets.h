/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMP and ICMPv6 messages as bytes: for the tests of ttr_quote.h, and as seeds for fuzzing.
 * All quote the SYN 203.0.113.1:40000 > 192.0.2.9:80, or [2001:db8::1]:40000 > [2001:db8:9::9]:80, unless their
 * line says otherwise.
 */
#ifndef UNIT_PACKETS_H
#define UNIT_PACKETS_H

#include <stddef.h>
#include <stdint.h>

typedef struct unit_packet {
    const char *name;
    uint8_t family;             /* 4: ICMP, 6: ICMPv6 */
    const uint8_t *data;
    size_t size;
} unit_packet_t;

extern const unit_packet_t unit_packets_ipv4[];
extern const size_t unit_packets_ipv4_count;
extern const unit_packet_t unit_packets_extension[];
extern const size_t unit_packets_extension_count;
extern const unit_packet_t unit_packets_length_ipv4[];
extern const size_t unit_packets_length_ipv4_count;
extern const unit_packet_t unit_packets_length_ipv6[];
extern const size_t unit_packets_length_ipv6_count;
extern const unit_packet_t unit_packets_ipv6[];
extern const size_t unit_packets_ipv6_count;

/* The packet with this name; the test ends when there is none. */
const unit_packet_t *unit_packets_find(const char *name);

/* All packets, one after the other: at 0, 1, …; NULL behind the last one. */
const unit_packet_t *unit_packets_at(size_t index);

#endif
