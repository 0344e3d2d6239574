/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the user has to know, sentence by sentence. An error belongs to a target, or to all that is traced; a note to a
 * moment, and the trace goes on. The toolbar's log has both at once; what is said at the end are the errors, and
 * without a toolbar the notes too.
 */
#ifndef RUN_REPORT_H
#define RUN_REPORT_H

#include <glib.h>
#include <stdbool.h>

#include "toolbar.h"

/* Changed by run_report.c alone. */
typedef struct run_report {
    toolbar_t *toolbar;         /* borrowed; NULL: it is not open yet */
    GPtrArray *said;            /* borrowed: char *, owned by it: each sentence once */
    bool has_error;
} run_report_t;

/* `said` must outlive it; what is to be said is appended to it. */
void run_report_init(run_report_t *report, GPtrArray *said);

/* Takes `error` over. */
void run_report_error(run_report_t *report, GError *error);

/* "NAME: WHAT" */
void run_report_note(run_report_t *report, const char *name, const char *what);

/* A line for the toolbar's log alone. */
void run_report_log(const run_report_t *report, const char *line);

#endif
