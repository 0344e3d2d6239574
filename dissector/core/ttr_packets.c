/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which sightings are of one segment? First what one capture point saw more than once, then what several points saw
 * (ttr_points.c). The sighting nearest to the sender stands for the packet: the one with the highest TTL.
 */
#include "ttr_copies.h"
#include "ttr_late.h"
#include "ttr_loops.h"
#include "ttr_nearest.h"

enum {
    COPIED_SHARE = 3,
    WEAK_KEY = 0x10000,         /* set in the keys of sightings that no IP ID names; IDs have 16 bits */
    RISES_MIN = 2,
    TTLS_MIN = 3,
    USUAL_SHARE = 2,
    SHARED_SHARE = 2
};

/* A side on its way to packets. */
typedef struct ttr_grouping {
    ttr_side_t *side;
    ttr_chains_t chains;
    ttr_expired_t expired;
    ttr_late_t late;
    bool is_other_copied;       /* what the other side sent was seen twice, as its IDs show */
} ttr_grouping_t;

/* What the rules of copies ask about sightings that are alike. */
typedef struct ttr_alike {
    bool is_usual;              /* most of them are there more than once */
    bool is_other_copied;
    ttr_late_t late;
} ttr_alike_t;

/* What no box changes between two sightings of a segment, without the IP ID. ECN bits may be cleared on the way. */
static int
compare_identities(const ttr_seen_t *a, const ttr_seen_t *b)
{
    enum { LASTING = ~(TTR_TCP_ECE | TTR_TCP_CWR) & 0xff };
    const ttr_sighting_t *first = a->segment;
    const ttr_sighting_t *second = b->segment;

    if (first->flow != second->flow)
        return first->flow < second->flow ? -1 : 1;
    if (first->seq != second->seq)
        return first->seq < second->seq ? -1 : 1;
    if (first->ack != second->ack)
        return first->ack < second->ack ? -1 : 1;
    if (first->payload != second->payload)
        return first->payload < second->payload ? -1 : 1;
    return (first->flags & LASTING) - (second->flags & LASTING);
}

/* Does an ID that comes again stand for a whole sweep? It comes again with a higher TTL, several times or late. */
static bool
is_shared(ttr_part_t part)
{
    bool ttls[UINT8_MAX + 1] = {false};
    uint32_t ttl_count = 0;
    uint32_t rises = 0;

    for (uint32_t i = 0; i < part.count; i++) {
        const ttr_seen_t *seen = part.seen[i];

        ttl_count += !ttls[seen->ttl];
        ttls[seen->ttl] = true;
        if (i == 0 || seen->ttl <= part.seen[i - 1]->ttl)
            continue;
        if (seen->time_ns - part.seen[i - 1]->time_ns > TTR_COPY_UNCERTAIN_NS)
            return true;
        rises++;
    }
    return rises >= RISES_MIN && ttl_count >= TTLS_MIN;
}

/* Does the sender change the ID from packet to packet? */
static bool
do_ids_name_packets(const ttr_grouping_t *grouping, ttr_part_t part)
{
    GArray *by_id;
    guint shared = 0;
    bool is_named;

    for (uint32_t i = 0; i < part.count; i++)
        part.seen[i]->key = ttr_seen_id(grouping->side->work->family, part.seen[i]);
    by_id = ttr_part_sightings(part.seen, part.count, ttr_seen_compare_keys);
    for (guint i = 0; i < by_id->len; i++)
        shared += is_shared(g_array_index(by_id, ttr_part_t, i));
    is_named = shared * SHARED_SHARE < by_id->len;
    g_array_unref(by_id);
    return is_named;
}

/* The copy with the higher TTL may be stamped first or last (a mirror, two clocks). That is the rule or it is not: one
 * pair alone among many with an ID is two probes that drew the same ID. */
static bool
are_copies_usual(const GArray *parts)
{
    guint repeated = 0;

    for (guint i = 0; i < parts->len; i++)
        repeated += g_array_index(parts, ttr_part_t, i).count > 1;
    return repeated * USUAL_SHARE >= parts->len;
}

