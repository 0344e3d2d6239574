/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is stored of a capture: the rules of ttr_keep.c and ttr_error.c.
 */
#include <glib.h>

#include "ttr_evidence.h"
#include "ttr_note.h"
#include "ttr_pair.h"
#include "unit_frames.h"

enum { SOURCE = 1,
       TARGET = 9 };

/* S1: a flow has its first 16, then 64 SYNs or 16 others with one TTL in one direction. */
static void
test_caps(void)
{
    static const struct {
        const char *name;
        uint16_t flags;
        uint32_t stored;
    } cases[] = {
        {"SYNs", TTR_TCP_SYN, 16 + 64},
        {"ACKs", TTR_TCP_ACK, 16 + 16},
        {"FINs", TTR_TCP_FIN, 16 + 16},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_frames_t frames = unit_frames_new(0);

        for (int sent = 0; sent < 300; sent++)
            unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5, .flags = cases[i].flags});
        if (unit_frames_stored(&frames, 1) != cases[i].stored)
            g_error("%s: %u are stored, not %u", cases[i].name, unit_frames_stored(&frames, 1), cases[i].stored);
        g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 6}));
        g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5, .sport = 1}));
        ttr_store_free(frames.store);
    }
}

/* Two TTLs of which a router quotes one: whatever rules there are, this is a trace. */
static void
send_trace(unit_frames_t *frames)
{
    for (uint8_t ttl = 1; ttl <= 4; ttl++) {
        ttr_observation_t probe = unit_frames_segment(
            frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = ttl, .seq = 0x5eed0000u + ttl * 65536u});
        ttr_observation_t error;

        unit_frames_add(frames, &probe);
        error = unit_frames_exceeded(frames, ttl, &probe);
        unit_frames_add(frames, &error);
    }
}

static void
test_no_cap_in_a_trace(void)
{
    unit_frames_t frames = unit_frames_new(0);
    uint32_t first;

    send_trace(&frames);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 1);
    first = frames.frame + 1;
    for (uint32_t sent = 0; sent < 300; sent++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5, .seq = sent});
    g_assert_cmpuint(unit_frames_stored(&frames, first), ==, 300);
    ttr_store_free(frames.store);
}

/* A trace goes on above the limit for unknown ones, TTL by TTL; and what two other hosts send does not. */
static void
test_next_ttl_of_a_trace(void)
{
    unit_frames_t frames = unit_frames_new(0);
    const uint8_t limit = ttr_config_default().candidate_ttl;

    send_trace(&frames);
    for (uint8_t ttl = 5; ttl < limit + 10; ttl++)
        g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = ttl, .sport = ttl}));
    g_assert_false(unit_frames_send(&frames, (unit_segment_t){.from = 2, .to = TARGET, .ttl = limit + 1}));
    g_assert_true(ttr_store_wants(frames.store, limit + 10, 0));
    g_assert_false(ttr_store_wants(frames.store, limit + 11, 0));
    ttr_store_free(frames.store);
}

/* S2. */
static void
test_credits(void)
{
    unit_frames_t frames = unit_frames_new(0);
    const unit_segment_t probe = {.from = SOURCE, .to = TARGET, .ttl = 5};
    const unit_segment_t answer = {.from = TARGET, .to = SOURCE, .sport = 80, .dport = 40000, .ttl = 60, .flags = TTR_TCP_ACK};

    for (int round = 0; round < 3; round++) {
        g_assert_true(unit_frames_send(&frames, probe));
        for (int i = 0; i < 8; i++)
            g_assert_true(unit_frames_send(&frames, answer));
        g_assert_false(unit_frames_send(&frames, answer));
    }
    ttr_store_free(frames.store);
}

static const ttr_flow_t *
flow_of(const unit_frames_t *frames, uint16_t sport)
{
    ttr_address_t source = unit_frames_host(SOURCE);
    ttr_address_t target = unit_frames_host(TARGET);
    uint32_t pair = ttr_pair_find(frames->store, TTR_FAMILY_IPV4, &target, &source);

    g_assert_cmpuint(pair, !=, 0);
    return ttr_store_flow(frames->store, ttr_flow_find(frames->store, pair, sport, 80));
}

