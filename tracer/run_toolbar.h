/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the user of the toolbar wants and sees.
 */
#ifndef RUN_TOOLBAR_H
#define RUN_TOOLBAR_H

#include "run_targets.h"
#include "toolbar.h"

/* Changed by run_toolbar.c alone. */
typedef struct run_toolbar {
    toolbar_t *toolbar;         /* borrowed */
    run_targets_t *targets;     /* borrowed: changed as the user wants it */
    bool is_paused;
} run_toolbar_t;

/* Does what the user wants. */
void run_toolbar_read(run_toolbar_t *bar);

/* Shows what is being looked up; the state of the trace; why the targets that the user asked for cannot be traced. */
void run_toolbar_show_begin(const run_toolbar_t *bar);
void run_toolbar_show(const run_toolbar_t *bar);
void run_toolbar_show_error(const run_toolbar_t *bar, const char *text);

#endif
