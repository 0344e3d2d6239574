/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said of a capture that holds no trace.
 */
#ifndef TTR_OUTPUT_NEAR_H
#define TTR_OUTPUT_NEAR_H

#include "ttr_path.h"

/* A sentence without full stop: that there is none, and what came near. The caller frees it; NULL: there are traces. */
char *ttr_output_near(const ttr_store_t *store);

#endif
