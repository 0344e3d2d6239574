/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables that find packets by their numbers: sorted arrays, since all packets are there before the first look-up.
 */
#include "ttr_compute.h"

enum {
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    KEY_BITS = 64,
    FEW = 48                    /* so few are sorted faster by insertion than by digits */
};

/* A packet with its key, while it is sorted. */
typedef struct ttr_sorted {
    uint64_t key;
    ttr_packet_t *packet;
} ttr_sorted_t;

static uint64_t
key_of(const ttr_sighting_t *segment, ttr_order_kind_t kind)
{
    switch (kind) {
    case TTR_ORDER_FLOW:     return segment->flow;
    case TTR_ORDER_FLOW_SEQ: return ttr_key_flow_seq(segment->flow, segment->seq);
    case TTR_ORDER_FLOW_ID:  return ttr_key_flow_id(segment->flow, segment->id_or_label);
    case TTR_ORDER_SEQ_ID:   return ttr_key_seq_id(segment->seq, segment->id_or_label);
    case TTR_ORDER_SEQ:      return segment->seq;
    case TTR_ORDER_ID:       return segment->id_or_label;
    case TTR_ORDER_COUNT:    break;
    }
    return 0;
}

/* Sorts by the digit at `shift`, keeping the order of equal ones; false, with nothing done, where all are equal. */
static bool
sort_by_digit(const ttr_sorted_t *from, ttr_sorted_t *to, uint32_t count, int shift)
{
    uint32_t starts[DIGITS] = {0};
    uint32_t start = 0;

    for (uint32_t i = 0; i < count; i++)
        starts[from[i].key >> shift & (DIGITS - 1)]++;
    if (starts[from[0].key >> shift & (DIGITS - 1)] == count)
        return false;
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t here = starts[digit];

        starts[digit] = start;
        start += here;
    }
    for (uint32_t i = 0; i < count; i++)
        to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

static void
sort_few(ttr_sorted_t *sorted, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        ttr_sorted_t moved = sorted[i];
        uint32_t at = i;

        for (; at > 0 && sorted[at - 1].key > moved.key; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = moved;
    }
}

/* Returns which of the two arrays has the result. */
static ttr_sorted_t *
sort_many(ttr_sorted_t *sorted, ttr_sorted_t *spare, uint32_t count)
{
    for (int shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
        ttr_sorted_t *other = spare;

        if (!sort_by_digit(sorted, spare, count, shift))
            continue;
        spare = sorted;
        sorted = other;
    }
    return sorted;
}

static void
build(ttr_side_t *side, ttr_order_kind_t kind)
{
    ttr_arena_t *arena = side->work->arena;
    uint32_t count = side->packet_count;
    ttr_order_t *order = &side->orders[kind];
    ttr_sorted_t *unsorted = g_new(ttr_sorted_t, MAX(count, 1));
    ttr_sorted_t *spare = count > FEW ? g_new(ttr_sorted_t, count) : NULL;
    ttr_sorted_t *sorted = unsorted;

    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (ttr_sorted_t){key_of(side->packets[i]->segment, kind), side->packets[i]};
    if (count > FEW)
        sorted = sort_many(unsorted, spare, count);
    else
        sort_few(sorted, count);
    order->keys = TTR_ARENA_ARRAY(arena, uint64_t, count);
    order->packets = TTR_ARENA_ARRAY(arena, ttr_packet_t *, count);
    for (uint32_t i = 0; i < count; i++) {
        order->keys[i] = sorted[i].key;
        order->packets[i] = sorted[i].packet;
    }
    g_free(unsorted);
    g_free(spare);
}

/* How many keys are below this one. */
static uint32_t
count_below(const uint64_t *keys, uint32_t count, uint64_t key)
{
    uint32_t low = 0;

    while (count > 0) {
        uint32_t half = count / 2;

        if (keys[low + half] < key) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

ttr_range_t
ttr_side_find(ttr_side_t *side, ttr_order_kind_t kind, uint64_t key)
{
    ttr_order_t *order = &side->orders[kind];
    uint32_t first;
    uint32_t end;

    if (order->keys == NULL)
        build(side, kind);
    first = count_below(order->keys, side->packet_count, key);
    end = key == UINT64_MAX ? side->packet_count : count_below(order->keys, side->packet_count, key + 1);
    return (ttr_range_t){order->packets + first, end - first};
}

/* How many packets of a range were sent before this time. */
static uint32_t
count_before(ttr_range_t range, int64_t time_ns)
{
    uint32_t low = 0;
    uint32_t count = range.count;

    while (count > 0) {
        uint32_t half = count / 2;

        if (range.packets[low + half]->time_ns < time_ns) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

ttr_range_t
ttr_range_between(ttr_range_t range, int64_t first_ns, int64_t last_ns)
{
    uint32_t first = count_before(range, first_ns);
    uint32_t end = count_before(range, last_ns + 1);    /* times are far below INT64_MAX: TTR_TIME_MAX_NS */

    if (end <= first)
        return (ttr_range_t){range.packets, 0};
    return (ttr_range_t){range.packets + first, end - first};
}
