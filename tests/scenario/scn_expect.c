/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_expect.h"

#include <string.h>

#include "scn_describe.h"
#include "scn_words.h"

static guint
disagree(GString *report, const char *key, const char *expected, const char *there)
{
    g_string_append_printf(report, "[expect] %s: expected '%s', there was '%s'\n", key, expected, there);
    return 1;
}

static guint
check_count(const char *key, const char *value, uint64_t count, GString *report)
{
    g_autofree char *there = g_strdup_printf("%" G_GUINT64_FORMAT, count);

    return strcmp(value, there) == 0 ? 0 : disagree(report, key, value, there);
}

/* What the expectation says the frame is, and what the model says. */
static const char *
expected_role(char **words)
{
    if (strcmp(words[0], "nothing") == 0 && words[1] == NULL)
        return "nothing";
    if (g_strv_contains((const char *const *)words, "teardown"))
        return "a teardown";
    return g_strv_contains((const char *const *)words, "probe") ? "a probe" : "a reply";
}

/* Of a packet in the capture. */
typedef struct scn_place {
    uint32_t frame;
    uint8_t layer;
} scn_place_t;

static const char *
actual_role(const ttr_store_t *store, const scn_place_t *place, ttr_note_t *note)
{
    if (!ttr_note_find(store, place->frame, place->layer, note) || note->trace == TTR_NO_TRACE)
        return "nothing";
    if (note->role == TTR_NOTE_TEARDOWN)
        return "a teardown";
    return note->role == TTR_NOTE_PROBE ? "a probe" : "a reply";
}

static guint
check_frame(const ttr_store_t *store, const char *key, const scn_place_t *place, char **words, GString *report)
{
    g_autofree char *prefix = g_strdup_printf("[expect] %s", key);
    g_autoptr(scn_facts_t) facts = NULL;
    ttr_note_t note;
    const char *expected = expected_role(words);
    const char *there = actual_role(store, place, &note);

    if (strcmp(expected, there) != 0)
        return disagree(report, key, expected, there);
    if (strcmp(there, "nothing") == 0)
        return 0;
    if (note.role == TTR_NOTE_TEARDOWN)
        facts = scn_describe_teardown(store, note.id);
    else
        facts = note.role == TTR_NOTE_PROBE ? scn_describe_probe(store, note.id) : scn_describe_reply(store, note.id);
    return scn_facts_check(facts, words, prefix, report);
}

/* The number behind the N-th word of a key such as "trace 1 hop 2". */
static bool
key_number(char **parts, guint at, uint64_t max, uint64_t *number)
{
    return at < g_strv_length(parts) && scn_number_parse(parts[at], max, number);
}

static guint
check_facts(scn_facts_t *facts, const char *key, char **words, GString *report)
{
    g_autofree char *prefix = g_strdup_printf("[expect] %s", key);
    guint failures;

    if (facts == NULL)
        return disagree(report, key, "a trace", "none with this index");
    failures = scn_facts_check(facts, words, prefix, report);
    scn_facts_free(facts);
    return failures;
}

/* How many of the numbers that were given have a trace. */
static uint64_t
count_traces(const ttr_store_t *store)
{
    ttr_trace_info_t info;
    uint64_t count = 0;

    for (uint32_t number = 0; number < ttr_path_trace_count(store); number++)
        count += ttr_path_trace(store, number, &info);
    return count;
}

