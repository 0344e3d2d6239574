/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why probes are unanswered: the tests of counts against figures worked out elsewhere, and the rules against made-up
 * paths whose truth is known, thousands of each from a fixed seed.
 */
#include <glib.h>
#include <math.h>

#include "ttr_silence.h"

enum { HOPS_MAX = 16,
       ROUNDS_MAX = 64,
       TRACES = 1500 };

#define SECOND INT64_C(1000000000)

/* Fisher's tea taster (The Design of Experiments, 1935): 3 of 4 right is by chance in 17 of 70 cases or better. */
static void
test_chance(void)
{
    static const struct {
        const char *name;
        ttr_share_t a, b;
        double more, other;
    } cases[] = {
        {"the lady tasting tea", {3, 4}, {1, 4}, 17.0 / 70, 34.0 / 70},
        {"all of one and none of the other", {4, 4}, {0, 4}, 1.0 / 70, 2.0 / 70},
        {"the other way round", {0, 4}, {4, 4}, 1, 2.0 / 70},
        {"nothing to compare with", {3, 4}, {0, 0}, 1, 1},
        {"no hits at all", {0, 5}, {0, 9}, 1, 1},
        {"1 of 2 against 0 of 4: 2/6 and no likelier split", {1, 2}, {0, 4}, 1.0 / 3, 1.0 / 3},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].name);
        g_assert_cmpfloat_with_epsilon(ttr_chance_more(cases[i].a, cases[i].b), cases[i].more, 1e-9);
        g_assert_cmpfloat_with_epsilon(ttr_chance_other(cases[i].a, cases[i].b), cases[i].other, 1e-9);
    }
}

