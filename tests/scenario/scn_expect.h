/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks the lines of [expect] against a model.
 */
#ifndef SCN_EXPECT_H
#define SCN_EXPECT_H

#include <glib.h>

#include "ttr_store.h"

/* Checks one line. Appends a line to `report` for each disagreement and returns their number. A key that can't be
 * read sets *error. */
guint scn_expect_check(const ttr_store_t *store, const char *key, const char *value, GString *report, GError **error);

/* What holds in every scenario, whatever it expects: attempts count up in order of sending, counts and lists agree,
 * links lead there and back, no RTT is negative. */
guint scn_expect_invariants(const ttr_store_t *store, GString *report);

#endif
