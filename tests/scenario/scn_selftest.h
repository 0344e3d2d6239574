/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does the runner itself notice what is wrong? Each case is a scenario that must agree, disagree or be refused.
 */
#ifndef SCN_SELFTEST_H
#define SCN_SELFTEST_H

#include <glib.h>

/* Appends a line to `report` for each case; returns how many went wrong. */
guint scn_selftest_run(GString *report);

#endif
