/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * schedule.h and pacer.h for one target: how long a trace takes, how many probes it sends, and the rules that it must
 * not break on the way.
 */
#include "fake_rules.h"
#include "fake_settings.h"

#define GAP_NS (FAKE_MS / 5)

enum {
    WINDOW = 16,
    AHEAD_OF_TURN = 2,          /* probes with the last TTL */
    PROBES_MAX = 60             /* where 12 hops answer */
};

typedef struct path_case {
    const char *name;
    int routers;                /* before the last node */
    fake_role_t end;
    int64_t router_rtt_ns;      /* more per hop; 0: even steps up to rtt_ns */
    int64_t rtt_ns;             /* of the last node */
    const char *silent;         /* TTLs of silent routers: " 4 7 8 " */
    int64_t limit_ns;           /* the trace takes no longer */
    uint32_t answers;           /* that come */
    uint8_t highest_ttl;        /* that is probed at most, but for the one probe or two ahead of their turn */
    schedule_config_t change;   /* of the settings, where not 0 */
    int step_ttl;               /* from here on all are slower */
    int64_t step_ns;
    int64_t beyond_ns;          /* what the last node says of unreachable hosts takes so much longer */
} path_case_t;

#define SILENT_19 " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 "

static const path_case_t cases[] = {
    {"all_hops_of_12_answer", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 77 * FAKE_MS, 36, 16, {0}, 0, 0, 0},
    {"hops_4_7_8_are_silent", 11, FAKE_OPEN, 4 * FAKE_MS, 60 * FAKE_MS, " 4 7 8 ", 180 * FAKE_MS, 27, 16, {0}, 0, 0, 0},
    {"target_is_silent", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 1500 * FAKE_MS, 33, 19, {0}, 0, 0, 0},
    {"target_is_silent_30_hops_probed", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 1500 * FAKE_MS, 33, 30,
     {.gap_limit = 30}, 0, 0, 0},
    {"target_rejects", 11, FAKE_REJECTING, 0, 60 * FAKE_MS, "", 85 * FAKE_MS, 36, 16, {0}, 0, 0, 0},
    {"a_router_lets_nothing_pass", 7, FAKE_WALL, 0, 40 * FAKE_MS, "", 75 * FAKE_MS, 27, 16, {0}, 0, 0, 0},
    {"target_is_next_to_us", 0, FAKE_OPEN, 0, FAKE_MS, "", 10 * FAKE_MS, 3, 16, {0}, 0, 0, 0},
    {"one_router", 1, FAKE_OPEN, 0, 10 * FAKE_MS, "", 25 * FAKE_MS, 6, 16, {0}, 0, 0, 0},
    {"path_of_30_hops", 29, FAKE_OPEN, 0, 150 * FAKE_MS, "", 500 * FAKE_MS, 90, 30, {0}, 0, 0, 0},
    {"path_longer_than_the_last_ttl", 39, FAKE_OPEN, 0, 200 * FAKE_MS, "", 500 * FAKE_MS, 90, 30, {0}, 0, 0, 0},
    {"last_ttl_is_the_targets", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 85 * FAKE_MS, 36, 12, {.last_ttl = 12}, 0, 0, 0},
    {"last_ttl_before_the_target", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 130 * FAKE_MS, 15, 5, {.last_ttl = 5}, 0, 0, 0},
    {"one_ttl", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 50 * FAKE_MS, 3, 3, {.first_ttl = 3, .last_ttl = 3}, 0, 0, 0},
    {"first_ttl_is_beyond_the_target", 4, FAKE_OPEN, 0, 20 * FAKE_MS, "", 50 * FAKE_MS, 3, 25,
     {.first_ttl = 10}, 0, 0, 0},
    {"one_probe_a_hop", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 70 * FAKE_MS, 12, 16, {.probes = 1}, 0, 0, 0},
    {"last_ttl_255", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 2500 * FAKE_MS, 33, 255,
     {.last_ttl = 255, .gap_limit = 255}, 0, 0, 0},
    {"gap_limit_of_one", 3, FAKE_DEAF, 0, 20 * FAKE_MS, "", 1500 * FAKE_MS, 9, 16, {.gap_limit = 1}, 0, 0, 0},
    {"nobody_answers", 11, FAKE_DEAF, 0, 60 * FAKE_MS, " 1 2 3 4 5 6 7 8 9 10 11 ", 1500 * FAKE_MS, 0, 16, {0}, 0, 0, 0},
    {"short_time_out", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 400 * FAKE_MS, 33, 19, {.timeout_ns = 50 * FAKE_MS}, 0, 0, 0},
    {"hop_9_to_20_silent_within_the_gap_limit", 29, FAKE_OPEN, 0, 150 * FAKE_MS,
     " 9 10 11 12 13 14 15 16 17 18 19 20 ", 800 * FAKE_MS, 54, 30, {.gap_limit = 13}, 0, 0, 0},
    {"hop_9_to_20_silent_beyond_the_gap_limit", 29, FAKE_OPEN, 0, 150 * FAKE_MS,
     " 9 10 11 12 13 14 15 16 17 18 19 20 ", 800 * FAKE_MS, 54, 30, {0}, 0, 0, 0},
    {"19_silent_routers_before_an_open_port", 19, FAKE_OPEN, 0, 100 * FAKE_MS, SILENT_19, 800 * FAKE_MS, 3, 30, {0}, 0, 0, 0},
    {"19_silent_routers_before_a_target_that_rejects", 19, FAKE_REJECTING, 0, 100 * FAKE_MS, SILENT_19, 800 * FAKE_MS, 2,
     30, {0}, 0, 0, 0},
    /* a slow link behind near hops */
    {"step_of_300_ms_at_hop_2", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 450 * FAKE_MS, 36, 19, {0}, 2, 300 * FAKE_MS, 0},
    {"step_of_600_ms_at_hop_2", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 750 * FAKE_MS, 36, 19, {0}, 2, 600 * FAKE_MS, 0},
    {"step_of_1240_ms_at_hop_2", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 1400 * FAKE_MS, 36, 19, {0}, 2,
     1240 * FAKE_MS, 0},
    {"step_of_300_ms_at_hop_4", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 450 * FAKE_MS, 36, 19, {0}, 4, 300 * FAKE_MS, 0},
    {"step_of_600_ms_at_hop_4", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 750 * FAKE_MS, 36, 19, {0}, 4, 600 * FAKE_MS, 0},
    {"step_of_1240_ms_at_hop_4", 11, FAKE_OPEN, FAKE_MS / 2, 6 * FAKE_MS, "", 1400 * FAKE_MS, 36, 19, {0}, 4,
     1240 * FAKE_MS, 0},
    {"target_400_ms_slower_than_its_last_router", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 520 * FAKE_MS, 36, 19, {0}, 12,
     400 * FAKE_MS, 0},
    {"target_860_ms_slower_than_its_last_router", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 980 * FAKE_MS, 36, 19, {0}, 12,
     860 * FAKE_MS, 0},
    {"host_that_is_not_there", 10, FAKE_WALL, 0, 55 * FAKE_MS, "", 3600 * FAKE_MS, 36, 19,
     {.timeout_ns = 5 * FAKE_SECOND}, 0, 0, 3100 * FAKE_MS},
};

