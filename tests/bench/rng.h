/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pseudo-random numbers that are the same on every machine: a benchmark's input must not change between two runs.
 */
#ifndef BENCH_RNG_H
#define BENCH_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t state;
} rng_t;

void rng_init(rng_t *rng, uint64_t seed);

uint64_t rng_next(rng_t *rng);

/* A value from `low` to `high`, both included; low <= high. */
uint32_t rng_between(rng_t *rng, uint32_t low, uint32_t high);

/* True in `percent` of 100 calls. */
bool rng_chance(rng_t *rng, uint32_t percent);

void rng_fill(rng_t *rng, uint8_t *bytes, size_t length);

/* Mixes `value` to a number that looks random and depends on nothing else:
 * what must stay the same for one host (its TTL, its routers) is derived from its number. */
uint64_t rng_hash(uint64_t value);

#endif
