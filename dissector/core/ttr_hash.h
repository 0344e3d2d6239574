/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hashes with a seed. Private to the core.
 */
#ifndef TTR_HASH_H
#define TTR_HASH_H

#include "ttr_types.h"

/* Finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the result. */
static inline uint64_t
ttr_hash_mix(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}

/* One more word. */
static inline uint64_t
ttr_hash_add(uint64_t hash, uint64_t word)
{
    return ttr_hash_mix(hash ^ word);
}

static inline uint64_t
ttr_hash_address(uint64_t hash, const ttr_address_t *address)
{
    uint64_t words[2];

    memcpy(words, address->bytes, sizeof words);
    return ttr_hash_add(ttr_hash_add(hash, words[0]), words[1] + 1);
}

#endif