static void
build(const path_case_t *test, fake_net_t *net)
{
    fake_net_chain(net, FAKE_NOWHERE, test->routers, test->end, test->rtt_ns);
    for (int i = 0; i < test->routers; i++) {
        g_autofree char *word = g_strdup_printf(" %d ", i + 1);

        net->nodes[i].is_silent = strstr(test->silent, word) != NULL;
        if (test->router_rtt_ns != 0)
            net->nodes[i].rtt_ns = test->router_rtt_ns * (i + 1);
    }
    for (int i = test->step_ttl - 1; i >= 0 && i <= test->routers; i++)
        net->nodes[i].rtt_ns += test->step_ns;
    net->nodes[test->routers].beyond_ns = test->beyond_ns;
    fake_net_limit_all(net);
    net->nodes[test->routers].is_limited = false;
}

/* But for the last TTL, which is asked ahead of its turn. */
static uint8_t
highest_ttl(const fake_run_t *run, const schedule_config_t *config)
{
    uint8_t highest = 0;

    for (guint i = 0; i < run->sent->len; i++) {
        if (fake_run_sent(run, i)->ttl != config->last_ttl)
            highest = MAX(highest, fake_run_sent(run, i)->ttl);
    }
    return fake_run_count(run, config->last_ttl) > AHEAD_OF_TURN ? config->last_ttl : highest;
}