/* With an IP ID of its own. */
static bool
is_named_copy(const ttr_chain_t *chain, const ttr_seen_t *seen, const void *context)
{
    const ttr_alike_t *alike = context;
    const ttr_seen_t *last = chain->last;
    int64_t since = seen->time_ns - last->time_ns;

    if (!alike->is_usual && seen->ttl > last->ttl)
        return false;
    if (since <= (seen->ttl != last->ttl ? TTR_COPY_CERTAIN_NS : TTR_COPY_UNCERTAIN_NS))
        return true;
    return seen->ttl < chain->lowest_ttl && since <= TTR_ANSWER_LIMIT_NS;   /* a loop, however slow */
}

/* Before the network card (or, on a cooked capture of all devices, before the port of a bridge) a segment shows a checksum
 * that only the card fills in. */
static bool
are_same_bytes(const ttr_seen_t *a, const ttr_seen_t *b)
{
    const ttr_sighting_t *first = a->segment;
    const ttr_sighting_t *second = b->segment;

    if (first->checksum == second->checksum)
        return true;
    return first->tsval == second->tsval && (a->is_cooked || first->is_sum_partial != second->is_sum_partial);
}

/* Without an ID: behind a router, or the same bytes once more; or before a router by a clock that is late, where that is
 * the rule, or all else is seen twice, too. */
static bool
is_unnamed_copy(const ttr_chain_t *chain, const ttr_seen_t *seen, const void *context)
{
    const ttr_alike_t *alike = context;
    const ttr_seen_t *last = chain->last;
    int64_t since = seen->time_ns - last->time_ns;

    if (seen->ttl < last->ttl)
        return last->ttl - seen->ttl <= TTR_HOPS_MAX && since <= TTR_COPY_UNCERTAIN_NS;
    if (seen->ttl > last->ttl && chain->count == 1 && ttr_late_is_copy(&alike->late, last, seen))
        return true;
    if (seen->ttl > last->ttl)
        return alike->is_usual && alike->is_other_copied && chain->count == 1 && since <= TTR_COPY_UNCERTAIN_NS;
    return since <= TTR_COPY_SAME_TTL_NS && are_same_bytes(last, seen);
}

/* The packet of a chain. */
static void
add_packet(ttr_grouping_t *grouping, const ttr_chain_t *chain, bool is_loop)
{
    ttr_side_t *side = grouping->side;
    const ttr_seen_t *nearest = chain->first;
    ttr_packet_t *packet;

    for (const ttr_seen_t *seen = chain->first->next; seen != NULL; seen = seen->next) {
        if (seen->ttl > nearest->ttl || (seen->ttl == nearest->ttl && seen->time_ns < nearest->time_ns))
            nearest = seen;
    }
    packet = ttr_work_segment(side, nearest->id);
    ttr_chain_file(side->work->arena, chain, packet);
    packet->is_loop = is_loop || ttr_loops_is_loop(packet);
    side->packets[side->packet_count++] = packet;
}

static void
add_loop(const ttr_chain_t *loop, void *user)
{
    add_packet(user, loop, true);
}

/* Sightings that are alike, in time. */
static void
split_alike(ttr_grouping_t *grouping, ttr_part_t part)
{
    bool are_named = do_ids_name_packets(grouping, part);
    ttr_alike_t alike = {.is_other_copied = grouping->is_other_copied, .late = grouping->late};
    GArray *parts;

    for (uint32_t i = 0; i < part.count; i++) {
        ttr_seen_t *seen = part.seen[i];
        uint32_t id = ttr_seen_id(grouping->side->work->family, seen);

        seen->key = are_named && id != 0 ? id : WEAK_KEY | seen->segment->window;
    }
    parts = ttr_part_sightings(part.seen, part.count, ttr_seen_compare_keys);
    alike.is_usual = are_copies_usual(parts);
    for (guint i = 0; i < parts->len; i++) {
        ttr_part_t same = g_array_index(parts, ttr_part_t, i);
        bool is_weak = same.seen[0]->key >= WEAK_KEY;

        if (is_weak && !ttr_loops_is_expired(&grouping->expired, same.seen[0]))
            same = ttr_loops_take(same, add_loop, grouping);
        ttr_chains_add_class(&grouping->chains, is_weak);
        if (is_weak)
            ttr_chains_fill(&grouping->chains, same, TTR_COPY_UNCERTAIN_NS, is_unnamed_copy, &alike);
        else
            ttr_chains_fill(&grouping->chains, same, TTR_ANSWER_LIMIT_NS, is_named_copy, &alike);
    }
    g_array_unref(parts);
}

