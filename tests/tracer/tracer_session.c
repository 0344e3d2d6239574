/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * session.h: probes as bytes out, answers as bytes in. Each answer is tied to its probe, whatever else is captured;
 * and a day of rounds costs no more memory than an hour.
 */
#include "heap.h"

#include <string.h>

#include "fake_rules.h"
#include "fake_session.h"
#include "fake_settings.h"
#include "fake_wire.h"
#include "options_table.h"
#include "parse.h"
#include "session.h"
#include "ttr_path.h"
#include "ttr_store.h"

#ifdef __SANITIZE_ADDRESS__
enum { HOURS = 3 };             /* ten times as slow */
#else
enum { HOURS = 24 };
#endif

typedef struct session_case {
    const char *name;
    uint8_t family;
    options_mode_t mode;
    options_packet_t kind;
    fake_role_t end;
    ttr_state_t state;
    bool is_reached;
    uint8_t hops;
    bool is_far;                /* begins with the highest first TTL that may be asked for */
} session_case_t;

static const session_case_t cases[] = {
    {"fixed", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"fixed_ipv6", 6, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"classic", 4, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"classic_ipv6", 6, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_ECN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"multipath", 4, OPTIONS_MODE_MULTIPATH, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"multipath_ipv6", 6, OPTIONS_MODE_MULTIPATH, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 8, false},
    {"silent_target", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_DEAF, TTR_STATE_FILTERED, false, 7, false},
    {"wall", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_WALL, TTR_STATE_FILTERED, false, 9, false},
    {"wall_ipv6", 6, OPTIONS_MODE_FIXED, OPTIONS_PACKET_ACK, FAKE_WALL, TTR_STATE_FILTERED, false, 9, false},
    {"far", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 45, true},
    {"far_ipv6", 6, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 45, true},
    {"far_ack", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_ACK, FAKE_WALL, TTR_STATE_FILTERED, false, 46, true},
    {"far_classic", 4, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 45, true},
    {"far_classic_ipv6", 6, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 45, true},
    {"far_multipath", 4, OPTIONS_MODE_MULTIPATH, OPTIONS_PACKET_SYN, FAKE_OPEN, TTR_STATE_OPEN, true, 45, true},
};

static void
test_session(gconstpointer data)
{
    const session_case_t *test = data;
    const options_row_t *first_ttl = options_table_find("first-ttl", strlen("first-ttl"));
    schedule_config_t config = fake_settings(&(schedule_config_t){
        .family = test->family, .first_ttl = test->is_far ? (uint8_t)first_ttl->max : 1, .last_ttl = 60});
    wire_t *wire = wire_new(&config, test->mode, test->kind);
    ttr_config_t defaults = ttr_config_default();
    session_summary_t summary;

    wire->file = ttr_store_new(&defaults);
    fake_net_chain(wire->net, FAKE_NOWHERE, test->is_far ? 44 : 7, test->end, 40 * FAKE_MS);
    fake_run_go(wire->run);
    session_summary(wire->session, &summary);
    wire_check_file(wire, &summary);
    g_assert_cmpuint(summary.sent, ==, wire->run->sent->len);
    g_assert_cmpuint(summary.answered, ==, wire->matched);
    g_assert_cmpuint(wire->unmatched, ==, 0);
    g_assert_cmpuint(wire->matched, >=, 21);
    g_assert_cmpint(summary.is_reached, ==, test->is_reached);
    g_assert_cmpint(summary.state, ==, test->state);
    g_assert_cmpuint(summary.hops, ==, test->hops);
    if (test->family == 6 && test->mode == OPTIONS_MODE_FIXED)  /* ACKs have nothing to meet at the target */
        g_assert_cmpuint(wire->flows == 1, ==, test->kind == OPTIONS_PACKET_ACK);
    g_assert_cmpint(summary.rtt_ns, ==, test->is_reached ? 40 * FAKE_MS : 0);
    wire_free(wire);
}

/* Where the file shows no trace the session takes nothing for an answer: one model, with the same settings. */
static void
test_beyond(void)
{
    ttr_config_t defaults = ttr_config_default();
    schedule_config_t config = fake_settings(&(schedule_config_t){
        .first_ttl = (uint8_t)(defaults.candidate_ttl + 1), .last_ttl = 60});
    wire_t *wire = wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN);
    session_summary_t summary;

    wire->file = ttr_store_new(&defaults);
    fake_net_chain(wire->net, FAKE_NOWHERE, 44, FAKE_OPEN, 40 * FAKE_MS);
    fake_run_go(wire->run);
    session_summary(wire->session, &summary);
    g_assert_cmpuint(wire->unmatched, >, 0);
    g_assert_cmpuint(ttr_path_trace_count(wire->file), ==, 0);
    g_assert_cmpuint(summary.answered, ==, 0);
    g_assert_false(summary.is_reached);
    wire_free(wire);
}

/* The model is begun anew with probes in flight and hops waiting for their routers, so that TTLs above the limit for
 * unknown traces come first. No answer is lost. */
static void
test_far_rounds(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){.last_ttl = 60, .rounds = 300});
    wire_t *wire = wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN);

    fake_net_chain(wire->net, FAKE_NOWHERE, 44, FAKE_OPEN, 60 * FAKE_MS);
    fake_net_limit_all(wire->net);
    fake_run_go(wire->run);
    g_assert_cmpuint(wire->count, >=, 300 * 44 * 3);
    g_assert_cmpuint(wire->unmatched, ==, 0);
    wire_free(wire);
}

