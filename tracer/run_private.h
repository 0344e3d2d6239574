/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of run_*.c share.
 */
#ifndef RUN_PRIVATE_H
#define RUN_PRIVATE_H

#include "capture.h"
#include "names.h"
#include "output.h"
#include "pacer.h"
#include "ports.h"
#include "resolve.h"
#include "route.h"
#include "run.h"
#include "sender.h"
#include "session.h"
#include "toolbar.h"

/* A device that is captured on. */
typedef struct run_interface {
    capture_t *capture;         /* owned */
    uint32_t number;            /* of the interface block */
    int64_t start_ns;           /* since 1970 */
    uint64_t written;           /* packets */
} run_interface_t;

/* A target and the way to it. */
typedef struct run_target {
    char *name;                 /* owned: as the user wrote it */
    sender_target_t where;
    route_t route;
    session_t *session;         /* owned */
    bool is_done;
} run_target_t;

typedef struct run {
    const options_t *options;   /* borrowed */
    char *wanted;               /* owned: the targets that were asked for last, as the user wrote them */
    options_mode_t mode;
    output_t *output;           /* owned */
    toolbar_t *toolbar;         /* owned */
    sender_t *sender;           /* owned */
    ports_t *ports;             /* owned */
    pacer_t *pacer;             /* owned */
    resolve_t *resolve;         /* owned; NULL: nothing is being looked up */
    names_t *names;             /* owned; NULL: names are not wanted */
    GPtrArray *interfaces;      /* owned: run_interface_t, in order of their numbers */
    GPtrArray *targets;         /* owned: run_target_t */
    guint turn;                 /* whose turn it is to send */
    int signals;                /* owned: descriptor */
    uint32_t frame;             /* packets taken so far */
    bool has_sent;
    bool is_first;              /* the targets are the first, those of the command line: an error ends the program */
    bool is_paused;
    bool is_stopped;            /* by a signal or because nobody reads */
    int64_t packet_ns;          /* when the last packet of a trace was taken */
    int64_t done_ns;            /* since when all is done; 0: it is not */
    GError *error;              /* owned: what ended it */
} run_t;

int64_t run_now(void);

/* Looks the targets up; the sessions begin when their addresses are known. */
void run_begin_targets(run_t *run, const char *targets);
void run_take_resolved(run_t *run);

/* The capture of one device, opened when it is not yet. NULL with run->error set. */
run_interface_t *run_interface(run_t *run, const char *device);

void run_free_target(void *target);
void run_free_interface(void *interface);

/* Packets into the file and the sessions. False with run->error set when a device is gone; what the others have is read
 * all the same. */
bool run_read(run_t *run);

/* Statistics of every interface: the last blocks. */
void run_write_statistics(run_t *run);

/* What the toolbar shows and wants. */
void run_read_toolbar(run_t *run);
void run_show(run_t *run);

#endif