/* One class for all sightings that are alike and have the same ID. */
static void
fill_chains(ttr_grouping_t *grouping, ttr_seen_t **sorted)
{
    GArray *alike = ttr_part_sightings(sorted, grouping->side->sighting_count, compare_identities);

    grouping->late = ttr_late_find(alike);
    for (guint i = 0; i < alike->len; i++) {
        ttr_part_t part = g_array_index(alike, ttr_part_t, i);

        if (part.count > 1) {
            split_alike(grouping, part);
        } else {
            ttr_chains_add_class(&grouping->chains, false);
            ttr_chains_add(&grouping->chains, part.seen[0]);
        }
    }
    g_array_unref(alike);
}

static void
group_side(ttr_side_t *side, bool is_other_copied)
{
    uint32_t count = side->sighting_count;
    ttr_seen_t *seen = g_new(ttr_seen_t, MAX(count, 1));
    ttr_seen_t **sorted = g_new(ttr_seen_t *, MAX(count, 1));
    ttr_grouping_t grouping = {
        .side = side,
        .chains = ttr_chains_new(side->work->arena, count),
        .expired = ttr_loops_expired(side),
        .is_other_copied = is_other_copied,
    };

    for (uint32_t i = 0; i < count; i++) {
        const ttr_sighting_t *segment = ttr_store_sighting(side->work->store, side->sightings[i]);

        seen[i] = (ttr_seen_t){
            .time_ns = segment->time_ns,
            .segment = segment,
            .id = side->sightings[i],
            .order = i,
            .point = segment->point,
            .ttl = segment->ttl,
            .is_cooked = ttr_packets_is_cooked(side->work, segment->point),
        };
        sorted[i] = &seen[i];
    }
    side->packets = TTR_ARENA_ARRAY(side->work->arena, ttr_packet_t *, count);
    fill_chains(&grouping, sorted);
    ttr_copies_judge(&grouping.chains, count, side->work->family);
    ttr_points_join(&grouping.chains);
    for (uint32_t i = 0; i < grouping.chains.chain_count; i++) {
        if (grouping.chains.chains[i].count > 0)
            add_packet(&grouping, &grouping.chains.chains[i], false);
    }
    ttr_work_sort(side->packets, side->packet_count);
    g_free(sorted);
    g_free(seen);
}

static bool
has_id(const ttr_work_t *work, const ttr_sighting_t *segment)
{
    return work->family == TTR_FAMILY_IPV4 && segment->id_or_label != 0;
}

static uint32_t
count_ids(const ttr_side_t *side)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < side->sighting_count; i++)
        count += has_id(side->work, ttr_store_sighting(side->work->store, side->sightings[i]));
    return count;
}

/* Were many of the packets that have IDs seen more than once? */
static bool
is_copied(const ttr_side_t *side)
{
    uint64_t named = 0;
    uint64_t copied = 0;

    for (uint32_t i = 0; i < side->packet_count; i++) {
        const ttr_packet_t *packet = side->packets[i];

        if (!has_id(side->work, packet->segment))
            continue;
        named++;
        copied += packet->seen_count > 1;
    }
    return copied > 0 && copied * COPIED_SHARE >= named;
}

/* The side whose packets have IDs tells what to think of the other one. */
void
ttr_packets_group(ttr_work_t *work)
{
    ttr_side_t *first = &work->sides[count_ids(&work->sides[1]) > count_ids(&work->sides[0]) ? 1 : 0];

    group_side(first, false);
    group_side(first->other, is_copied(first));
}
