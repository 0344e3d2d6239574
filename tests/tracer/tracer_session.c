/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * session.h: probes as bytes out, answers as bytes in. Each answer is tied to its probe, whatever else is captured;
 * and a day of rounds costs no more memory than an hour.
 */
#include "heap.h"

#include <string.h>

#include "fake_rules.h"
#include "fake_settings.h"
#include "fake_wire.h"
#include "options_table.h"
#include "parse.h"
#include "session.h"
#include "ttr_path.h"
#include "ttr_store.h"

enum {
    REMEMBERED = 4096,
    PORTS = 512
};

#define STAMPS_NS (1000000 * FAKE_SECOND)   /* the capture's clock is so far ahead of the loop's */

#ifdef __SANITIZE_ADDRESS__
enum { HOURS = 3 };             /* ten times as slow */
#else
enum { HOURS = 24 };
#endif

typedef struct remembered {
    uint8_t packet[PACKET_MAX];
    size_t length;
} remembered_t;

/* A session, its network, and the packets that it sent last. */
typedef struct wire {
    session_t *session;
    fake_net_t *net;
    fake_run_t *run;
    pacer_t *pacer;
    ttr_store_t *file;          /* owned: the model as the dissector has it by default; NULL: not asked for */
    session_action_t action;
    remembered_t *sent;         /* owned: a ring */
    uint32_t count;
    uint16_t ip_id;             /* of the last probe */
    uint32_t labels[65536];     /* flow label of each source port; 0: none was sent */
    uint32_t flows;             /* how many ports have one */
    uint32_t frame;
    uint32_t matched;
    uint32_t unmatched;         /* answers that were not recognised */
} wire_t;

static bool
capture(wire_t *wire, const uint8_t *packet, size_t length, schedule_answer_t *answer)
{
    ttr_observation_t observation = {.frame = ++wire->frame, .time_ns = wire->run->now_ns + STAMPS_NS};

    g_assert_true(parse_packet(PARSE_LINK_RAW, packet, length, &observation));
    if (!session_is_member(wire->session, &observation))
        return false;
    if (wire->file != NULL)
        ttr_store_observe(wire->file, &observation);
    return session_take(wire->session, &observation, answer);
}

static schedule_action_t
next_of_session(void *machine, int64_t now_ns)
{
    wire_t *wire = machine;

    session_next(wire->session, &wire->action, now_ns);
    return wire->action.what;
}

/* design.md: the IPv4 ID is the probe's number, never 0; a flow keeps its label, which is not 0 either. */
static void
check_numbers(wire_t *wire, const uint8_t *packet)
{
    uint32_t label = (packet[1] & 0x0fu) << 16 | (uint32_t)packet[2] << 8 | packet[3];
    uint32_t *known = &wire->labels[packet[40] << 8 | packet[41]];

    if (packet[0] >> 4 == 4) {
        if (++wire->ip_id == 0)
            wire->ip_id = 1;
        g_assert_cmpuint(packet[4] << 8 | packet[5], ==, wire->ip_id);
        return;
    }
    g_assert_cmpuint(label, !=, 0);
    wire->flows += *known == 0;
    *known = *known == 0 ? label : *known;
    g_assert_cmpuint(label, ==, *known);
}

static void
sent_of_session(void *machine, const schedule_action_t *action, int64_t now_ns)
{
    wire_t *wire = machine;
    remembered_t *sent = &wire->sent[wire->count++ % REMEMBERED];
    schedule_answer_t none;

    g_assert_cmpuint(action->ttl, ==, wire->action.packet[wire->action.packet[0] >> 4 == 4 ? 8 : 7]);
    check_numbers(wire, wire->action.packet);
    memcpy(sent->packet, wire->action.packet, wire->action.length);
    sent->length = wire->action.length;
    session_sent(wire->session, &wire->action, now_ns);
    g_assert_false(capture(wire, sent->packet, sent->length, &none));   /* a probe is no answer */
}

