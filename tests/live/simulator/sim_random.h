/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Chance that comes out the same for the same seed. Pure.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sim_random {
    uint64_t state;
} sim_random_t;

void sim_random_init(sim_random_t *random, uint32_t seed);

uint32_t sim_random_next(sim_random_t *random);

/* From 0 to `most`, each as likely. */
uint32_t sim_random_up_to(sim_random_t *random, uint32_t most);

/* True in `percent` of 100 calls; draws nothing for 0 and 100, so that a description without chance is exact. */
bool sim_random_chance(sim_random_t *random, double percent);

#endif
