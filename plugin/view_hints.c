/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_hints.h"

#include <stdio.h>
#include <string.h>

#include <epan/packet_info.h>
#include <epan/tap.h>

#include "ttr_dissector.h"
#include "ttr_output_near.h"

#define OUR_FIELDS "tcptraceroute"

static int listener;            /* its address is what Wireshark knows our listener by */
static bool is_watching;
static char *our_filter;        /* owned: the first that names a field of ours; NULL: none does */
static bool has_spoken;         /* of this file */

/* Does it name a field of ours, outside of strings? */
static bool
names_our_field(const char *filter)
{
    bool is_in_string = false;

    for (const char *at = filter; *at != '\0'; at++) {
        if (is_in_string && at[0] == '\\' && at[1] != '\0')
            at++;
        else if (*at == '"')
            is_in_string = !is_in_string;
        else if (!is_in_string && g_str_has_prefix(at, OUR_FIELDS) &&
                 (at == filter || (!g_ascii_isalnum(at[-1]) && strchr("._-", at[-1]) == NULL)))
            return true;
    }
    return false;
}

static const char *
program(void)
{
    return g_get_prgname() != NULL ? g_get_prgname() : "tshark";
}

static void
reset(void *tapdata G_GNUC_UNUSED)
{
    has_spoken = false;
}

static tap_packet_status
ignore(void *tapdata G_GNUC_UNUSED, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED,
       const void *data G_GNUC_UNUSED, tap_flags_t flags G_GNUC_UNUSED)
{
    return TAP_PACKET_DONT_REDRAW;
}

static void
speak(void *tapdata G_GNUC_UNUSED)
{
    const ttr_store_t *store = ttr_dissector_store();
    char *near;

    if (store == NULL || has_spoken)
        return;
    has_spoken = true;
    near = ttr_output_near(store);
    if (near != NULL)
        fprintf(stderr, "%s: %s\n", program(), near);
    else if (our_filter != NULL && !ttr_dissector_has_second_pass())
        fprintf(stderr, "%s: in one pass the filter \"%s\" sees no frame's later replies, and no trace before it is "
                        "recognised: -2 is needed\n",
                program(), our_filter);
    g_free(near);
}

void
view_hints_watch(void)
{
    GString *error;

    if (is_watching)
        return;
    error = register_tap_listener(TTR_TAP_NAME, &listener, NULL, TL_REQUIRES_NOTHING, reset, ignore, speak, NULL);
    is_watching = error == NULL;
    if (error != NULL)
        g_string_free(error, TRUE);
}

void
view_hints_watch_filter(const char *filter)
{
    if (our_filter == NULL && filter != NULL && names_our_field(filter))
        our_filter = g_strdup(filter);
    view_hints_watch();
}
