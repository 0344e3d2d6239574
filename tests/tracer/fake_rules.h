/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What must hold of every trace, checked on the list of its probes and not with the code that sent them.
 */
#ifndef FAKE_RULES_H
#define FAKE_RULES_H

#include "fake_run.h"

/* Every rule below. `config` and `gap_ns` are what the traces ran with. */
void fake_rules_check(const fake_run_t *run, const schedule_config_t *config, int64_t gap_ns);

/* Never more than 1000 in a second, never closer together than the gap. */
void fake_rules_check_pace(const fake_run_t *run, int64_t gap_ns);

/* First to last TTL, and no more probes of a TTL in a round than were asked for: twice as many where the end of the path
 * refused to answer. */
void fake_rules_check_bounds(const fake_run_t *run, const schedule_config_t *config);

/* Once the end of the path has answered, none goes further. For targets that do not move. */
void fake_rules_check_overshoot(const fake_run_t *run);

/* A probe without answer was waited for: ten round trips of the nearest hop that answered, or the time-out where that
 * is less. */
void fake_rules_check_patience(const fake_run_t *run, int64_t timeout_ns);

#endif
