/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A set of TTLs. Private to the core.
 */
#ifndef TTR_TTLS_H
#define TTR_TTLS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TTR_TTLS_WORD_BITS = 64,
    TTR_TTLS_WORDS = 256 / TTR_TTLS_WORD_BITS
};

/* Empty when zeroed. */
typedef struct ttr_ttls {
    uint64_t words[TTR_TTLS_WORDS];
} ttr_ttls_t;

static inline void
ttr_ttls_add(ttr_ttls_t *ttls, uint8_t ttl)
{
    ttls->words[ttl / TTR_TTLS_WORD_BITS] |= UINT64_C(1) << ttl % TTR_TTLS_WORD_BITS;
}

static inline bool
ttr_ttls_has(const ttr_ttls_t *ttls, uint8_t ttl)
{
    return (ttls->words[ttl / TTR_TTLS_WORD_BITS] >> ttl % TTR_TTLS_WORD_BITS & 1) != 0;
}

/* How many TTLs are in both. */
static inline uint32_t
ttr_ttls_common(const ttr_ttls_t *a, const ttr_ttls_t *b)
{
    uint32_t count = 0;

    for (int i = 0; i < TTR_TTLS_WORDS; i++) {
        for (uint64_t word = a->words[i] & b->words[i]; word != 0; word &= word - 1)
            count++;
    }
    return count;
}

static inline uint32_t
ttr_ttls_count(const ttr_ttls_t *ttls)
{
    return ttr_ttls_common(ttls, ttls);
}

#endif
