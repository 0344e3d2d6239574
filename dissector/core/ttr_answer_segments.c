/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Segments that came back, flow by flow. What the sender had sent in a flow, probes and others, explains them.
 */
#include <stdlib.h>

#include "ttr_answers.h"

/* A probe that was seen where most were; NULL: there is none. */
static ttr_packet_t *
probe_at_point(const ttr_side_t *side)
{
    GHashTable *counts = g_hash_table_new(NULL, NULL);
    ttr_packet_t *found = NULL;
    guint most = 0;

    for (guint i = 0; i < side->runs->len; i++) {
        const ttr_run_t *run = g_ptr_array_index(side->runs, i);

        for (uint32_t at = 0; at < run->count; at++) {
            gpointer point = GUINT_TO_POINTER(run->probes[at]->segment->point);
            guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, point)) + 1;

            g_hash_table_insert(counts, point, GUINT_TO_POINTER(count));
            if (count > most) {
                most = count;
                found = run->probes[at];
            }
        }
    }
    g_hash_table_destroy(counts);
    return found;
}

/* The answer as its sighting nearest to the prober shows it. Another packet, since the other side may have runs, too, in
 * which this one has its place. */
static ttr_packet_t *
nearest(const ttr_packet_t *probe, ttr_packet_t *answer)
{
    uint32_t id;
    ttr_packet_t *near;

    ttr_work_rtt(answer->side->work, probe, answer, &id);
    if (id == answer->id)
        return answer;
    near = ttr_work_segment(answer->side, id);
    near->seen = answer->seen;
    near->seen_count = answer->seen_count;
    near->order = answer->order;
    near->role = answer->role;
    return near;
}

/* Which of several packets each sighting is of, from 0: a place sees each of them with one TTL as often as it sees a probe.
 * Returns how many packets there are. */
static uint32_t
number_doubles(const ttr_packet_t *answer, uint32_t per_place, uint32_t *numbers)
{
    GHashTable *counts = g_hash_table_new(NULL, NULL);
    uint32_t packets = 1;

    for (uint32_t at = 0; at < answer->seen_count; at++) {
        const ttr_sighting_t *seen = ttr_store_sighting(answer->side->work->store, answer->seen[at]);
        gpointer place = GUINT_TO_POINTER((guint)seen->point << 8 | seen->ttl);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, place));

        g_hash_table_insert(counts, place, GUINT_TO_POINTER(count + 1));
        numbers[at] = count / per_place;
        packets = MAX(packets, numbers[at] + 1);
    }
    g_hash_table_destroy(counts);
    return packets;
}

/* A packet with these sightings; its nearest one stands for it. */
static ttr_packet_t *
make_double(const ttr_packet_t *probe, const ttr_packet_t *answer, uint32_t *seen, uint32_t count)
{
    ttr_packet_t *packet = ttr_work_segment(answer->side, seen[0]);

    packet->seen = seen;
    packet->seen_count = count;
    packet->order = answer->order;
    packet->role = answer->role;
    return nearest(probe, packet);
}

/* Answers that are equal and more than the copies of a probe were doubled by the network: each is an answer. */
static void
add_doubles(GPtrArray *answers, const ttr_packet_t *probe, ttr_packet_t *answer, uint32_t per_place)
{
    ttr_arena_t *arena = answer->side->work->arena;
    uint32_t *numbers = TTR_ARENA_ARRAY(arena, uint32_t, answer->seen_count);
    uint32_t packets = number_doubles(answer, per_place, numbers);
    uint32_t *ends = TTR_ARENA_ARRAY(arena, uint32_t, packets + 1);
    uint32_t *seen = TTR_ARENA_ARRAY(arena, uint32_t, answer->seen_count);

    if (packets == 1) {
        g_ptr_array_add(answers, answer);
        return;
    }
    for (uint32_t at = 0; at < answer->seen_count; at++)
        ends[numbers[at] + 1]++;
    for (uint32_t packet = 0; packet < packets; packet++)
        ends[packet + 1] += ends[packet];
    for (uint32_t at = 0; at < answer->seen_count; at++)
        seen[ends[numbers[at]]++] = answer->seen[at];
    for (uint32_t packet = 0, first = 0; packet < packets; first = ends[packet++])
        g_ptr_array_add(answers, make_double(probe, answer, seen + first, ends[packet] - first));
}

static int
compare_answers(const void *a, const void *b)
{
    const ttr_packet_t *first = *(ttr_packet_t *const *)a;
    const ttr_packet_t *second = *(ttr_packet_t *const *)b;

    if (first->time_ns != second->time_ns)
        return first->time_ns < second->time_ns ? -1 : 1;
    if (first->segment->frame != second->segment->frame)
        return first->segment->frame < second->segment->frame ? -1 : 1;
    return first->segment->layer < second->segment->layer ? -1 : first->segment->layer > second->segment->layer;
}

/* What came back in a flow, in order of time. The caller frees the array. */
static GPtrArray *
collect(const ttr_side_t *side, const ttr_packet_t *probe, ttr_range_t range)
{
    GPtrArray *answers = g_ptr_array_sized_new(range.count);

    for (uint32_t i = 0; i < range.count; i++) {
        ttr_packet_t *answer = range.packets[i];

        bool is_seen_again = answer->seen_count > 1 && answer->run == NULL && !answer->is_loop;

        if (is_seen_again)
            add_doubles(answers, probe, nearest(probe, answer), side->per_place);
        else
            g_ptr_array_add(answers, answer);
    }
    g_ptr_array_sort(answers, compare_answers);
    return answers;
}

static bool
has_probe(ttr_range_t sent)
{
    for (uint32_t i = 0; i < sent.count; i++) {
        if (sent.packets[i]->run != NULL)
            return true;
    }
    return false;
}

void
ttr_match_segments(ttr_side_t *side)
{
    ttr_side_t *other = side->other;
    const ttr_packet_t *probe = probe_at_point(side);

    for (uint32_t i = 0; probe != NULL && i < other->packet_count; i++) {
        uint32_t flow = other->packets[i]->segment->flow;
        ttr_range_t came = ttr_side_find(other, TTR_ORDER_FLOW, flow);
        ttr_range_t sent;
        GPtrArray *answers;

        if (came.packets[0] != other->packets[i])       /* once for each flow, in the order of their first answers */
            continue;
        sent = ttr_side_find(side, TTR_ORDER_FLOW, flow);
        if (!has_probe(sent))
            continue;
        answers = collect(side, probe, came);
        ttr_match_flow(side, sent, (ttr_packet_t **)answers->pdata, answers->len);
        g_ptr_array_unref(answers);
    }
}
