/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * schedule.h and pacer.h for one target: how long a trace takes, how many probes it sends, and the rules that it must
 * not break on the way.
 */
#include "fake_rules.h"
#include "fake_settings.h"

#define GAP_NS (FAKE_MS / 5)

typedef struct path_case {
    const char *name;
    int routers;                /* before the last node */
    fake_role_t end;
    int64_t router_rtt_ns;      /* more per hop; 0: even steps up to rtt_ns */
    int64_t rtt_ns;             /* of the last node */
    const char *silent;         /* TTLs of silent routers: " 4 7 8 " */
    int64_t limit_ns;           /* the trace takes no longer */
    uint32_t answers;           /* that come */
    uint8_t highest_ttl;        /* that is probed at most */
    schedule_config_t change;   /* of the settings, where not 0 */
} path_case_t;

static const path_case_t cases[] = {
    {"all_hops_of_12_answer", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 120 * FAKE_MS, 36, 16, {0}},
    {"hops_4_7_8_are_silent", 11, FAKE_OPEN, 4 * FAKE_MS, 60 * FAKE_MS, " 4 7 8 ", 400 * FAKE_MS, 27, 16, {0}},
    {"target_is_silent", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 1500 * FAKE_MS, 33, 19, {0}},
    {"target_is_silent_30_hops_probed", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 1500 * FAKE_MS, 33, 30,
     {.gap_limit = 30}},
    {"target_rejects", 11, FAKE_REJECTING, 0, 60 * FAKE_MS, "", 130 * FAKE_MS, 36, 16, {0}},
    {"a_router_lets_nothing_pass", 7, FAKE_WALL, 0, 40 * FAKE_MS, "", 100 * FAKE_MS, 27, 16, {0}},
    {"target_is_next_to_us", 0, FAKE_OPEN, 0, FAKE_MS, "", 10 * FAKE_MS, 3, 16, {0}},
    {"one_router", 1, FAKE_OPEN, 0, 10 * FAKE_MS, "", 25 * FAKE_MS, 6, 16, {0}},
    {"path_of_30_hops", 29, FAKE_OPEN, 0, 150 * FAKE_MS, "", 600 * FAKE_MS, 90, 30, {0}},
    {"path_longer_than_the_last_ttl", 39, FAKE_OPEN, 0, 200 * FAKE_MS, "", 800 * FAKE_MS, 90, 30, {0}},
    {"last_ttl_is_the_targets", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 130 * FAKE_MS, 36, 12, {.last_ttl = 12}},
    {"last_ttl_before_the_target", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 130 * FAKE_MS, 15, 5, {.last_ttl = 5}},
    {"one_ttl", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 50 * FAKE_MS, 3, 3, {.first_ttl = 3, .last_ttl = 3}},
    {"first_ttl_is_beyond_the_target", 4, FAKE_OPEN, 0, 20 * FAKE_MS, "", 50 * FAKE_MS, 3, 25,
     {.first_ttl = 10}},
    {"one_probe_a_hop", 11, FAKE_OPEN, 0, 60 * FAKE_MS, "", 70 * FAKE_MS, 12, 16, {.probes = 1}},
    {"last_ttl_255", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 2500 * FAKE_MS, 33, 255,
     {.last_ttl = 255, .gap_limit = 255}},
    {"gap_limit_of_one", 3, FAKE_DEAF, 0, 20 * FAKE_MS, "", 400 * FAKE_MS, 9, 16, {.gap_limit = 1}},
    {"nobody_answers", 11, FAKE_DEAF, 0, 60 * FAKE_MS, " 1 2 3 4 5 6 7 8 9 10 11 ", 1700 * FAKE_MS, 0, 16, {0}},
    {"short_time_out", 11, FAKE_DEAF, 0, 60 * FAKE_MS, "", 800 * FAKE_MS, 33, 19, {.timeout_ns = 50 * FAKE_MS}},
    {"hop_9_to_20_silent_within_the_gap_limit", 29, FAKE_OPEN, 0, 150 * FAKE_MS,
     " 9 10 11 12 13 14 15 16 17 18 19 20 ", 2500 * FAKE_MS, 54, 30, {.gap_limit = 13}},
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
    fake_net_limit_all(net);
    net->nodes[test->routers].is_limited = false;
}

static uint8_t
highest_ttl(const fake_run_t *run)
{
    uint8_t highest = 0;

    for (guint i = 0; i < run->sent->len; i++)
        highest = MAX(highest, fake_run_sent(run, i)->ttl);
    return highest;
}

/* Beyond the gap limit hops get one probe each, those of the window that was sent before anything was known. */
static void
check_gap(const fake_run_t *run, const schedule_config_t *config, uint8_t end)
{
    int highest = config->first_ttl - 1;

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->fate.is_answered && sent->fate.kind == SCHEDULE_ROUTER)
            highest = MAX(highest, sent->ttl);
    }
    for (int ttl = highest + (int)config->gap_limit + 1; end == 0 && ttl <= config->last_ttl; ttl++)
        g_assert_cmpuint(fake_run_count(run, (uint8_t)ttl), <=, 1);
}

