/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rng.h"

#include <string.h>

#define GOLDEN_RATIO UINT64_C(0x9e3779b97f4a7c15)

void
rng_init(rng_t *rng, uint64_t seed)
{
    rng->state = seed;
}

/* The finalizer of splitmix64. */
uint64_t
rng_hash(uint64_t value)
{
    value += GOLDEN_RATIO;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t
rng_next(rng_t *rng)
{
    uint64_t value = rng_hash(rng->state);

    rng->state += GOLDEN_RATIO;
    return value;
}

uint32_t
rng_between(rng_t *rng, uint32_t low, uint32_t high)
{
    return low + (uint32_t)(rng_next(rng) % ((uint64_t)high - low + 1));
}

bool
rng_chance(rng_t *rng, uint32_t percent)
{
    return rng_next(rng) % 100 < percent;
}

void
rng_fill(rng_t *rng, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        uint64_t value = rng_next(rng);
        size_t part = length < sizeof value ? length : sizeof value;

        memcpy(bytes, &value, part);
        bytes += part;
        length -= part;
    }
}
