/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The figures of one hop, as mtr reports them. Pure.
 */
#ifndef TTR_STATISTICS_H
#define TTR_STATISTICS_H

#include <stdint.h>

/* All times in milliseconds; 0 while nothing was received. */
typedef struct ttr_statistics {
    uint32_t sent;
    uint32_t received;
    uint32_t in_flight;         /* sent too late for an answer to be in the capture */
    double last;
    double average;
    double best;
    double worst;
    double deviation_squares;   /* running sum of squared deviations from the average (Welford) */
    double jitter;              /* running sum of |difference| of consecutive RTTs */
} ttr_statistics_t;

void ttr_statistics_init(ttr_statistics_t *statistics);

/* One probe was sent. */
void ttr_statistics_add_sent(ttr_statistics_t *statistics);

/* One probe, counted as sent before, was answered after `rtt_ns`. In order of sending. */
void ttr_statistics_add_rtt(ttr_statistics_t *statistics, int64_t rtt_ns);

/* One probe, counted as sent before, has no answer yet, and is not lost. */
void ttr_statistics_add_in_flight(ttr_statistics_t *statistics);

/* How many probes are lost: sent, not answered, not in flight. */
uint32_t ttr_statistics_lost(const ttr_statistics_t *statistics);

/* Their share of the probes that are not in flight, in percent, as mtr counts; 0 when there are none. */
double ttr_statistics_loss(const ttr_statistics_t *statistics);

/* Standard deviation of the RTTs as mtr gives it: the sample's, divisor n - 1; 0 below two. ms. */
double ttr_statistics_deviation(const ttr_statistics_t *statistics);

/* Mean difference between consecutive RTTs (mtr's Javg); 0 below two. ms. */
double ttr_statistics_jitter(const ttr_statistics_t *statistics);

#endif
