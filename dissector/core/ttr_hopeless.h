/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Private to the core.
 */
#ifndef TTR_HOPELESS_H
#define TTR_HOPELESS_H

#include "ttr_evidence.h"

/* Would a compute of the pair find no trace, and take no errors without a pair for its own, whatever it does? False
 * when that is not certain. Takes a few instructions for each record of a small pair, and none for those of others. */
bool ttr_hopeless_is(const ttr_store_t *store, uint32_t pair);

#endif
