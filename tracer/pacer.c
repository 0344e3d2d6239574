/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pacer.h"

#include <glib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)
#define ROUTERS_MAX 65536       /* hostile answers come from any number of addresses */

/* Level and time at which it was right. */
struct pacer_bucket {
    double tokens;
    int64_t at_ns;
};

/* The key of a bucket: a router's address, or all zero and the TTL. */
typedef struct bucket_key {
    uint8_t family;
    uint8_t ttl;
    ttr_address_t address;
} bucket_key_t;

struct pacer {
    int64_t gap_ns;
    int64_t last_ns;
    uint64_t count;
    int64_t sent_ns[PACER_PROBES_PER_SECOND];   /* when the last so many went out: a ring */
    GHashTable *buckets;                        /* owned: bucket_key_t (owned) -> pacer_bucket_t (owned) */
};

static guint
hash_key(gconstpointer data)
{
    const uint8_t *bytes = data;
    guint hash = 2166136261u;

    for (size_t i = 0; i < sizeof(bucket_key_t); i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static gboolean
is_same_key(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(bucket_key_t)) == 0;
}

pacer_t *
pacer_new(int64_t gap_ns)
{
    pacer_t *pacer = g_new0(pacer_t, 1);

    pacer->gap_ns = gap_ns;
    pacer->buckets = g_hash_table_new_full(hash_key, is_same_key, g_free, g_free);
    return pacer;
}

void
pacer_free(pacer_t *pacer)
{
    if (pacer == NULL)
        return;
    g_hash_table_destroy(pacer->buckets);
    g_free(pacer);
}

int64_t
pacer_ready(const pacer_t *pacer, int64_t now_ns)
{
    int64_t ready = now_ns;

    if (pacer->count > 0)
        ready = MAX(ready, pacer->last_ns + pacer->gap_ns);
    if (pacer->count >= PACER_PROBES_PER_SECOND)
        ready = MAX(ready, pacer->sent_ns[pacer->count % PACER_PROBES_PER_SECOND] + SECOND_NS);
    return ready;
}

void
pacer_sent(pacer_t *pacer, int64_t now_ns)
{
    pacer->sent_ns[pacer->count % PACER_PROBES_PER_SECOND] = now_ns;
    pacer->last_ns = now_ns;
    pacer->count++;
}

static pacer_bucket_t *
find_bucket(pacer_t *pacer, const bucket_key_t *key, bool *is_new)
{
    pacer_bucket_t *bucket = g_hash_table_lookup(pacer->buckets, key);

    *is_new = bucket == NULL;
    if (bucket != NULL)
        return bucket;
    bucket = g_new0(pacer_bucket_t, 1);
    bucket->tokens = PACER_ROUTER_BURST;
    g_hash_table_insert(pacer->buckets, g_memdup2(key, sizeof *key), bucket);
    return bucket;
}

pacer_bucket_t *
pacer_hop(pacer_t *pacer, uint8_t family, uint8_t ttl)
{
    bucket_key_t key;
    bool is_new;

    memset(&key, 0, sizeof key);
    key.family = family;
    key.ttl = ttl;
    return find_bucket(pacer, &key, &is_new);
}

pacer_bucket_t *
pacer_router(pacer_t *pacer, uint8_t family, const ttr_address_t *router, const pacer_bucket_t *asked, uint32_t sent)
{
    bucket_key_t key;
    pacer_bucket_t *bucket;
    bool is_new;

    memset(&key, 0, sizeof key);
    key.family = family;
    key.address = *router;
    if (g_hash_table_size(pacer->buckets) >= ROUTERS_MAX && !g_hash_table_contains(pacer->buckets, &key))
        return (pacer_bucket_t *)asked;
    bucket = find_bucket(pacer, &key, &is_new);
    if (is_new)
        *bucket = *asked;       /* whoever else asked at this hop may have asked the same router */
    else if (bucket != asked)
        bucket->tokens -= sent;
    return bucket;
}

static double
level(const pacer_bucket_t *bucket, int64_t now_ns)
{
    double refilled = bucket->tokens + (double)(now_ns - bucket->at_ns) / PACER_ROUTER_REFILL_NS;

    return MIN(refilled, PACER_ROUTER_BURST);
}

int64_t
pacer_bucket_ready(const pacer_bucket_t *bucket, uint32_t share, int64_t now_ns)
{
    double missing = 1.0 / share - level(bucket, now_ns);

    /* A nanosecond more than the division gives: rounding must not make it wait for ever. */
    return missing <= 1e-9 ? now_ns : now_ns + (int64_t)(missing * PACER_ROUTER_REFILL_NS) + 1;
}

void
pacer_bucket_take(pacer_bucket_t *bucket, uint32_t share, int64_t now_ns)
{
    bucket->tokens = level(bucket, now_ns) - 1.0 / share;
    bucket->at_ns = now_ns;
}
