/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_rules.h"

enum {
    TTLS = 256,
    ROUND_TRIPS = 10
};

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

/* Did something end the path with ICMP errors? */
static bool
is_rejected(const fake_run_t *run, guint trace)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->trace == trace && sent->fate.is_answered && sent->fate.kind == SCHEDULE_UNREACHABLE)
            return true;
    }
    return false;
}

void
fake_rules_check_bounds(const fake_run_t *run, const schedule_config_t *config)
{
    for (guint trace = 0; trace < run->drivers->len; trace++) {
        uint32_t counts[TTLS] = {0};
        uint32_t round = 0;
        uint32_t most = config->probes * (is_rejected(run, trace) ? 2 : 1);

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
            g_assert_cmpuint(counts[sent->ttl], <=, most);
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

/* Of the hop that answered until then and is nearest: its last one. The slower one of two as near. 0: none did. */
static int64_t
nearest_rtt(const fake_run_t *run, const fake_sent_t *probe, int64_t until_ns)
{
    int64_t rtts[TTLS] = {0};

    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *sent = fake_run_sent(run, i);

        if (sent->trace == probe->trace && answer_time(sent) <= until_ns)
            rtts[sent->ttl] = sent->fate.rtt_ns;
    }
    for (int distance = 0; distance < TTLS; distance++) {
        int64_t before = probe->ttl >= distance ? rtts[probe->ttl - distance] : 0;
        int64_t behind = probe->ttl + distance < TTLS ? rtts[probe->ttl + distance] : 0;

        if (before > 0 || behind > 0)
            return MAX(before, behind);
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

void
fake_rules_check_patience(const fake_run_t *run, int64_t timeout_ns)
{
    for (guint i = 0; i < run->sent->len; i++) {
        const fake_sent_t *probe = fake_run_sent(run, i);
        int64_t until = given_up_at(run, probe);
        int64_t rtt;

        if (answer_time(probe) <= until || is_beyond_end(run, probe, until))
            continue;
        rtt = nearest_rtt(run, probe, until);
        g_assert_cmpint(until - probe->time_ns, >=, rtt == 0 ? timeout_ns : MIN(ROUND_TRIPS * rtt, timeout_ns));
    }
}

void
fake_rules_check(const fake_run_t *run, const schedule_config_t *config, int64_t gap_ns)
{
    g_assert_cmpuint(run->sent->len, >, 0);
    fake_rules_check_pace(run, gap_ns);
    fake_rules_check_bounds(run, config);
    fake_rules_check_overshoot(run);
    fake_rules_check_patience(run, config->timeout_ns);
}
