/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In place of what traces, where the program is built without it: each function fails, or has nothing to name.
 */
#include "capture.h"
#include "privilege.h"
#include "route.h"
#include "run.h"
#include "sandbox.h"

#define WITHOUT_TRACER "this build only reads captures; the capture tool needs Linux, libpcap and libcap"

bool
run_trace(const options_t *options, terminal_t *terminal, GPtrArray *said)
{
    (void)options;
    (void)terminal;
    g_ptr_array_add(said, g_strdup(WITHOUT_TRACER));
    return false;
}

/* There is nothing to give up, and system calls are filtered on Linux only. */
void
privilege_begin(void)
{
}

void
sandbox_enter(sandbox_t sandbox)
{
    (void)sandbox;
}

char **
route_devices(void)
{
    return g_new0(char *, 1);
}

char *
capture_check_filter(const char *filter)
{
    (void)filter;
    return g_strdup(WITHOUT_TRACER);
}
