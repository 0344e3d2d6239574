/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ttr_store_observe() on any sequence of observations (fuzz_script.h), and what must then hold of everything that
 * the public headers show. Knows nothing of how the model is made.
 */
#include <string.h>

#include "fuzz_check.h"
#include "fuzz_script.h"
#include "ttr_note.h"
#include "ttr_path.h"
#include "ttr_store.h"

/* A packet that was observed, and what was last known of it. */
typedef struct fuzz_fact {
    uint32_t frame;
    uint8_t layer;
    int64_t time_ns;
    uint8_t ttl;
    ttr_observed_t what;
    bool has_note;
    bool is_checked;            /* met on the walk over its trace */
    ttr_note_t note;
} fuzz_fact_t;

typedef struct fuzz_run {
    ttr_store_t *store;
    ttr_config_t config;
    GArray *facts;              /* fuzz_fact_t, in the order of the file */
    uint32_t count;             /* of the numbers that were given to traces */
    uint32_t most_id;           /* highest id that a note has named */
} fuzz_run_t;

/* The packet with this note, found by its frame; NULL when there is none. */
static fuzz_fact_t *
fact_of(fuzz_run_t *run, uint32_t frame, ttr_note_role_t role, uint32_t id)
{
    guint low = 0;
    guint high = run->facts->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(run->facts, fuzz_fact_t, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < run->facts->len; low++) {
        fuzz_fact_t *fact = &g_array_index(run->facts, fuzz_fact_t, low);

        if (fact->frame != frame)
            break;
        if (fact->has_note && fact->note.role == role && fact->note.id == id)
            return fact;
    }
    return NULL;
}

/* Whatever is part of a trace has its number, once all is computed; and evidence of a trace is not forgotten. */
static void
check_note(fuzz_run_t *run, fuzz_fact_t *fact)
{
    ttr_note_t note;
    bool is_found = ttr_note_find(run->store, fact->frame, fact->layer, &note);

    FUZZ_CHECK(is_found == ttr_note_is_there(run->store, fact->frame, fact->layer));
    if (!is_found) {
        FUZZ_CHECK(!fact->has_note || fact->note.trace == TTR_NO_TRACE);
        fact->has_note = false;
        return;
    }
    FUZZ_CHECK(note.frame == fact->frame && note.layer == fact->layer);
    FUZZ_CHECK((note.role == TTR_NOTE_NONE) == (note.trace == TTR_NO_TRACE));
    FUZZ_CHECK((note.role == TTR_NOTE_NONE) == (note.id == TTR_NO_ID));
    FUZZ_CHECK(note.trace == TTR_NO_TRACE || note.trace < run->count);
    fact->has_note = true;
    fact->note = note;
    if (note.id != TTR_NO_ID)
        run->most_id = MAX(run->most_id, note.id & INT32_MAX);
}

static void
check_probe(fuzz_run_t *run, const fuzz_fact_t *fact)
{
    ttr_probe_info_t info;

    FUZZ_CHECK(fact->what == TTR_OBSERVED_TCP);
    FUZZ_CHECK(ttr_path_probe(run->store, fact->note.id, &info));
    FUZZ_CHECK(info.id == fact->note.id && info.trace == fact->note.trace && info.frame == fact->frame);
    FUZZ_CHECK(info.time_ns == fact->time_ns && info.ttl == fact->ttl);
    FUZZ_CHECK((info.attempt == 0) == (info.copy_of != 0));
}

/* Whatever is shown of a reply agrees with its probe. Clocks may differ, and frames may be out of order. */
static void
check_reply(fuzz_run_t *run, const fuzz_fact_t *fact)
{
    ttr_probe_info_t probe;
    ttr_reply_info_t info;
    char mark[TTR_MARK_MAX];

    FUZZ_CHECK(ttr_path_reply(run->store, fact->note.id, &info));
    FUZZ_CHECK(info.id == fact->note.id && info.trace == fact->note.trace && info.frame == fact->frame);
    FUZZ_CHECK(info.time_ns == fact->time_ns && info.ttl == fact->ttl);
    FUZZ_CHECK(ttr_path_probe(run->store, info.probe, &probe));
    FUZZ_CHECK(probe.trace == info.trace && probe.frame == info.probe_frame && probe.ttl == info.hop);
    FUZZ_CHECK(probe.copy_of == 0);
    FUZZ_CHECK(fact_of(run, probe.frame, TTR_NOTE_PROBE, info.probe) != NULL);
    FUZZ_CHECK(info.is_late == (info.rtt_ns > run->config.reply_limit_ns));
    FUZZ_CHECK(ttr_kind_is_icmp(info.kind) == (fact->what == TTR_OBSERVED_ICMP));
    FUZZ_CHECK(!(info.copy_of != 0 && (info.is_duplicate || info.next_reply != TTR_NO_ID)));
    FUZZ_CHECK(ttr_kind_name(info.kind)[0] != '\0' && ttr_match_name(info.match)[0] != '\0');
    FUZZ_CHECK(ttr_state_name(info.state)[0] != '\0');
    memset(mark, 0x55, sizeof mark);
    ttr_path_mark(&info, mark);
    FUZZ_CHECK(memchr(mark, '\0', sizeof mark) != NULL);
    FUZZ_CHECK(ttr_path_extension(run->store, info.id) == NULL || ttr_kind_is_icmp(info.kind));
}

