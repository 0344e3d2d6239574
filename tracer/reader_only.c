/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In place of what traces, where the program is built without it: each function fails, or has nothing to name.
 */
#include "capture.h"
#include "error.h"
#include "route.h"
#include "run.h"

#define WITHOUT_TRACER "this build only reads captures; the capture tool needs Linux, libpcap and libcap"

bool
run_trace(const options_t *options, GError **error)
{
    (void)options;
    g_set_error(error, TRACER_ERROR, 0, "%s", WITHOUT_TRACER);
    return false;
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
