/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reasons for which a run is a trace, or is none. Private to the core.
 */
#ifndef TTR_RECOGNISE_H
#define TTR_RECOGNISE_H

#include "ttr_sweep.h"

typedef enum {
    /* Against any run. */
    TTR_REASON_GROUP,           /* sent to a group of hosts */
    TTR_REASON_LOOP,            /* ordinary traffic that goes round in a loop */
    TTR_REASON_DATA,            /* the connections go on with data and the same TTL */
    TTR_REASON_OPENED,          /* the same connections are opened with an ordinary TTL, too */
    TTR_REASON_DRIFT,           /* a stream whose TTL drifts */
    /* Against and for a run within connections of ordinary TTL. */
    TTR_REASON_FAKES_WANDER,
    TTR_REASON_FAKES_SILENT,
    TTR_REASON_FAKES_FEW_TTLS,
    TTR_REASON_FAKES_ORDER,
    TTR_REASON_IN_SESSION,      /* for */
    /* Against and for a run with several TTLs, when a router said of one of its probes that its time was over. */
    TTR_REASON_QUOTED_NUMBERED, /* for */
    TTR_REASON_APART,
    TTR_REASON_NO_ORDER,
    TTR_REASON_SCAN,
    TTR_REASON_QUOTED,          /* for */
    /* Against and for a run with several TTLs, when no router said so. */
    TTR_REASON_CONNECTION,
    TTR_REASON_STREAM,
    TTR_REASON_SILENT_DATA,
    TTR_REASON_UNEVEN,
    TTR_REASON_RESETS,
    TTR_REASON_BACKED_OFF,
    TTR_REASON_LIVE,
    TTR_REASON_SILENT_NUMBERED, /* for */
    TTR_REASON_COUNTED,         /* for */
    TTR_REASON_SHORT,
    TTR_REASON_SILENT_NO_ORDER,
    TTR_REASON_LOWEST_ARRIVED,
    TTR_REASON_SILENT_SCAN,
    TTR_REASON_SILENT_FLOWS,
    TTR_REASON_CROWD,
    TTR_REASON_SWEPT,           /* for */
    /* For and against a run with one TTL. */
    TTR_REASON_NUMBERED,        /* for */
    TTR_REASON_AGAIN,           /* for */
    TTR_REASON_BURST,           /* for */
    TTR_REASON_ONE_TTL,
    TTR_REASON_COUNT
} ttr_reason_t;

/* A few words for it, static; and whether it makes a trace. */
const char *ttr_reason_name(ttr_reason_t reason);
bool ttr_reason_is_for(ttr_reason_t reason);

/* What decides about a run, from its figures. */
ttr_reason_t ttr_recognise_reason(const ttr_sweep_t *sweep);

/* For debugging, and for tests: from now on each compute appends a line for each run that it judged, "TARGET, 12 probes,
 * TTL 1 to 4: trace: NAME". `text` is borrowed; NULL ends it. */
void ttr_recognise_watch(ttr_store_t *store, GString *text);

/* ttr_reasons.c: do they hold? */
bool ttr_reason_group(const ttr_sweep_t *sweep);
bool ttr_reason_loop(const ttr_sweep_t *sweep);
bool ttr_reason_data(const ttr_sweep_t *sweep);
bool ttr_reason_opened(const ttr_sweep_t *sweep);
bool ttr_reason_drift(const ttr_sweep_t *sweep);
bool ttr_reason_fakes_wander(const ttr_sweep_t *sweep);
bool ttr_reason_fakes_silent(const ttr_sweep_t *sweep);
bool ttr_reason_fakes_few_ttls(const ttr_sweep_t *sweep);
bool ttr_reason_fakes_order(const ttr_sweep_t *sweep);

/* ttr_reasons_sweep.c */
bool ttr_reason_apart(const ttr_sweep_t *sweep);
bool ttr_reason_no_order(const ttr_sweep_t *sweep);
bool ttr_reason_scan(const ttr_sweep_t *sweep);
bool ttr_reason_counted(const ttr_sweep_t *sweep);
bool ttr_reason_short(const ttr_sweep_t *sweep);
bool ttr_reason_silent_no_order(const ttr_sweep_t *sweep);
bool ttr_reason_lowest_arrived(const ttr_sweep_t *sweep);
bool ttr_reason_silent_scan(const ttr_sweep_t *sweep);
bool ttr_reason_silent_flows(const ttr_sweep_t *sweep);

/* ttr_reasons_unquoted.c */
bool ttr_reason_resets(const ttr_sweep_t *sweep);
bool ttr_reason_backed_off(const ttr_sweep_t *sweep);
bool ttr_reason_live(const ttr_sweep_t *sweep);
bool ttr_reason_crowd(const ttr_sweep_t *sweep);

/* ttr_reasons_silent.c */
bool ttr_reason_connection(const ttr_sweep_t *sweep);
bool ttr_reason_stream(const ttr_sweep_t *sweep);
bool ttr_reason_silent_data(const ttr_sweep_t *sweep);
bool ttr_reason_uneven(const ttr_sweep_t *sweep);

/* ttr_reasons_one_ttl.c */
bool ttr_reason_numbered(const ttr_sweep_t *sweep);
bool ttr_reason_again(const ttr_sweep_t *sweep);
bool ttr_reason_burst(const ttr_sweep_t *sweep);

#endif
