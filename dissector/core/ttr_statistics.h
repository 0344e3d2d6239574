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

/* Share of probes without answer, in percent; 0 when none was sent. */
double ttr_statistics_loss(const ttr_statistics_t *statistics);

/* Standard deviation of the RTTs as mtr gives it: the sample's, divisor n - 1; 0 below two. ms. */
double ttr_statistics_deviation(const ttr_statistics_t *statistics);

/* Mean difference between consecutive RTTs (mtr's Javg); 0 below two. ms. */
double ttr_statistics_jitter(const ttr_statistics_t *statistics);

#endif
