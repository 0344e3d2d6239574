/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who has this address? ARP and IPv6 neighbour discovery on an Ethernet device: the gateway has every address. Pure.
 */
#ifndef SIM_NEIGHBOUR_H
#define SIM_NEIGHBOUR_H

#include <stddef.h>
#include <stdint.h>

enum { SIM_ETHERNET_HEADER = 14, SIM_NEIGHBOUR_MAX = 128 };

/* The Ethernet addresses at the sender's end and behind the device: 02:00:00:00:00:01 and 02:00:00:00:00:fe. */
extern const uint8_t sim_neighbour_sender[6];
extern const uint8_t sim_neighbour_gateway[6];

/* Answers `frame` when it asks for an address. Writes the answer into `reply`, of SIM_NEIGHBOUR_MAX bytes, and returns
 * its length; 0 when the frame asks nothing, or only whether its own address is in use.
 */
size_t sim_neighbour_answer(const uint8_t *frame, size_t length, uint8_t *reply);

#endif