/* The chain of a probe's answers ends, and holds no other probe's, nor copies; returns its length. All but the first are
 * duplicates. */
static guint
check_chain(fuzz_run_t *run, uint32_t probe, uint32_t id)
{
    ttr_reply_info_t info;
    guint length = 0;

    for (; id != TTR_NO_ID; id = info.next_reply) {
        FUZZ_CHECK(ttr_path_reply(run->store, id, &info));
        FUZZ_CHECK(info.probe == probe && info.copy_of == 0);
        FUZZ_CHECK(info.is_duplicate == (length > 0));
        FUZZ_CHECK(++length <= run->facts->len);
    }
    return length;
}

/* Adds what is said of one packet to what all chains have to hold, and hold. */
static void
check_fact(fuzz_run_t *run, fuzz_fact_t *fact, guint *replies, guint *chained)
{
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;
    ttr_teardown_info_t teardown;

    fact->is_checked = false;
    if (!fact->has_note)
        return;
    switch (fact->note.role) {
    case TTR_NOTE_NONE:
        return;
    case TTR_NOTE_PROBE:
        check_probe(run, fact);
        FUZZ_CHECK(ttr_path_probe(run->store, fact->note.id, &probe));
        *chained += check_chain(run, probe.id, probe.first_reply);
        return;
    case TTR_NOTE_REPLY:
        check_reply(run, fact);
        FUZZ_CHECK(ttr_path_reply(run->store, fact->note.id, &reply));
        *replies += reply.copy_of == 0;
        return;
    case TTR_NOTE_TEARDOWN:
        FUZZ_CHECK(ttr_path_teardown(run->store, fact->note.id, &teardown) && teardown.frame == fact->frame);
        FUZZ_CHECK(ttr_path_probe(run->store, teardown.probe, &probe) && probe.trace == fact->note.trace);
        return;
    }
}

/* Every reply that is no copy stands in the chain of its probe, and nothing else does. */
static void
check_facts(fuzz_run_t *run)
{
    guint replies = 0;
    guint chained = 0;

    for (guint i = 0; i < run->facts->len; i++)
        check_note(run, &g_array_index(run->facts, fuzz_fact_t, i));
    for (guint i = 0; i < run->facts->len; i++)
        check_fact(run, &g_array_index(run->facts, fuzz_fact_t, i), &replies, &chained);
    FUZZ_CHECK(chained == replies);
}

/* What one walk over the probes of a trace adds up to. */
typedef struct fuzz_sums {
    uint32_t answered;
    uint32_t most;
    uint8_t first_ttl;
    uint8_t last_ttl;
} fuzz_sums_t;

/* By TTL, then by order of sending, attempts 1 to n of each TTL, no copies, none twice. */
static fuzz_sums_t
check_path(fuzz_run_t *run, uint32_t index, const GArray *probes)
{
    fuzz_sums_t sums = {.answered = 0};
    uint32_t attempt = 0;
    const fuzz_fact_t *previous = NULL;

    for (guint i = 0; i < probes->len; i++) {
        ttr_probe_info_t info;
        fuzz_fact_t *fact;

        FUZZ_CHECK(ttr_path_probe(run->store, g_array_index(probes, uint32_t, i), &info));
        FUZZ_CHECK(info.trace == index && info.copy_of == 0);
        fact = fact_of(run, info.frame, TTR_NOTE_PROBE, info.id);
        FUZZ_CHECK(fact != NULL && !fact->is_checked);
        fact->is_checked = true;
        FUZZ_CHECK(i == 0 || info.ttl >= sums.last_ttl);
        attempt = i > 0 && info.ttl == sums.last_ttl ? attempt + 1 : 1;
        FUZZ_CHECK(info.attempt == attempt);
        FUZZ_CHECK(attempt == 1 || previous->time_ns <= fact->time_ns);
        sums.first_ttl = i == 0 ? info.ttl : sums.first_ttl;
        sums.last_ttl = info.ttl;
        sums.most = MAX(sums.most, attempt);
        sums.answered += info.first_reply != TTR_NO_ID;
        previous = fact;
    }
    return sums;
}