/* Answers to probes of hops up to the end of the path; what went beyond was sent before that was known. */
static uint32_t
count_answers(const fake_run_t *run, uint8_t end)
{
    uint32_t count = 0;

    for (guint i = 0; i < run->sent->len; i++)
        count += fake_run_sent(run, i)->fate.is_answered && (end == 0 || fake_run_sent(run, i)->ttl <= end);
    return count;
}

static void
test_path(gconstpointer data)
{
    const path_case_t *test = data;
    schedule_config_t config = fake_settings(&test->change);
    fake_net_t *net = fake_net_new(1);
    fake_run_t *run = fake_run_new(net);
    pacer_t *pacer = pacer_new(GAP_NS);
    schedule_t *schedule = schedule_new(&config, pacer, run->now_ns);
    fake_driver_t driver = fake_run_schedule(schedule, 0);
    int64_t took;

    build(test, net);
    fake_run_add(run, &driver);
    took = fake_run_go(run);
    g_test_message("%s: %.1f ms, %u probes", test->name, (double)took / FAKE_MS, run->sent->len);
    fake_rules_check(run, &config, GAP_NS);
    check_gap(run, &config, schedule_end(schedule));
    g_assert_cmpint(took, <=, test->limit_ns);
    g_assert_cmpuint(fake_run_limited(run), ==, 0);
    g_assert_cmpuint(count_answers(run, schedule_end(schedule)), ==, test->answers);
    g_assert_cmpuint(highest_ttl(run), <=, test->highest_ttl);
    schedule_free(schedule);
    pacer_free(pacer);
    fake_run_free(run);
    fake_net_free(net);
}

/* A late loop, lost packets, jitter: slower, but by the same rules, and every hop gets its probes. */
static void
test_bad_network(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){0});

    for (uint32_t seed = 0; seed < 200; seed++) {
        fake_net_t *net = fake_net_new(seed);
        fake_run_t *run = fake_run_new(net);
        pacer_t *pacer = pacer_new(GAP_NS);
        schedule_t *schedule = schedule_new(&config, pacer, run->now_ns);
        fake_driver_t driver = fake_run_schedule(schedule, 0);

        fake_net_chain(net, FAKE_NOWHERE, (int)(seed % 28), seed % 3 == 0 ? FAKE_DEAF : FAKE_OPEN, 80 * FAKE_MS);
        fake_net_limit_all(net);
        net->loss = 0.3;
        net->jitter_ns = 20 * FAKE_MS;
        run->late_ns = 100000 * (int64_t)(seed % 7);
        fake_run_add(run, &driver);
        fake_run_go(run);
        fake_rules_check(run, &config, GAP_NS);
        for (uint8_t ttl = 1; ttl <= schedule_end(schedule); ttl++)
            g_assert_cmpuint(fake_run_count(run, ttl), ==, 3);
        schedule_free(schedule);
        pacer_free(pacer);
        fake_run_free(run);
        fake_net_free(net);
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
    g_assert_cmpint(schedule_timeout(schedule, 5), ==, 250 * FAKE_MS);
    schedule_free(schedule);
    pacer_free(pacer);
}

/* The words of schedule.h: ten round trips of the nearest, no less than a quarter of a second, no more than told. */
static void
test_timeout(void)
{
    pacer_t *pacer = pacer_new(0);
    schedule_config_t config = fake_settings(&(schedule_config_t){.timeout_ns = 2 * FAKE_SECOND});
    schedule_t *schedule = schedule_new(&config, pacer, 0);
    schedule_answer_t answer = {.kind = SCHEDULE_ROUTER, .ttl = 4, .rtt_ns = 50 * FAKE_MS};

    g_assert_cmpint(schedule_timeout(schedule, 1), ==, 2 * FAKE_SECOND);
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 1), ==, 500 * FAKE_MS);
    g_assert_cmpint(schedule_timeout(schedule, 255), ==, 500 * FAKE_MS);
    answer.ttl = 8;
    answer.rtt_ns = 90 * FAKE_MS;
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 5), ==, 500 * FAKE_MS);
    g_assert_cmpint(schedule_timeout(schedule, 6), ==, 900 * FAKE_MS);
    g_assert_cmpint(schedule_timeout(schedule, 7), ==, 900 * FAKE_MS);
    answer.ttl = 9;
    answer.rtt_ns = 3 * FAKE_SECOND;
    schedule_answered(schedule, &answer);
    g_assert_cmpint(schedule_timeout(schedule, 30), ==, 2 * FAKE_SECOND);
    schedule_free(schedule);
    pacer_free(pacer);
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
    g_test_add_func("/schedule/time_out_follows_the_nearest_hop", test_timeout);
    return g_test_run();
}
