/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which packets are of one run: made up packet by packet, each with the name of the tool that sends it; the runs found
 * are compared as text, "a12 b3+c1". Also that a million packets are found in time: what walks over all for each would
 * not end before ctest does.
 */
#include <glib.h>

#include "ttr_interned.h"
#include "unit_runs_pair.h"

static void
test_two_tools(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 10; ttl++) {
        unit_pair_send_fixed(&pair, 'a', 40000, 77, ttl);
        unit_pair_send_traceroute(&pair, 'b', ttl, 4711);
    }
    unit_pair_expect(&pair, "a10 b10");
}

static void
test_two_runs(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 10; ttl++) {
        unit_pair_send_traceroute(&pair, 'a', ttl, 4711);
        unit_pair_send_traceroute(&pair, 'b', ttl, 815);
    }
    unit_pair_expect(&pair, "a10 b10");
}

/* Both drew the same port: one seq each. */
static void
test_two_runs_of_one_flow(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 10; ttl++) {
        unit_pair_send_fixed(&pair, 'a', 40000, 0x11111111, ttl);
        unit_pair_send_fixed(&pair, 'b', 40000, 0x22222222, ttl);
    }
    unit_pair_expect(&pair, "a10 b10");
}

static void
test_five_at_once(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        for (uint32_t tool = 0; tool < 5; tool++)
            unit_pair_send_traceroute(&pair, (char)('a' + tool), ttl, 1000000 * (tool + 1));
    }
    unit_pair_expect(&pair, "a6 b6 c6 d6 e6");
}

static void
test_five_flows_at_once(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        for (uint32_t tool = 0; tool < 5; tool++)
            unit_pair_send_fixed(&pair, (char)('a' + tool), (uint16_t)(40000 + 100 * tool), 1000000 * (tool + 1), ttl);
    }
    unit_pair_expect(&pair, "a6 b6 c6 d6 e6");
}

/* mtr: round after round, each port once. */
static void
test_counter_up(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint16_t i = 0; i < 40; i++)
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(33000 + i), (uint8_t)(1 + i % 8));
    unit_pair_expect(&pair, "a40");
}

static void
test_counter_down(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint16_t i = 0; i < 40; i++)
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(45000 - i), (uint8_t)(1 + i % 8));
    unit_pair_expect(&pair, "a40");
}

/* After the highest port comes the first again: mtr, MAX_PORT and MIN_PORT. */
static void
test_counter_wraps(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint32_t i = 0; i < 80; i++)
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(65500 + i <= UINT16_MAX ? 65500 + i : 33000 + i - 36), (uint8_t)(1 + i % 8));
    unit_pair_expect(&pair, "a80");
}

/* A second mtr that runs later begins its counter again. */
static void
test_counter_again(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint16_t i = 0; i < 11; i++)
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(33000 + i), (uint8_t)(1 + i));
    pair.now_ns += 5 * SECOND;
    for (uint16_t i = 0; i < 11; i++)
        unit_pair_send_mtr(&pair, 'b', (uint16_t)(33000 + i), (uint8_t)(1 + i));
    unit_pair_expect(&pair, "a11 b11");
}

/* Target ports that count, two runs after each other from other source ports. */
static void
test_target_ports(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint16_t i = 0; i < 10; i++)
        unit_pair_send(&pair, 'a', 40000, (uint16_t)(33434 + i), (uint8_t)(1 + i));
    for (uint16_t i = 0; i < 10; i++)
        unit_pair_send(&pair, 'b', 41000, (uint16_t)(43434 + i), (uint8_t)(1 + i));
    unit_pair_expect(&pair, "a10 b10");
}

static void
test_two_counters(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint16_t i = 0; i < 30; i++) {
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(33000 + i), (uint8_t)(1 + i % 10));
        unit_pair_send_mtr(&pair, 'b', (uint16_t)(50000 + i), (uint8_t)(1 + i % 10));
    }
    unit_pair_expect(&pair, "a30 b30");
}

static void
test_high_ttls(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 45; ttl++)
        unit_pair_send_traceroute(&pair, 'a', ttl, 4711);
    unit_pair_send_traceroute(&pair, 'x', 64, 4711);
    unit_pair_expect(&pair, "a45");
}

