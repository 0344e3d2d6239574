/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The truth file: one JSON object a line for each packet that came and each reply that went. tests/live/README.md
 * explains the keys. Lines are kept until somebody has time to write them.
 */
#ifndef SIM_TRUTH_H
#define SIM_TRUTH_H

#include <stdio.h>

#include "sim_network.h"

typedef struct sim_truth sim_truth_t;

/* Writes to `file`, which stays the caller's. */
sim_truth_t *sim_truth_new(FILE *file);

/* Writes what is kept, and frees. */
void sim_truth_free(sim_truth_t *truth);

/* `packet` number `id` was read at `time_ns` (real time) and met with `verdict`. `slept`: it had to wake the simulator,
 * so that it waited for some time that no clock here can tell. */
void sim_truth_probe(sim_truth_t *truth, uint64_t id, int64_t time_ns, bool slept, const sim_packet_t *packet,
                     const sim_verdict_t *verdict);

/* The answer to packet number `id` was written at `time_ns` (real time), `late_ns` after it was due. */
void sim_truth_reply(sim_truth_t *truth, uint64_t id, int64_t time_ns, int64_t late_ns);

/* Writes what is kept. False when the file does not take it. */
bool sim_truth_flush(sim_truth_t *truth);

#endif
