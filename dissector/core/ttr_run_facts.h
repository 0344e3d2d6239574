/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a whole series shows of the tool that sent it, found once. Private to ttr_run_time.c and ttr_run_facts.c.
 */
#ifndef TTR_RUN_FACTS_H
#define TTR_RUN_FACTS_H

#include "ttr_runs.h"

typedef struct ttr_facts {
    const ttr_series_t *series;
    uint8_t family;
    ttr_pattern_t sport;
    ttr_pattern_t dport;
    ttr_pattern_t seq;
    bool is_fixed;              /* ttr_run_is_fixed() */
    bool is_counting;           /* ports or seqs */
    bool is_even;               /* sweep after sweep in the same time, without long silence */
    bool has_rounds;            /* each port comes back with its TTL, round after round */
    bool is_numbered;           /* one program numbers its probes: seq and IP ID count together, from one to the next */
    bool goes_on;               /* a counter goes on where a sweep begins */
    bool has_rows;              /* all attempts of the first TTL were sent before any of another */
    bool has_seqs_again;        /* the second sweep begins with the seq of the first */
    bool *is_start;             /* a sweep begins, by place in the series; the first does not count */
    uint32_t *previous;         /* 1 + place of the packet before of the same flow, by place; 0: none. NULL if
                                 * is_fixed */
    int64_t silence_ns;         /* longer than the pauses that the tool makes */
} ttr_facts_t;

/* Of a series with one packet at least. */
ttr_facts_t ttr_facts_of(ttr_work_t *work, const ttr_series_t *series);

/* Is `here` the next, or one of the next, in such a row? */
bool ttr_facts_number_on(const ttr_facts_t *facts, const ttr_packet_t *last, const ttr_packet_t *here);

/* Does a counter of the tool go on from one packet to the next? */
bool ttr_facts_step_on(const ttr_facts_t *facts, const ttr_packet_t *last, const ttr_packet_t *here);

#endif