/* Whoever does not reach the limit step by step does not go on above it. */
static void
test_no_high_ttls(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 10; ttl++) {
        unit_pair_send_traceroute(&pair, 'a', ttl, 4711);
        unit_pair_send_traceroute(&pair, 'x', 64, 4711);
    }
    unit_pair_expect(&pair, "a10");
}

static void
test_slow_sender(void)
{
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = 60 * SECOND;
    for (uint8_t ttl = 1; ttl <= 8; ttl++)
        unit_pair_send_traceroute(&pair, 'a', ttl, 4711);
    unit_pair_expect(&pair, "a8");
}

static void
test_silence(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 5; ttl++)
        unit_pair_send_fixed(&pair, 'a', 40000, 77, ttl);
    pair.now_ns += 60 * SECOND;
    for (uint8_t ttl = 1; ttl <= 5; ttl++)
        unit_pair_send_fixed(&pair, 'b', 40000, 77, ttl);
    unit_pair_expect(&pair, "a5 b5");
}

/* yarrp sends to each target now and then, TTLs in random order. */
static void
test_random_order(void)
{
    static const uint8_t ttls[] = {9, 3, 12, 1, 7, 2, 11, 5, 4, 10, 6, 8};
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = 40 * SECOND;
    for (size_t i = 0; i < sizeof ttls; i++) {
        if (i == 6)
            pair.now_ns += 300 * SECOND;
        unit_pair_send(&pair, 'a', 40000, DPORT, ttls[i]);
    }
    unit_pair_expect(&pair, "a12");
}

static void
test_changing_windows(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 12; ttl++) {
        ttr_sighting_t *sighting = unit_pair_send(&pair, 'a', unit_pair_random_port(ttl), DPORT, ttl);

        sighting->shape = pair.mss;
        sighting->window = (uint16_t)(1024 * (1 + ttl % 4));
    }
    unit_pair_expect(&pair, "a12");
}

static void
send_window(unit_pair_t *pair, char name, uint8_t ttl, uint16_t shape, uint16_t window)
{
    ttr_sighting_t *sighting = unit_pair_send(pair, name, unit_pair_random_port(pair->frame), DPORT, ttl);

    sighting->shape = shape;
    sighting->window = window;
}

static void
test_kernel_windows(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        send_window(&pair, 'a', ttl, pair.kernel, 64240);
        send_window(&pair, 'a', ttl, pair.kernel, 65160);
    }
    unit_pair_expect(&pair, "a12");
}

static void
test_windows_of_two_tools(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        send_window(&pair, 'a', ttl, TTR_INTERNED_NONE, 512);
        send_window(&pair, 'b', ttl, TTR_INTERNED_NONE, 8192);
    }
    unit_pair_expect(&pair, "a6 b6");
}

/* A kernel that gets no answer leaves out options. */
static void
test_repeated_syns(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        unit_pair_send_mtr(&pair, 'a', (uint16_t)(33000 + ttl), ttl);
        for (int again = 0; again < 2; again++) {
            uint32_t seq = unit_pair_last(&pair)->seq;

            pair.now_ns += SECOND;
            unit_pair_send_mtr(&pair, 'a', (uint16_t)(33000 + ttl), ttl);
            unit_pair_last(&pair)->seq = seq;
        }
        unit_pair_last(&pair)->shape = pair.mss;
    }
    unit_pair_find_runs(&pair);
    g_assert_cmpuint(unit_pair_retransmissions(&pair), ==, 12);
    unit_pair_free_work(&pair);
    unit_pair_expect(&pair, "a18");
}

/* What a tool itself sends again is no retransmission of a TCP. */
static void
test_repeated_probes(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 6; ttl++) {
        for (int again = 0; again < 3; again++) {
            unit_pair_send_fixed(&pair, 'a', 40000, 77, ttl);
            pair.now_ns += 3 * SECOND;
        }
    }
    unit_pair_find_runs(&pair);
    g_assert_cmpuint(unit_pair_retransmissions(&pair), ==, 0);
    unit_pair_free_work(&pair);
    unit_pair_expect(&pair, "a18");
}

