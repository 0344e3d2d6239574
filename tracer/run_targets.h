/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is traced: from the names that the user gave to sessions that can begin.
 */
#ifndef RUN_TARGETS_H
#define RUN_TARGETS_H

#include "pacer.h"
#include "ports.h"
#include "resolve.h"
#include "route.h"
#include "run_devices.h"
#include "sender.h"
#include "session.h"

/* A target and the way to it. */
typedef struct run_target {
    char *name;                 /* owned: as the user wrote it */
    sender_target_t where;
    route_t route;
    session_t *session;         /* owned; NULL: it could not begin */
    bool is_done;               /* the session wants nothing more */
} run_target_t;

/* Changed by run_targets.c alone, but for `is_done` of a target. */
typedef struct run_targets {
    const options_t *options;   /* borrowed */
    run_devices_t *devices;     /* borrowed */
    ports_t *ports;             /* owned */
    pacer_t *pacer;             /* owned */
    resolve_t *resolve;         /* owned; NULL: nothing is being looked up */
    char *wanted;               /* owned: what was asked for last, as the user wrote it */
    options_mode_t mode;
    GPtrArray *list;            /* owned: run_target_t */
    guint turn;                 /* whose turn it is to send */
    bool is_first;              /* they are those of the command line, and nobody asked for others */
} run_targets_t;

/* None yet; `options` and `devices` must outlive them. */
void run_targets_init(run_targets_t *targets, const options_t *options, run_devices_t *devices);
void run_targets_clear(run_targets_t *targets);

/* Reserves the source ports. False, with a sentence in *error, when there are none. */
bool run_targets_open(run_targets_t *targets, GError **error);

/* Looks up the targets of the command line; those that the user asks for instead; the same ones, for another mode. What
 * is traced goes on until run_targets_start(). */
void run_targets_begin(run_targets_t *targets);
void run_targets_replace(run_targets_t *targets, const char *wanted);
void run_targets_set_mode(run_targets_t *targets, options_mode_t mode);

/* What was looked up is there: a session for each target instead of those so far. False, with a sentence in *error,
 * when one cannot be traced. */
bool run_targets_start(run_targets_t *targets, GError **error);

/* Forgets what was looked up, and all targets unless `are_kept`. */
void run_targets_finish_start(run_targets_t *targets, bool are_kept);

/* The target whose turn it is to send, one after the other. There must be one. */
run_target_t *run_targets_next(run_targets_t *targets);

/* The target to whose trace a packet belongs, or NULL. */
run_target_t *run_targets_find(const run_targets_t *targets, const ttr_observation_t *observation);

/* Nothing is being looked up, and no session wants anything more. */
bool run_targets_are_done(const run_targets_t *targets);

#endif
