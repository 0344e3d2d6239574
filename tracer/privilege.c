/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privilege.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include "error.h"

static cap_value_t needed[] = {CAP_NET_RAW};

bool
privilege_is_there(void)
{
    cap_t caps = cap_get_proc();
    cap_flag_value_t value = CAP_CLEAR;

    if (caps == NULL)
        return false;
    cap_get_flag(caps, CAP_NET_RAW, CAP_PERMITTED, &value);
    cap_free(caps);
    return value == CAP_SET;
}

/* No capability but CAP_NET_RAW, which is permitted when it was, and effective when it is to be. */
static bool
set_capabilities(bool is_permitted, bool is_effective)
{
    cap_t caps = cap_init();
    bool is_set = caps != NULL;

    if (is_permitted)
        is_set = is_set && cap_set_flag(caps, CAP_PERMITTED, 1, needed, CAP_SET) == 0;
    if (is_permitted && is_effective)
        is_set = is_set && cap_set_flag(caps, CAP_EFFECTIVE, 1, needed, CAP_SET) == 0;
    is_set = is_set && cap_set_proc(caps) == 0;
    cap_free(caps);
    return is_set;
}

/* Is there none but CAP_NET_RAW, and that one not effective? */
static bool
is_dropped(bool is_permitted)
{
    cap_t caps = cap_get_proc();
    cap_t expected = cap_init();
    bool is_same;

    if (caps == NULL || expected == NULL)
        return false;
    if (is_permitted)
        cap_set_flag(expected, CAP_PERMITTED, 1, needed, CAP_SET);
    is_same = cap_compare(caps, expected) == 0;
    cap_free(caps);
    cap_free(expected);
    return is_same;
}

void
privilege_begin(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    set_capabilities(privilege_is_there(), false);
}

bool
privilege_check(GError **error)
{
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && is_dropped(privilege_is_there()))
        return true;
    g_set_error_literal(error, TRACER_ERROR, 0, "privileges that are not needed could not be given up");
    return false;
}

void
privilege_raise(void)
{
    if (privilege_is_there())
        set_capabilities(true, true);
}

void
privilege_lower(void)
{
    if (privilege_is_there())
        set_capabilities(true, false);
}

void
privilege_give_up(void)
{
    set_capabilities(false, false);
}

char *
privilege_advice(const char *what)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);

    return g_strdup_printf("no permission to %s. An administrator can allow it with: sudo setcap cap_net_raw=ep '%s'",
                           what, self == NULL ? "tcptracedump" : self);
}
