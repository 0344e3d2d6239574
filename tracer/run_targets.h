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

/* Probes that could not be sent, one after the other. */
typedef struct run_outage {
    uint32_t lost;              /* 0: there is no outage */
    int64_t since_ns;
    char *why;                  /* owned: a sentence */
    char *over;                 /* owned: what is to be said of the last one in the file; NULL: nothing */
} run_outage_t;

/* A target and the way to it. */
typedef struct run_target {
    char *name;                 /* owned: as the user wrote it */
    sender_target_t where;
    route_t route;
    session_t *session;         /* owned; NULL: it has not begun */
    bool is_done;               /* the session wants nothing more */
    bool has_failed;            /* nothing more is sent to it: an error was said */
    bool has_sent;              /* a probe */
    uint32_t taken;             /* packets of its trace */
    bool is_told_elsewhere;     /* that answers come in on another device */
    run_outage_t outage;
} run_target_t;

/* Changed by run_targets.c alone, but for the members of a target from `is_done` on: run_send.c has `is_done`, `has_sent`
 * and `outage`, run_packets.c `taken` and `is_told_elsewhere`. */
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
 * is traced goes on until run_targets_start(). False, with a sentence in *error, when those of the command line are in a
 * file that cannot be read, or none or too many. */
bool run_targets_begin(run_targets_t *targets, GError **error);
void run_targets_replace(run_targets_t *targets, const char *wanted);
void run_targets_set_mode(run_targets_t *targets, options_mode_t mode);

/* What was looked up is there: a session for each target that can be traced, instead of those so far. For each of the
 * others a GError is appended to `errors`, which owns them. */
void run_targets_start(run_targets_t *targets, GPtrArray *errors);

/* The target whose turn it is to send, one after the other. There must be one. */
run_target_t *run_targets_next(run_targets_t *targets);

/* The target to whose trace a packet belongs, or NULL. */
run_target_t *run_targets_find(const run_targets_t *targets, const ttr_observation_t *observation);

/* The target one of whose probes it acknowledges, though it is another one that does so; or NULL. */
run_target_t *run_targets_find_stray(const run_targets_t *targets, const ttr_observation_t *observation);

/* Is the way to this target still that of its probes? False, with a sentence in *error, when there is none, or another
 * device or source address would be taken now. */
bool run_targets_has_route(const run_targets_t *targets, const run_target_t *target, GError **error);

/* Are answers looked for on all devices, not only on the one that the user chose? */
bool run_targets_looks_everywhere(const run_targets_t *targets);

/* What is behind this device is not traced any more. */
void run_targets_fail_device(run_targets_t *targets, const char *device);

/* Nothing is being looked up, and no session wants anything more. */
bool run_targets_are_done(const run_targets_t *targets);

#endif