/* connect() tools that begin at TTL 4 and reach the target at 6: the kernel finishes the handshakes with that TTL. */
static void
test_connect(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 4; ttl <= 9; ttl++) {
        uint16_t sport = unit_pair_random_port(ttl);
        uint32_t seq;
        ttr_sighting_t *ack;

        unit_pair_send_mtr(&pair, 'a', sport, ttl);
        seq = unit_pair_last(&pair)->seq;
        if (ttl < 6)
            continue;
        unit_pair_answer(&pair, sport, DPORT, TTR_TCP_SYN | TTR_TCP_ACK, seq + 1);
        ack = unit_pair_send(&pair, 'x', sport, DPORT, ttl);
        ack->flags = TTR_TCP_ACK;
        ack->seq = seq + 1;
        ack->shape = pair.mss;
        unit_pair_send(&pair, 'x', sport, DPORT, ttl)->flags = TTR_TCP_FIN | TTR_TCP_ACK;
    }
    unit_pair_expect(&pair, "a6");
}

/* A raw tool's kernel knows nothing of the connection, and resets it. */
static void
test_half_open(void)
{
    unit_pair_t pair = unit_pair_new();
    const ttr_side_t *side = &pair.work.sides[1];
    ttr_sighting_t *reset;

    for (uint8_t ttl = 1; ttl <= 3; ttl++)
        unit_pair_send_fixed(&pair, 'a', 40000, 77, ttl);
    unit_pair_answer(&pair, 40000, DPORT, TTR_TCP_SYN | TTR_TCP_ACK, 78);
    reset = unit_pair_send(&pair, 'x', 40000, DPORT, 64);
    reset->flags = TTR_TCP_RST;
    reset->seq = 78;
    unit_pair_find_runs(&pair);
    g_assert_cmpuint(side->packet_count, ==, 4);
    g_assert_cmpint(side->packets[3]->role, ==, TTR_PACKET_RESET);
    g_assert_true(side->packets[3]->refused == pair.work.sides[0].packets[0]);
    g_assert_cmpint(pair.work.sides[0].packets[0]->role, ==, TTR_PACKET_ANSWER);
    g_assert_cmpuint(side->runs->len, ==, 1);
    unit_pair_free(&pair);
}

/* Once the handshake is done, a RST refuses nothing. */
static void
test_completed(void)
{
    unit_pair_t pair = unit_pair_new();
    const ttr_side_t *side = &pair.work.sides[1];
    ttr_sighting_t *packet = unit_pair_send(&pair, 'a', 40000, DPORT, 5);

    packet->shape = pair.kernel;
    packet->seq = 77;
    unit_pair_answer(&pair, 40000, DPORT, TTR_TCP_SYN | TTR_TCP_ACK, 78);
    packet = unit_pair_send(&pair, 'x', 40000, DPORT, 5);
    packet->flags = TTR_TCP_ACK;
    packet->seq = 78;
    packet = unit_pair_send(&pair, 'x', 40000, DPORT, 5);
    packet->flags = TTR_TCP_RST | TTR_TCP_ACK;
    packet->seq = 78;
    unit_pair_find_runs(&pair);
    g_assert_true(side->packets[0]->is_completed);
    g_assert_cmpint(side->packets[1]->role, ==, TTR_PACKET_CONNECTION);
    g_assert_cmpint(side->packets[2]->role, ==, TTR_PACKET_RESET);
    g_assert_null(side->packets[2]->refused);
    unit_pair_free(&pair);
}

/* Port and seq of another run of tcptraceroute that ended early; the second has one of its own. */
static void
test_new_seq(void)
{
    unit_pair_t pair = unit_pair_new();

    for (uint8_t ttl = 1; ttl <= 3; ttl++)
        unit_pair_send_fixed(&pair, 'a', 40000, 0x11111111, ttl);
    for (uint8_t ttl = 1; ttl <= 2; ttl++)
        unit_pair_send_fixed(&pair, 'b', 40000, 0x22222222, ttl);
    unit_pair_expect(&pair, "a3 b2");
}

