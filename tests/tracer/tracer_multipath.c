/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * multipath.h: its stopping points against the probabilities that they stand for, worked out in another way; and
 * whether traces over diamonds of every shape find all of their branches, and nothing that is not there.
 */
#include <math.h>

#include "fake_rules.h"
#include "fake_settings.h"
#include "multipath.h"

#ifdef __SANITIZE_ADDRESS__
enum { RUNS = 100, SOME = 50 }; /* ten times as slow */
#else
enum { RUNS = 1000, SOME = 200 };
#endif

/* The probability that `count` draws from `kinds` equally likely kinds miss one at least: the chain of how many were
 * seen so far, step by step. */
static double
miss_probability(int kinds, uint32_t count)
{
    double seen[256] = {1.0};

    for (uint32_t draw = 0; draw < count; draw++) {
        for (int i = kinds; i > 0; i--)
            seen[i] = seen[i] * i / kinds + seen[i - 1] * (kinds - i + 1) / kinds;
        seen[0] = 0;
    }
    return 1 - seen[kinds];
}

static uint32_t
stopping_point(uint32_t found, double failure)
{
    uint32_t count = found + 1;

    while (miss_probability((int)found + 1, count) > failure)
        count++;
    return count;
}

/* The chain itself, against the numbers that the authors of the algorithm printed for 95 % (Augustin, Friedman,
 * Teixeira, "Multipath tracing with Paris traceroute", 2007). */
static void
test_chain(void)
{
    static const uint32_t printed[] = {6, 11, 16, 21, 27, 33, 38, 44, 51, 57, 63, 70, 76, 83, 90, 96};

    for (uint32_t found = 1; found <= G_N_ELEMENTS(printed); found++)
        g_assert_cmpuint(stopping_point(found, 0.05), ==, printed[found - 1]);
}

/* 95 % for a trace with four load balancers: each may fail with 1 - 0.95^(1/4). Exact up to 28 next hops, and never
 * more than one flow too many. */
static void
test_stopping_points(void)
{
    double failure = 1 - sqrt(sqrt(0.95));

    for (uint32_t found = 1; found < 64; found++) {
        uint32_t exact = stopping_point(found, failure);

        g_assert_cmpuint(multipath_stopping_point(found), >=, exact);
        g_assert_cmpuint(multipath_stopping_point(found), <=, found <= 28 ? exact : exact + 1);
    }
    g_assert_cmpuint(multipath_stopping_point(0), ==, multipath_stopping_point(1));
}

static schedule_action_t
next_of_multipath(void *machine, int64_t now_ns)
{
    return multipath_next(machine, now_ns);
}

static void
sent_of_multipath(void *machine, const schedule_action_t *action, int64_t now_ns)
{
    multipath_sent(machine, action, now_ns);
}

static void
answered_of_multipath(void *machine, const schedule_answer_t *answer, uint32_t number, int64_t now_ns)
{
    (void)number;
    (void)now_ns;
    multipath_answered(machine, answer);
}

typedef void (*build_t)(fake_net_t *net);

/* The nodes that the last one leads to go on to the target. */
static void
close_diamond(fake_net_t *net, int from, int to)
{
    int end = fake_net_chain(net, FAKE_NOWHERE, 1, FAKE_OPEN, 10 * FAKE_MS);

    for (int node = from; node <= to; node++)
        fake_net_link(net, node, end);
}

static void
build_wide(fake_net_t *net, int branches)
{
    int before = fake_net_chain(net, FAKE_NOWHERE, 1, FAKE_ROUTER, 4 * FAKE_MS) + 1;

    for (int i = 0; i < branches; i++)
        fake_net_link(net, before, fake_net_add(net, FAKE_ROUTER, 6 * FAKE_MS));
    close_diamond(net, before + 1, before + branches);
}

static void
build_straight(fake_net_t *net)
{
    fake_net_chain(net, FAKE_NOWHERE, 9, FAKE_OPEN, 20 * FAKE_MS);
}

static void
build_2(fake_net_t *net)
{
    build_wide(net, 2);
}

static void
build_4(fake_net_t *net)
{
    build_wide(net, 4);
}

static void
build_8(fake_net_t *net)
{
    build_wide(net, 8);
}

static void
build_16(fake_net_t *net)
{
    build_wide(net, 16);
}

static void
build_100(fake_net_t *net)
{
    build_wide(net, 100);
}

