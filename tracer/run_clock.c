/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_clock.h"

#include <time.h>

static int64_t
read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
run_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t
run_wall_clock(void)
{
    return read_clock(CLOCK_REALTIME);
}
