/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Probes from the sessions to the sockets, and what becomes of those that this host does not send: before the first one
 * has left that is an error of its target, afterwards they are lost, and the trace goes on.
 */
#ifndef RUN_SEND_H
#define RUN_SEND_H

#include "run_report.h"
#include "run_targets.h"
#include "sender.h"

typedef struct run_send {
    sender_t *sender;           /* owned by the caller */
    run_targets_t *targets;     /* borrowed */
    run_report_t *report;       /* borrowed */
} run_send_t;

/* Asks each target in turn, and sends what is due, but no more than some at once. Returns when to ask again, nanoseconds
 * of run_now(). There must be a target. */
int64_t run_send_probes(const run_send_t *send);

/* Notes of each target what is still lost: at the end. */
void run_send_finish(const run_send_t *send);

#endif
