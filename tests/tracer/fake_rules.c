/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_rules.h"

enum {
    TTLS = 256,
    OWN_ROUND_TRIPS = 3
};

#define FLOOR_NS (50 * FAKE_MS)

static int64_t
answer_time(const fake_sent_t *sent)
{
    return sent->fate.is_answered ? sent->time_ns + sent->fate.rtt_ns : INT64_MAX;
}

void
fake_rules_check_pace(const fake_run_t *run, int64_t gap_ns)
{
    g_assert_cmpuint(fake_run_busiest_second(run), <=, 1000);
    for (guint i = 1; i < run->sent->len; i++)
        g_assert_cmpint(fake_run_sent(run, i)->time_ns - fake_run_sent(run, i - 1)->time_ns, >=, gap_ns);
}

void
fake_rules_check_bounds(const fake_run_t *run, const schedule_config_t *config)
{
    for (guint trace = 0; trace < run->drivers->len; trace++) {
        uint32_t counts[TTLS] = {0};
        uint32_t round = 0;

        for (guint i = 0; i < run->sent->len; i++) {
            const fake_sent_t *sent = fake_run_sent(run, i);

            if (sent->trace != trace)
                continue;
            if (sent->round != round)
                memset(counts, 0, sizeof counts);
            round = sent->round;
            counts[sent->ttl]++;
            g_assert_cmpuint(sent->ttl, >=, config->first_ttl);
            g_assert_cmpuint(sent->ttl, <=, config->last_ttl);
            g_assert_cmpuint(counts[sent->ttl], <=, config->probes + (sent->round == 0));
        }
    }
}

void
fake_rules_check_ports(const fake_run_t *run)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *later = fake_run_sent(run, i);
        bool is_first[TTLS] = {false};

        for (guint j = 0; j < i; j++) {
            const fake_sent_t *sent = fake_run_sent(run, j);
            bool is_open = sent->fate.is_answered && sent->fate.kind == SCHEDULE_TARGET;

            if (sent->trace != later->trace)
                continue;
            is_first[sent->ttl] = true;
            if (!is_open || !later->fate.is_answered || later->fate.kind != SCHEDULE_TARGET || sent->flow != later->flow)
                continue;
            /* the first pass alone uses one port for all that may be the target */
            g_assert_cmpuint(later->flow, ==, 0);
            g_assert_false(is_first[later->ttl]);
        }
    }
}

void
fake_rules_check_overshoot(const fake_run_t *run)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *later = fake_run_sent(run, i);

        for (guint j = 0; j < i; j++) {
            const fake_sent_t *end = fake_run_sent(run, j);

            if (end->trace == later->trace && end->fate.is_answered && end->fate.kind != SCHEDULE_ROUTER &&
                answer_time(end) <= later->time_ns)
                g_assert_cmpuint(later->ttl, <=, end->ttl);
        }
    }
}

/* When nobody waited for the probe any more: the next round began, or the trace was over. */
static int64_t
given_up_at(const fake_run_t *run, const fake_sent_t *probe)
{
    const fake_driver_t *driver = fake_run_driver(run, probe->trace);

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->trace == probe->trace && sent->round > probe->round)
            return sent->time_ns;
    }
    return driver->is_done ? driver->done_ns : INT64_MAX;
}

/* The last answer until then of this TTL, or of the first behind it that has one. 0: there is none. */
static int64_t
rtt_from(const fake_run_t *run, const fake_sent_t *probe, int first, int64_t until_ns)
{
    for (int ttl = first; ttl < TTLS; ttl++) {
        int64_t rtt = 0;

        for (guint i = 0; i < run->sent->len; i++) {
            const fake_sent_t *sent = fake_run_sent(run, i);

            if (sent->trace == probe->trace && sent->ttl == ttl && answer_time(sent) <= until_ns)
                rtt = sent->fate.rtt_ns;
        }
        if (rtt > 0 || first == probe->ttl)
            return rtt;
    }
    return 0;
}

/* Was it known by then that the probe went beyond the end of the path? */
static bool
is_beyond_end(const fake_run_t *run, const fake_sent_t *probe, int64_t until_ns)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->trace == probe->trace && sent->fate.kind != SCHEDULE_ROUTER && answer_time(sent) <= until_ns &&
            sent->ttl < probe->ttl)
            return true;
    }
    return false;
}

/* Three round trips of its own hop, or one of a hop behind it; else the time-out. */
static int64_t
least_wait(const fake_run_t *run, const fake_sent_t *probe, int64_t until_ns, int64_t timeout_ns)
{
    int64_t own = rtt_from(run, probe, probe->ttl, until_ns);
    int64_t later = rtt_from(run, probe, probe->ttl + 1, until_ns);
    int64_t wait = own == 0 ? later : OWN_ROUND_TRIPS * own;

    if (own == 0 && later == 0)
        return timeout_ns;
    if (own != 0 && later != 0)
        wait = MIN(wait, later);
    return MIN(MAX(wait, FLOOR_NS), timeout_ns);
}

/* Had the hop all its probes before? */
static bool
is_last_question(const fake_run_t *run, guint index, uint32_t probes)
{
    const fake_sent_t *probe = fake_run_sent(run, index);
    uint32_t before = 0;

    for (guint i = 0; i < index; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        before += sent->trace == probe->trace && sent->round == probe->round && sent->ttl == probe->ttl;
    }
    return before >= probes;
}

void
fake_rules_check_patience(const fake_run_t *run, const schedule_config_t *config)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *probe = fake_run_sent(run, i);
        int64_t until = given_up_at(run, probe);

        if (answer_time(probe) <= until || is_beyond_end(run, probe, until) || is_last_question(run, i, config->probes))
            continue;
        g_assert_cmpint(until - probe->time_ns, >=, least_wait(run, probe, until, config->timeout_ns));
    }
}

void
fake_rules_check_pauses(const fake_run_t *run, int64_t longest_ns)
{
    g_autofree int64_t *last = g_new0(int64_t, run->drivers->len);

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (last[sent->trace] != 0)
            g_assert_cmpint(sent->time_ns - last[sent->trace], <=, longest_ns);
        last[sent->trace] = sent->time_ns;
    }
}

void
fake_rules_check(const fake_run_t *run, const schedule_config_t *config, int64_t gap_ns)
{
    g_assert_cmpuint(run->sent->len, >, 0);
    fake_rules_check_pace(run, gap_ns);
    fake_rules_check_bounds(run, config);
    fake_rules_check_overshoot(run);
    fake_rules_check_patience(run, config);
}
