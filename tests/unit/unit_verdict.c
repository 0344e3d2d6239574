/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a trace as a whole says: state of the port, path length, why it ended, what is in flight, notes.
 */
#include "ttr_note.h"
#include "ttr_path.h"
#include "unit_talk.h"

enum { LENGTH = 4 };            /* hops to the target, where a test has no other */

/* A probe to each hop from `first` to `last`; routers answer those below `length`. Returns the last probe. */
static ttr_observation_t
sweep(unit_talk_t *talk, uint8_t first, uint8_t last, uint8_t length)
{
    ttr_observation_t probe = {.frame = 0};

    for (uint8_t ttl = first; ttl <= last; ttl++) {
        talk->now_ns += 100 * UNIT_MS;
        probe = unit_talk_send(talk, (unit_segment_t){.ttl = ttl});
        if (ttl < length)
            unit_talk_expire(talk, &probe);
    }
    return probe;
}

/* The target answers a probe of the last hop. */
static void
arrive(unit_talk_t *talk, uint8_t ttl, uint16_t flags)
{
    ttr_observation_t probe = sweep(talk, ttl, ttl, ttl);

    unit_talk_answer(talk, &probe, flags);
}

static ttr_trace_info_t
trace_of(const unit_talk_t *talk)
{
    ttr_trace_info_t trace;

    g_assert_cmpuint(ttr_path_trace_count(talk->store), ==, 1);
    g_assert_true(ttr_path_trace(talk->store, 0, &trace));
    g_assert_cmpint(ttr_path_state(talk->store, 0), ==, trace.state);
    return trace;
}

static bool
has_note(const unit_talk_t *talk, const char *words)
{
    char **notes = ttr_path_notes(talk->store, 0);
    bool is_there = false;

    for (size_t i = 0; notes[i] != NULL; i++)
        is_there = is_there || strstr(notes[i], words) != NULL;
    g_strfreev(notes);
    return is_there;
}

/* What the target says to the probe of the last hop, and what follows from it. */
static const struct {
    const char *name;
    uint16_t flags;             /* of the answer; 0: none */
    uint8_t unreachable;        /* code + 1 of an error from a router; 0: none */
    bool is_from_target;        /* the error is from the target */
    bool is_ack;                /* the probes carry ACK */
    ttr_state_t state;
    ttr_stop_t stop;
    uint8_t stop_code;
    uint8_t length;
} states[] = {
    {"open", TTR_TCP_SYN | TTR_TCP_ACK, 0, false, false, TTR_STATE_OPEN, TTR_STOP_COMPLETED, 0, LENGTH},
    {"closed", TTR_TCP_RST | TTR_TCP_ACK, 0, false, false, TTR_STATE_CLOSED, TTR_STOP_COMPLETED, 0, LENGTH},
    {"unfiltered", TTR_TCP_RST, 0, false, true, TTR_STATE_UNFILTERED, TTR_STOP_COMPLETED, 0, LENGTH},
    {"filtered by a router", 0, 14, false, false, TTR_STATE_FILTERED, TTR_STOP_UNREACH, 13, 0},
    {"filtered by the target", 0, 11, true, false, TTR_STATE_FILTERED, TTR_STOP_UNREACH, 10, LENGTH},
    {"unreachable and no filter", 0, 5, true, false, TTR_STATE_UNKNOWN, TTR_STOP_UNREACH, 4, LENGTH},
    {"silent", 0, 0, false, false, TTR_STATE_FILTERED, TTR_STOP_GAPLIMIT, 0, 0},
};

static void
test_states(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        unit_talk_t talk = unit_talk_new();
        ttr_observation_t probe = {.frame = 0};
        ttr_trace_info_t trace;

        for (uint8_t ttl = 1; ttl <= LENGTH; ttl++) {
            probe = unit_talk_send(&talk, (unit_segment_t){.ttl = ttl, .ack = states[i].is_ack ? 99000000u + ttl : 0, .flags = states[i].is_ack ? TTR_TCP_ACK : TTR_TCP_SYN});
            if (ttl < LENGTH)
                unit_talk_expire(&talk, &probe);
        }
        if (states[i].flags != 0)
            unit_talk_answer(&talk, &probe, states[i].flags);
        if (states[i].unreachable != 0)
            unit_talk_error(&talk, &probe, states[i].is_from_target ? UNIT_TARGET : UNIT_ROUTER + LENGTH, 3,
                            states[i].unreachable - 1);
        unit_talk_wait(&talk, 2 * UNIT_SECOND);
        trace = trace_of(&talk);
        g_test_message("%s", states[i].name);
        g_assert_cmpstr(ttr_state_name(trace.state), ==, ttr_state_name(states[i].state));
        g_assert_cmpint(trace.stop_reason, ==, states[i].stop);
        g_assert_cmpuint(trace.stop_code, ==, states[i].stop_code);
        g_assert_cmpuint(trace.path_length, ==, states[i].length);
        g_assert_cmpint(trace.is_reached, ==, states[i].length != 0);
        ttr_store_free(talk.store);
    }
}

