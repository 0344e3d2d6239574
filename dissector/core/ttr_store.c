/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_store.h"

#include "ttr_error.h"
#include "ttr_evidence.h"
#include "ttr_exact.h"
#include "ttr_hash.h"
#include "ttr_interned.h"
#include "ttr_keep.h"
#include "ttr_pair.h"
#include "ttr_schedule.h"

ttr_config_t
ttr_config_default(void)
{
    return (ttr_config_t){
        .candidate_ttl = 32,
        .reply_limit_ns = 10 * INT64_C(1000000000),
        .run_gap_ns = 30 * INT64_C(1000000000),
        .candidate_bound = 250000,
    };
}

ttr_store_t *
ttr_store_new(const ttr_config_t *config)
{
    ttr_store_t *store = g_new0(ttr_store_t, 1);

    store->config = *config;
    store->seed = ttr_hash_mix((uint64_t)(uintptr_t)store);     /* where it lies differs from run to run */
    store->end_ns = -TTR_TIME_MAX_NS;
    ttr_pool_init(&store->sightings, sizeof(ttr_sighting_t));
    ttr_pool_init(&store->sacks, sizeof(ttr_sack_t));
    store->headers = ttr_headers_new(store->seed);
    store->shapes = ttr_interned_new();
    store->points = ttr_interned_new();
    ttr_pair_init(store);
    ttr_error_init(store);
    ttr_keep_init(store);
    ttr_exact_init(store);
    ttr_schedule_init(store);
    return store;
}

void
ttr_store_free(ttr_store_t *store)
{
    if (store == NULL)
        return;
    ttr_schedule_clear(store);      /* needs the pairs */
    ttr_exact_clear(store);
    ttr_keep_clear(store);
    ttr_error_clear(store);
    ttr_pair_clear(store);
    ttr_headers_free(store->headers);
    ttr_interned_free(store->shapes);
    ttr_interned_free(store->points);
    ttr_pool_clear(&store->sightings);
    ttr_pool_clear(&store->sacks);
    g_free(store->frame_heads);
    g_free(store);
}

bool
ttr_store_wants(const ttr_store_t *store, uint8_t ttl, uint32_t sum)
{
    return ttl <= store->wanted_ttl || ttr_pair_may_be(store, sum);
}

void
ttr_store_pass_opening(ttr_store_t *store, const ttr_connection_t *connection)
{
    ttr_keep_mark(store, connection);
}

void
ttr_store_pass(ttr_store_t *store, int64_t time_ns)
{
    if (time_ns <= store->end_ns)
        return;
    store->end_ns = MIN(time_ns, TTR_TIME_MAX_NS);
    store->is_settled = false;
}

void
ttr_store_observe(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_store_pass(store, ttr_time_bounded(observation->time_ns));
    if (observation->what == TTR_OBSERVED_TCP)
        ttr_keep_segment(store, observation);
    else
        ttr_error_observe(store, observation);
    ttr_keep_bound(store);
}
