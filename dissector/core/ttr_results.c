/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Results in the records: cleared, and written anew.
 */
#include "ttr_compute.h"
#include "ttr_schedule.h"
#include "ttr_sort.h"

enum { TTLS = 256 };

void
ttr_results_clear_error(ttr_error_t *error)
{
    error->role = TTR_ROLE_NONE;
    error->match = 0;
    error->is_duplicate = false;
    error->packet = 0;
    error->probe = 0;
    error->next_reply = 0;
    error->timed_by = 0;
}

static void
clear_sighting(ttr_sighting_t *sighting)
{
    sighting->role = TTR_ROLE_NONE;
    sighting->match = 0;
    sighting->kind = 0;
    sighting->is_retransmission = false;
    sighting->is_duplicate = false;
    sighting->is_own_reset = false;
    sighting->packet = 0;
    sighting->trace = 0;
    sighting->attempt = 0;
    sighting->first_reply = 0;
    sighting->timed_by = 0;
}

void
ttr_results_clear(ttr_store_t *store, uint32_t pair_id)
{
    ttr_pair_t *pair = ttr_store_pair(store, pair_id);

    for (uint32_t id = pair->first_sighting; id != 0; id = ttr_store_sighting(store, id)->next)
        clear_sighting(ttr_store_sighting(store, id));
    for (uint32_t id = pair->first_error; id != 0; id = ttr_store_error(store, id)->next)
        ttr_results_clear_error(ttr_store_error(store, id));
    for (uint32_t id = pair->first_trace; id != 0;) {
        ttr_trace_t *trace = ttr_store_trace(store, id);
        uint32_t next = trace->next;

        if (trace->number != TTR_NO_TRACE)
            g_array_index(store->numbers, ttr_number_t, trace->number).trace = 0;
        store->probes_bytes -= trace->probe_count * sizeof *trace->probes;
        g_free(trace->probes);
        ttr_pool_free(&store->traces, id);
        id = next;
    }
    pair->first_trace = 0;
    pair->computed_count = 0;
}

/* An answer with what it is sorted by. */
static int
compare_answers(const void *a, const void *b)
{
    const ttr_packet_t *first = (*(ttr_answer_t *const *)a)->event;
    const ttr_packet_t *second = (*(ttr_answer_t *const *)b)->event;
    uint32_t first_frame = first->segment != NULL ? first->segment->frame : first->error->frame;
    uint32_t second_frame = second->segment != NULL ? second->segment->frame : second->error->frame;

    if (first->time_ns != second->time_ns)
        return first->time_ns < second->time_ns ? -1 : 1;
    return first_frame < second_frame ? -1 : first_frame > second_frame;
}

/* The answers to a probe in order of time; stores how many. */
static ttr_answer_t **
sorted_answers(ttr_work_t *work, const ttr_packet_t *probe, uint32_t *count)
{
    ttr_answer_t **sorted;

    *count = 0;
    for (const ttr_answer_t *answer = probe->answers; answer != NULL; answer = answer->next)
        (*count)++;
    sorted = TTR_ARENA_ARRAY(work->arena, ttr_answer_t *, *count);
    *count = 0;
    for (ttr_answer_t *answer = probe->answers; answer != NULL; answer = answer->next)
        sorted[(*count)++] = answer;
    if (*count > 1)
        ttr_sort(sorted, *count, sizeof(ttr_answer_t *), compare_answers);
    return sorted;
}

/* What is written into the record of an answer, and of its copies. */
typedef struct ttr_filed {
    const ttr_answer_t *answer;
    uint32_t probe;
    uint32_t trace;
    uint32_t next;              /* reference */
    uint32_t timed_by;
    bool is_duplicate;
} ttr_filed_t;

static void
file_segment(ttr_work_t *work, const ttr_filed_t *filed, uint32_t id)
{
    ttr_sighting_t *sighting = ttr_store_sighting(work->store, id);
    const ttr_packet_t *event = filed->answer->event;
    bool is_copy = id != event->id;

    sighting->role = TTR_ROLE_REPLY;
    sighting->packet = event->id;       /* another than that which stands for it elsewhere, if it was split or is nearer */
    sighting->match = filed->answer->match;
    sighting->kind = (uint8_t)filed->answer->kind;
    sighting->probe = filed->probe;
    sighting->trace = filed->trace;
    sighting->is_duplicate = filed->is_duplicate && !is_copy;
    sighting->next_reply = is_copy ? 0 : filed->next;
    sighting->timed_by = is_copy || filed->timed_by == id ? 0 : filed->timed_by;
}

static void
file_error(ttr_work_t *work, const ttr_filed_t *filed, uint32_t id)
{
    ttr_error_t *error = ttr_store_error(work->store, id);
    const ttr_packet_t *event = filed->answer->event;
    bool is_copy = id != event->id;

    error->role = TTR_ROLE_REPLY;
    error->match = filed->answer->match;
    error->probe = filed->probe;
    error->is_duplicate = filed->is_duplicate && !is_copy;
    error->next_reply = is_copy ? 0 : filed->next;
    error->timed_by = is_copy || filed->timed_by == id ? 0 : filed->timed_by;
}

static uint32_t
reference_of(const ttr_packet_t *event)
{
    return event->segment != NULL ? event->id : event->id | TTR_IS_ERROR;
}

