/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What pacer.h promises: never more than 1000 probes in a second whatever the options, and no answer lost to the
 * limits that Linux routers have by default, with one target and with several behind the same routers.
 */
#include "fake_rules.h"
#include "fake_settings.h"

enum {
    TARGETS_MAX = 64,
    LEADING = 2                 /* traces that ask all hops */
};

#define PAUSE_MAX_NS (20 * FAKE_SECOND)

/* Several targets whose traces run at once. */
typedef struct traces {
    fake_net_t *net;
    fake_run_t *run;
    pacer_t *pacer;
    schedule_t *schedules[TARGETS_MAX];
    int count;
} traces_t;

static traces_t
traces_new(int64_t gap_ns, uint32_t seed)
{
    traces_t traces = {.net = fake_net_new(seed), .pacer = pacer_new(gap_ns)};

    traces.run = fake_run_new(traces.net);
    return traces;
}

static void
traces_add(traces_t *traces, const schedule_config_t *config, int first)
{
    schedule_t *schedule = schedule_new(config, traces->pacer, traces->run->now_ns);
    fake_driver_t driver = fake_run_schedule(schedule, first);

    traces->schedules[traces->count++] = schedule;
    fake_run_add(traces->run, &driver);
}

static void
traces_free(traces_t *traces)
{
    for (int i = 0; i < traces->count; i++)
        schedule_free(traces->schedules[i]);
    pacer_free(traces->pacer);
    fake_run_free(traces->run);
    fake_net_free(traces->net);
}

typedef struct limit_case {
    const char *name;
    int targets;
    int shared;                 /* routers that are the same for all */
    int own;                    /* routers behind them, before each target */
    fake_role_t end;
    int64_t gap_ns;
    int64_t jitter_ns;
    double limit_s;             /* all end by then */
    schedule_config_t change;
} limit_case_t;

static const limit_case_t cases[] = {
    {"one_target", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 0.2, {0}},
    {"one_target_6_probes", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 0.2, {.probes = 6}},
    {"one_target_7_probes", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 1.2, {.probes = 7}},
    {"one_target_20_probes_jitter", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, 3 * FAKE_MS, 14.2, {.probes = 20}},
    {"no_gap", 1, 8, 4, FAKE_OPEN, 0, 0, 0.2, {0}},
    {"silent_target", 1, 8, 4, FAKE_DEAF, FAKE_MS / 5, 0, 1.5, {0}},
    {"jitter_and_3_rounds", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, 5 * FAKE_MS, 3.3, {.rounds = 3}},
    {"rounds_without_rest", 1, 8, 4, FAKE_OPEN, FAKE_MS / 5, FAKE_MS, 24.3,
     {.rounds = 10, .interval_ns = FAKE_SECOND / 10}},
    {"two_targets", 2, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 0.2, {0}},
    {"three_targets", 3, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 3.2, {0}},
    {"ten_targets", 10, 8, 4, FAKE_OPEN, FAKE_MS / 5, 0, 3.3, {0}},
    {"ten_targets_slow_pace", 10, 8, 4, FAKE_OPEN, 20 * FAKE_MS, 0, 9, {0}},
    {"five_targets_slow_pace_jitter", 5, 8, 4, FAKE_OPEN, 10 * FAKE_MS, 5 * FAKE_MS, 4, {0}},
    {"targets_with_nothing_in_common", 5, 0, 10, FAKE_OPEN, FAKE_MS / 5, 0, 0.3, {0}},
    {"64_targets_behind_6_routers", 64, 6, 0, FAKE_OPEN, FAKE_MS / 5, 0, 20, {0}},
    {"64_targets_behind_6_routers_and_their_own", 64, 6, 6, FAKE_OPEN, FAKE_MS / 5, 0, 20, {0}},
    {"32_silent_targets_behind_6_routers", 32, 6, 0, FAKE_DEAF, FAKE_MS / 5, 0, 20, {0}},
    {"64_targets_in_3_rounds", 64, 6, 2, FAKE_OPEN, FAKE_MS / 5, 0, 20, {.rounds = 3, .probes = 1}},
    /* what ends the path has six answers, which the first pass takes; one round does not wait for more */
    {"a_wall", 1, 0, 7, FAKE_WALL, FAKE_MS / 5, 0, 0.25, {0}},
    {"a_near_wall", 1, 0, 2, FAKE_WALL, FAKE_MS / 5, 0, 0.25, {0}},
    {"a_wall_behind_all_that_is_probed_at_once", 1, 0, 20, FAKE_WALL, FAKE_MS / 5, 0, 0.25, {0}},
    {"target_rejects", 1, 0, 11, FAKE_REJECTING, FAKE_MS / 5, 0, 0.25, {0}},
    {"near_target_rejects", 1, 0, 2, FAKE_REJECTING, FAKE_MS / 5, 0, 0.25, {0}},
    {"three_targets_reject", 3, 8, 4, FAKE_REJECTING, FAKE_MS / 5, 0, 5.2, {0}},
    {"a_wall_in_5_rounds", 1, 0, 7, FAKE_WALL, FAKE_MS / 5, 0, 25, {.rounds = 5}},
    {"a_near_wall_in_5_rounds", 1, 0, 2, FAKE_WALL, FAKE_MS / 5, 0, 25, {.rounds = 5}},
    {"target_rejects_in_5_rounds", 1, 0, 11, FAKE_REJECTING, FAKE_MS / 5, 0, 13, {.rounds = 5}},
    {"five_silent_targets", 5, 8, 4, FAKE_DEAF, FAKE_MS / 5, 0, 10, {0}},
};

