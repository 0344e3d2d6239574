/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the captures let through.
 */
#ifndef RUN_FILTER_H
#define RUN_FILTER_H

#include "run_targets.h"

/* A filter (pcap-filter(7)) for all that a capture has to hold, on whichever device: segments between us and the targets, those
 * that come to our ports from others, and errors. The caller frees it. */
char *run_filter_text(const run_targets_t *targets);

#endif