/* Two branches, each of which splits in two. */
static void
build_nested(fake_net_t *net)
{
    int root = fake_net_add(net, FAKE_ROUTER, FAKE_MS);
    int first = net->count;

    for (int i = 0; i < 2; i++)
        fake_net_link(net, root, fake_net_add(net, FAKE_ROUTER, 2 * FAKE_MS));
    for (int i = 0; i < 4; i++)
        fake_net_link(net, first + i / 2, fake_net_add(net, FAKE_ROUTER, 3 * FAKE_MS));
    close_diamond(net, first + 2, first + 5);
}

/* The lower way is one hop longer: behind it every hop holds two routers, and the target answers at two distances. */
static void
build_unequal(fake_net_t *net)
{
    int root = fake_net_add(net, FAKE_ROUTER, FAKE_MS);
    int upper = fake_net_add(net, FAKE_ROUTER, 2 * FAKE_MS);
    int lower = fake_net_add(net, FAKE_ROUTER, 2 * FAKE_MS);
    int longer = fake_net_add(net, FAKE_ROUTER, 3 * FAKE_MS);
    int end = fake_net_chain(net, FAKE_NOWHERE, 1, FAKE_OPEN, 10 * FAKE_MS);

    fake_net_link(net, root, upper);
    fake_net_link(net, root, lower);
    fake_net_link(net, lower, longer);
    fake_net_link(net, upper, end);
    fake_net_link(net, longer, end);
}

/* Three diamonds one behind the other. */
static void
build_three(fake_net_t *net)
{
    int last = fake_net_add(net, FAKE_ROUTER, FAKE_MS);

    for (int i = 0; i < 3; i++) {
        int close = net->count + 2;

        fake_net_link(net, last, fake_net_add(net, FAKE_ROUTER, 2 * FAKE_MS));
        fake_net_link(net, last, fake_net_add(net, FAKE_ROUTER, 2 * FAKE_MS));
        last = fake_net_add(net, FAKE_ROUTER, 3 * FAKE_MS);
        fake_net_link(net, close - 1, last);
        fake_net_link(net, close - 2, last);
    }
    fake_net_link(net, last, fake_net_add(net, FAKE_OPEN, 9 * FAKE_MS));
}

/* Of four branches one says nothing. */
static void
build_silent_branch(fake_net_t *net)
{
    build_wide(net, 4);
    net->nodes[3].is_silent = true;
}

/* A hop that says nothing before and behind the branches. */
static void
build_silent_hops(fake_net_t *net)
{
    int last = fake_net_chain(net, FAKE_NOWHERE, 1, FAKE_ROUTER, 2 * FAKE_MS) + 1;
    int meet = last + 3;

    net->nodes[0].is_silent = true;
    for (int i = 0; i < 2; i++)
        fake_net_link(net, last, fake_net_add(net, FAKE_ROUTER, 3 * FAKE_MS));
    fake_net_chain(net, FAKE_NOWHERE, 2, FAKE_OPEN, 12 * FAKE_MS);
    net->nodes[meet].is_silent = true;
    fake_net_link(net, meet - 1, meet);
    fake_net_link(net, meet - 2, meet);
}

static void
build_deaf(fake_net_t *net)
{
    fake_net_chain(net, FAKE_NOWHERE, 5, FAKE_DEAF, 20 * FAKE_MS);
}

static void
build_nobody(fake_net_t *net)
{
    fake_net_add(net, FAKE_DEAF, FAKE_MS);
}

typedef struct diamond_case {
    const char *name;
    build_t build;
    double loss;
    int runs;
    double found_min;           /* share of runs that must find all */
    uint32_t probes_max;        /* on average */
    uint8_t end;                /* where the path ends; 0: not known */
} diamond_case_t;

/* How many probes a diamond costs: the stopping points at its hop, and as many flows at each hop before. */
static const diamond_case_t cases[] = {
    {"no_branch", build_straight, 0, 10, 1, 90, 10},
    {"two_branches", build_2, 0, RUNS, 0.95, 80, 5},
    {"four_branches", build_4, 0, RUNS, 0.95, 140, 5},
    {"eight_branches", build_8, 0, RUNS, 0.95, 270, 5},
    {"sixteen_branches", build_16, 0, 20, 0.95, 530, 5},
    {"four_branches_and_loss", build_4, 0.1, SOME, 0.95, 160, 5},
    {"branches_of_branches", build_nested, 0, SOME, 0.95, 155, 5},
    {"branches_of_unequal_length", build_unequal, 0, SOME, 0.95, 145, 4},
    {"three_diamonds", build_three, 0, SOME, 0.95, 150, 8},
    {"one_branch_is_silent", build_silent_branch, 0, SOME, 0.95, 155, 5},
    {"hops_around_are_silent", build_silent_hops, 0, SOME, 0.95, 90, 6},
    {"silent_target", build_deaf, 0, 10, 1, 140, 0},
    {"nobody_answers", build_nobody, 0, 10, 1, 140, 0},
    {"more_branches_than_flows", build_100, 0, 2, 0, 900, 5},
};

