/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * RSTs of the target behind its SYN/ACKs: it gives up a half-open connection after some time, or when another probe of
 * the same flow comes with other numbers (RFC 9293 section 3.10.7.4), and that says nothing of the port.
 */
#include <stdlib.h>

#include "ttr_compute.h"

/* A SYN/ACK that answers a probe. */
typedef struct ttr_opening {
    uint32_t flow;
    int64_t time_ns;
} ttr_opening_t;

static int
compare_openings(const void *a, const void *b)
{
    const ttr_opening_t *first = a;
    const ttr_opening_t *second = b;

    if (first->flow != second->flow)
        return first->flow < second->flow ? -1 : 1;
    return first->time_ns < second->time_ns ? -1 : first->time_ns > second->time_ns;
}

/* Those of a run, by flow and then by time; ttr_opening_t. The caller frees the array. */
static GArray *
collect_openings(const ttr_run_t *run)
{
    GArray *openings = g_array_new(FALSE, FALSE, sizeof(ttr_opening_t));

    for (uint32_t i = 0; i < run->count; i++) {
        for (const ttr_answer_t *answer = run->probes[i]->answers; answer != NULL; answer = answer->next) {
            ttr_opening_t opening = {run->probes[i]->segment->flow, answer->event->time_ns};

            if (answer->kind == TTR_KIND_SYN_ACK)
                g_array_append_val(openings, opening);
        }
    }
    g_array_sort(openings, compare_openings);
    return openings;
}

/* Was the first SYN/ACK on the RST's flow earlier? */
static bool
is_behind(const GArray *openings, uint32_t flow, int64_t time_ns)
{
    const ttr_opening_t first = {flow, INT64_MIN};
    guint low = 0;
    guint high = openings->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (compare_openings(&g_array_index(openings, ttr_opening_t, middle), &first) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < openings->len && g_array_index(openings, ttr_opening_t, low).flow == flow &&
           g_array_index(openings, ttr_opening_t, low).time_ns <= time_ns;
}

void
ttr_resets_file(ttr_work_t *work, const ttr_run_t *run)
{
    GArray *openings = collect_openings(run);

    for (uint32_t i = 0; openings->len > 0 && i < run->count; i++) {
        for (const ttr_answer_t *answer = run->probes[i]->answers; answer != NULL; answer = answer->next) {
            const ttr_packet_t *event = answer->event;

            if (answer->kind != TTR_KIND_RST || !is_behind(openings, run->probes[i]->segment->flow, event->time_ns))
                continue;
            for (uint32_t at = 0; at < event->seen_count; at++)
                ttr_store_sighting(work->store, event->seen[at])->is_own_reset = true;
        }
    }
    g_array_unref(openings);
}