/* S4. */
static void
test_ordinary_connection(void)
{
    unit_frames_t frames = unit_frames_new(0);
    unit_segment_t data = {.from = SOURCE, .to = TARGET, .ttl = 30, .flags = TTR_TCP_ACK | TTR_TCP_PSH, .payload = 100};

    unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 30});
    g_assert_false(flow_of(&frames, 40000)->is_ordinary);
    g_assert_false(unit_frames_send(&frames, data));
    g_assert_true(flow_of(&frames, 40000)->is_ordinary);
    g_assert_true(flow_of(&frames, 40000)->is_incomplete);
    ttr_store_free(frames.store);
}

static void
test_data_probe_in_a_connection(void)
{
    unit_frames_t frames = unit_frames_new(0);

    unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 30});
    g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 3, .payload = 100, .flags = TTR_TCP_ACK}));
    g_assert_false(flow_of(&frames, 40000)->is_ordinary);
    ttr_store_free(frames.store);
}

static void
test_much_data_with_one_ttl(void)
{
    unit_frames_t frames = unit_frames_new(0);

    for (uint32_t i = 0; i < 1000; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 7, .flags = TTR_TCP_ACK, .payload = 1000, .seq = i * 1000});
    g_assert_cmpuint(unit_frames_stored(&frames, 1), <=, 32);
    g_assert_true(flow_of(&frames, 40000)->is_ordinary);
    ttr_store_free(frames.store);
}

/* Before two hosts are known nothing is stored of a SYN of ordinary TTL, but it is remembered that it was. */
static void
test_opened_ordinary(void)
{
    unit_frames_t frames = unit_frames_new(0);

    g_assert_false(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 64, .sport = 5}));
    g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .sport = 5}));
    g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .sport = 6}));
    g_assert_true(flow_of(&frames, 5)->opened_ordinary);
    g_assert_false(flow_of(&frames, 6)->opened_ordinary);
    ttr_store_free(frames.store);
}

/* What an adapter need not observe. */
static void
test_passed_opening(void)
{
    unit_frames_t frames = unit_frames_new(0);
    ttr_connection_t connection = {.source = unit_frames_host(SOURCE), .target = unit_frames_host(TARGET), .sport = 5, .dport = 80};

    ttr_store_pass_opening(frames.store, &connection);
    g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .sport = 5}));
    g_assert_true(unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .sport = 6}));
    g_assert_true(flow_of(&frames, 5)->opened_ordinary);
    g_assert_false(flow_of(&frames, 6)->opened_ordinary);
    ttr_store_free(frames.store);
}

/* S3: of other flows between the same hosts their beginnings, 64 and one for each candidate. */
static void
test_other_flows(void)
{
    unit_frames_t frames = unit_frames_new(0);
    const uint16_t data = TTR_TCP_ACK;
    uint32_t first;

    for (uint16_t i = 0; i < 3; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .sport = 1000 + i});
    first = frames.frame + 1;
    for (uint16_t i = 0; i < 200; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 64, .sport = 2000 + i});
    g_assert_cmpuint(unit_frames_stored(&frames, first), ==, 64 + 3);
    first = frames.frame + 1;
    for (uint16_t i = 0; i < 200; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 64, .sport = 3000 + i, .flags = data});
    g_assert_cmpuint(unit_frames_stored(&frames, first), ==, 0);
    ttr_store_free(frames.store);
}

/* Whole pairs go, the one used longest ago first; not those of a trace. */
static void
test_bound(void)
{
    unit_frames_t frames = unit_frames_new(10);
    uint32_t a;
    uint32_t b;

    send_trace(&frames);
    a = frames.frame + 1;
    for (uint16_t i = 0; i < 3; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = 2, .to = TARGET, .ttl = 4, .sport = 1000 + i});
    b = frames.frame + 1;
    for (uint16_t i = 0; i < 4; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = 3, .to = TARGET, .ttl = 4, .sport = 1000 + i});
    unit_frames_send(&frames, (unit_segment_t){.from = 2, .to = TARGET, .ttl = 4});
    g_assert_cmpuint(unit_frames_stored(&frames, a), ==, 8);
    for (uint16_t i = 0; i < 3; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = 4, .to = TARGET, .ttl = 4, .sport = 1000 + i});
    g_assert_cmpuint(ttr_path_dropped_count(frames.store), ==, 4);
    g_assert_cmpuint(unit_frames_stored(&frames, 1), ==, frames.frame - 4);
    for (uint32_t frame = b; frame < b + 4; frame++)
        g_assert_false(ttr_note_is_there(frames.store, frame, 0));
    ttr_store_free(frames.store);
}

