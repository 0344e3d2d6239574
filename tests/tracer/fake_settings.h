/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The settings of a trace that the tests begin from: what the program has by default.
 */
#ifndef FAKE_SETTINGS_H
#define FAKE_SETTINGS_H

#include "schedule.h"

/* What is not 0 in *change stands for itself, the rest is the default. `rounds` 0 is the default too. */
schedule_config_t fake_settings(const schedule_config_t *change);

#endif
