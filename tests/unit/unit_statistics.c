/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ttr_statistics.h against figures worked out by hand, and against mtr's own where its inputs are known.
 */
#include <glib.h>
#include <math.h>

#include "ttr_statistics.h"

#define MS INT64_C(1000000)
#define US INT64_C(1000)

typedef struct unit_statistics_case {
    const char *name;
    uint32_t sent;
    uint32_t received;
    int64_t rtts_ns[6];
    double loss;
    double last;
    double average;
    double best;
    double worst;
    double deviation;
    double jitter;
} unit_statistics_case_t;

static const unit_statistics_case_t cases[] = {
    {"nothing_sent_is_no_loss", 0, 0, {0}, 0, 0, 0, 0, 0, 0, 0},
    {"nothing_received_is_all_lost", 3, 0, {0}, 100, 0, 0, 0, 0, 0, 0},
    {"one_answer_has_no_deviation", 1, 1, {5 * MS}, 0, 5, 5, 5, 5, 0, 0},
    {"one_lost_of_three", 3, 2, {4 * MS, 6 * MS}, 100.0 / 3, 6, 5, 4, 6, G_SQRT2, 2},
    {"deviation_is_the_samples", 4, 4, {2 * MS, 4 * MS, 4 * MS, 6 * MS}, 0, 6, 4, 2, 6, 1.632993161855452, 4.0 / 3},
    {"equal_rtts_deviate_by_nothing", 5, 5, {7 * MS, 7 * MS, 7 * MS, 7 * MS, 7 * MS}, 0, 7, 7, 7, 7, 0, 0},
    {"jitter_is_the_mean_step_up_or_down", 4, 4, {10 * MS, 1 * MS, 10 * MS, 1 * MS}, 0, 1, 5.5, 1, 10,
     5.196152422706632, 9},
    {"best_and_worst_are_not_last", 3, 3, {9 * MS, 1 * MS, 5 * MS}, 0, 5, 5, 1, 9, 4, 6},
    {"nanoseconds_count", 2, 2, {1, 3}, 0, 0.000003, 0.000002, 0.000001, 0.000003, 0.0000014142135623731, 0.000002},
    {"rtt_of_zero_is_an_answer", 2, 2, {0, 2 * MS}, 0, 2, 1, 0, 2, G_SQRT2, 2},
};

static void
play(const unit_statistics_case_t *test, ttr_statistics_t *statistics)
{
    ttr_statistics_init(statistics);
    for (uint32_t i = 0; i < test->sent; i++) {
        ttr_statistics_add_sent(statistics);
        if (i < test->received)
            ttr_statistics_add_rtt(statistics, test->rtts_ns[i]);
    }
}

static void
check_close(const char *name, const char *figure, double there, double expected)
{
    if (fabs(there - expected) > 1e-9)
        g_error("%s: %s is %.12f, not %.12f", name, figure, there, expected);
}

static void
test_case(gconstpointer data)
{
    const unit_statistics_case_t *test = data;
    ttr_statistics_t statistics;

    play(test, &statistics);
    g_assert_cmpuint(statistics.sent, ==, test->sent);
    g_assert_cmpuint(statistics.received, ==, test->received);
    check_close(test->name, "loss", ttr_statistics_loss(&statistics), test->loss);
    check_close(test->name, "last", statistics.last, test->last);
    check_close(test->name, "average", statistics.average, test->average);
    check_close(test->name, "best", statistics.best, test->best);
    check_close(test->name, "worst", statistics.worst, test->worst);
    check_close(test->name, "deviation", ttr_statistics_deviation(&statistics), test->deviation);
    check_close(test->name, "jitter", ttr_statistics_jitter(&statistics), test->jitter);
}

/* The four hops of mtr_T_json (mtr -T -n -j -c 2, lab2.out). With two answers Last, Best and Wrst give both of them
 * to the microsecond. mtr reckons in whole microseconds and cuts what is beyond. */
typedef struct unit_mtr_case {
    const char *name;
    int64_t first_us;
    int64_t second_us;
    int64_t average_us;         /* Avg as printed */
    int64_t deviation_us;       /* StDev as printed */
} unit_mtr_case_t;

static const unit_mtr_case_t mtr_cases[] = {
    {"hop_1_of_mtr_T_json", 198, 94, 146, 73},
    {"hop_2_of_mtr_T_json", 119, 143, 131, 16},
    {"hop_3_of_mtr_T_json", 123, 116, 119, 4},
    {"hop_4_of_mtr_T_json", 8813, 10013, 9413, 848},
};

static void
test_mtr(gconstpointer data)
{
    const unit_mtr_case_t *test = data;
    const unit_statistics_case_t inputs = {.sent = 2, .received = 2,
                                           .rtts_ns = {test->first_us * US, test->second_us * US}};
    ttr_statistics_t statistics;

    play(&inputs, &statistics);
    g_assert_cmpfloat(ttr_statistics_loss(&statistics), ==, 0.0);
    g_assert_cmpint((int64_t)floor(statistics.average * 1000 + 1e-6), ==, test->average_us);
    g_assert_cmpint((int64_t)floor(ttr_statistics_deviation(&statistics) * 1000 + 1e-6), ==, test->deviation_us);
}

/* Large RTTs with small differences, where a sum of squares would lose them. */
static void
test_small_deviation_of_large_rtts(void)
{
    ttr_statistics_t statistics;

    ttr_statistics_init(&statistics);
    for (int i = 0; i < 100000; i++) {
        ttr_statistics_add_sent(&statistics);
        ttr_statistics_add_rtt(&statistics, 10000 * 1000 * MS + (i % 2) * 2 * US);
    }
    check_close("large", "average", statistics.average, 1e7 + 0.001);
    g_assert_cmpfloat(fabs(ttr_statistics_deviation(&statistics) - 0.001), <, 1e-7);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/statistics/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(mtr_cases); i++) {
        g_autofree char *path = g_strdup_printf("/statistics/as_mtr/%s", mtr_cases[i].name);

        g_test_add_data_func(path, &mtr_cases[i], test_mtr);
    }
    g_test_add_func("/statistics/small_deviation_of_large_rtts_is_kept", test_small_deviation_of_large_rtts);
    return g_test_run();
}
