/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of the flow graph: a short label above an arrow, and all that is known beside it. The caller frees them.
 */
#ifndef VIEW_FLOW_TEXT_H
#define VIEW_FLOW_TEXT_H

#include "ttr_dissector.h"

/* "hop 3, probe 1". */
char *ttr_flow_probe_label(const ttr_probe_info_t *probe);

/* `reply` is its first answer, NULL when there is none. */
char *ttr_flow_probe_comment(const ttr_probe_info_t *probe, const ttr_reply_info_t *reply);

/* "hop 3, 1.234 ms", and what it says of the port or why it is unreachable. */
char *ttr_flow_reply_label(const ttr_reply_info_t *reply);

char *ttr_flow_reply_comment(const ttr_reply_info_t *reply, const ttr_probe_info_t *probe);

#endif
