/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which packets did one run of one tool send? All of a direction are one series, which is split again and again, from
 * coarse to fine. The order matters: ports that count come before ports that stay, since a counter comes by again, and
 * random ports collide; time comes last, since two runs at once look like one that begins again.
 */
#include "ttr_runs.h"

#include "ttr_sort.h"

static const ttr_split_t splits[] = {
    ttr_split_shapes,
    ttr_split_flows,
    ttr_split_reach,
    ttr_split_seqs,
    ttr_split_stamps,
    ttr_split_chains,
    ttr_split_time,
};

/* What may be probes: no repeats, which go where their first transmissions went. */
static ttr_series_t
possible_probes(ttr_side_t *side, ttr_packet_t *const *firsts)
{
    ttr_series_t series = {.packets = TTR_ARENA_ARRAY(side->work->arena, ttr_packet_t *, side->packet_count)};
    bool has_low = false;

    for (uint32_t i = 0; i < side->packet_count; i++) {
        ttr_packet_t *packet = side->packets[i];

        if (packet->role != TTR_PACKET_PLAIN || firsts[i] != NULL)
            continue;
        has_low = has_low || ttr_run_is_low(packet);
        series.packets[series.count++] = packet;
    }
    if (!has_low)
        series.count = 0;
    return series;
}

/* Splits in all ways, one after the other. The caller frees the array of ttr_series_t. */
static GArray *
split(ttr_work_t *work, const ttr_series_t *whole)
{
    GArray *series = g_array_new(FALSE, FALSE, sizeof(ttr_series_t));
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(ttr_series_t));

    g_array_append_val(series, *whole);
    for (size_t i = 0; i < G_N_ELEMENTS(splits); i++) {
        GArray *done = series;

        for (guint at = 0; at < series->len; at++)
            splits[i](work, &g_array_index(series, ttr_series_t, at), parts);
        series = parts;
        parts = done;
        g_array_set_size(parts, 0);
    }
    g_array_unref(parts);
    return series;
}

static int
compare_series(const void *a, const void *b)
{
    uint32_t first = ((const ttr_series_t *)a)->packets[0]->order;
    uint32_t second = ((const ttr_series_t *)b)->packets[0]->order;

    return first < second ? -1 : first > second;
}

/* Lists of repeats, in order of time: by packet->order the next transmission of the same SYN. */
static ttr_packet_t **
chain_repeats(const ttr_side_t *side, ttr_packet_t *const *firsts)
{
    ttr_packet_t **next = TTR_ARENA_ARRAY(side->work->arena, ttr_packet_t *, side->packet_count);

    for (uint32_t i = side->packet_count; i-- > 0;) {
        if (firsts[i] == NULL)
            continue;
        next[i] = next[firsts[i]->order];
        next[firsts[i]->order] = side->packets[i];
    }
    return next;
}

/* How often one place saw the packet with the TTL that stands for it. */
static uint32_t
count_at_place(const ttr_packet_t *packet)
{
    uint32_t count = 0;

    for (uint32_t at = 0; at < packet->seen_count; at++) {
        const ttr_sighting_t *seen = ttr_store_sighting(packet->side->work->store, packet->seen[at]);

        count += seen->point == packet->segment->point && seen->ttl == packet->segment->ttl;
    }
    return count;
}

/* What the sightings of a probe show of how packets are captured here. */
static void
learn_copies(ttr_side_t *side, const ttr_packet_t *probe)
{
    const ttr_sighting_t *other;
    int hops;

    side->per_place = MAX(side->per_place, count_at_place(probe));
    if (probe->seen_count != 2)
        return;
    other = ttr_store_sighting(side->work->store, probe->seen[probe->seen[0] == probe->id ? 1 : 0]);
    hops = probe->segment->ttl - other->ttl;
    if (hops > 0 && hops <= TTR_HOPS_MAX && other->point == probe->segment->point)
        side->hop_counts[hops]++;
}

/* The probes of a series, with their repeats, in order of time. */
static void
add_run(ttr_side_t *side, const ttr_series_t *series, ttr_packet_t *const *next)
{
    uint32_t count = 0;
    ttr_packet_t **probes;

    for (uint32_t i = 0; i < series->count; i++) {
        for (const ttr_packet_t *probe = series->packets[i]; probe != NULL; probe = next[probe->order])
            count++;
    }
    probes = TTR_ARENA_ARRAY(side->work->arena, ttr_packet_t *, count);
    count = 0;
    for (uint32_t i = 0; i < series->count; i++) {
        for (ttr_packet_t *probe = series->packets[i]; probe != NULL; probe = next[probe->order]) {
            learn_copies(side, probe);
            probes[count++] = probe;
        }
    }
    ttr_run_sort(probes, count);
    ttr_work_add_run(side, probes, count, series->kind);
}

static void
find_runs(ttr_side_t *side)
{
    ttr_packet_t **firsts = ttr_run_repeats(side);
    ttr_packet_t **next;
    ttr_series_t whole = possible_probes(side, firsts);
    GArray *series;

    if (whole.count == 0)
        return;
    series = split(side->work, &whole);
    ttr_sort(series->data, series->len, sizeof(ttr_series_t), compare_series);
    next = chain_repeats(side, firsts);
    for (guint i = 0; i < series->len; i++)
        add_run(side, &g_array_index(series, ttr_series_t, i), next);
    g_array_unref(series);
}

void
ttr_runs_find(ttr_work_t *work)
{
    ttr_run_mark_roles(work);
    find_runs(&work->sides[0]);
    find_runs(&work->sides[1]);
}