guint
scn_expect_check(const ttr_store_t *store, const char *key, const char *value, GString *report, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(key, " ", -1);
    g_auto(GStrv) words = scn_words_split(value, error);
    guint count = g_strv_length(parts);
    uint64_t number;
    uint64_t second = 0;

    if (words == NULL)
        return 1;
    if (count == 1 && strcmp(parts[0], "traces") == 0)
        return check_count(key, value, count_traces(store), report);
    if (count == 1 && strcmp(parts[0], "numbers") == 0)
        return check_count(key, value, ttr_path_trace_count(store), report);
    if (count == 1 && strcmp(parts[0], "dropped") == 0)
        return check_count(key, value, ttr_path_dropped_count(store), report);
    if ((count == 2 || (count == 4 && strcmp(parts[2], "layer") == 0 && key_number(parts, 3, UINT8_MAX, &second))) &&
        strcmp(parts[0], "frame") == 0 && key_number(parts, 1, UINT32_MAX, &number))
        return check_frame(store, key, &(scn_place_t){(uint32_t)number, (uint8_t)second}, words, report);
    if (count == 2 && strcmp(parts[0], "trace") == 0 && key_number(parts, 1, UINT32_MAX, &number))
        return check_facts(scn_describe_trace(store, (uint32_t)number), key, words, report);
    if (count == 2 && strcmp(parts[0], "hop") == 0 && key_number(parts, 1, UINT8_MAX, &second))
        return check_facts(scn_describe_hop(store, 0, (uint8_t)second), key, words, report);
    if (count == 4 && strcmp(parts[0], "trace") == 0 && strcmp(parts[2], "hop") == 0 &&
        key_number(parts, 1, UINT32_MAX, &number) && key_number(parts, 3, UINT8_MAX, &second))
        return check_facts(scn_describe_hop(store, (uint32_t)number, (uint8_t)second), key, words, report);
    g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "[expect] has no such key: %s", key);
    return 1;
}

static guint
check_replies(const ttr_store_t *store, const ttr_probe_info_t *probe, GString *report)
{
    ttr_reply_info_t reply;
    uint32_t last_frame = 0;
    guint failures = 0;

    for (uint32_t id = probe->first_reply; ttr_path_reply(store, id, &reply); id = reply.next_reply) {
        if (reply.probe == probe->id && reply.rtt_ns >= 0 && reply.frame > last_frame && reply.hop == probe->ttl &&
            reply.trace == probe->trace) {
            last_frame = reply.frame;
            continue;
        }
        g_string_append_printf(report, "[invariant] the link from frame %u to frame %u is broken\n", probe->frame,
                               reply.frame);
        failures++;
        break;
    }
    return failures;
}

static guint
check_trace(const ttr_store_t *store, uint32_t trace, GString *report)
{
    g_autoptr(GArray) ids = ttr_path_probes(store, trace);
    ttr_trace_info_t info = {0};
    uint32_t expected_attempt = 0;
    uint32_t answered = 0;
    uint8_t ttl = 0;
    guint failures = 0;

    for (guint i = 0; i < ids->len; i++) {
        ttr_probe_info_t probe = {0};

        ttr_path_probe(store, g_array_index(ids, uint32_t, i), &probe);
        expected_attempt = i > 0 && probe.ttl == ttl ? expected_attempt + 1 : 1;
        ttl = probe.ttl;
        answered += probe.first_reply != TTR_NO_ID ? 1 : 0;
        failures += check_replies(store, &probe, report);
        if (probe.attempt == expected_attempt && probe.trace == trace)
            continue;
        g_string_append_printf(report, "[invariant] frame %u is attempt %u of hop %u, not %u\n", probe.frame,
                               probe.attempt, probe.ttl, expected_attempt);
        failures++;
    }
    if (ttr_path_trace(store, trace, &info) != (ids->len > 0) || info.probe_count != ids->len || info.answered_count != answered) {
        g_string_append_printf(report, "[invariant] trace %u says %u probes, %u answered; its list %u and %u\n", trace,
                               info.probe_count, info.answered_count, ids->len, answered);
        failures++;
    }
    return failures;
}

guint
scn_expect_invariants(const ttr_store_t *store, GString *report)
{
    guint failures = 0;

    for (uint32_t trace = 0; trace < ttr_path_trace_count(store); trace++)
        failures += check_trace(store, trace, report);
    return failures;
}