static ttr_observation_t
probe_like(const wire_t *wire)
{
    ttr_observation_t observation = {0};

    g_assert_true(parse_packet(PARSE_LINK_RAW, wire->sent[0].packet, wire->sent[0].length, &observation));
    return observation;
}

/* One thing after the other is made another host's, and so the packet foreign. */
static void
test_members(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){0});
    wire_t *wire = wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN);
    const schedule_answer_t exceeded = {.kind = SCHEDULE_ROUTER, .responder = {{198, 51, 100, 1}}};
    ttr_observation_t probe;
    ttr_observation_t other;
    uint8_t bytes[FAKE_WIRE_MAX];

    fake_net_chain(wire->net, FAKE_NOWHERE, 3, FAKE_OPEN, 40 * FAKE_MS);
    fake_run_go(wire->run);
    probe = probe_like(wire);
    g_assert_true(session_is_member(wire->session, &probe));
#define FOREIGN(change) other = probe; change; g_assert_false(session_is_member(wire->session, &other))
#define MEMBER(change) other = probe; change; g_assert_true(session_is_member(wire->session, &other))
    FOREIGN(other.ip.family = TTR_FAMILY_IPV6);
    FOREIGN(other.ip.source.bytes[3]++);
    FOREIGN(other.ip.target.bytes[0]++);
    FOREIGN(other.tcp.sport++);
    FOREIGN(other.tcp.dport++);
    MEMBER(other.tcp.flags = TTR_TCP_RST);
    MEMBER(other.tcp.seq += 1000000);
    g_assert_true(parse_packet(PARSE_LINK_RAW, bytes,
                               fake_wire_answer(wire->sent[0].packet, wire->sent[0].length, &exceeded, bytes), &probe));
    MEMBER((void)0);
    FOREIGN(other.ip.target.bytes[3]++);
    MEMBER(other.icmp.quote.sport++);           /* NAT that does not translate back */
    MEMBER(other.icmp.quote.target.bytes[3]++); /* DNAT */
    MEMBER(other.icmp.quote.seq += 5000);
    FOREIGN((other.icmp.quote.sport++, other.icmp.quote.seq += 5000));
    FOREIGN((other.icmp.quote.sport++, other.icmp.quote.has_seq = false));
    FOREIGN((other.icmp.quote.sport++, other.icmp.quote.dport++, other.icmp.quote.target.bytes[0]++));
    wire_free(wire);
}

/* The button "next round"; in multipath mode, which has but one, it does nothing. */
static void
test_hurry(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){.rounds = 2, .interval_ns = 1000 * FAKE_SECOND});
    wire_t *wire = wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN);
    wire_t *multipath = wire_new(&config, OPTIONS_MODE_MULTIPATH, OPTIONS_PACKET_SYN);
    int64_t pressed = wire->run->now_ns + 10 * FAKE_SECOND;

    fake_net_chain(wire->net, FAKE_NOWHERE, 3, FAKE_OPEN, 40 * FAKE_MS);
    wire->run->stop_ns = pressed;
    fake_run_go(wire->run);
    g_assert_cmpuint(wire->matched, >=, 12);
    wire->matched = 0;
    wire->run->now_ns = pressed;
    wire->run->stop_ns = pressed + FAKE_SECOND;
    session_hurry(wire->session);
    session_hurry(multipath->session);
    fake_run_go(wire->run);
    g_assert_cmpuint(wire->matched, ==, 12);
    g_assert_true(fake_run_driver(wire->run, 0)->is_done);
    wire_free(wire);
    wire_free(multipath);
}

/* 86,400 rounds of twelve hops, one probe each: a million probes. What is in use is looked at every hour; the model is
 * begun anew every 20,000 probes, so the highest of two hours are compared and not two moments. */
static void
test_day(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){.probes = 1, .rounds = HOURS * 3600});
    wire_t *wire = wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN);
    size_t highest[HOURS] = {0};
    int64_t begin = wire->run->now_ns;
    session_summary_t summary;

    fake_net_chain(wire->net, FAKE_NOWHERE, 11, FAKE_OPEN, 60 * FAKE_MS);
    fake_net_limit_all(wire->net);
    wire->net->jitter_ns = 2 * FAKE_MS;
    wire->net->loss = 0.01;
    wire->run->forgets = true;
    for (int minute = 1; minute <= HOURS * 60; minute++) {
        wire->run->stop_ns = begin + minute * 60 * FAKE_SECOND;
        fake_run_go(wire->run);
        highest[(minute - 1) / 60] = MAX(highest[(minute - 1) / 60], heap_in_use());
    }
    session_summary(wire->session, &summary);
    g_test_message("%u probes, %u answered, %u answers lost; %zu kB in use in the second hour, %zu in the last",
                   summary.sent, summary.answered, wire->unmatched, highest[1] / 1000, highest[HOURS - 1] / 1000);
    g_assert_cmpuint(summary.sent, >=, HOURS * 3580 * 12);
    g_assert_cmpuint(summary.answered, >=, summary.sent / 100 * 98);
    g_assert_cmpuint(wire->unmatched, ==, 0);
    for (int hour = 2; hour < HOURS; hour++)
        g_assert_cmpuint(highest[hour], <=, highest[1] + highest[1] / 20 + 200000);
    wire_free(wire);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/session/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_session);
    }
    g_test_add_func("/session/knows_no_more_than_the_file", test_beyond);
    g_test_add_func("/session/rounds_of_a_long_path", test_far_rounds);
    g_test_add_func("/session/members_only", test_members);
    g_test_add_func("/session/can_be_hurried", test_hurry);
    g_test_add_func("/session/a_day_of_rounds", test_day);
    session_free(NULL);
    return g_test_run();
}
