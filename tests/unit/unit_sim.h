/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of the path simulator share: descriptions that must be good, probes, and a network to send them to.
 */
#ifndef UNIT_SIM_H
#define UNIT_SIM_H

#include "sim_network.h"

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
    uint16_t flags; /* 9 bits */
    uint8_t ecn;
} unit_sim_probe_t;

/* A TCP segment without options and payload, with good checksums. */
sim_packet_t unit_sim_packet(const unit_sim_probe_t *probe);

/* Are all checksums of the packet good? */
bool unit_sim_checksums_good(const sim_packet_t *packet);

/* A simulated network and its clock. */
typedef struct unit_sim_fixture {
    sim_description_t *description;
    sim_network_t *network;
    int64_t now_ns;
    sim_verdict_t verdict; /* of the last probe */
} unit_sim_fixture_t;

/* Makes the network that `text` describes; unit_sim_end() frees it. */
void unit_sim_begin(unit_sim_fixture_t *fixture, const char *text);
void unit_sim_end(unit_sim_fixture_t *fixture);

/* A SYN from port 40000 to port 80 of 203.0.113.9 or 2001:db8:3::9, seq 1000, IP ID 7. */
unit_sim_probe_t unit_sim_syn(uint8_t family, uint8_t ttl);

/* Sends the probe. Its fate is in fixture->verdict; returns the word for it. */
const char *unit_sim_send(unit_sim_fixture_t *fixture, const unit_sim_probe_t *probe);
const char *unit_sim_send_syn(unit_sim_fixture_t *fixture, uint8_t family, uint8_t ttl);

#endif
