/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rounds: when they begin, what is remembered from one to the next, targets that move, answers that come a round late.
 */
#include "fake_rules.h"
#include "fake_settings.h"

#define GAP_NS (FAKE_MS / 5)

enum { ROUNDS_MAX = 64 };

typedef struct trace {
    schedule_config_t config;
    fake_net_t *net;
    fake_run_t *run;
    pacer_t *pacer;
    schedule_t *schedule;
} trace_t;

static trace_t
trace_new(const schedule_config_t *change)
{
    trace_t trace = {.config = fake_settings(change), .net = fake_net_new(11), .pacer = pacer_new(GAP_NS)};
    fake_driver_t driver;

    trace.run = fake_run_new(trace.net);
    trace.schedule = schedule_new(&trace.config, trace.pacer, trace.run->now_ns);
    driver = fake_run_schedule(trace.schedule, 0);
    fake_run_add(trace.run, &driver);
    return trace;
}

static void
trace_free(trace_t *trace)
{
    schedule_free(trace->schedule);
    pacer_free(trace->pacer);
    fake_run_free(trace->run);
    fake_net_free(trace->net);
}

/* When each round's first probe went out; returns how many rounds there were. */
static uint32_t
find_starts(const fake_run_t *run, int64_t starts[ROUNDS_MAX])
{
    uint32_t rounds = 0;

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->round < rounds)
            continue;
        g_assert_cmpuint(sent->round, ==, rounds);
        g_assert_cmpuint(rounds, <, ROUNDS_MAX);
        starts[rounds++] = sent->time_ns;
    }
    return rounds;
}

static uint32_t
count_in_round(const fake_run_t *run, uint32_t round, uint8_t from_ttl)
{
    uint32_t count = 0;

    for (guint i = 0; i < run->sent->len; i++)
        count += fake_run_sent(run, i)->round == round && fake_run_sent(run, i)->ttl >= from_ttl;
    return count;
}

static void
test_interval(void)
{
    trace_t trace = trace_new(&(schedule_config_t){.rounds = 20, .probes = 1, .interval_ns = 3 * FAKE_SECOND / 2});
    int64_t starts[ROUNDS_MAX];

    fake_net_chain(trace.net, FAKE_NOWHERE, 9, FAKE_OPEN, 50 * FAKE_MS);
    fake_net_limit_all(trace.net);
    fake_run_go(trace.run);
    fake_rules_check(trace.run, &trace.config, GAP_NS);
    g_assert_cmpuint(find_starts(trace.run, starts), ==, 20);
    for (int i = 1; i < 20; i++) {
        g_assert_cmpint(starts[i] - starts[0], >=, i * trace.config.interval_ns);
        g_assert_cmpint(starts[i] - starts[0], <, i * trace.config.interval_ns + FAKE_MS);
        g_assert_cmpuint(count_in_round(trace.run, (uint32_t)i, 1), ==, 10);
    }
    g_assert_cmpuint(fake_run_limited(trace.run), ==, 0);
    trace_free(&trace);
}

/* A round is not cut short: the next begins when the last answer is there or its time is over. */
static void
test_round_longer_than_interval(void)
{
    trace_t trace = trace_new(&(schedule_config_t){.rounds = 4, .interval_ns = FAKE_SECOND / 10});
    int64_t starts[ROUNDS_MAX];

    fake_net_chain(trace.net, FAKE_NOWHERE, 9, FAKE_OPEN, 400 * FAKE_MS);
    fake_run_go(trace.run);
    fake_rules_check(trace.run, &trace.config, GAP_NS);
    g_assert_cmpuint(find_starts(trace.run, starts), ==, 4);
    for (uint32_t i = 1; i < 4; i++) {
        g_assert_cmpint(starts[i] - starts[i - 1], >=, 400 * FAKE_MS);
        g_assert_cmpuint(count_in_round(trace.run, i, 1), ==, 30);
    }
    trace_free(&trace);
}

static void
test_until_stopped(void)
{
    trace_t trace = trace_new(&(schedule_config_t){.probes = 1});
    schedule_t *schedule;
    fake_driver_t driver;

    trace.config.rounds = 0;
    schedule = schedule_new(&trace.config, trace.pacer, trace.run->now_ns);
    driver = fake_run_schedule(schedule, 0);
    g_array_set_size(trace.run->drivers, 0);
    fake_run_add(trace.run, &driver);
    fake_net_chain(trace.net, FAKE_NOWHERE, 9, FAKE_OPEN, 50 * FAKE_MS);
    trace.run->stop_ns = trace.run->now_ns + 300 * FAKE_SECOND;
    fake_run_go(trace.run);
    g_assert_false(fake_run_driver(trace.run, 0)->is_done);
    g_assert_cmpuint(fake_run_count(trace.run, 1), ==, 300);
    schedule_free(schedule);
    trace_free(&trace);
}

