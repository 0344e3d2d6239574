/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The network device behind which the simulated network stands: TUN (packets) or TAP (Ethernet frames).
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "sim_packet.h"

#include <glib.h>
#include <sys/types.h>

typedef struct sim_device {
    int fd; /* does not block */
    bool is_ethernet;
} sim_device_t;

/* Makes the device `name`. With `is_ethernet` the sender's end must have the address that sim_neighbour.h
 * says; ARP and neighbour discovery are answered. False and an error when the system refuses.
 */
bool sim_device_open(sim_device_t *device, const char *name, bool is_ethernet, GError **error);
void sim_device_close(sim_device_t *device);

/* Reads one packet into `bytes`, of SIM_PACKET_MAX bytes. Returns its length, 0 for a frame that holds no IP packet,
 * or -1 with errno (EAGAIN: nothing has come).
 */
ssize_t sim_device_read(const sim_device_t *device, uint8_t *bytes);

/* Writes one packet; -1 with errno when the system refuses. */
ssize_t sim_device_write(const sim_device_t *device, const uint8_t *bytes, size_t length);

#endif
