/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One call of the tracer by Wireshark, from the open pipes to the last block.
 */
#ifndef RUN_H
#define RUN_H

#include <glib.h>
#include <stdbool.h>

#include "options.h"

/* Traces as the options say and writes the capture. Ends when the trace does, at SIGTERM, SIGINT and SIGHUP, and when
 * nobody reads any more. False, with a sentence in *error, when something went wrong; what was captured is written
 * all the same. */
bool run_trace(const options_t *options, GError **error);

#endif