static void
check_trace(fuzz_run_t *run, uint32_t index)
{
    ttr_trace_info_t info;
    GArray *probes = ttr_path_probes(run->store, index);
    char **notes = ttr_path_notes(run->store, index);
    fuzz_sums_t sums = check_path(run, index, probes);

    if (!ttr_path_trace(run->store, index, &info)) {    /* its number was given, and it is a trace no longer */
        FUZZ_CHECK(probes->len == 0 && *notes == NULL);
        g_strfreev(notes);
        g_array_unref(probes);
        return;
    }
    FUZZ_CHECK(info.index == index && info.probe_count == probes->len && probes->len > 0);
    FUZZ_CHECK(info.answered_count == sums.answered && info.attempts == sums.most);
    FUZZ_CHECK(info.first_ttl == sums.first_ttl && info.last_ttl == sums.last_ttl);
    FUZZ_CHECK(info.is_reached == (info.path_length != 0));
    if (info.is_reached)
        FUZZ_CHECK(info.path_length >= info.first_ttl && info.path_length <= info.last_ttl);
    FUZZ_CHECK(ttr_path_state(run->store, index) == info.state);
    FUZZ_CHECK(info.stop_reason == TTR_STOP_UNREACH || info.stop_code == 0);
    for (char **note = notes; *note != NULL; note++)
        FUZZ_CHECK(**note != '\0');
    g_strfreev(notes);
    g_array_unref(probes);
}

/* Names of nothing are answered so. */
static void
check_strangers(fuzz_run_t *run, uint32_t count)
{
    ttr_trace_info_t trace;
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;
    GArray *probes = ttr_path_probes(run->store, count);
    char **notes = ttr_path_notes(run->store, TTR_NO_TRACE);

    FUZZ_CHECK(probes->len == 0 && notes != NULL);
    FUZZ_CHECK(!ttr_path_trace(run->store, count, &trace));
    FUZZ_CHECK(!ttr_path_probe(run->store, TTR_NO_ID, &probe) && !ttr_path_reply(run->store, TTR_NO_ID, &reply));
    FUZZ_CHECK(!ttr_path_probe(run->store, UINT32_MAX, &probe) && !ttr_path_reply(run->store, UINT32_MAX, &reply));
    FUZZ_CHECK(ttr_path_extension(run->store, TTR_NO_ID) == NULL);
    for (uint32_t id = 1; id <= run->most_id; id++) {       /* some of them were given back */
        ttr_path_probe(run->store, id, &probe);
        ttr_path_reply(run->store, id, &reply);
        ttr_path_extension(run->store, id);
    }
    g_strfreev(notes);
    g_array_unref(probes);
}

static void
check_all(fuzz_run_t *run)
{
    uint32_t count = ttr_path_trace_count(run->store);

    FUZZ_CHECK(count >= run->count);
    run->count = count;
    check_facts(run);
    for (uint32_t i = 0; i < count; i++)
        check_trace(run, i);
    for (guint i = 0; i < run->facts->len; i++) {
        const fuzz_fact_t *fact = &g_array_index(run->facts, fuzz_fact_t, i);
        ttr_probe_info_t info;

        if (!fact->has_note || fact->note.role != TTR_NOTE_PROBE || fact->note.trace == TTR_NO_TRACE)
            continue;
        FUZZ_CHECK(ttr_path_probe(run->store, fact->note.id, &info));
        FUZZ_CHECK(fact->is_checked == (info.copy_of == 0));
    }
    check_strangers(run, count);
    FUZZ_CHECK(ttr_path_memory(run->store) > 0);
}

/* The cheap question: does the store want what it is about to be given? Never no for what it then keeps, but for SYNs. */
static bool
wants(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    size_t tail = ip->family == TTR_FAMILY_IPV6 ? 12 : 0;

    return observation->what == TTR_OBSERVED_ICMP ||
           (observation->tcp.flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN ||
           ttr_store_wants(store, ip->ttl, ttr_address_sum(ip->source.bytes + tail, ip->target.bytes + tail));
}

static void
observe(fuzz_run_t *run, const ttr_observation_t *observation)
{
    fuzz_fact_t fact = {
        .frame = observation->frame,
        .layer = observation->layer,
        .time_ns = observation->time_ns,
        .ttl = observation->ip.ttl,
        .what = observation->what,
    };
    bool is_wanted = wants(run->store, observation);
    ttr_exact_t exact;
    ttr_note_t now;

    FUZZ_CHECK(!ttr_note_is_there(run->store, fact.frame, fact.layer));
    ttr_store_observe(run->store, observation);
    fact.has_note = ttr_note_find_now(run->store, fact.frame, fact.layer, &now);
    FUZZ_CHECK(is_wanted || !fact.has_note);
    if (fact.has_note)
        fact.note = now;
    if (ttr_store_exact(run->store, observation, &exact))
        FUZZ_CHECK(run->config.has_exact_keys && exact.frame <= fact.frame && exact.frame != 0);
    g_array_append_val(run->facts, fact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run_t run = {
        .facts = g_array_new(FALSE, FALSE, sizeof(fuzz_fact_t)),
    };
    fuzz_script_t script;
    ttr_observation_t observation;
    fuzz_script_step_t step;
    unsigned checks = 0;

    fuzz_script_init(&script, data, size, &run.config);
    run.store = ttr_store_new(&run.config);
    while ((step = fuzz_script_next(&script, &observation)) != FUZZ_SCRIPT_END) {
        if (step == FUZZ_SCRIPT_OBSERVATION)
            observe(&run, &observation);
        else if (checks++ < 8)
            check_all(&run);
    }
    check_all(&run);
    ttr_store_free(run.store);
    g_array_unref(run.facts);
    return 0;
}
