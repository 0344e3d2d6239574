/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * SYNs with TTL 5 from random sources to one target: each could be the first probe of a trace, none is.
 */
#include "kinds.h"

#include "rng.h"

enum { FLOOD_TTL = 5, INTERVAL_US = 10, FLOOD_PORT = 80 };

#define TARGET 0xcb007109u /* 203.0.113.9 */

void
generate_flood(capture_t *capture, uint32_t packets)
{
    rng_t rng;

    rng_init(&rng, 4);
    for (uint32_t i = 0; i < packets; i++) {
        ip_fields_t ip = {
            /* 1.0.0.0 to 223.255.255.255: no multicast, which would be told apart at once */
            .source = address_v4(rng_between(&rng, 0x01000000, 0xdfffffff)),
            .target = address_v4(TARGET),
            .ttl = FLOOD_TTL,
            .id = (uint16_t)rng_next(&rng),
        };
        tcp_fields_t tcp = {
            .sport = (uint16_t)rng_between(&rng, 1024, 65535),
            .dport = FLOOD_PORT,
            .seq = (uint32_t)rng_next(&rng),
            .flags = TCP_SYN,
            .window = 512,
        };
        packet_t packet;

        packet_tcp(&packet, &ip, &tcp);
        capture_write(capture, (int64_t)i * INTERVAL_US, &packet);
    }
}