/* Beyond the gap limit and the first 16 hops each gets one probe at most; with a small gap limit each of the 16, too. */
static void
check_gap(const fake_run_t *run, const schedule_config_t *config, uint8_t end)
{
    int highest = config->first_ttl - 1;

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->fate.is_answered && sent->fate.kind == SCHEDULE_ROUTER)
            highest = MAX(highest, sent->ttl);
    }
    for (int ttl = highest + (int)config->gap_limit + 1; end == 0 && ttl < config->last_ttl; ttl++) {
        if (ttl >= config->first_ttl + WINDOW || config->gap_limit < WINDOW / 2)
            g_assert_cmpuint(fake_run_count(run, (uint8_t)ttl), <=, 1);
    }
}

/* Answers to probes of hops up to the end of the path; what went beyond was sent before that was known. One to a last
 * question comes on top. */
static uint32_t
count_answers(const fake_run_t *run, uint8_t end, uint32_t probes)
{
    uint32_t counts[256] = {0};
    uint32_t count = 0;

    for (guint i = 0; i < run->sent->len; i++)
        counts[fake_run_sent(run, i)->ttl] += fake_run_sent(run, i)->fate.is_answered;
    for (int ttl = 0; ttl < 256; ttl++)
        count += end == 0 || ttl <= end ? MIN(counts[ttl], probes) : 0;
    return count;
}

/* One schedule in a network of its own. */
typedef struct bench {
    schedule_config_t config;
    fake_net_t *net;            /* owned, as all that follows */
    fake_run_t *run;
    pacer_t *pacer;
    schedule_t *schedule;
    fake_driver_t driver;
} bench_t;

/* `change`: see fake_settings(). The caller frees it with bench_free(). */
static bench_t *
bench_new(const schedule_config_t *change, uint32_t seed)
{
    bench_t *bench = g_new(bench_t, 1);

    bench->config = fake_settings(change);
    bench->net = fake_net_new(seed);
    bench->run = fake_run_new(bench->net);
    bench->pacer = pacer_new(GAP_NS);
    bench->schedule = schedule_new(&bench->config, bench->pacer, bench->run->now_ns);
    bench->driver = fake_run_schedule(bench->schedule, 0);
    return bench;
}

static void
bench_free(bench_t *bench)
{
    schedule_free(bench->schedule);
    pacer_free(bench->pacer);
    fake_run_free(bench->run);
    fake_net_free(bench->net);
    g_free(bench);
}

static void
test_path(gconstpointer data)
{
    const path_case_t *test = data;
    bench_t *bench = bench_new(&test->change, 1);
    int64_t took;

    build(test, bench->net);
    fake_run_add(bench->run, &bench->driver);
    took = fake_run_go(bench->run);
    g_test_message("%s: %.1f ms, %u probes", test->name, (double)took / FAKE_MS, bench->run->sent->len);
    fake_rules_check(bench->run, &bench->config, GAP_NS);
    fake_rules_check_ports(bench->run);
    check_gap(bench->run, &bench->config, schedule_end(bench->schedule));
    g_assert_cmpint(took, <=, test->limit_ns);
    g_assert_cmpuint(fake_run_limited(bench->run), ==, 0);
    g_assert_cmpuint(count_answers(bench->run, schedule_end(bench->schedule), bench->config.probes), ==, test->answers);
    g_assert_cmpuint(highest_ttl(bench->run, &bench->config), <=, test->highest_ttl);
    if (test->answers == 36 && test->step_ns == 0 && test->beyond_ns == 0)
        g_assert_cmpuint(bench->run->sent->len, <=, PROBES_MAX);
    bench_free(bench);
}

/* A late loop, lost packets, jitter: slower, but by the same rules, and every hop gets its probes. */
static void
test_bad_network(void)
{
    for (uint32_t seed = 0; seed < 200; seed++) {
        bench_t *bench = bench_new(&(schedule_config_t){0}, seed);

        fake_net_chain(bench->net, FAKE_NOWHERE, (int)(seed % 28), seed % 3 == 0 ? FAKE_DEAF : FAKE_OPEN, 80 * FAKE_MS);
        fake_net_limit_all(bench->net);
        bench->net->loss = 0.3;
        bench->net->jitter_ns = 20 * FAKE_MS;
        bench->run->late_ns = 100000 * (int64_t)(seed % 7);
        fake_run_add(bench->run, &bench->driver);
        fake_run_go(bench->run);
        fake_rules_check(bench->run, &bench->config, GAP_NS);
        for (uint8_t ttl = 1; ttl <= schedule_end(bench->schedule); ttl++)
            g_assert_cmpuint(fake_run_count(bench->run, ttl), ==, 3);
        bench_free(bench);
    }
}

