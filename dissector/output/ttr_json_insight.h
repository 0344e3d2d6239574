/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a trace proves about its path, as JSON.
 */
#ifndef TTR_JSON_INSIGHT_H
#define TTR_JSON_INSIGHT_H

#include <wsutil/json_dumper.h>

#include "ttr_insight.h"

/* Writes the members "tool", "diagnosis", "findings" and "hop_stats" of a trace's object "tcptraceroute". */
void ttr_json_insight(json_dumper *json, const ttr_insight_t *insight);

#endif