static void
build(const limit_case_t *test, traces_t *traces)
{
    schedule_config_t config = fake_settings(&test->change);

    traces->net->jitter_ns = test->jitter_ns;
    for (int i = 0; i < test->targets; i++) {
        int first = fake_net_chain(traces->net, FAKE_NOWHERE, test->shared + test->own, test->end, 60 * FAKE_MS);

        for (int hop = 0; hop < test->shared; hop++)
            traces->net->nodes[first + hop].same_as = hop;
        traces_add(traces, &config, first);
    }
    fake_net_limit_all(traces->net);
}

/* Answers that limits cost. What stands at the end of the path and answers with ICMP errors gets the whole first pass
 * before anybody knows where it is, and may answer no more than six of that. */
static uint32_t
count_lost(const traces_t *traces)
{
    uint32_t lost = 0;

    for (guint i = 0; i < traces->run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(traces->run, i);
        const fake_node_t *node = &traces->net->nodes[sent->fate.node];

        if (sent->round == 0 && (node->role == FAKE_WALL || node->role == FAKE_REJECTING))
            continue;
        lost += !sent->fate.is_answered && node->role != FAKE_DEAF;
    }
    return lost;
}

/* Every hop up to the first that was told to be the end has all the answers that were wanted of it; in one round, what
 * ends the path with ICMP errors has one. The routers that all have in common are asked for the first two. */
static void
check_answers(const traces_t *traces, const schedule_config_t *config, int shared)
{
    for (guint trace = 0; trace < (guint)traces->count; trace++) {
        uint32_t answers[256] = {0};
        uint8_t end = UINT8_MAX;
        uint32_t refusing = 256;    /* the lowest TTL that has an answer of what ends the path */

        for (guint i = 0; i < traces->run->sent->len; i++) {
            const fake_sent_t *sent = fake_run_sent(traces->run, i);
            fake_role_t role = traces->net->nodes[sent->fate.node].role;

            if (sent->trace != trace || !sent->fate.is_answered)
                continue;
            answers[sent->ttl]++;
            if (sent->fate.kind != SCHEDULE_ROUTER)
                end = MIN(end, sent->ttl);
            if (config->rounds == 1 && (role == FAKE_WALL || role == FAKE_REJECTING))
                refusing = MIN(refusing, sent->ttl);
        }
        g_assert_cmpuint(end, <, UINT8_MAX);
        for (uint32_t ttl = trace < LEADING ? 1 : (uint32_t)shared + 1; ttl <= end; ttl++)
            g_assert_cmpuint(answers[ttl], >=, ttl < refusing ? config->probes : 1);
    }
}

/* Every probe that a router could answer was answered. */
static void
test_limit(gconstpointer data)
{
    const limit_case_t *test = data;
    schedule_config_t config = fake_settings(&test->change);
    traces_t traces = traces_new(test->gap_ns, 7);
    int64_t took;

    build(test, &traces);
    took = fake_run_go(traces.run);
    g_test_message("%s: %.3f s, %u probes, %u beyond the limits", test->name, (double)took / FAKE_SECOND,
                   traces.run->sent->len, fake_run_limited(traces.run));
    fake_rules_check(traces.run, &config, test->gap_ns);
    fake_rules_check_pauses(traces.run, PAUSE_MAX_NS);
    g_assert_cmpuint(count_lost(&traces), ==, 0);
    if (test->end != FAKE_DEAF)
        check_answers(&traces, &config, test->shared);
    g_assert_cmpfloat((double)took / FAKE_SECOND, <=, test->limit_s);
    traces_free(&traces);
}