/* All hops answered, and nothing was sent further: nobody knows. */
static void
test_unknown(void)
{
    unit_talk_t talk = unit_talk_new();

    sweep(&talk, 1, 3, LENGTH);
    unit_talk_wait(&talk, 2 * UNIT_SECOND);
    g_assert_cmpint(trace_of(&talk).state, ==, TTR_STATE_UNKNOWN);
    g_assert_cmpint(trace_of(&talk).stop_reason, ==, TTR_STOP_NONE);
    ttr_store_free(talk.store);
}

/* The second SYN has its own answer, so that the RST is one more answer to a flow that was open. */
static void
test_own_reset(void)
{
    unit_talk_t talk = unit_talk_new();
    ttr_observation_t probe;
    ttr_probe_info_t info;
    ttr_reply_info_t reply;
    GArray *probes;

    sweep(&talk, 1, 3, LENGTH);
    probe = sweep(&talk, LENGTH, LENGTH, LENGTH);
    unit_talk_answer(&talk, &probe, TTR_TCP_SYN | TTR_TCP_ACK);
    unit_talk_wait(&talk, 100 * UNIT_MS);
    unit_talk_answer(&talk, &probe, TTR_TCP_RST | TTR_TCP_ACK);
    g_assert_cmpint(trace_of(&talk).state, ==, TTR_STATE_OPEN);
    probes = ttr_path_probes(talk.store, 0);
    g_assert_true(ttr_path_probe(talk.store, g_array_index(probes, uint32_t, LENGTH - 1), &info));
    g_assert_true(ttr_path_reply(talk.store, info.first_reply, &reply));
    g_assert_cmpint(reply.state, ==, TTR_STATE_OPEN);
    g_assert_false(reply.is_own_reset);
    g_assert_true(ttr_path_reply(talk.store, reply.next_reply, &reply));
    g_assert_cmpint(reply.kind, ==, TTR_KIND_RST);
    g_assert_true(reply.is_own_reset);
    g_assert_cmpint(reply.state, ==, TTR_STATE_UNKNOWN);
    g_array_unref(probes);
    ttr_store_free(talk.store);
}

/* The sender's kernel knows nothing of the probe, and refuses the SYN/ACK with the number that it acknowledges. */
static void
test_teardown(void)
{
    unit_talk_t talk = unit_talk_new();
    ttr_observation_t probe;
    ttr_teardown_info_t teardown;
    ttr_note_t note;

    sweep(&talk, 1, 3, LENGTH);
    probe = sweep(&talk, LENGTH, LENGTH, LENGTH);
    unit_talk_answer(&talk, &probe, TTR_TCP_SYN | TTR_TCP_ACK);
    unit_talk_send(&talk, (unit_segment_t){.ttl = 64, .flags = TTR_TCP_RST, .seq = probe.tcp.seq + 1});
    g_assert_cmpuint(trace_of(&talk).probe_count, ==, LENGTH);
    g_assert_true(ttr_note_find(talk.store, talk.frame, 0, &note));
    g_assert_cmpint(note.role, ==, TTR_NOTE_TEARDOWN);
    g_assert_cmpuint(note.trace, ==, 0);
    g_assert_true(ttr_path_teardown(talk.store, note.id, &teardown));
    g_assert_cmpuint(teardown.hop, ==, LENGTH);
    g_assert_cmpuint(teardown.syn_ack_frame, ==, talk.frame - 1);
    ttr_store_free(talk.store);
}

static bool
is_in_flight(const unit_talk_t *talk, guint at)
{
    GArray *probes = ttr_path_probes(talk->store, 0);
    ttr_probe_info_t probe;

    g_assert_true(ttr_path_probe(talk->store, g_array_index(probes, uint32_t, at), &probe));
    g_array_unref(probes);
    return probe.is_in_flight;
}

/* Answers take a millisecond here; so a probe is lost after two. It says nothing of a filter before. */
static void
test_in_flight(void)
{
    unit_talk_t talk = unit_talk_new();

    sweep(&talk, 1, LENGTH, LENGTH);
    g_assert_true(is_in_flight(&talk, LENGTH - 1));
    g_assert_false(is_in_flight(&talk, 0));
    g_assert_cmpint(trace_of(&talk).state, ==, TTR_STATE_UNKNOWN);
    g_assert_cmpint(trace_of(&talk).stop_reason, ==, TTR_STOP_NONE);
    unit_talk_wait(&talk, 2 * UNIT_MS);
    g_assert_false(is_in_flight(&talk, LENGTH - 1));
    g_assert_cmpint(trace_of(&talk).state, ==, TTR_STATE_FILTERED);
    g_assert_cmpint(trace_of(&talk).stop_reason, ==, TTR_STOP_GAPLIMIT);
    ttr_store_free(talk.store);
}

/* Where nothing was answered, answers take a second at most. */
static void
test_in_flight_without_rtt(void)
{
    unit_talk_t talk = unit_talk_new();

    sweep(&talk, 1, 8, 1);
    unit_talk_wait(&talk, 900 * UNIT_MS);
    g_assert_true(is_in_flight(&talk, 7));
    unit_talk_wait(&talk, 200 * UNIT_MS);
    g_assert_false(is_in_flight(&talk, 7));
    ttr_store_free(talk.store);
}

