/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The preferences of the protocol. Their defaults stand in ttr_config_default(); what is out of range is clamped.
 */
#ifndef TTR_SETTINGS_H
#define TTR_SETTINGS_H

#include "ttr_store.h"

/* Registers the preferences of protocol `proto`. Once. */
void ttr_settings_register(int proto);

/* The preferences as they stand now, within their ranges. */
ttr_config_t ttr_settings_config(void);

/* Is something to be appended to the Info column? */
bool ttr_settings_has_info_column(void);

#endif
