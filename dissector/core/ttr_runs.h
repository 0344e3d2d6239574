/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stage that finds runs: what its parts share. All packets of one direction are one series at first; each part
 * splits series into finer ones, or leaves them whole. Private to the stage.
 */
#ifndef TTR_RUNS_H
#define TTR_RUNS_H

#include "ttr_compute.h"
#include "ttr_ttls.h"

/* Packets of one direction that one run may have sent, in order of time. */
typedef struct ttr_series {
    ttr_packet_t **packets;
    uint32_t count;
    ttr_run_kind_t kind;        /* from ttr_split_flows() on */
} ttr_series_t;

/* Appends the parts of a series to `parts`, an array of ttr_series_t. What is in no part is no probe. */
typedef void (*ttr_split_t)(ttr_work_t *work, const ttr_series_t *series, GArray *parts);

void ttr_split_shapes(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_flows(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_reach(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_seqs(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_stamps(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_chains(ttr_work_t *work, const ttr_series_t *series, GArray *parts);
void ttr_split_time(ttr_work_t *work, const ttr_series_t *series, GArray *parts);

/* ttr_run_roles.c: which segments of both sides are no probes, since they go on with a connection or answer the other
 * side: packet->role, packet->is_completed, packet->refused. */
void ttr_run_mark_roles(ttr_work_t *work);

/* ttr_run_repeats.c: the SYNs of a side that its TCP sent again. By packet->order: the first transmission of a repeat,
 * NULL for all others. Sets packet->is_retransmission. */
ttr_packet_t **ttr_run_repeats(ttr_side_t *side);

/* What a packet has that may stay the same over a run, or count. */
typedef enum {
    TTR_FIELD_SPORT,
    TTR_FIELD_DPORT,
    TTR_FIELD_SEQ,
    TTR_FIELD_TSVAL
} ttr_field_t;

typedef enum {
    TTR_PATTERN_ONE,            /* the same in all packets */
    TTR_PATTERN_COUNTS,         /* rises by 1 to 8 from most packets to the next */
    TTR_PATTERN_VARIES
} ttr_pattern_t;

/* ttr_run_pattern.c */
uint32_t ttr_run_field(const ttr_packet_t *packet, ttr_field_t field);
ttr_pattern_t ttr_run_pattern(const ttr_series_t *series, ttr_field_t field);

/* Did mtr or trippy begin its counter of source ports here? Others' ports may stand for the TTL. */
bool ttr_run_is_first_port(uint16_t sport);

/* Could a run begin with this TTL? Higher ones it must reach: ttr_split_reach(). */
bool ttr_run_is_low(const ttr_packet_t *packet);

/* Both ports stay, be it for one flow or for several. */
bool ttr_run_is_fixed(ttr_run_kind_t kind);

/* Sorts packets of a side in order of time. */
void ttr_run_sort(ttr_packet_t **packets, uint32_t count);

/* Steps of a counter from one packet to the next that a tool may make, some of its packets missing. */
#define TTR_RUN_STEP_MAX 8

#endif
