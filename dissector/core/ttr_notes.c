/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What to be wary of before one trusts a trace, as sentences.
 */
#include <inttypes.h>

#include "ttr_findings.h"
#include "ttr_schedule.h"

#define NS_PER_MS INT64_C(1000000)

static void
add_count(GPtrArray *notes, uint32_t count, const char *one, const char *many)
{
    if (count == 1)
        g_ptr_array_add(notes, g_strdup(one));
    else if (count > 1)
        g_ptr_array_add(notes, g_strdup_printf("%u %s", count, many));
}

static void
add_share(GPtrArray *notes, uint32_t count, uint32_t of, const char *what)
{
    if (count > 0)
        g_ptr_array_add(notes, g_strdup_printf("%s (%u of %u quotes)", what, count, of));
}

/* Seconds after the trace's first probe. */
static void
add_change(GPtrArray *notes, const char *how, int64_t after_ns, uint8_t hops_before)
{
    int64_t ms = MAX(after_ns, 0) / NS_PER_MS;
    g_autoptr(GString) note = g_string_new(NULL);

    g_string_append_printf(note, "the path became %s %" PRId64 ".%03d s after the first probe", how, ms / 1000,
                           (int)(ms % 1000));
    if (hops_before != 0)
        g_string_append_printf(note, ": it was %u hop%s long before", hops_before, hops_before == 1 ? "" : "s");
    g_ptr_array_add(notes, g_strdup(note->str));
}

static void
add_length(GPtrArray *notes, const ttr_length_t *length, int64_t start_ns)
{
    if (length->is_longer)
        add_change(notes, "longer", length->longer_ns - start_ns, length->hops_before);
    if (length->is_shorter)
        add_change(notes, "shorter", length->shorter_ns - start_ns, length->hops_before);
    add_count(notes, length->both_count,
              "another box answers in the target's name: it answered a probe that a router says expired",
              "probes were answered in the target's name that routers say expired: another box answers for it");
}

/* What the capture shows of answers only, but of no probe, is no matter of the capture. */
static void
add_doubled(GPtrArray *notes, const ttr_findings_t *found)
{
    if (found->copied_probes == 0)
        add_count(notes, found->doubled, "an answer came twice, its probe did not: the network doubled it",
                  "answers came twice, their probes did not: the network doubled them");
}

static void
add_notes(GPtrArray *notes, const ttr_findings_t *found)
{
    add_share(notes, found->changed_ids, found->quotes, "IP ID changed on the way");
    add_share(notes, found->nats, found->quotes, "NAT: source address or port differs in the quote");
    add_share(notes, found->dnats, found->quotes, "DNAT: target address or port differs in the quote");
    add_share(notes, found->odd_ttls, found->quotes, "quoted TTL is not 1");
    add_share(notes, found->wrong_extensions, found->quotes, "extension checksum wrong");
    add_count(notes, found->late, "an answer came late", "answers came late");
    add_count(notes, found->duplicates, "a further answer to an answered probe", "further answers to answered probes");
    add_doubled(notes, found);
    add_count(notes, found->by_order, "an answer is tied to its probe by order in time alone",
              "answers are tied to their probes by order in time alone");
    add_count(notes, found->retransmissions, "a probe was repeated by the sender's own TCP",
              "probes were repeated by the sender's own TCP");
    add_count(notes, found->copies, "a frame is in the capture twice", "frames are in the capture more than once");
    if (found->exceeded_by_target != 0)
        g_ptr_array_add(notes, g_strdup_printf("the target's own address sent time exceeded at hop %u: NAT in front of it",
                                               found->exceeded_by_target));
}

char **
ttr_path_notes(const ttr_store_t *store, uint32_t index)
{
    GPtrArray *notes = g_ptr_array_new();
    uint32_t id;

    ttr_schedule_settle(store);
    id = ttr_schedule_trace(store, index);
    if (id != 0) {
        const ttr_trace_t *trace = ttr_store_trace(store, id);
        ttr_findings_t found = ttr_findings_find(store, trace);

        add_notes(notes, &found);
        add_length(notes, &found.length, ttr_store_sighting(store, trace->probes[0])->time_ns);
        if (store->dropped_count > 0)
            g_ptr_array_add(notes, g_strdup("the bound on candidates was reached: early probes may be missing"));
    }
    g_ptr_array_add(notes, NULL);
    return (char **)g_ptr_array_free(notes, FALSE);
}