/* S5: what came back just before the first candidate of its flow. */
static void
test_early(void)
{
    static const struct {
        const char *name;
        uint16_t flags;
        uint32_t payload;
        int between;            /* frames of others, each a millisecond */
        bool is_pair_known;
        bool is_stored;
    } cases[] = {
        {"a SYN/ACK", TTR_TCP_SYN | TTR_TCP_ACK, 0, 0, false, true},
        {"a RST", TTR_TCP_RST, 0, 9, false, true},
        {"a RST long before", TTR_TCP_RST, 0, 11, false, false},
        {"an ACK", TTR_TCP_ACK, 0, 0, false, false},
        {"an ACK of a known host", TTR_TCP_ACK, 0, 0, true, true},
        {"data of a known host", TTR_TCP_ACK, 100, 0, true, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_frames_t frames = unit_frames_new(0);
        uint32_t frame;

        if (cases[i].is_pair_known)
            unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5, .sport = 41000});
        unit_frames_send(&frames, (unit_segment_t){.from = TARGET, .to = SOURCE, .sport = 80, .dport = 40000, .ttl = 60, .flags = cases[i].flags, .payload = cases[i].payload});
        frame = frames.frame;
        for (int at = 0; at < cases[i].between; at++)
            unit_frames_send(&frames, (unit_segment_t){.from = 70, .to = 71, .ttl = 60});
        g_assert_cmpuint(unit_frames_stored(&frames, frame), ==, 0);
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5});
        if (unit_frames_stored(&frames, frame) != (cases[i].is_stored ? 2 : 1))
            g_error("%s: %u are stored", cases[i].name, unit_frames_stored(&frames, frame));
        ttr_store_free(frames.store);
    }
}

/* Together with the candidate they are more than the store may hold: all is forgotten, and nothing stays that names it. */
static void
test_early_beyond_the_bound(void)
{
    unit_frames_t frames = unit_frames_new(1);

    for (int i = 0; i < 3; i++)
        unit_frames_send(&frames, (unit_segment_t){.from = TARGET, .to = SOURCE, .sport = 80, .dport = 40000, .ttl = 60, .flags = TTR_TCP_RST});
    unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5});
    g_assert_cmpuint(unit_frames_stored(&frames, 1), ==, 0);
    g_assert_cmpuint(ttr_path_dropped_count(frames.store), ==, 4);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 0);
    ttr_store_free(frames.store);
}

/* There is room for 32. */
static void
test_early_is_bounded(void)
{
    for (uint16_t others = 31; others <= 32; others++) {
        unit_frames_t frames = unit_frames_new(0);
        ttr_observation_t answer = unit_frames_segment(
            &frames, &(unit_segment_t){.from = TARGET, .to = SOURCE, .sport = 80, .dport = 40000, .ttl = 60, .flags = TTR_TCP_RST});
        int64_t time_ns = answer.time_ns;

        unit_frames_add(&frames, &answer);
        for (uint16_t i = 0; i < others; i++) {
            answer.tcp.dport = 50000 + i;
            answer.time_ns = time_ns;
            unit_frames_add(&frames, &answer);
        }
        answer = unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 5});
        answer.time_ns = time_ns;
        unit_frames_add(&frames, &answer);
        g_assert_cmpuint(unit_frames_stored(&frames, 1), ==, others == 31 ? 2 : 1);
        ttr_store_free(frames.store);
    }
}

/* E1 to E4: with `change` made to it, is an error stored? */
static void
translate_source(ttr_observation_t *error)
{
    error->icmp.quote.source = unit_frames_host(77);
}

static void
translate_target(ttr_observation_t *error)
{
    error->icmp.quote.target = unit_frames_host(78);
}

