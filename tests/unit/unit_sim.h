/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of the path simulator share: descriptions that must be good, and probes.
 */
#ifndef UNIT_SIM_H
#define UNIT_SIM_H

#include "sim_description.h"

/* Parses `text`, which must be good. */
sim_description_t *unit_sim_description(const char *text);

typedef struct unit_sim_probe {
    const char *source; /* NULL: 192.0.2.1 or 2001:db8:ffff::1, as the destination has it */
    const char *destination;
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t seq;
    uint32_t ack;
    uint16_t ip_id;
    uint8_t ttl;
    uint8_t flags;
} unit_sim_probe_t;

/* A TCP segment without options and payload, with good checksums. */
sim_packet_t unit_sim_packet(const unit_sim_probe_t *probe);

/* Are all checksums of the packet good? */
bool unit_sim_checksums_good(const sim_packet_t *packet);

#endif
