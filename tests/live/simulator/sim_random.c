/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim_random.h"

void
sim_random_init(sim_random_t *random, uint32_t seed)
{
    random->state = (uint64_t)seed + 1;
}

/* SplitMix64: every seed is good, also 0. */
uint32_t
sim_random_next(sim_random_t *random)
{
    uint64_t value = random->state += 0x9e3779b97f4a7c15U;

    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
    value = (value ^ value >> 27) * 0x94d049bb133111ebU;
    return (uint32_t)((value ^ value >> 31) >> 32);
}

uint32_t
sim_random_up_to(sim_random_t *random, uint32_t most)
{
    return most == 0 ? 0 : (uint32_t)((uint64_t)sim_random_next(random) * ((uint64_t)most + 1) >> 32);
}

bool
sim_random_chance(sim_random_t *random, double percent)
{
    if (percent <= 0)
        return false;
    if (percent >= 100)
        return true;
    return sim_random_next(random) < percent / 100 * 4294967296.0;
}
