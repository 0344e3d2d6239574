/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads packets from the device and writes the replies when they are due.
 */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include "sim_device.h"
#include "sim_network.h"
#include "sim_truth.h"

/* Runs until SIGTERM or SIGINT, or until the device goes away. The signals must be blocked
 * by the caller: they are let through while the loop sleeps, and looked for between packets. False and an error when
 * reading, writing or waiting fails.
 */
bool sim_loop_run(const sim_device_t *device, const sim_description_t *description, sim_truth_t *truth, GError **error);

#endif
