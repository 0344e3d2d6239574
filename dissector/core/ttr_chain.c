/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_chain.h"

#include "ttr_sort.h"

/* How many chains of a class may grow at one time: far more than packets with equal numbers are under way at once. What
 * a flood brings beyond that is told apart less well, but costs no more. */
enum { OPEN_MAX = 256 };

int
ttr_seen_compare_keys(const ttr_seen_t *a, const ttr_seen_t *b)
{
    return a->key < b->key ? -1 : a->key > b->key;
}

/* A merge sort, since qsort() would not hand the comparison through. */
typedef struct ttr_sort {
    ttr_seen_t **seen;
    ttr_seen_t **spare;
    ttr_seen_compare_t compare;
} ttr_sort_t;

/* Where they are alike, by time. */
static bool
is_in_order(const ttr_sort_t *sort, uint32_t left, uint32_t right)
{
    int way = sort->compare(sort->seen[left], sort->seen[right]);

    return way != 0 ? way < 0 : sort->seen[left]->order < sort->seen[right]->order;
}

/* Merges two sorted neighbours, which begin at `first` and `middle`. */
static void
merge(const ttr_sort_t *sort, uint32_t first, uint32_t middle, uint32_t end)
{
    uint32_t left = first;
    uint32_t right = middle;

    if (middle >= end || is_in_order(sort, middle - 1, middle))
        return;
    for (uint32_t at = first; at < end; at++) {
        bool is_left = left < middle && (right == end || is_in_order(sort, left, right));

        sort->spare[at] = sort->seen[is_left ? left++ : right++];
    }
    memcpy(sort->seen + first, sort->spare + first, (end - first) * sizeof(ttr_seen_t *));
}

static void
sort_sightings(ttr_seen_t **seen, uint32_t count, ttr_seen_compare_t compare)
{
    const ttr_sort_t sort = {.seen = seen, .spare = g_new(ttr_seen_t *, MAX(count, 1)), .compare = compare};

    for (uint64_t size = 1; size < count; size *= 2) {
        for (uint64_t first = 0; first + size < count; first += 2 * size)
            merge(&sort, (uint32_t)first, (uint32_t)(first + size), (uint32_t)MIN(first + 2 * size, count));
    }
    g_free(sort.spare);
}

static int
compare_parts(const void *a, const void *b)
{
    uint32_t first = ((const ttr_part_t *)a)->seen[0]->order;
    uint32_t second = ((const ttr_part_t *)b)->seen[0]->order;

    return first < second ? -1 : first > second;
}

GArray *
ttr_part_sightings(ttr_seen_t **seen, uint32_t count, ttr_seen_compare_t compare)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(ttr_part_t));
    uint32_t end;

    sort_sightings(seen, count, compare);
    for (uint32_t first = 0; first < count; first = end) {
        ttr_part_t part = {.seen = seen + first};

        for (end = first + 1; end < count && compare(seen[first], seen[end]) == 0;)
            end++;
        part.count = end - first;
        g_array_append_val(parts, part);
    }
    if (parts->len > 1)
        ttr_sort(parts->data, parts->len, sizeof(ttr_part_t), compare_parts);
    return parts;
}

ttr_chains_t
ttr_chains_new(ttr_arena_t *arena, uint32_t count)
{
    return (ttr_chains_t){
        .arena = arena,
        .chains = TTR_ARENA_ARRAY(arena, ttr_chain_t, count),
        .classes = TTR_ARENA_ARRAY(arena, ttr_class_t, count),
    };
}

void
ttr_chains_add_class(ttr_chains_t *chains, bool is_weak)
{
    chains->classes[chains->class_count++] = (ttr_class_t){.first = chains->chain_count, .is_weak = is_weak};
}

void
ttr_chains_take(ttr_chains_t *chains, const ttr_chain_t *chain)
{
    chains->classes[chains->class_count - 1].count++;
    chains->chains[chains->chain_count++] = *chain;
}

ttr_chain_t *
ttr_chains_add(ttr_chains_t *chains, ttr_seen_t *seen)
{
    ttr_chain_t chain = {.first = seen, .last = seen, .count = 1, .lowest_ttl = seen->ttl};

    chain.is_weak = chains->classes[chains->class_count - 1].is_weak;
    seen->next = NULL;
    ttr_chains_take(chains, &chain);
    return &chains->chains[chains->chain_count - 1];
}

void
ttr_chain_append(ttr_chain_t *chain, ttr_seen_t *seen)
{
    chain->last->next = seen;
    chain->last = seen;
    chain->count++;
    chain->lowest_ttl = MIN(chain->lowest_ttl, seen->ttl);
    seen->next = NULL;
}

void
ttr_chains_fill(ttr_chains_t *chains, ttr_part_t part, int64_t limit_ns, ttr_chain_test_t test, const void *context)
{
    ttr_chain_t *youngest = NULL;

    for (uint32_t i = 0; i < part.count; i++) {
        ttr_seen_t *seen = part.seen[i];
        ttr_chain_t **link = &youngest;
        uint32_t looked_at = 0;

        while (*link != NULL) {
            ttr_chain_t *chain = *link;

            if (looked_at++ >= OPEN_MAX || seen->time_ns - chain->last->time_ns > limit_ns)
                *link = chain->older;
            else if (chain->last->point == seen->point && test(chain, seen, context))
                break;
            else
                link = &chain->older;
        }
        if (*link != NULL) {
            ttr_chain_append(*link, seen);
        } else {
            ttr_chain_t *chain = ttr_chains_add(chains, seen);

            chain->older = youngest;
            youngest = chain;
        }
    }
}

static int
compare_orders(const void *a, const void *b)
{
    uint32_t first = (*(ttr_seen_t *const *)a)->order;
    uint32_t second = (*(ttr_seen_t *const *)b)->order;

    return first < second ? -1 : first > second;
}

void
ttr_chain_file(ttr_arena_t *arena, const ttr_chain_t *chain, ttr_packet_t *packet)
{
    ttr_seen_t **sorted;
    uint32_t count = 0;

    if (chain->count == 1)
        return;
    sorted = g_new(ttr_seen_t *, chain->count);
    for (ttr_seen_t *seen = chain->first; seen != NULL; seen = seen->next)
        sorted[count++] = seen;
    ttr_sort(sorted, count, sizeof(ttr_seen_t *), compare_orders);
    packet->seen = TTR_ARENA_ARRAY(arena, uint32_t, count);
    packet->seen_count = count;
    for (uint32_t i = 0; i < count; i++)
        packet->seen[i] = sorted[i]->id;
    g_free(sorted);
}
