/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One call of the tracer by Wireshark, from the open pipes to the last block.
 */
#ifndef RUN_H
#define RUN_H

#include <glib.h>
#include <stdbool.h>

#include "terminal.h"

/* Traces as the options say and writes the capture; `terminal`, borrowed, gets all of it besides, or is NULL. Ends when the trace does, at SIGTERM, SIGINT and SIGHUP, and when
 * nobody reads any more. What is to be said is appended to `said`, which owns it: sentences (char *). False when something
 * went wrong, with one target or with all; what was captured is written all the same. */
bool run_trace(const options_t *options, terminal_t *terminal, GPtrArray *said);

#endif
