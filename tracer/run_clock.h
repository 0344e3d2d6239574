/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two clocks of a live trace.
 */
#ifndef RUN_CLOCK_H
#define RUN_CLOCK_H

#include <stdint.h>

/* Nanoseconds of a clock that nobody sets: for all that is scheduled. */
int64_t run_now(void);

/* Nanoseconds since 1970: for what is written to the file. */
int64_t run_wall_clock(void);

#endif