static void
test_many_flows(void)
{
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = MS / 10;
    for (uint32_t i = 0; i < 100000; i++) {
        for (uint8_t ttl = 1; ttl <= 2; ttl++)
            unit_pair_send(&pair, 'a', (uint16_t)(i * 40503), (uint16_t)(i >> 10), ttl);
    }
    unit_pair_find_runs(&pair);
    g_assert_cmpuint(pair.work.sides[1].runs->len, >, 0);
    unit_pair_free(&pair);
}

static void
test_many_single_flows(void)
{
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = MS / 10;
    for (uint32_t i = 0; i < 100000; i++)
        unit_pair_send(&pair, 'a', (uint16_t)(i * 40503), (uint16_t)(i >> 14), (uint8_t)(1 + i % 32));
    unit_pair_find_runs(&pair);
    g_assert_cmpuint(pair.work.sides[1].runs->len, >, 0);
    unit_pair_free(&pair);
}

static void
test_many_probes(void)
{
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = MS / 10;
    for (uint32_t i = 0; i < 1000000; i++)
        unit_pair_send(&pair, 'a', 40000, DPORT, (uint8_t)(1 + i % 32));
    unit_pair_expect(&pair, "a1000000");
}

/* Each answered, with the same numbers, and reset: no look-up may walk over those with equal numbers. */
static void
test_many_equal_numbers(void)
{
    unit_pair_t pair = unit_pair_new();

    pair.step_ns = MS / 10;
    for (uint32_t i = 0; i < 100000; i++) {
        ttr_sighting_t *reset;

        unit_pair_send_fixed(&pair, 'a', 40000, 77, (uint8_t)(1 + i % 32));
        unit_pair_answer(&pair, 40000, DPORT, TTR_TCP_SYN | TTR_TCP_ACK, 78);
        reset = unit_pair_send(&pair, 'x', 40000, DPORT, 64);
        reset->flags = TTR_TCP_RST;
        reset->seq = 78;
    }
    unit_pair_expect(&pair, "a100000");
}

typedef struct test_case {
    const char *name;
    void (*run)(void);
} test_case_t;

static const test_case_t cases[] = {
    {"two tools at once differ in their options", test_two_tools},
    {"two runs of one tool at once differ in their time stamps", test_two_runs},
    {"two runs at once of one flow differ in their seqs", test_two_runs_of_one_flow},
    {"five runs at once differ in their time stamps", test_five_at_once},
    {"five runs at once have a flow each", test_five_flows_at_once},
    {"a source port counts up, round after round", test_counter_up},
    {"a source port counts down", test_counter_down},
    {"a source port counter wraps", test_counter_wraps},
    {"a source port counter begins again", test_counter_again},
    {"target ports count", test_target_ports},
    {"two runs at once have a port counter each", test_two_counters},
    {"a run goes on above the limit for candidates", test_high_ttls},
    {"ordinary TTLs join no run", test_no_high_ttls},
    {"a slow sender makes no new run with each probe", test_slow_sender},
    {"a silence ends a run", test_silence},
    {"a stateless tool sends its TTLs in random order, with pauses", test_random_order},
    {"a tool changes its windows", test_changing_windows},
    {"a kernel chooses between two windows", test_kernel_windows},
    {"two tools have a window each", test_windows_of_two_tools},
    {"a kernel repeats its SYNs with fewer options", test_repeated_syns},
    {"a tool repeats its probes to the letter", test_repeated_probes},
    {"connections that probes opened go on", test_connect},
    {"a half-open connection is reset", test_half_open},
    {"a completed connection is reset", test_completed},
    {"a second run of one flow has another seq", test_new_seq},
    {"100,000 flows with two TTLs each", test_many_flows},
    {"100,000 flows with one probe each", test_many_single_flows},
    {"a million probes of one flow", test_many_probes},
    {"100,000 connections with equal numbers", test_many_equal_numbers},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *path = g_strdup_printf("/runs/%s", cases[i].name);

        g_test_add_func(path, cases[i].run);
        g_free(path);
    }
    return g_test_run();
}