static void
answered_of_session(void *machine, const schedule_answer_t *answer, uint32_t number, int64_t now_ns)
{
    wire_t *wire = machine;
    const remembered_t *sent = &wire->sent[number % REMEMBERED];
    int64_t before = wire->run->now_ns;
    uint8_t bytes[FAKE_WIRE_MAX];
    schedule_answer_t found;

    g_assert_cmpuint(wire->count - number, <=, REMEMBERED);
    wire->run->now_ns = now_ns;
    if (!capture(wire, bytes, fake_wire_answer(sent->packet, sent->length, answer, bytes), &found)) {
        wire->unmatched++;
        wire->run->now_ns = before;
        return;
    }
    g_assert_cmpint(found.kind, ==, answer->kind);
    g_assert_cmpuint(found.ttl, ==, answer->ttl);
    g_assert_cmpuint(found.flow, ==, answer->flow);
    g_assert_cmpint(found.rtt_ns, ==, answer->rtt_ns);
    if (answer->kind != SCHEDULE_TARGET)
        g_assert_cmpmem(&found.responder, 16, &answer->responder, 16);
    wire->matched++;
    /* the same once more, and the kernel's RST: no answers */
    g_assert_false(capture(wire, bytes, fake_wire_answer(sent->packet, sent->length, answer, bytes), &found));
    if (answer->kind == SCHEDULE_TARGET)
        g_assert_false(capture(wire, bytes, fake_wire_reset(sent->packet, bytes), &found));
    wire->run->now_ns = before;
}

static wire_t *
wire_new(const schedule_config_t *schedule, options_mode_t mode, options_packet_t kind)
{
    wire_t *wire = g_new0(wire_t, 1);
    uint16_t ports[PORTS];
    session_config_t config = {
        .form = {.family = schedule->family, .source = {{192, 0, 2, 1}}, .target = {{203, 0, 113, 9}}, .dport = 80,
                 .kind = kind, .mtu = 1500, .dont_fragment = true},
        .schedule = *schedule, .mode = mode, .ports = ports, .port_count = mode == OPTIONS_MODE_FIXED ? 1 : PORTS,
        .random_seq = 0xfffffff0,   /* goes over the end after 16 probes */
        .random_ack = 77,
    };
    fake_driver_t driver = {.machine = wire, .next = next_of_session, .sent = sent_of_session,
                            .answered = answered_of_session};

    for (int i = 0; i < PORTS; i++)
        ports[i] = (uint16_t)(40000 + 3 * i);
    wire->net = fake_net_new(5);
    wire->run = fake_run_new(wire->net);
    wire->pacer = pacer_new(FAKE_MS / 5);
    wire->sent = g_new(remembered_t, REMEMBERED);
    wire->session = session_new(&config, wire->pacer, wire->run->now_ns);
    fake_run_add(wire->run, &driver);
    return wire;
}

static void
wire_free(wire_t *wire)
{
    session_free(wire->session);
    ttr_store_free(wire->file);
    pacer_free(wire->pacer);
    fake_run_free(wire->run);
    fake_net_free(wire->net);
    g_free(wire->sent);
    g_free(wire);
}

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

/* The file shows what the trace knew: one trace, every probe, every answer. */
static void
check_file(const wire_t *wire, const session_summary_t *summary)
{
    ttr_trace_info_t trace;

    g_assert_cmpuint(ttr_path_trace_count(wire->file), ==, 1);
    g_assert_true(ttr_path_trace(wire->file, 0, &trace));
    g_assert_cmpuint(trace.probe_count, ==, summary->sent);
    g_assert_cmpuint(trace.answered_count, ==, summary->answered);
    g_assert_cmpint(trace.is_reached, ==, summary->is_reached);
    g_assert_cmpint(trace.state, ==, summary->state);
    g_assert_cmpuint(trace.path_length, ==, summary->is_reached ? summary->hops : 0);
}

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
    check_file(wire, &summary);
    g_assert_cmpuint(summary.sent, ==, wire->run->sent->len);
    g_assert_cmpuint(summary.answered, ==, wire->matched);
    g_assert_cmpuint(wire->unmatched, ==, 0);
    g_assert_cmpuint(wire->matched, >=, 21);
    g_assert_cmpint(summary.is_reached, ==, test->is_reached);
    g_assert_cmpint(summary.state, ==, test->state);
    g_assert_cmpuint(summary.hops, ==, test->hops);
    if (test->family == 6 && test->mode == OPTIONS_MODE_FIXED)
        g_assert_cmpuint(wire->flows, ==, 1);
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
