/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_loops.h"

#include <stdlib.h>

#include "ttr_sort.h"

enum {
    ROUNDS_MIN = 3,             /* twice may be both sides of a router */
    POINTS_MAX = 9              /* of one packet: see ttr_points.c */
};

/* What an error says of a segment of the side. */
typedef struct ttr_said {
    uint64_t key;
    ttr_address_t responder;
} ttr_said_t;

static int
compare_said(const void *a, const void *b)
{
    const ttr_said_t *first = a;
    const ttr_said_t *second = b;

    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    return memcmp(&first->responder, &second->responder, sizeof first->responder);
}

/* Does it quote, by its addresses, what this side sent? */
static bool
quotes_side(const ttr_side_t *side, const ttr_error_t *error)
{
    const ttr_foreign_t *foreign;

    if (error->is_from_low != side->is_from_low || error->is_swapped)
        return false;
    if (error->addresses == 0)
        return true;
    foreign = ttr_store_foreign(side->work->store, error->addresses);
    return ttr_address_equal(&foreign->source, ttr_side_source(side)) &&
           ttr_address_equal(&foreign->target, ttr_side_target(side));
}

static GArray *
collect_said(const ttr_side_t *side)
{
    const ttr_work_t *work = side->work;
    GArray *said = g_array_new(FALSE, FALSE, sizeof(ttr_said_t));

    for (uint32_t i = 0; i < work->error_count; i++) {
        const ttr_error_t *error = ttr_store_error(work->store, work->error_ids[i]);
        ttr_said_t entry = {.responder = error->responder};
        uint32_t flow;

        if (error->kind != TTR_KIND_TIME_EXCEEDED || !error->has_seq || !quotes_side(side, error))
            continue;
        flow = ttr_work_flow(side, error->sport, error->dport);
        if (flow == 0)
            continue;
        entry.key = ttr_key_flow_seq(flow, error->seq);
        g_array_append_val(said, entry);
    }
    if (said->len > 1)
        ttr_sort(said->data, said->len, sizeof(ttr_said_t), compare_said);
    return said;
}

ttr_expired_t
ttr_loops_expired(const ttr_side_t *side)
{
    GArray *said = collect_said(side);
    ttr_expired_t expired = {.keys = TTR_ARENA_ARRAY(side->work->arena, uint64_t, said->len)};

    for (guint i = 1; i < said->len; i++) {
        const ttr_said_t *before = &g_array_index(said, ttr_said_t, i - 1);
        const ttr_said_t *here = &g_array_index(said, ttr_said_t, i);
        bool is_known = expired.count > 0 && expired.keys[expired.count - 1] == here->key;

        if (here->key == before->key && !is_known && !ttr_address_equal(&here->responder, &before->responder))
            expired.keys[expired.count++] = here->key;
    }
    g_array_unref(said);
    return expired;
}

static int
compare_keys(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return first < second ? -1 : first > second;
}

bool
ttr_loops_is_expired(const ttr_expired_t *expired, const ttr_seen_t *seen)
{
    uint64_t key = ttr_key_flow_seq(seen->segment->flow, seen->segment->seq);

    return expired->count > 0 && bsearch(&key, expired->keys, expired->count, sizeof key, compare_keys) != NULL;
}

/* How many sightings from the first of the part on may be one loop: each round takes the same off the TTL. However slow
 * it is: no tool counts down through identical packets. */
static uint32_t
length_of_loop(ttr_part_t part)
{
    int step = part.count > 1 ? part.seen[0]->ttl - part.seen[1]->ttl : 0;
    uint32_t length = 1;

    while (step > 0 && length < part.count && part.seen[length - 1]->ttl - part.seen[length]->ttl == step &&
           part.seen[length]->time_ns - part.seen[length - 1]->time_ns <= TTR_ANSWER_LIMIT_NS)
        length++;
    return length;
}

/* The rounds that one point saw. */
typedef struct ttr_rounds {
    uint32_t count;
    uint16_t point;
    uint8_t last_ttl;
    bool is_falling;
} ttr_rounds_t;

static void
count_round(ttr_rounds_t rounds[POINTS_MAX], const ttr_sighting_t *sighting)
{
    uint32_t at = 0;

    while (at < POINTS_MAX - 1 && rounds[at].count > 0 && rounds[at].point != sighting->point)
        at++;
    if (rounds[at].count == 0)
        rounds[at] = (ttr_rounds_t){.point = sighting->point, .is_falling = true};
    else if (sighting->ttl >= rounds[at].last_ttl)
        rounds[at].is_falling = false;
    rounds[at].last_ttl = sighting->ttl;
    rounds[at].count++;
}

/* Did the point that saw most of it see it often enough, and fall? */
static bool
are_rounds(const ttr_rounds_t rounds[POINTS_MAX])
{
    uint32_t most = 0;

    for (uint32_t at = 1; at < POINTS_MAX; at++) {
        if (rounds[at].count > rounds[most].count)
            most = at;
    }
    return rounds[most].count >= ROUNDS_MIN && rounds[most].is_falling;
}

/* Three points one behind the other see a falling TTL, too: a loop is what one of them sees. */
static bool
goes_round(ttr_part_t part, uint32_t length)
{
    ttr_rounds_t rounds[POINTS_MAX] = {{.count = 0}};

    for (uint32_t i = 0; i < length; i++)
        count_round(rounds, part.seen[i]->segment);
    return are_rounds(rounds);
}

ttr_part_t
ttr_loops_take(ttr_part_t part, void (*take)(const ttr_chain_t *loop, void *user), void *user)
{
    ttr_part_t rest = {.seen = part.seen};
    uint32_t length;

    for (; part.count > 0; part.seen += length, part.count -= length) {
        length = length_of_loop(part);
        if (length < ROUNDS_MIN || !goes_round(part, length)) {
            memmove(rest.seen + rest.count, part.seen, length * sizeof(ttr_seen_t *));
            rest.count += length;
            continue;
        }
        ttr_chain_t loop = {.first = part.seen[0], .last = part.seen[0], .count = 1};

        loop.first->next = NULL;
        for (uint32_t i = 1; i < length; i++)
            ttr_chain_append(&loop, part.seen[i]);
        take(&loop, user);
    }
    return rest;
}

bool
ttr_loops_is_loop(const ttr_packet_t *packet)
{
    ttr_rounds_t rounds[POINTS_MAX] = {{.count = 0}};

    if (packet->seen_count < ROUNDS_MIN)
        return false;
    for (uint32_t at = 0; at < packet->seen_count; at++)
        count_round(rounds, ttr_store_sighting(packet->side->work->store, packet->seen[at]));
    return are_rounds(rounds);
}