/* Answers that fit no probe: whatever they say, the schedule goes on, and ends. */
static void
test_foreign_answers(void)
{
    pacer_t *pacer = pacer_new(0);
    schedule_config_t config = fake_settings(&(schedule_config_t){.first_ttl = 3, .last_ttl = 9});
    schedule_t *schedule = schedule_new(&config, pacer, 0);
    schedule_answer_t answer = {.kind = SCHEDULE_TARGET, .rtt_ns = 1};

    for (int ttl = 0; ttl < 256; ttl++) {
        answer.ttl = (uint8_t)ttl;
        if (ttl < 3 || ttl > 9)
            schedule_answered(schedule, &answer);
    }
    g_assert_cmpuint(schedule_end(schedule), ==, 0);
    answer.ttl = 5;
    answer.rtt_ns = -1;         /* a clock that was set back: taken for the shortest there is */
    schedule_answered(schedule, &answer);
    g_assert_cmpuint(schedule_end(schedule), ==, 5);
    answer.ttl = 7;
    schedule_answered(schedule, &answer);
    g_assert_cmpuint(schedule_end(schedule), ==, 5);
    g_assert_cmpint(schedule_timeout(schedule, 5), ==, 50 * FAKE_MS);
    schedule_free(schedule);
    pacer_free(pacer);
}

/* The words of schedule.h. An answer bounds what is before it, and nothing behind. */
static void
test_timeout(void)
{
    pacer_t *pacer = pacer_new(0);
    schedule_config_t config = fake_settings(&(schedule_config_t){.timeout_ns = 2 * FAKE_SECOND});
    schedule_t *schedule = schedule_new(&config, pacer, 0);
    schedule_answer_t answer = {.kind = SCHEDULE_ROUTER, .ttl = 4, .rtt_ns = 40 * FAKE_MS};

    g_assert_cmpint(schedule_timeout(schedule, 1), ==, 2 * FAKE_SECOND);
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 1), ==, 90 * FAKE_MS);   /* 40 and 50 of slack */
    g_assert_cmpint(schedule_timeout(schedule, 4), ==, 120 * FAKE_MS);  /* 3 times its own */
    g_assert_cmpint(schedule_timeout(schedule, 5), ==, 2 * FAKE_SECOND);
    answer.ttl = 8;
    answer.rtt_ns = 400 * FAKE_MS;
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 4), ==, 120 * FAKE_MS);
    g_assert_cmpint(schedule_timeout(schedule, 5), ==, 500 * FAKE_MS);  /* 400 and a quarter of it */
    g_assert_cmpint(schedule_timeout(schedule, 8), ==, 1200 * FAKE_MS);
    g_assert_cmpint(schedule_timeout(schedule, 9), ==, 2 * FAKE_SECOND);
    answer.ttl = 9;
    answer.rtt_ns = 3 * FAKE_SECOND;
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 9), ==, 3750 * FAKE_MS); /* the time-out is too short, as is seen */
    g_assert_cmpint(schedule_timeout(schedule, 30), ==, 2 * FAKE_SECOND);
    schedule_free(schedule);
    pacer_free(pacer);
}

static int64_t
time_with_loss(double loss, uint32_t seed)
{
    bench_t *bench = bench_new(&(schedule_config_t){0}, seed);
    int64_t took;

    fake_net_chain(bench->net, FAKE_NOWHERE, 11, FAKE_OPEN, 60 * FAKE_MS);
    bench->net->loss = loss;
    fake_run_add(bench->run, &bench->driver);
    took = fake_run_go(bench->run);
    fake_rules_check(bench->run, &bench->config, GAP_NS);
    fake_rules_check_ports(bench->run);
    bench_free(bench);
    return took;
}