/* The button "next round". */
static void
test_hurry(void)
{
    trace_t trace = trace_new(&(schedule_config_t){.rounds = 3, .interval_ns = 1000 * FAKE_SECOND});
    int64_t begin = trace.run->now_ns;
    int64_t starts[ROUNDS_MAX];

    fake_net_chain(trace.net, FAKE_NOWHERE, 3, FAKE_OPEN, 20 * FAKE_MS);
    for (int i = 1; i <= 2; i++) {
        trace.run->stop_ns = begin + i * 10 * FAKE_SECOND;
        trace.run->now_ns = begin + (i - 1) * 10 * FAKE_SECOND;
        fake_run_go(trace.run);
        trace.run->now_ns = trace.run->stop_ns;     /* the wait for the next round went beyond it */
        schedule_hurry(trace.schedule);
    }
    trace.run->stop_ns = begin + 30 * FAKE_SECOND;
    fake_run_go(trace.run);
    g_assert_cmpuint(find_starts(trace.run, starts), ==, 3);
    g_assert_cmpint(starts[1], ==, begin + 10 * FAKE_SECOND);
    g_assert_cmpint(starts[2], ==, begin + 20 * FAKE_SECOND);
    g_assert_true(fake_run_driver(trace.run, 0)->is_done);
    trace_free(&trace);
}

/* From one path to another, as soon as so many answers have come. */
static void
move_target(fake_run_t *run)
{
    if (run->answered_count == 100)
        g_array_index(run->drivers, fake_driver_t, 0).first = 30;
}

typedef struct move_case {
    const char *name;
    int before;                 /* routers before the target */
    int after;
    fake_role_t end_after;
    uint8_t end;                /* TTL that is known at last; 0: none */
} move_case_t;

static const move_case_t moves[] = {
    {"nearer", 11, 7, FAKE_OPEN, 8},
    {"farther", 7, 11, FAKE_OPEN, 12},
    {"much_farther", 3, 27, FAKE_OPEN, 28},
    {"next_door", 11, 0, FAKE_OPEN, 1},
    {"falls_silent", 7, 7, FAKE_DEAF, 0},
    {"is_fenced_off", 11, 5, FAKE_WALL, 7},
};

static void
test_move(gconstpointer data)
{
    const move_case_t *test = data;
    trace_t trace = trace_new(&(schedule_config_t){.rounds = 12});

    fake_net_chain(trace.net, FAKE_NOWHERE, test->before, FAKE_OPEN, 60 * FAKE_MS);
    while (trace.net->count < 30)
        fake_net_add(trace.net, FAKE_ROUTER, 0);
    fake_net_chain(trace.net, FAKE_NOWHERE, test->after, test->end_after, 50 * FAKE_MS);
    trace.run->watch = move_target;
    fake_run_go(trace.run);
    fake_rules_check_pace(trace.run, GAP_NS);
    fake_rules_check_bounds(trace.run, &trace.config);
    g_assert_cmpuint(schedule_end(trace.schedule), ==, test->end);
    if (test->end != 0)
        g_assert_cmpuint(count_in_round(trace.run, 11, 1), ==, 3u * test->end);
    else
        g_assert_cmpuint(count_in_round(trace.run, 11, (uint8_t)(test->after + 2)), >, 0);
    trace_free(&trace);
}

/* Answers that take longer than anybody waits for come in the next round, and are none of its own. */
static void
test_late_answers(void)
{
    trace_t trace = trace_new(&(schedule_config_t){.rounds = 6, .timeout_ns = 50 * FAKE_MS});

    fake_net_chain(trace.net, FAKE_NOWHERE, 5, FAKE_OPEN, 60 * FAKE_MS);
    for (int node = 2; node < 6; node++)
        trace.net->nodes[node].rtt_ns = 2500 * FAKE_MS;
    fake_run_go(trace.run);
    fake_rules_check_pace(trace.run, GAP_NS);
    fake_rules_check_patience(trace.run, &trace.config);
    for (uint32_t round = 0; round < 6; round++) {
        for (uint8_t ttl = 1; ttl <= 6; ttl++) {
            g_assert_cmpuint(count_in_round(trace.run, round, ttl) -
                             count_in_round(trace.run, round, (uint8_t)(ttl + 1)), ==, 3);
        }
    }
    g_assert_cmpuint(schedule_end(trace.schedule), ==, 6);
    trace_free(&trace);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rounds/begin_an_interval_apart", test_interval);
    g_test_add_func("/rounds/are_not_cut_short", test_round_longer_than_interval);
    g_test_add_func("/rounds/go_on_until_stopped", test_until_stopped);
    g_test_add_func("/rounds/can_be_hurried", test_hurry);
    g_test_add_func("/rounds/late_answers_are_none_of_the_next_round", test_late_answers);
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        g_autofree char *path = g_strdup_printf("/rounds/target_moves/%s", moves[i].name);

        g_test_add_data_func(path, &moves[i], test_move);
    }
    return g_test_run();
}