/* How many probes the last stretch has, and the frame of the first. */
static guint
last_stretch(const unit_talk_t *talk, uint32_t *first)
{
    ttr_trace_info_t info = trace_of(talk);
    GArray *probes = ttr_path_last_stretch(talk->store, &info);
    guint count = probes->len;
    ttr_probe_info_t probe;

    g_assert_true(ttr_path_probe(talk->store, g_array_index(probes, uint32_t, 0), &probe));
    *first = probe.frame;
    g_array_unref(probes);
    return count;
}

/* One round to a path of so many hops. */
static void
round_of(unit_talk_t *talk, uint8_t length)
{
    sweep(talk, 1, length - 1, length);
    arrive(talk, length, TTR_TCP_SYN | TTR_TCP_ACK);
    talk->now_ns += UNIT_SECOND;
}

static void
test_longer(void)
{
    unit_talk_t talk = unit_talk_new();
    uint32_t first;
    uint32_t change;

    round_of(&talk, 3);
    round_of(&talk, 3);
    change = talk.frame + 1;
    round_of(&talk, 5);
    round_of(&talk, 5);
    g_assert_cmpuint(last_stretch(&talk, &first), ==, 10);
    g_assert_cmpuint(first, ==, change);
    g_assert_true(has_note(&talk, "it was 3 hops long before"));
    g_assert_cmpuint(trace_of(&talk).path_length, ==, 5);
    g_assert_true(has_note(&talk, "the path became longer"));
    g_assert_false(has_note(&talk, "shorter"));
    ttr_store_free(talk.store);
}

static void
test_shorter(void)
{
    unit_talk_t talk = unit_talk_new();
    uint32_t first;
    uint32_t change;

    round_of(&talk, 5);
    round_of(&talk, 5);
    change = talk.frame + 1;
    round_of(&talk, 3);
    round_of(&talk, 3);
    g_assert_cmpuint(last_stretch(&talk, &first), ==, 6);
    g_assert_cmpuint(first, ==, change);
    g_assert_true(has_note(&talk, "it was 5 hops long before"));
    g_assert_cmpuint(trace_of(&talk).path_length, ==, 3);
    g_assert_true(has_note(&talk, "the path became shorter"));
    g_assert_false(has_note(&talk, "longer"));
    ttr_store_free(talk.store);
}

/* One answer on one side of the moment could be a balancer's. */
static void
test_one_sample(void)
{
    unit_talk_t talk = unit_talk_new();

    uint32_t first;

    round_of(&talk, 3);
    round_of(&talk, 5);
    round_of(&talk, 5);
    g_assert_cmpuint(last_stretch(&talk, &first), ==, 13);
    g_assert_cmpuint(trace_of(&talk).path_length, ==, 3);
    g_assert_false(has_note(&talk, "the path became"));
    ttr_store_free(talk.store);
}

static void
test_balancer(void)
{
    unit_talk_t talk = unit_talk_new();

    for (int i = 0; i < 3; i++) {
        round_of(&talk, 3);
        round_of(&talk, 5);
    }
    g_assert_cmpuint(trace_of(&talk).path_length, ==, 3);
    g_assert_false(has_note(&talk, "the path became"));
    ttr_store_free(talk.store);
}

/* A firewall at hop 2 answers in the target's name, and lets the probes pass as well. */
static void
test_both(void)
{
    unit_talk_t talk = unit_talk_new();
    ttr_observation_t probe;

    sweep(&talk, 1, 1, LENGTH);
    for (uint8_t ttl = 2; ttl < LENGTH; ttl++) {
        probe = sweep(&talk, ttl, ttl, LENGTH);
        unit_talk_answer(&talk, &probe, TTR_TCP_RST | TTR_TCP_ACK);
    }
    arrive(&talk, LENGTH, TTR_TCP_RST | TTR_TCP_ACK);
    g_assert_cmpuint(trace_of(&talk).path_length, ==, LENGTH);
    g_assert_true(has_note(&talk, "in the target's name"));
    ttr_store_free(talk.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/answers_decide_state_and_end", test_states);
    g_test_add_func("/verdict/nothing_past_the_last_answer_is_unknown", test_unknown);
    g_test_add_func("/verdict/reset_behind_syn_ack_says_nothing_of_the_port", test_own_reset);
    g_test_add_func("/verdict/senders_reset_belongs_to_the_trace", test_teardown);
    g_test_add_func("/verdict/young_probe_is_in_flight", test_in_flight);
    g_test_add_func("/verdict/without_rtt_a_second_is_young", test_in_flight_without_rtt);
    g_test_add_func("/verdict/path_that_became_longer_has_its_last_length", test_longer);
    g_test_add_func("/verdict/path_that_became_shorter_has_its_last_length", test_shorter);
    g_test_add_func("/verdict/one_sample_is_no_change", test_one_sample);
    g_test_add_func("/verdict/balancer_has_the_smallest_length", test_balancer);
    g_test_add_func("/verdict/answer_to_an_expired_probe_is_not_the_targets", test_both);
    return g_test_run();
}
