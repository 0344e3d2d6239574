/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pacer.h"

#include <glib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)
#define ROUTERS_MAX 65536       /* hostile answers come from any number of addresses */
#define ROUTERS_OF_HOP 16       /* whose buckets a hop's bucket is kept together with */

/* Two probes may be closer together at the router than they were here, by this share of a token. */
#define SLACK 0.05

/* Level and time at which it was right. A hop's bucket is never fuller than those of the routers found there, for a
 * target that is new may lie behind any of them; and what the hop is asked counts for all of these until the answer
 * says which one it was. */
struct pacer_bucket {
    double tokens;
    double taken;               /* since the bucket was full */
    int64_t at_ns;
    pacer_bucket_t *via;        /* router: the hop's bucket, borrowed; NULL: too many routers there */
    GPtrArray *routers;         /* hop: buckets of the routers found there, borrowed; NULL: this is a router */
};

/* The key of a bucket: a router's address, or all zero, trace and TTL. */
typedef struct bucket_key {
    uint8_t family;
    uint8_t ttl;
    uint32_t trace;
    ttr_address_t address;
} bucket_key_t;

struct pacer {
    int64_t gap_ns;
    int64_t last_ns;
    uint64_t count;
    int64_t sent_ns[PACER_PROBES_PER_SECOND];   /* when the last so many went out: a ring */
    near_t *near[2];                            /* owned: of IPv4 and of IPv6 */
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

static void
free_bucket(void *data)
{
    pacer_bucket_t *bucket = data;

    if (bucket->routers != NULL)
        g_ptr_array_free(bucket->routers, TRUE);
    g_free(bucket);
}

pacer_t *
pacer_new(int64_t gap_ns)
{
    pacer_t *pacer = g_new0(pacer_t, 1);

    pacer->gap_ns = gap_ns;
    for (size_t i = 0; i < G_N_ELEMENTS(pacer->near); i++)
        pacer->near[i] = near_new();
    pacer->buckets = g_hash_table_new_full(hash_key, is_same_key, g_free, free_bucket);
    return pacer;
}

void
pacer_free(pacer_t *pacer)
{
    if (pacer == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(pacer->near); i++)
        near_free(pacer->near[i]);
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

near_t *
pacer_near(pacer_t *pacer, uint8_t family)
{
    return pacer->near[family == TTR_FAMILY_IPV4 ? 0 : 1];
}

pacer_bucket_t *
pacer_hop(pacer_t *pacer, uint8_t family, unsigned trace, uint8_t ttl)
{
    bucket_key_t key;
    pacer_bucket_t *bucket;
    bool is_new;

    memset(&key, 0, sizeof key);
    key.family = family;
    key.trace = trace;
    key.ttl = ttl;
    bucket = find_bucket(pacer, &key, &is_new);
    if (is_new)
        bucket->routers = g_ptr_array_new();
    return bucket;
}

/* Brings the bucket to the level that it has now. */
static void
refill(pacer_bucket_t *bucket, int64_t now_ns)
{
    if (now_ns <= bucket->at_ns)
        return;
    bucket->tokens += (double)(now_ns - bucket->at_ns) / PACER_ROUTER_REFILL_NS;
    bucket->at_ns = now_ns;
    if (bucket->tokens < PACER_ROUTER_BURST + SLACK)
        return;
    bucket->tokens = PACER_ROUTER_BURST;
    bucket->taken = 0;
}

static void
charge(pacer_bucket_t *bucket, double tokens, int64_t now_ns)
{
    refill(bucket, now_ns);
    bucket->tokens = MIN(bucket->tokens - tokens, PACER_ROUTER_BURST);
    bucket->taken = MAX(bucket->taken + tokens, 0);
}

static void
lower_to(pacer_bucket_t *bucket, const pacer_bucket_t *other)
{
    refill(bucket, other->at_ns);
    bucket->tokens = MIN(bucket->tokens, other->tokens);
    bucket->taken = MAX(bucket->taken, other->taken);
}

/* The last probe that the hop was asked went to this router: it is given back to the others. */
static void
give_back(pacer_bucket_t *hop, const pacer_bucket_t *router)
{
    for (guint i = 0; i < hop->routers->len; i++) {
        pacer_bucket_t *other = g_ptr_array_index(hop->routers, i);

        if (other != router)
            charge(other, -1, hop->at_ns);
    }
}

static void
join(pacer_bucket_t *hop, pacer_bucket_t *router)
{
    lower_to(router, hop);
    if (hop->routers->len >= ROUTERS_OF_HOP)
        return;
    g_ptr_array_add(hop->routers, router);
    router->via = hop;
}

pacer_bucket_t *
pacer_router(pacer_t *pacer, uint8_t family, const ttr_address_t *router, pacer_bucket_t *asked, uint32_t sent)
{
    pacer_bucket_t *hop = asked->routers == NULL ? asked->via : asked;
    bucket_key_t key;
    pacer_bucket_t *bucket;
    bool is_new;

    memset(&key, 0, sizeof key);
    key.family = family;
    key.address = *router;
    if (g_hash_table_size(pacer->buckets) >= ROUTERS_MAX && !g_hash_table_contains(pacer->buckets, &key))
        return asked;
    bucket = find_bucket(pacer, &key, &is_new);
    if (hop == NULL) {
        lower_to(bucket, asked);
        return bucket;
    }
    if (sent > 0)
        give_back(hop, bucket);
    if (g_ptr_array_find(hop->routers, bucket, NULL))
        return bucket;
    if (!is_new) {
        charge(bucket, MIN(sent, PACER_ROUTER_BURST), hop->at_ns);
        bucket->tokens = MAX(bucket->tokens, 0);    /* what it refused took nothing out of it */
    }
    join(hop, bucket);
    return bucket;
}

int64_t
pacer_bucket_ready(pacer_bucket_t *bucket, uint32_t share, int64_t now_ns)
{
    double needed = 1.0 / share;
    double missing;

    refill(bucket, now_ns);
    if (bucket->taken + needed > PACER_ROUTER_BURST + 1e-9)
        needed += SLACK;
    missing = needed - bucket->tokens;
    /* A nanosecond more than the division gives: rounding must not make it wait for ever. */
    return missing <= 1e-9 ? now_ns : now_ns + (int64_t)(missing * PACER_ROUTER_REFILL_NS) + 1;
}

void
pacer_bucket_take(pacer_bucket_t *bucket, uint32_t share, int64_t now_ns)
{
    charge(bucket, 1.0 / share, now_ns);
    for (guint i = 0; bucket->routers != NULL && i < bucket->routers->len; i++)
        charge(g_ptr_array_index(bucket->routers, i), 1.0 / share, now_ns);
    if (bucket->via != NULL)
        lower_to(bucket->via, bucket);
}