static void
file_answers(ttr_work_t *work, const ttr_packet_t *probe, uint32_t trace)
{
    uint32_t count;
    ttr_answer_t **answers = sorted_answers(work, probe, &count);
    ttr_trace_t *record = ttr_store_trace(work->store, trace);

    if (count > 0)
        ttr_store_sighting(work->store, probe->id)->first_reply = reference_of(answers[0]->event);
    for (uint32_t i = 0; i < count; i++) {
        const ttr_packet_t *event = answers[i]->event;
        ttr_filed_t filed = {
            .answer = answers[i],
            .probe = probe->id,
            .trace = trace,
            .next = i + 1 < count ? reference_of(answers[i + 1]->event) : 0,
            .is_duplicate = i > 0,
        };

        int64_t rtt_ns = ttr_work_rtt(work, probe, event, &filed.timed_by);

        if (i == 0) {
            record->longest_rtt_ns = record->has_rtt ? MAX(record->longest_rtt_ns, rtt_ns) : rtt_ns;
            record->has_rtt = true;
        }
        record->copy_count += event->seen_count - 1;
        for (uint32_t at = 0; at < event->seen_count; at++) {
            if (event->segment != NULL)
                file_segment(work, &filed, event->seen[at]);
            else
                file_error(work, &filed, event->seen[at]);
        }
    }
}

static void
file_probe(ttr_work_t *work, const ttr_packet_t *probe, uint32_t trace, uint32_t attempt)
{
    for (uint32_t at = 0; at < probe->seen_count; at++) {
        ttr_sighting_t *sighting = ttr_store_sighting(work->store, probe->seen[at]);

        sighting->role = TTR_ROLE_PROBE;
        sighting->trace = trace;
        sighting->attempt = probe->seen[at] == probe->id ? attempt : 0;
        sighting->is_retransmission = probe->is_retransmission;
    }
    ttr_store_trace(work->store, trace)->copy_count += probe->seen_count - 1;
    ttr_store_trace(work->store, trace)->copied_probe_count += probe->seen_count - 1;
    file_answers(work, probe, trace);
}

static bool
is_earlier(const ttr_sighting_t *a, const ttr_sighting_t *b)
{
    return a->frame != b->frame ? a->frame < b->frame : a->layer < b->layer;
}

static void
file_run(ttr_work_t *work, const ttr_run_t *run)
{
    ttr_store_t *store = work->store;
    uint32_t id = ttr_pool_new(&store->traces);
    ttr_trace_t *trace = ttr_store_trace(store, id);
    uint32_t attempts[TTLS] = {0};

    trace->pair = work->pair;
    trace->number = TTR_NO_TRACE;
    trace->is_from_low = run->side->is_from_low;
    trace->next = ttr_store_pair(store, work->pair)->first_trace;
    ttr_store_pair(store, work->pair)->first_trace = id;
    trace->probe_count = run->count;
    trace->probes = g_new(uint32_t, run->count);
    store->probes_bytes += run->count * sizeof *trace->probes;
    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_packet_t *probe = run->probes[i];

        trace->probes[i] = probe->id;
        if (trace->first == 0 || is_earlier(probe->segment, ttr_store_sighting(store, trace->first)))
            trace->first = probe->id;
        file_probe(work, probe, id, ++attempts[probe->segment->ttl]);
    }
    ttr_resets_file(work, run);
}

/* RSTs of the sender that end what its probes half opened. Which probe a SYN/ACK answers its sighting says: one that the
 * network doubled was taken apart after the roles were given. */
static void
file_teardowns(ttr_work_t *work, const ttr_side_t *side)
{
    for (uint32_t i = 0; i < side->packet_count; i++) {
        const ttr_packet_t *packet = side->packets[i];
        const ttr_sighting_t *refused = packet->refused == NULL ? NULL : ttr_store_sighting(work->store, packet->refused->id);

        if (refused == NULL || refused->role != TTR_ROLE_REPLY || refused->trace == 0)
            continue;
        for (uint32_t at = 0; at < packet->seen_count; at++) {
            ttr_sighting_t *sighting = ttr_store_sighting(work->store, packet->seen[at]);

            sighting->role = TTR_ROLE_TEARDOWN;
            sighting->trace = refused->trace;
            sighting->probe = refused->probe;
            sighting->next_reply = packet->refused->id;
        }
    }
}

static void
file_packets(ttr_work_t *work)
{
    for (int i = 0; i < 2; i++) {
        const ttr_side_t *side = &work->sides[i];

        for (uint32_t at = 0; at < side->packet_count; at++) {
            const ttr_packet_t *packet = side->packets[at];

            for (uint32_t seen = 0; seen < packet->seen_count; seen++)
                ttr_store_sighting(work->store, packet->seen[seen])->packet = packet->id;
        }
    }
    for (uint32_t at = 0; at < work->error_packet_count; at++) {
        const ttr_packet_t *packet = work->errors[at];

        for (uint32_t seen = 0; seen < packet->seen_count; seen++)
            ttr_store_error(work->store, packet->seen[seen])->packet = packet->id;
    }
}

void
ttr_results_file(ttr_work_t *work)
{
    file_packets(work);
    for (int i = 0; i < 2; i++) {
        const ttr_side_t *side = &work->sides[i];

        for (guint at = 0; at < side->runs->len; at++) {
            const ttr_run_t *run = g_ptr_array_index(side->runs, at);

            if (run->is_trace && run->count > 0)
                file_run(work, run);
        }
    }
    file_teardowns(work, &work->sides[0]);
    file_teardowns(work, &work->sides[1]);
}