/* Of 200 traces that lose one probe in 20, all but those that lose all three of the target. */
static void
test_loss(void)
{
    int64_t whole = time_with_loss(0, 1);
    int64_t most = 0;
    int64_t sum = 0;

    for (uint32_t seed = 1; seed <= 200; seed++) {
        int64_t took = time_with_loss(0.05, seed);

        most = MAX(most, took);
        sum += took;
    }
    g_test_message("%.1f ms without loss; with 5 %% %.1f ms at the mean, %.1f ms at most", (double)whole / FAKE_MS,
                   (double)sum / 200 / FAKE_MS, (double)most / FAKE_MS);
    g_assert_cmpint(most - whole, <, 300 * FAKE_MS);
}

/* Routers 5 and 6 send packets to each other. In a second round they have no more than they answer in a second. */
static void
test_loop(void)
{
    static const double limits_s[] = {0, 0.15, 3.2};

    for (uint32_t rounds = 1; rounds <= 2; rounds++) {
        bench_t *bench = bench_new(&(schedule_config_t){.rounds = rounds}, 1);
        int64_t took;

        fake_net_chain(bench->net, FAKE_NOWHERE, 5, FAKE_ROUTER, 30 * FAKE_MS);
        fake_net_link(bench->net, 5, 4);
        fake_net_limit_all(bench->net);
        fake_run_add(bench->run, &bench->driver);
        took = fake_run_go(bench->run);
        fake_rules_check_pace(bench->run, GAP_NS);
        g_test_message("%u rounds: %.1f ms, %u probes", rounds, (double)took / FAKE_MS, bench->run->sent->len);
        g_assert_true(schedule_is_loop(bench->schedule));
        g_assert_cmpuint(schedule_end(bench->schedule), ==, 10);
        for (uint8_t ttl = 1; ttl <= 4; ttl++)
            g_assert_cmpuint(fake_run_count(bench->run, ttl), ==, 3 * rounds);
        g_assert_cmpfloat((double)took / FAKE_SECOND, <=, limits_s[rounds]);
        bench_free(bench);
    }
}

typedef struct strict_case {
    const char *name;
    int routers;
    fake_role_t end;
    int burst;
    uint8_t end_ttl;            /* where the path ends */
    double limit_s;
} strict_case_t;

static const strict_case_t strict[] = {
    {"a_wall_that_answers_once_a_second", 7, FAKE_WALL, 1, 9, 1.5},
    {"a_wall_that_answers_twice_at_once", 7, FAKE_WALL, 2, 9, 0.3},
    {"a_near_wall_that_answers_once_a_second", 0, FAKE_WALL, 1, 2, 1.5},
    {"target_rejects_once_a_second", 7, FAKE_REJECTING, 1, 8, 0.3},
};

/* The hop that ends the path shows its mark however seldom it answers. */
static void
test_strict(gconstpointer data)
{
    const strict_case_t *test = data;
    bench_t *bench = bench_new(&(schedule_config_t){0}, 1);
    int64_t took;

    fake_net_chain(bench->net, FAKE_NOWHERE, test->routers, test->end, 40 * FAKE_MS);
    fake_net_limit_all(bench->net);
    for (int i = 0; i <= test->routers; i++) {
        bench->net->nodes[i].burst = test->burst;
        bench->net->nodes[i].credit_ns = test->burst * FAKE_SECOND;
    }
    fake_run_add(bench->run, &bench->driver);
    took = fake_run_go(bench->run);
    g_test_message("%s: %.1f ms, %u probes", test->name, (double)took / FAKE_MS, bench->run->sent->len);
    fake_rules_check(bench->run, &bench->config, GAP_NS);
    g_assert_cmpuint(schedule_end(bench->schedule), ==, test->end_ttl);
    g_assert_cmpfloat((double)took / FAKE_SECOND, <=, test->limit_s);
    bench_free(bench);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/schedule/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_path);
    }
    g_test_add_func("/schedule/rules_hold_with_loss_and_jitter", test_bad_network);
    g_test_add_func("/schedule/answers_that_fit_no_probe", test_foreign_answers);
    for (size_t i = 0; i < G_N_ELEMENTS(strict); i++) {
        g_autofree char *path = g_strdup_printf("/schedule/strict/%s", strict[i].name);

        g_test_add_data_func(path, &strict[i], test_strict);
    }
    g_test_add_func("/schedule/an_answer_bounds_what_is_before_it", test_timeout);
    g_test_add_func("/schedule/loss_costs_little", test_loss);
    g_test_add_func("/schedule/a_loop_ends_the_trace", test_loop);
    return g_test_run();
}