/* One flow passes one way: what it met at two hops in a row is linked. */
static void
check_links(const fake_run_t *run, bool links[FAKE_NODES_MAX][FAKE_NODES_MAX])
{
    int16_t met[257][MULTIPATH_FLOWS_MAX];

    memset(met, -1, sizeof met);
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        g_assert_cmpuint(sent->flow, <, MULTIPATH_FLOWS_MAX);
        if (sent->fate.is_answered)
            met[sent->ttl][sent->flow] = (int16_t)sent->fate.node;
    }
    for (int ttl = 1; ttl < 255; ttl++) {
        for (int flow = 0; flow < MULTIPATH_FLOWS_MAX; flow++) {
            if (met[ttl][flow] >= 0 && met[ttl + 1][flow] >= 0)
                links[met[ttl][flow]][met[ttl + 1][flow]] = true;
        }
    }
}

/* All links between nodes that answer, and no other but that of a target to itself. */
static bool
is_complete(const fake_run_t *run)
{
    static bool links[FAKE_NODES_MAX][FAKE_NODES_MAX];
    bool is_all = true;

    memset(links, 0, sizeof links);
    check_links(run, links);
    for (int from = 0; from < run->net->count; from++) {
        const fake_node_t *node = &run->net->nodes[from];
        bool is_next[FAKE_NODES_MAX] = {false};

        for (int i = 0; i < node->next_count; i++) {
            const fake_node_t *next = &run->net->nodes[node->next[i]];

            is_next[node->next[i]] = true;
            if (!node->is_silent && !next->is_silent && next->role != FAKE_DEAF)
                is_all &= links[from][node->next[i]];
        }
        for (int to = 0; to < run->net->count; to++)
            g_assert_true(!links[from][to] || is_next[to] || (from == to && node->role == FAKE_OPEN));
    }
    return is_all;
}

/* One trace; returns whether it found everything, and adds to *probes how many it took. */
static bool
trace(const diamond_case_t *test, uint32_t seed, uint64_t *probes)
{
    schedule_config_t config = fake_settings(&(schedule_config_t){0});
    fake_net_t *net = fake_net_new(seed);
    fake_run_t *run = fake_run_new(net);
    pacer_t *pacer = pacer_new(FAKE_MS / 5);
    multipath_t *multipath = multipath_new(&config, pacer);
    fake_driver_t driver = {.machine = multipath, .next = next_of_multipath, .sent = sent_of_multipath,
                            .answered = answered_of_multipath};
    bool is_all;

    test->build(net);
    fake_net_limit_all(net);
    net->loss = test->loss;
    fake_run_add(run, &driver);
    fake_run_go(run);
    g_assert_true(fake_run_driver(run, 0)->is_done);
    fake_rules_check_pace(run, FAKE_MS / 5);
    is_all = is_complete(run);
    g_assert_true(!is_all || multipath_end(multipath) == test->end);
    *probes += run->sent->len;
    multipath_free(multipath);
    pacer_free(pacer);
    fake_run_free(run);
    fake_net_free(net);
    return is_all;
}

static void
test_diamond(gconstpointer data)
{
    const diamond_case_t *test = data;
    uint64_t probes = 0;
    int found = 0;

    for (int run = 0; run < test->runs; run++)
        found += trace(test, (uint32_t)run + 1, &probes);
    g_test_message("%s: %d of %d runs found all, %.1f probes on average", test->name, found, test->runs,
                   (double)probes / test->runs);
    g_assert_cmpfloat((double)found / test->runs, >=, test->found_min);
    if (test->found_min == 0)
        g_assert_cmpint(found, ==, 0);  /* the bounds were what ended it */
    g_assert_cmpuint(probes / (uint64_t)test->runs, <=, test->probes_max);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/multipath/chain_gives_the_printed_numbers", test_chain);
    g_test_add_func("/multipath/stopping_points", test_stopping_points);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/multipath/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_diamond);
    }
    return g_test_run();
}
