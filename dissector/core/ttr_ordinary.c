/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_ordinary.h"

#include "ttr_sort.h"

/* A kernel repeats a SYN after a second (RFC 6298 section 2.1); the other second is for slow machines. */
#define REPEAT_NS INT64_C(2000000000)

#define SEQ_SIZE (INT64_C(1) << 32)
#define STREAM_MAX 65535        /* how far a young connection may have come: a window without scaling (RFC 9293) */

/* What is looked for in a flow; for data the TTL stands behind it. */
enum {
    ORDINARY = 0,
    ORDINARY_SYN = 1,
    ORDINARY_SEQ = 2,           /* what all of them have, by sequence number instead of time */
    DATA = 3,
    SYN = 4                     /* whatever its TTL */
};

typedef struct ttr_shown {
    uint64_t key;
    int64_t at;                 /* time in ns, or sequence number */
} ttr_shown_t;

struct ttr_ordinary {
    const ttr_store_t *store;
    ttr_shown_t *shown;         /* by key, then by `at` */
    uint32_t count;
};

static uint64_t
key_of(uint32_t flow, unsigned what, uint8_t ttl)
{
    return (uint64_t)flow << 16 | what << 8 | ttl;
}

static int
compare_shown(const void *a, const void *b)
{
    const ttr_shown_t *first = a;
    const ttr_shown_t *second = b;

    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

static void
add(ttr_ordinary_t *ordinary, const ttr_packet_t *packet, unsigned what, uint8_t ttl)
{
    ordinary->shown[ordinary->count++] = (ttr_shown_t){key_of(packet->segment->flow, what, ttl), packet->time_ns};
}

static void
add_packet(ttr_ordinary_t *ordinary, const ttr_packet_t *packet)
{
    const ttr_sighting_t *segment = packet->segment;
    bool is_syn = (segment->flags & TTR_TCP_SYN) != 0;

    if (is_syn)
        add(ordinary, packet, SYN, 0);
    else if (segment->payload > 0)
        add(ordinary, packet, DATA, segment->ttl);
    if (segment->ttl <= ordinary->store->config.candidate_ttl || (segment->flags & TTR_TCP_RST) != 0 || packet->run != NULL)
        return;
    add(ordinary, packet, ORDINARY, 0);
    ordinary->shown[ordinary->count++] = (ttr_shown_t){key_of(segment->flow, ORDINARY_SEQ, 0), segment->seq};
    if (is_syn)
        add(ordinary, packet, ORDINARY_SYN, 0);
}

ttr_ordinary_t *
ttr_ordinary_new(const ttr_side_t *side)
{
    ttr_ordinary_t *ordinary = TTR_ARENA_ONE(side->work->arena, ttr_ordinary_t);

    ordinary->store = side->work->store;
    ordinary->shown = TTR_ARENA_ARRAY(side->work->arena, ttr_shown_t, 4 * (size_t)side->packet_count);
    for (uint32_t i = 0; i < side->packet_count; i++)
        add_packet(ordinary, side->packets[i]);
    ttr_sort(ordinary->shown, ordinary->count, sizeof *ordinary->shown, compare_shown);
    return ordinary;
}

/* Is there an entry with this key between two places, both included? */
static bool
is_shown(const ttr_ordinary_t *ordinary, uint64_t key, int64_t first, int64_t last)
{
    const ttr_shown_t from = {key, first};
    uint32_t low = 0;
    uint32_t high = ordinary->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare_shown(&ordinary->shown[middle], &from) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ordinary->count && ordinary->shown[low].key == key && ordinary->shown[low].at <= last;
}

bool
ttr_ordinary_has_guest(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe)
{
    uint32_t flow = probe->segment->flow;

    return ttr_store_flow(ordinary->store, flow)->opened_ordinary ||
           is_shown(ordinary, key_of(flow, ORDINARY, 0), INT64_MIN, probe->time_ns) ||
           is_shown(ordinary, key_of(flow, ORDINARY_SYN, 0), probe->time_ns, probe->time_ns + REPEAT_NS - 1);
}

/* Is there an ordinary segment a little further in the stream than this one? */
static bool
is_gone_on_with(const ttr_ordinary_t *ordinary, const ttr_sighting_t *segment)
{
    uint64_t key = key_of(segment->flow, ORDINARY_SEQ, 0);
    int64_t first = (int64_t)segment->seq + 1;
    int64_t last = (int64_t)segment->seq + STREAM_MAX;

    return is_shown(ordinary, key, first, last) || is_shown(ordinary, key, first - SEQ_SIZE, last - SEQ_SIZE);
}

bool
ttr_ordinary_opens(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe)
{
    uint32_t flow = probe->segment->flow;

    return ttr_store_flow(ordinary->store, flow)->opened_ordinary ||
           is_shown(ordinary, key_of(flow, ORDINARY_SYN, 0), INT64_MIN, INT64_MAX) ||
           is_gone_on_with(ordinary, probe->segment);
}

/* The store keeps none of this data, but remembers in the flow that there was some (ttr_keep.c). */
bool
ttr_ordinary_carries_data(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe)
{
    const ttr_sighting_t *segment = probe->segment;

    if ((segment->flags & TTR_TCP_SYN) == 0)
        return false;
    return ttr_store_flow(ordinary->store, segment->flow)->is_ordinary ||
           is_shown(ordinary, key_of(segment->flow, DATA, segment->ttl), probe->time_ns + 1, INT64_MAX);
}

bool
ttr_ordinary_is_behind_syn(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe)
{
    const ttr_sighting_t *segment = probe->segment;

    return (segment->flags & TTR_TCP_SYN) == 0 &&
           is_shown(ordinary, key_of(segment->flow, SYN, 0), INT64_MIN, probe->time_ns);
}
