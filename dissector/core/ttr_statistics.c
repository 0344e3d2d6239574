/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_statistics.h"

#include <glib.h>
#include <math.h>
#include <string.h>

void
ttr_statistics_init(ttr_statistics_t *statistics)
{
    memset(statistics, 0, sizeof *statistics);
}

void
ttr_statistics_add_sent(ttr_statistics_t *statistics)
{
    statistics->sent++;
}

void
ttr_statistics_add_in_flight(ttr_statistics_t *statistics)
{
    statistics->in_flight++;
}

uint32_t
ttr_statistics_lost(const ttr_statistics_t *statistics)
{
    return statistics->sent - statistics->received - statistics->in_flight;
}

void
ttr_statistics_add_rtt(ttr_statistics_t *statistics, int64_t rtt_ns)
{
    double rtt = (double)rtt_ns / 1e6;
    double from_average = rtt - statistics->average;

    if (statistics->received > 0)
        statistics->jitter += fabs(rtt - statistics->last);
    statistics->best = statistics->received == 0 ? rtt : MIN(statistics->best, rtt);
    statistics->worst = statistics->received == 0 ? rtt : MAX(statistics->worst, rtt);
    statistics->received++;
    statistics->average += from_average / statistics->received;
    statistics->deviation_squares += from_average * (rtt - statistics->average);
    statistics->last = rtt;
}

double
ttr_statistics_loss(const ttr_statistics_t *statistics)
{
    uint32_t decided = statistics->sent - statistics->in_flight;

    return decided == 0 ? 0 : 100.0 * ttr_statistics_lost(statistics) / decided;
}

double
ttr_statistics_deviation(const ttr_statistics_t *statistics)
{
    if (statistics->received < 2)
        return 0;
    return sqrt(statistics->deviation_squares / (statistics->received - 1));
}

double
ttr_statistics_jitter(const ttr_statistics_t *statistics)
{
    if (statistics->received < 2)
        return 0;
    return statistics->jitter / (statistics->received - 1);
}