/* The third target lies behind other routers than the first two: one answer says so, and then it is traced whole. */
static void
test_apart(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){0});
    traces_t traces = traces_new(FAKE_MS / 5, 7);

    for (int i = 0; i < 3; i++) {
        int first = fake_net_chain(traces.net, FAKE_NOWHERE, 8, FAKE_OPEN, 60 * FAKE_MS);

        for (int hop = 0; hop < 8 && i < LEADING; hop++)
            traces.net->nodes[first + hop].same_as = hop;
        traces_add(&traces, &config, first);
    }
    fake_net_limit_all(traces.net);
    fake_run_go(traces.run);
    fake_rules_check(traces.run, &config, FAKE_MS / 5);
    check_answers(&traces, &config, 0);
    g_assert_cmpuint(count_lost(&traces), ==, 0);
    traces_free(&traces);
}

/* The options that ask for most, and nothing that slows it: no gap, no hop, nobody answers. */
static void
test_thousand_a_second(void)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){.probes = 100, .last_ttl = 255, .gap_limit = 255});
    traces_t traces = traces_new(0, 3);

    traces.run->stop_ns = traces.run->now_ns + 20 * FAKE_SECOND;
    for (int i = 0; i < TARGETS_MAX; i++)
        traces_add(&traces, &config, fake_net_add(traces.net, FAKE_OPEN, FAKE_MS));
    fake_run_go(traces.run);
    fake_rules_check_pace(traces.run, 0);
    g_test_message("%u in the busiest second", fake_run_busiest_second(traces.run));
    g_assert_cmpuint(fake_run_busiest_second(traces.run), ==, 1000);    /* the limit was what held it back */
    traces_free(&traces);
}

/* The pacer alone, asked at once and late, for an hour. */
static void
test_pacer_alone(void)
{
    pacer_t *pacer = pacer_new(0);
    g_autofree int64_t *sent = g_new(int64_t, 200000);
    int64_t now = 0;

    for (int i = 0; i < 200000; i++) {
        int64_t ready = pacer_ready(pacer, now);

        g_assert_cmpint(ready, >=, now);
        now = ready + (i % 7 == 0 ? i % 13 * 1000000 : 0);
        pacer_sent(pacer, now);
        sent[i] = now;
        if (i >= 1000)
            g_assert_cmpint(sent[i] - sent[i - 1000], >=, FAKE_SECOND);
    }
    pacer_free(pacer);
}

/* A bucket lets six pass at once and then one a second, and never more in any stretch of time. */
static void
test_bucket(void)
{
    pacer_t *pacer = pacer_new(0);
    pacer_bucket_t *bucket = pacer_hop(pacer, TTR_FAMILY_IPV4, 0, 5);
    int64_t start = 5 * FAKE_SECOND;
    int64_t now = start;

    for (int i = 0; i < 100; i++) {
        now = pacer_bucket_ready(bucket, 1, now);
        pacer_bucket_take(bucket, 1, now);
        g_assert_cmpint(now - start, >=, (i - 5) * FAKE_SECOND);
        g_assert_cmpint(now - start, <=, MAX(i - 5, 0) * (FAKE_SECOND + FAKE_SECOND / 10));
    }
    g_assert_true(pacer_hop(pacer, TTR_FAMILY_IPV4, 0, 5) == bucket);
    g_assert_true(pacer_hop(pacer, TTR_FAMILY_IPV6, 0, 5) != bucket);
    g_assert_true(pacer_hop(pacer, TTR_FAMILY_IPV4, 0, 6) != bucket);
    g_assert_true(pacer_hop(pacer, TTR_FAMILY_IPV4, 1, 5) != bucket);
    pacer_free(pacer);
    pacer_free(NULL);
}

/* Hostile answers come from any number of addresses: what is kept is bounded, and what is asked still counts. */
static void
test_many_routers(void)
{
    pacer_t *pacer = pacer_new(0);
    pacer_bucket_t *hop = pacer_hop(pacer, TTR_FAMILY_IPV6, 0, 1);
    pacer_bucket_t *last = NULL;
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; i < 200000; i++) {
        ttr_address_t router = {{0x20, 0x01, 0x0d, 0xb8, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};

        last = pacer_router(pacer, TTR_FAMILY_IPV6, &router, hop, 1);
        g_hash_table_add(seen, last);
    }
    g_assert_true(last == hop);
    g_assert_cmpuint(g_hash_table_size(seen), <=, 65537);
    g_hash_table_destroy(seen);
    pacer_free(pacer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/limits/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_limit);
    }
    g_test_add_func("/limits/thousand_a_second_whatever_the_options", test_thousand_a_second);
    g_test_add_func("/limits/a_target_behind_other_routers", test_apart);
    g_test_add_func("/limits/pacer_alone", test_pacer_alone);
    g_test_add_func("/limits/six_at_once_then_one_a_second", test_bucket);
    g_test_add_func("/limits/any_number_of_routers", test_many_routers);
    return g_test_run();
}
