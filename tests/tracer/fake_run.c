/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_run.h"

/* An answer on its way. */
typedef struct arrival {
    int64_t time_ns;
    uint32_t trace;
    uint32_t number;
    schedule_answer_t answer;
} arrival_t;

fake_run_t *
fake_run_new(fake_net_t *net)
{
    fake_run_t *run = g_new0(fake_run_t, 1);

    run->net = net;
    run->drivers = g_array_new(FALSE, TRUE, sizeof(fake_driver_t));
    run->sent = g_array_new(FALSE, TRUE, sizeof(fake_sent_t));
    run->answers = g_queue_new();
    run->now_ns = 1234 * FAKE_SECOND + 567;
    run->stop_ns = run->now_ns + 3600 * FAKE_SECOND;
    run->send_ns = 5000;
    return run;
}

void
fake_run_free(fake_run_t *run)
{
    g_array_free(run->drivers, TRUE);
    g_array_free(run->sent, TRUE);
    g_queue_free_full(run->answers, g_free);
    g_free(run);
}

void
fake_run_add(fake_run_t *run, const fake_driver_t *driver)
{
    g_array_append_vals(run->drivers, driver, 1);
}

static schedule_action_t
next_of_schedule(void *machine, int64_t now_ns)
{
    return schedule_next(machine, now_ns);
}

static void
sent_of_schedule(void *machine, const schedule_action_t *action, int64_t now_ns)
{
    schedule_sent(machine, action, now_ns);
}

static void
answered_of_schedule(void *machine, const schedule_answer_t *answer, uint32_t number, int64_t now_ns)
{
    (void)number;
    (void)now_ns;
    schedule_answered(machine, answer);
}

static uint32_t
round_of_schedule(void *machine)
{
    return schedule_round(machine);
}

fake_driver_t
fake_run_schedule(schedule_t *schedule, int first)
{
    return (fake_driver_t){
        .machine = schedule,
        .next = next_of_schedule,
        .sent = sent_of_schedule,
        .answered = answered_of_schedule,
        .round = round_of_schedule,
        .first = first,
    };
}

static gint
compare_arrivals(gconstpointer a, gconstpointer b, gpointer unused)
{
    int64_t first = ((const arrival_t *)a)->time_ns;
    int64_t second = ((const arrival_t *)b)->time_ns;

    (void)unused;
    return (first > second) - (first < second);
}

static void
send_probe(fake_run_t *run, uint32_t trace, const schedule_action_t *action)
{
    fake_driver_t *driver = &g_array_index(run->drivers, fake_driver_t, trace);
    fake_sent_t sent = {.time_ns = run->now_ns, .trace = trace, .ttl = action->ttl, .flow = action->flow};
    arrival_t *arrival;

    sent.round = driver->round == NULL ? 0 : driver->round(driver->machine);
    sent.fate = fake_net_send(run->net, driver->first, action->ttl, action->flow, run->now_ns);
    driver->sent(driver->machine, action, run->now_ns);
    if (!run->forgets)
        g_array_append_val(run->sent, sent);
    run->now_ns += run->send_ns;
    driver->sent_count++;
    if (!sent.fate.is_answered)
        return;
    arrival = g_new(arrival_t, 1);
    *arrival = (arrival_t){
        .time_ns = sent.time_ns + sent.fate.rtt_ns,
        .trace = trace,
        .number = driver->sent_count - 1,
        .answer = {.kind = sent.fate.kind, .ttl = action->ttl, .flow = action->flow, .round = sent.round,
                   .rtt_ns = sent.fate.rtt_ns, .responder = fake_net_address(sent.fate.node)},
    };
    g_queue_insert_sorted(run->answers, arrival, compare_arrivals, NULL);
}

/* Asks each trace in turn. When to ask again; INT64_MAX: when an answer comes. */
static int64_t
send_probes(fake_run_t *run)
{
    int64_t next_ns = INT64_MAX;
    guint idle = 0;

    for (guint turn = 0; idle < run->drivers->len; turn = (turn + 1) % run->drivers->len) {
        fake_driver_t *driver = &g_array_index(run->drivers, fake_driver_t, turn);
        schedule_action_t action = driver->next(driver->machine, run->now_ns);

        if (action.kind == SCHEDULE_DONE && !driver->is_done)
            driver->done_ns = run->now_ns;
        driver->is_done = action.kind == SCHEDULE_DONE;
        if (action.kind == SCHEDULE_SEND) {
            send_probe(run, turn, &action);
            next_ns = INT64_MAX;
            idle = 0;
            continue;
        }
        if (action.kind == SCHEDULE_WAIT) {
            g_assert_cmpint(action.until_ns, >, run->now_ns);
            next_ns = MIN(next_ns, action.until_ns);
        }
        idle++;
    }
    return next_ns;
}

static void
take_answers(fake_run_t *run)
{
    while (!g_queue_is_empty(run->answers)) {
        g_autofree arrival_t *arrival = NULL;
        fake_driver_t *driver;

        if (((arrival_t *)g_queue_peek_head(run->answers))->time_ns > run->now_ns)
            return;
        arrival = g_queue_pop_head(run->answers);
        driver = &g_array_index(run->drivers, fake_driver_t, arrival->trace);
        driver->answered(driver->machine, &arrival->answer, arrival->number, arrival->time_ns);
        run->answered_count++;
        if (run->watch != NULL)
            run->watch(run);
    }
}

static bool
is_all_done(const fake_run_t *run)
{
    for (guint i = 0; i < run->drivers->len; i++) {
        if (!fake_run_driver(run, i)->is_done)
            return false;
    }
    return true;
}

int64_t
fake_run_go(fake_run_t *run)
{
    int64_t start = run->now_ns;

    while (run->now_ns < run->stop_ns) {
        int64_t until;

        take_answers(run);
        until = send_probes(run);
        if (is_all_done(run))
            return run->now_ns - start;
        if (!g_queue_is_empty(run->answers))
            until = MIN(until, ((arrival_t *)g_queue_peek_head(run->answers))->time_ns);
        g_assert_cmpint(until, <, INT64_MAX);   /* nothing would ever wake it up */
        run->now_ns = MAX(run->now_ns, until) + run->late_ns;
    }
    return run->now_ns - start;
}

const fake_driver_t *
fake_run_driver(const fake_run_t *run, uint32_t index)
{
    return &g_array_index(run->drivers, fake_driver_t, index);
}

const fake_sent_t *
fake_run_sent(const fake_run_t *run, uint32_t index)
{
    return &g_array_index(run->sent, fake_sent_t, index);
}

uint32_t
fake_run_count(const fake_run_t *run, uint8_t ttl)
{
    uint32_t count = 0;

    for (guint i = 0; i < run->sent->len; i++)
        count += ttl == 0 || fake_run_sent(run, i)->ttl == ttl;
    return count;
}

uint32_t
fake_run_busiest_second(const fake_run_t *run)
{
    uint32_t most = 0;
    guint first = 0;

    for (guint i = 0; i < run->sent->len; i++) {
        while (fake_run_sent(run, first)->time_ns <= fake_run_sent(run, i)->time_ns - FAKE_SECOND)
            first++;
        most = MAX(most, i - first + 1);
    }
    return most;
}

uint32_t
fake_run_limited(const fake_run_t *run)
{
    uint32_t limited = 0;

    for (int i = 0; i < run->net->count; i++)
        limited += run->net->nodes[i].limited;
    return limited;
}
