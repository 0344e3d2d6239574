/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_point.h"

/* The lowest bit is set in the numbers of cooked captures, the next one in those of others: so none is 0. */
enum {
    COOKED = 1,
    OTHER = 2,
    KIND_MASK = 3
};

/* FNV-1a. */
static uint32_t
hash_bytes(uint32_t hash, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static uint32_t
hash_interface(uint32_t interface)
{
    return (2166136261u ^ interface) * 16777619u;
}

uint32_t
ttr_point_hash(uint32_t interface, const uint8_t *a, const uint8_t *b, size_t length)
{
    const uint32_t basis = hash_interface(interface);
    uint32_t hash = length == 0 ? basis : hash_bytes(basis, a, length) + hash_bytes(basis, b, length);

    return (hash & ~(uint32_t)KIND_MASK) | OTHER;
}

uint32_t
ttr_point_cooked(uint32_t interface)
{
    return (hash_interface(interface) & ~(uint32_t)KIND_MASK) | COOKED;
}

uint32_t
ttr_point_device(uint32_t interface, const uint8_t *index)
{
    uint32_t hash = hash_bytes(hash_interface(interface), index, TTR_POINT_INDEX_SIZE);

    return (hash & ~(uint32_t)KIND_MASK) | OTHER;
}

bool
ttr_point_is_cooked(uint32_t point)
{
    return (point & KIND_MASK) == COOKED;
}
