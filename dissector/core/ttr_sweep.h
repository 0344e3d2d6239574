/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the TTLs of a run go: its figures as a whole, found once, which the reasons for and against a trace look at.
 * Private to the recognition.
 */
#ifndef TTR_SWEEP_H
#define TTR_SWEEP_H

#include "ttr_compute.h"
#include "ttr_ordinary.h"

enum { TTR_SWEEP_TTLS = 256 };

typedef struct ttr_sweep {
    const ttr_run_t *run;
    uint32_t place;             /* of the run among those of its side, which are in order of their first probes */
    const ttr_ordinary_t *ordinary;
    ttr_packet_t **probes;      /* of the run, without those that the sender's own TCP sent again */
    uint32_t count;             /* 1 at least */
    uint32_t counts[TTR_SWEEP_TTLS];    /* probes by TTL */
    uint32_t levels;            /* how many TTLs there are */
    uint8_t lowest;
    uint8_t highest;
    uint32_t longest_row;       /* most TTLs that follow each other without a gap */
    uint32_t falls;             /* how often a probe has a lower TTL than the one before */
    double order;               /* see ttr_sweep_find() */
    bool is_flow_fixed;
    bool is_expired;            /* a router said of one of them that its time was over */
    bool counts_ports;          /* the source port goes up by 1 to 8 in 7 of 10 steps: a tool's counter */
} ttr_sweep_t;

/* The figures of a run with one probe at least. `order` is how many of the steps between probes are by one TTL or none,
 * over what chance gives with the same TTLs: 0 is chance, 1 a sweep. Where several runs or flows lie over each other
 * the nearest of the three probes before counts. */
ttr_sweep_t ttr_sweep_find(const ttr_run_t *run, const ttr_ordinary_t *ordinary);

/* Every TTL as often as every other, and four at least: a permutation of a sweep, which chance does not draw. */
bool ttr_sweep_is_balanced(const ttr_sweep_t *sweep);

/* The TTL never goes down. */
bool ttr_sweep_is_monotone(const ttr_sweep_t *sweep);

/* How many probes have the most, and the least frequent TTL. */
uint32_t ttr_sweep_most(const ttr_sweep_t *sweep);
uint32_t ttr_sweep_least(const ttr_sweep_t *sweep);

/* On how many flows it goes; n log n. */
uint32_t ttr_sweep_flows(const ttr_sweep_t *sweep);

#endif
