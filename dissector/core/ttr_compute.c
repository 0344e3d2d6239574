/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lays out the evidence of a pair for the stages, and calls them.
 */
#include "ttr_compute.h"

#include "ttr_error.h"
#include "ttr_schedule.h"
#include "ttr_sort.h"

/* A record with what it is sorted by. */
typedef struct ttr_timed {
    int64_t time_ns;
    uint32_t at;                /* in the order of frames */
    uint32_t id;
} ttr_timed_t;

static int
compare_times(const void *a, const void *b)
{
    const ttr_timed_t *first = a;
    const ttr_timed_t *second = b;

    if (first->time_ns != second->time_ns)
        return first->time_ns < second->time_ns ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

/* Ids in order of time, then of frames. */
static uint32_t *
sorted_ids(ttr_arena_t *arena, GArray *timed)
{
    uint32_t *ids = TTR_ARENA_ARRAY(arena, uint32_t, timed->len);

    ttr_sort(timed->data, timed->len, sizeof(ttr_timed_t), compare_times);
    for (guint i = 0; i < timed->len; i++)
        ids[i] = g_array_index(timed, ttr_timed_t, i).id;
    return ids;
}

static void
append(GArray *timed, int64_t time_ns, uint32_t id)
{
    ttr_timed_t entry = {.time_ns = time_ns, .at = timed->len, .id = id};

    g_array_append_val(timed, entry);
}

static void
lay_out_sides(ttr_work_t *work)
{
    const ttr_store_t *store = work->store;
    GArray *timed[2];

    for (int i = 0; i < 2; i++)
        timed[i] = g_array_new(FALSE, FALSE, sizeof(ttr_timed_t));
    for (uint32_t id = ttr_store_pair(store, work->pair)->first_sighting; id != 0;) {
        const ttr_sighting_t *sighting = ttr_store_sighting(store, id);

        append(timed[sighting->is_from_low ? 1 : 0], sighting->time_ns, id);
        id = sighting->next;
    }
    for (int i = 0; i < 2; i++) {
        ttr_side_t *side = &work->sides[i];

        side->work = work;
        side->other = &work->sides[1 - i];
        side->is_from_low = i == 1;
        side->sightings = sorted_ids(work->arena, timed[i]);
        side->sighting_count = timed[i]->len;
        side->runs = g_ptr_array_new();
        g_array_unref(timed[i]);
    }
}

static int
compare_seqs(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

/* The errors without a pair that quote this seq become this pair's, if no other pair has the seq, too. Then they are
 * nobody's, and the other one has to be computed without them. */
static bool
claim(ttr_work_t *work, ttr_strays_t *strays, bool may_claim)
{
    uint32_t before = strays->claimed_by;

    if (before == work->pair)
        return true;
    if (!may_claim || before == TTR_CLAIMED_TWICE)
        return false;
    strays->claimed_by = before == 0 ? work->pair : TTR_CLAIMED_TWICE;
    if (before == 0)
        return true;
    ttr_results_clear(work->store, before);
    ttr_schedule_mark(work->store, before);
    for (uint32_t id = strays->first_error; id != 0; id = ttr_store_error(work->store, id)->next)
        ttr_results_clear_error(ttr_store_error(work->store, id));
    return false;
}

/* The seqs of a side's possible probes, each once. */
static GArray *
seqs_of(const ttr_side_t *side)
{
    const ttr_store_t *store = side->work->store;
    GArray *seqs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    guint kept = 0;

    for (uint32_t i = 0; i < side->sighting_count; i++) {
        const ttr_sighting_t *sighting = ttr_store_sighting(store, side->sightings[i]);

        if (sighting->ttl <= store->wanted_ttl)
            g_array_append_val(seqs, sighting->seq);
    }
    g_array_sort(seqs, compare_seqs);
    for (guint i = 0; i < seqs->len; i++) {
        uint32_t seq = g_array_index(seqs, uint32_t, i);

        if (kept == 0 || g_array_index(seqs, uint32_t, kept - 1) != seq)
            g_array_index(seqs, uint32_t, kept++) = seq;
    }
    g_array_set_size(seqs, kept);
    return seqs;
}

static void
collect_strays(const ttr_side_t *side, bool may_claim, GArray *timed)
{
    ttr_work_t *work = side->work;
    ttr_store_t *store = work->store;
    uint32_t host = ttr_store_pair(store, work->pair)->hosts[side->is_from_low ? 0 : 1];
    GArray *seqs;

    if (host == 0 || ttr_store_host(store, host)->stray_count == 0)
        return;
    seqs = seqs_of(side);
    for (guint i = 0; i < seqs->len; i++) {
        uint32_t id = ttr_error_find_strays(store, host, g_array_index(seqs, uint32_t, i));

        if (id == 0 || !claim(work, ttr_store_strays(store, id), may_claim))
            continue;
        for (uint32_t error = ttr_store_strays(store, id)->first_error; error != 0;) {
            ttr_error_t *record = ttr_store_error(store, error);

            ttr_results_clear_error(record);
            record->is_from_low = side->is_from_low;
            append(timed, record->time_ns, error);
            error = record->next;
        }
    }
    g_array_unref(seqs);
}

static void
lay_out_errors(ttr_work_t *work, bool may_claim)
{
    const ttr_store_t *store = work->store;
    GArray *timed = g_array_new(FALSE, FALSE, sizeof(ttr_timed_t));

    for (uint32_t id = ttr_store_pair(store, work->pair)->first_error; id != 0; id = ttr_store_error(store, id)->next)
        append(timed, ttr_store_error(store, id)->time_ns, id);
    collect_strays(&work->sides[0], may_claim, timed);
    collect_strays(&work->sides[1], may_claim, timed);
    work->error_ids = sorted_ids(work->arena, timed);
    work->error_count = timed->len;
    g_array_unref(timed);
}

void
ttr_compute_pair(ttr_store_t *store, uint32_t pair, bool may_claim)
{
    ttr_work_t work = {.store = store, .pair = pair, .family = ttr_store_pair(store, pair)->family};

    ttr_results_clear(store, pair);
    if (store->arena == NULL)
        store->arena = ttr_arena_new();
    work.arena = store->arena;
    lay_out_sides(&work);
    lay_out_errors(&work, may_claim);
    ttr_packets_group(&work);
    ttr_runs_find(&work);
    ttr_packets_group_errors(&work);
    ttr_answers_match(&work);
    ttr_recognise(&work);
    ttr_results_file(&work);
    for (int i = 0; i < 2; i++)
        g_ptr_array_unref(work.sides[i].runs);
    ttr_arena_reset(store->arena);
}
