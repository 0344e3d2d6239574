/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists of packets that fit, narrowed test by test.
 */
#include "ttr_answers.h"
#include "ttr_sort.h"

void
ttr_sent_before(ttr_range_t range, int64_t time_ns, int64_t limit_ns, ttr_candidates_t *found)
{
    ttr_range_t between = ttr_range_between(range, time_ns - limit_ns, time_ns + TTR_CLOCK_SLACK_NS);
    uint32_t first = between.count > TTR_WALK_MAX ? between.count - TTR_WALK_MAX : 0;

    found->count = between.count - first;
    for (uint32_t i = 0; i < found->count; i++)
        found->packets[i] = between.packets[first + i];
}

void
ttr_candidates_keep(ttr_candidates_t *list, ttr_packet_test_t test, const void *user)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        if (test(list->packets[i], user))
            list->packets[kept++] = list->packets[i];
    }
    list->count = kept;
}

void
ttr_candidates_narrow(ttr_candidates_t *list, ttr_packet_test_t test, const void *user)
{
    bool does_any = false;

    for (uint32_t i = 0; !does_any && i < list->count; i++)
        does_any = test(list->packets[i], user);
    if (does_any)
        ttr_candidates_keep(list, test, user);
}

static bool
is_probe(const ttr_packet_t *packet, const void *user)
{
    (void)user;
    return packet->run != NULL;
}

void
ttr_candidates_keep_probes(ttr_candidates_t *list)
{
    ttr_candidates_keep(list, is_probe, NULL);
}

ttr_run_t *
ttr_candidates_first_run(const ttr_candidates_t *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->packets[i]->run != NULL)
            return list->packets[i]->run;
    }
    return NULL;
}

bool
ttr_candidates_one_run(const ttr_candidates_t *list)
{
    for (uint32_t i = 1; i < list->count; i++) {
        if (list->packets[i]->run != list->packets[0]->run)
            return false;
    }
    return list->count > 0;
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

bool
ttr_candidates_differ(const ttr_candidates_t *list, ttr_packet_number_t number)
{
    uint32_t numbers[TTR_WALK_MAX];

    if (list->count < 2)
        return true;
    for (uint32_t i = 0; i < list->count; i++)
        numbers[i] = number(list->packets[i]);
    ttr_sort(numbers, list->count, sizeof *numbers, compare_numbers);
    for (uint32_t i = 1; i < list->count; i++) {
        if (numbers[i] == numbers[i - 1])
            return false;
    }
    return true;
}
