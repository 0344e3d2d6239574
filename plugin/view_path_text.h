/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A path in the words of tcptraceroute, for the terminal and for windows.
 */
#ifndef VIEW_PATH_TEXT_H
#define VIEW_PATH_TEXT_H

#include "ttr_dissector.h"

/* Appends the lines of a trace: the header, one line a hop, a last one when the target was not reached. Host names
 * among them may hold bytes from the wire. */
void ttr_view_path_text(GString *out, const ttr_store_t *store, const ttr_trace_info_t *trace);

#endif