static void
swap(ttr_observation_t *error)
{
    error->icmp.quote.source = unit_frames_host(TARGET);
    error->icmp.quote.target = unit_frames_host(SOURCE);
}

static void
translate_all(ttr_observation_t *error)
{
    translate_source(error);
    translate_target(error);
    error->ip.target = unit_frames_host(79);
}

static void
leave(ttr_observation_t *error)
{
    (void)error;
}

static void
test_errors(void)
{
    static const struct {
        const char *name;
        void (*change)(ttr_observation_t *error);
        bool is_stored;
    } cases[] = {
        {"as sent", leave, true},
        {"NAT", translate_source, true},
        {"DNAT", translate_target, true},
        {"swapped", swap, true},
        {"foreign", translate_all, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_frames_t frames = unit_frames_new(0);
        ttr_observation_t probe = unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4});
        ttr_observation_t error;

        unit_frames_add(&frames, &probe);
        error = unit_frames_exceeded(&frames, 1, &probe);
        cases[i].change(&error);
        if (unit_frames_add(&frames, &error) != cases[i].is_stored)
            g_error("%s: stored is not %d", cases[i].name, cases[i].is_stored);
        ttr_store_free(frames.store);
    }
}

/* A few frames out of order: the error stands before the first probe of its pair. */
static void
test_error_before_its_pair(void)
{
    unit_frames_t frames = unit_frames_new(0);
    ttr_observation_t probe = unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4});
    ttr_observation_t error = unit_frames_exceeded(&frames, 1, &probe);

    g_assert_false(unit_frames_add(&frames, &error));
    probe.frame = 2;
    g_assert_true(unit_frames_add(&frames, &probe));
    g_assert_true(ttr_note_is_there(frames.store, 1, 0));
    ttr_store_free(frames.store);
}

/* Quotes of nobody's probes, sent to who sent some: 8 for each candidate. */
static void
test_strays(void)
{
    unit_frames_t frames = unit_frames_new(0);
    ttr_observation_t probe = unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4});

    unit_frames_add(&frames, &probe);
    for (uint32_t i = 0; i < 100; i++) {
        ttr_observation_t error = unit_frames_exceeded(&frames, 1, &probe);

        translate_target(&error);
        error.icmp.quote.seq = i;
        unit_frames_add(&frames, &error);
    }
    g_assert_cmpuint(unit_frames_stored(&frames, 2), ==, 8);
    ttr_store_free(frames.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keep/candidates_up_to_a_cap", test_caps);
    g_test_add_func("/keep/all_candidates_of_a_recognised_pair", test_no_cap_in_a_trace);
    g_test_add_func("/keep/the_next_ttl_of_a_trace", test_next_ttl_of_a_trace);
    g_test_add_func("/keep/eight_other_segments_for_a_candidate", test_credits);
    g_test_add_func("/keep/no_data_with_the_ttl_of_the_syn", test_ordinary_connection);
    g_test_add_func("/keep/data_with_another_ttl_than_the_syn", test_data_probe_in_a_connection);
    g_test_add_func("/keep/little_of_much_data_with_one_ttl", test_much_data_with_one_ttl);
    g_test_add_func("/keep/that_a_flow_was_opened_with_an_ordinary_ttl", test_opened_ordinary);
    g_test_add_func("/keep/that_an_opening_was_passed", test_passed_opening);
    g_test_add_func("/keep/how_other_flows_begin", test_other_flows);
    g_test_add_func("/keep/pairs_used_last_within_the_bound", test_bound);
    g_test_add_func("/keep/answers_before_their_flow", test_early);
    g_test_add_func("/keep/answers_before_their_flow_and_beyond_the_bound", test_early_beyond_the_bound);
    g_test_add_func("/keep/thirty_two_answers_before_their_flow", test_early_is_bounded);
    g_test_add_func("/keep/errors_by_whom_they_concern", test_errors);
    g_test_add_func("/keep/error_that_is_before_its_pair", test_error_before_its_pair);
    g_test_add_func("/keep/eight_errors_without_a_pair_for_a_candidate", test_strays);
    return g_test_run();
}
