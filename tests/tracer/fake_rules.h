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

/* First to last TTL, and no more probes of a TTL in a round than were asked for, but for a last question in the first. */
void fake_rules_check_bounds(const fake_run_t *run, const schedule_config_t *config);

/* Once the end of the path has answered, none goes further. For targets that do not move. */
void fake_rules_check_overshoot(const fake_run_t *run);

/* A probe without answer was waited for: three round trips of its own hop or one of a hop behind it, no less than 50 ms;
 * where none of these ever answered, the time-out. */
void fake_rules_check_patience(const fake_run_t *run, const schedule_config_t *config);

/* No two SYNs of one flow get to a target, but for the first pass: there it is the second of them that is sent farther
 * than need be. For traces with source ports enough, and one round. */
void fake_rules_check_ports(const fake_run_t *run);

/* No pause between two probes of one trace is longer: the dissector would take them for two traces. */
void fake_rules_check_pauses(const fake_run_t *run, int64_t longest_ns);

#endif
