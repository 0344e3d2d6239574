/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does an error or a segment answer? The stage from above; ttr_answers.h says what its parts are.
 */
#include "ttr_answers.h"
#include "ttr_hash.h"
#include "ttr_sort.h"

static int
compare_addresses(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ttr_address_t));
}

/* The senders of the errors, each once, so that each has a number. */
static void
collect_responders(ttr_matcher_t *matcher)
{
    const ttr_work_t *work = matcher->work;
    ttr_address_t *responders = TTR_ARENA_ARRAY(work->arena, ttr_address_t, work->error_packet_count);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < work->error_packet_count; i++)
        responders[i] = work->errors[i]->error->responder;
    ttr_sort(responders, work->error_packet_count, sizeof *responders, compare_addresses);
    for (uint32_t i = 0; i < work->error_packet_count; i++) {
        if (kept == 0 || !ttr_address_equal(&responders[kept - 1], &responders[i]))
            responders[kept++] = responders[i];
    }
    matcher->responders = responders;
    matcher->responder_count = kept;
}

static guint
hash_of_responder(gconstpointer key)
{
    return (guint)ttr_hash_mix((uint64_t)*(const int64_t *)key);
}

static void
make_facts(ttr_work_t *work, ttr_quote_times_t *quotes)
{
    uint32_t number = 0;

    for (int i = 0; i < 2; i++) {
        const ttr_side_t *side = &work->sides[i];

        quotes[i].times = TTR_ARENA_ARRAY(work->arena, ttr_quote_time_t, work->error_packet_count);
        for (guint at = 0; at < side->runs->len; at++)
            ttr_facts_make(g_ptr_array_index(side->runs, at), ++number, &quotes[i]);
    }
}

static void
defer(ttr_matcher_t *matcher, ttr_packet_t *event)
{
    ttr_deferred_t *deferred = &matcher->deferred[event->side == &matcher->work->sides[1] ? 1 : 0];

    deferred->events[deferred->count++] = event;
}

/* Errors that were sent to the prober while the quote names another source belong here by their seq alone. */
static bool
is_seq_known(const ttr_quoted_t *quoted)
{
    return quoted->error->has_seq && ttr_side_find(quoted->side, TTR_ORDER_SEQ, quoted->error->seq).count > 0;
}

static void
note_time(ttr_matcher_t *matcher, const ttr_quoted_t *quoted)
{
    ttr_quote_times_t *quotes = &matcher->quotes[quoted->side == &matcher->work->sides[1] ? 1 : 0];

    if (quoted->flow != 0)
        quotes->times[quotes->count++] = (ttr_quote_time_t){quoted->flow, quoted->event->time_ns};
}

static void
match_error(ttr_matcher_t *matcher, ttr_packet_t *event)
{
    ttr_quoted_t quoted = ttr_quoted(matcher, event);
    bool is_flow_known =
        quoted.flow != 0 && ttr_side_find(quoted.side, TTR_ORDER_FLOW, quoted.flow).count > 0;

    if (event->side->runs->len == 0)
        return;
    if (!quoted.is_source_kept && !is_seq_known(&quoted))
        return;
    note_time(matcher, &quoted);
    if (event->error->pair == 0 || !is_flow_known || !ttr_match_certain(matcher, &quoted))
        defer(matcher, event);
}

/* The sighting of an error that counts is the nearest to where its probe was seen. */
static void
show_nearest(ttr_work_t *work)
{
    for (uint32_t i = 0; i < work->error_packet_count; i++) {
        ttr_packet_t *event = work->errors[i];

        if (event->probe == NULL || event->seen_count == 1)
            continue;
        ttr_work_rtt(work, event->probe, event, &event->id);
        event->error = ttr_store_error(work->store, event->id);
        event->time_ns = event->error->time_ns;
    }
}

static void
match_errors(ttr_work_t *work, ttr_quote_times_t *quotes)
{
    ttr_matcher_t matcher = {.work = work, .quotes = quotes};

    collect_responders(&matcher);
    matcher.facts_of_responders = g_hash_table_new(hash_of_responder, g_int64_equal);
    for (int i = 0; i < 2; i++) {
        ttr_deferred_t *deferred = &matcher.deferred[i];

        deferred->events = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, work->error_packet_count);
        deferred->foreign_sports = g_hash_table_new(NULL, NULL);
        deferred->foreign_targets = g_hash_table_new(NULL, NULL);
        deferred->other_sports = g_hash_table_new(NULL, NULL);
    }
    for (uint32_t i = 0; i < work->error_packet_count; i++)
        match_error(&matcher, work->errors[i]);
    ttr_quote_times_sort(&quotes[0]);
    ttr_quote_times_sort(&quotes[1]);
    for (int i = 0; i < 2; i++)
        ttr_match_deferred(&matcher, &work->sides[i]);
    for (int i = 0; i < 2; i++) {
        g_hash_table_destroy(matcher.deferred[i].foreign_sports);
        g_hash_table_destroy(matcher.deferred[i].foreign_targets);
        g_hash_table_destroy(matcher.deferred[i].other_sports);
    }
    g_hash_table_destroy(matcher.facts_of_responders);
}

void
ttr_answers_match(ttr_work_t *work)
{
    ttr_quote_times_t quotes[2] = {{0, NULL}, {0, NULL}};   /* facts refer to them until the end of the stage */

    make_facts(work, quotes);
    match_errors(work, quotes);
    for (int i = 0; i < 2; i++)
        ttr_match_segments(&work->sides[i]);
    show_nearest(work);
}
