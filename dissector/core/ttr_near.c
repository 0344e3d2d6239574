/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_near.h"

#include <stdlib.h>

#include "ttr_evidence.h"
#include "ttr_pair.h"

#define SERIES_LEAST 3u         /* segments; two are a SYN and its repetition */

/* What one host of a pair sent. */
typedef struct side {
    uint32_t count;
    uint8_t ttl;
    bool is_mixed;              /* several TTLs */
} side_t;

static bool
may_be_probe(const ttr_store_t *store, const ttr_sighting_t *sighting)
{
    const ttr_flow_t *flow = ttr_store_flow(store, sighting->flow);
    bool is_syn = (sighting->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;

    return sighting->ttl <= store->config.candidate_ttl && !flow->is_ordinary &&
           (is_syn || (flow->syn_ttl == 0 && sighting->payload == 0));
}

static uint32_t
count_series(const ttr_store_t *store, const ttr_pair_t *pair)
{
    side_t sides[2] = {{.count = 0}};
    uint32_t count = 0;

    for (uint32_t id = pair->first_sighting; id != 0; id = ttr_store_sighting(store, id)->next) {
        const ttr_sighting_t *sighting = ttr_store_sighting(store, id);
        side_t *side = &sides[sighting->is_from_low];

        if (!may_be_probe(store, sighting))
            continue;
        side->is_mixed = side->is_mixed || (side->count > 0 && side->ttl != sighting->ttl);
        side->ttl = sighting->ttl;
        side->count++;
    }
    for (int i = 0; i < 2; i++)
        count += sides[i].count >= SERIES_LEAST && !sides[i].is_mixed ? 1 : 0;
    return count;
}

static int
compare_segments(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return first < second ? -1 : first > second;
}

static uint64_t
segment_of(uint32_t flow, uint32_t seq)
{
    return (uint64_t)flow << 32 | seq;
}

/* Flow and seq of every segment of a pair that may be a probe by its TTL, sorted. The caller frees the array. */
static GArray *
segments_of(const ttr_store_t *store, const ttr_pair_t *pair)
{
    GArray *segments = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    for (uint32_t id = pair->first_sighting; id != 0; id = ttr_store_sighting(store, id)->next) {
        const ttr_sighting_t *sighting = ttr_store_sighting(store, id);
        uint64_t segment = segment_of(sighting->flow, sighting->seq);

        if (sighting->ttl <= store->config.candidate_ttl)
            g_array_append_val(segments, segment);
    }
    g_array_sort(segments, compare_segments);
    return segments;
}

/* Is the quoted segment among them? A quote without seq names a flow. */
static bool
is_quoted_in(const ttr_store_t *store, uint32_t pair, const ttr_error_t *error, const GArray *segments)
{
    uint32_t flow = error->is_from_low ? ttr_flow_find(store, pair, error->sport, error->dport)
                                       : ttr_flow_find(store, pair, error->dport, error->sport);
    uint64_t segment = segment_of(flow, error->seq);

    if (flow == 0 || !error->has_seq)
        return flow != 0;
    return segments->len > 0 &&
           bsearch(&segment, segments->data, segments->len, sizeof segment, compare_segments) != NULL;
}

static uint32_t
count_foreign(const ttr_store_t *store, uint32_t id)
{
    const ttr_pair_t *pair = ttr_store_pair(store, id);
    uint32_t count = 0;
    GArray *segments;

    if (pair->first_error == 0)
        return 0;
    segments = segments_of(store, pair);
    for (uint32_t error = pair->first_error; error != 0; error = ttr_store_error(store, error)->next)
        count += is_quoted_in(store, id, ttr_store_error(store, error), segments) ? 0 : 1;
    g_array_unref(segments);
    return count;
}

ttr_near_t
ttr_near_find(const ttr_store_t *store)
{
    ttr_near_t near = {.foreign_errors = store->homeless_count, .highest_ttl = store->config.candidate_ttl};

    for (uint32_t id = 1; id <= store->pairs.used; id++) {
        const ttr_pair_t *pair = ttr_store_pair(store, id);

        if (pair->family == 0)
            continue;
        near.series += count_series(store, pair);
        near.foreign_errors += count_foreign(store, id);
    }
    for (uint32_t id = 1; id <= store->hosts.used; id++)
        near.foreign_errors += ttr_store_host(store, id)->stray_count;
    return near;
}