/* By hand from Wilson's formula with z = 1.96: 1 of 3 is 6 to 79 %, 0 of 3 is 0 to 56 %, 5 of 100 is 2.15 to 11.18 %. */
static void
test_interval(void)
{
    static const struct {
        ttr_share_t share;
        double low, high;
    } cases[] = {{{1, 3}, 0.0615, 0.7923}, {{0, 3}, 0, 0.5615}, {{3, 3}, 0.4385, 1}, {{5, 100}, 0.0215, 0.1118}, {{0, 0}, 0, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpfloat_with_epsilon(ttr_chance_low(cases[i].share), cases[i].low, 1e-3);
        g_assert_cmpfloat_with_epsilon(ttr_chance_high(cases[i].share), cases[i].high, 1e-3);
    }
}

/* A path of which each probe is lost or not. */
typedef struct path {
    ttr_silence_probe_t probes[HOPS_MAX][ROUNDS_MAX];
    ttr_silence_hop_t hops[HOPS_MAX];
} path_t;

static bool
happens(GRand *rand, double chance)
{
    return g_rand_double(rand) < chance;
}

/* Rounds of a second, hop after hop 20 ms apart. `loss` of each hop, from 0 to 1. */
static void
fill(path_t *path, GRand *rand, const double *loss, uint32_t hops, uint32_t rounds)
{
    for (uint32_t hop = 0; hop < hops; hop++) {
        path->hops[hop] = (ttr_silence_hop_t){.probes = path->probes[hop], .count = rounds, .is_one = true};
        path->hops[hop].is_target = hop + 1 == hops;
        for (uint32_t round = 0; round < rounds; round++) {
            bool is_lost = happens(rand, loss[hop]);

            path->probes[hop][round] = (ttr_silence_probe_t){round * SECOND + hop * SECOND / 50, !is_lost};
            path->hops[hop].lost += is_lost ? 1 : 0;
        }
    }
}

/* A token bucket at one hop: `burst` answers, and one more each `every_ns`. */
static void
limit(path_t *path, uint32_t hop, uint32_t burst, int64_t every_ns)
{
    int64_t next_ns = 0;

    path->hops[hop].lost = 0;
    for (uint32_t round = 0; round < path->hops[hop].count; round++) {
        ttr_silence_probe_t *probe = &path->probes[hop][round];

        probe->is_answered = round < burst || probe->time_ns >= next_ns;
        if (probe->is_answered)
            next_ns = probe->time_ns + every_ns;
        path->hops[hop].lost += probe->is_answered ? 0 : 1;
    }
}

static uint32_t
count_of(const path_t *path, uint32_t hops, ttr_silence_t silence)
{
    uint32_t count = 0;

    for (uint32_t hop = 0; hop < hops; hop++)
        count += path->hops[hop].silence == silence ? 1 : 0;
    return count;
}

/* The same loss everywhere, from 2 to 20 %: no limit, and loss from a hop on in fewer than 1 of 100. */
static void
test_uniform_loss(void)
{
    GRand *rand = g_rand_new_with_seed(6864);
    path_t *path = g_new0(path_t, 1);
    uint32_t limits = 0, losses = 0;

    for (uint32_t trace = 0; trace < TRACES; trace++) {
        double rate = 0.02 + 0.18 * trace / TRACES;
        double loss[HOPS_MAX];

        for (size_t i = 0; i < HOPS_MAX; i++)
            loss[i] = rate;
        fill(path, rand, loss, 12, 30);
        losses += ttr_silence_judge(path->hops, 12).is_found ? 1 : 0;
        limits += count_of(path, 12, TTR_SILENCE_RATE_LIMIT) > 0 ? 1 : 0;
    }
    g_test_message("%u limits and %u losses in %u traces of uniform loss", limits, losses, (unsigned)TRACES);
    g_assert_cmpuint(limits, <=, TRACES / 1000);
    g_assert_cmpuint(losses, <=, TRACES / 100);
    g_rand_free(rand);
    g_free(path);
}

/* A link before hop 6 that loses 15 %: found, and mostly at the right hop. */
static void
test_link_loss(void)
{
    static const double loss[HOPS_MAX] = {0, 0, 0, 0, 0, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15};
    GRand *rand = g_rand_new_with_seed(4884);
    path_t *path = g_new0(path_t, 1);
    uint32_t found = 0, right = 0, within = 0;

    for (uint32_t trace = 0; trace < TRACES; trace++) {
        ttr_silence_loss_t judged;

        fill(path, rand, loss, 12, 30);
        judged = ttr_silence_judge(path->hops, 12);
        found += judged.is_found ? 1 : 0;
        right += judged.is_found && judged.from == 5 ? 1 : 0;
        within += judged.is_found && judged.earliest <= 5 && judged.latest >= 5 ? 1 : 0;
    }
    g_test_message("found %u, right %u, in the range %u of %u", found, right, within, (unsigned)TRACES);
    g_assert_cmpuint(found, >=, TRACES * 97 / 100);
    g_assert_cmpuint(right, >=, found * 90 / 100);
    g_assert_cmpuint(within, >=, found * 98 / 100);
    g_rand_free(rand);
    g_free(path);
}

/* One answer in 3 s after the first 6, with 2 % loss of all: found, with its interval. */
static void
test_limit(void)
{
    double loss[HOPS_MAX];
    GRand *rand = g_rand_new_with_seed(792);
    path_t *path = g_new0(path_t, 1);
    uint32_t found = 0, losses = 0;

    for (size_t i = 0; i < HOPS_MAX; i++)
        loss[i] = 0.02;
    for (uint32_t trace = 0; trace < TRACES; trace++) {
        fill(path, rand, loss, 10, 30);
        limit(path, 3, 6, 3 * SECOND);
        losses += ttr_silence_judge(path->hops, 10).is_found ? 1 : 0;
        if (path->hops[3].silence == TTR_SILENCE_RATE_LIMIT) {
            found++;
            g_assert_cmpfloat_with_epsilon(path->hops[3].interval_s, 3.0, 0.01);
            g_assert_cmpuint(path->hops[3].burst, ==, 6);
        }
    }
    g_test_message("found %u of %u, %u losses", found, (unsigned)TRACES, losses);
    g_assert_cmpuint(found, >=, TRACES * 99 / 100);
    g_assert_cmpuint(losses, <=, TRACES / 100);
    g_rand_free(rand);
    g_free(path);
}

/* Half of the answers of hop 3 are left out at random, and 1 % of the traffic behind it is lost. */
static void
test_answers_only(void)
{
    static const double loss[HOPS_MAX] = {0, 0, 0.5, 0.01, 0.01, 0.01, 0.01, 0.01};
    GRand *rand = g_rand_new_with_seed(1812);
    path_t *path = g_new0(path_t, 1);
    uint32_t found = 0, losses = 0;

    for (uint32_t trace = 0; trace < TRACES; trace++) {
        fill(path, rand, loss, 8, 30);
        losses += ttr_silence_judge(path->hops, 8).is_found ? 1 : 0;
        if (path->hops[2].silence == TTR_SILENCE_ANSWERS_ONLY) {
            found++;
            g_assert_cmpfloat(path->hops[2].passes_high, <, 0.1);
        }
    }
    g_test_message("found %u of %u, %u losses", found, (unsigned)TRACES, losses);
    g_assert_cmpuint(found, >=, TRACES * 98 / 100);
    g_assert_cmpuint(losses, <=, TRACES / 100);
    g_rand_free(rand);
    g_free(path);
}

/* What follows without chance: a hop that never answers, the silence behind the last one, and three probes a hop. */
static void
test_few_probes(void)
{
    static const double loss[HOPS_MAX] = {0, 1, 0, 1, 1};
    GRand *rand = g_rand_new_with_seed(1);
    path_t *path = g_new0(path_t, 1);
    ttr_silence_loss_t judged;

    fill(path, rand, loss, 5, 3);
    path->hops[4].is_target = false;
    path->probes[2][1].is_answered = false;
    path->hops[2].lost = 1;
    judged = ttr_silence_judge(path->hops, 5);
    g_assert_false(judged.is_found);
    g_assert_cmpint(path->hops[0].silence, ==, TTR_SILENCE_NONE);
    g_assert_cmpint(path->hops[1].silence, ==, TTR_SILENCE_SILENT);
    g_assert_cmpint(path->hops[2].silence, ==, TTR_SILENCE_UNCLEAR);
    g_assert_cmpint(path->hops[3].silence, ==, TTR_SILENCE_BEYOND);
    g_assert_cmpint(path->hops[4].silence, ==, TTR_SILENCE_BEYOND);
    fill(path, rand, loss + 1, 1, 3);
    g_assert_false(ttr_silence_judge(path->hops, 1).is_found);
    g_assert_false(ttr_silence_judge(path->hops, 0).is_found);
    g_rand_free(rand);
    g_free(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/silence/chance", test_chance);
    g_test_add_func("/silence/interval", test_interval);
    g_test_add_func("/silence/uniform-loss", test_uniform_loss);
    g_test_add_func("/silence/link-loss", test_link_loss);
    g_test_add_func("/silence/limit", test_limit);
    g_test_add_func("/silence/answers-only", test_answers_only);
    g_test_add_func("/silence/few-probes", test_few_probes);
    return g_test_run();
}
