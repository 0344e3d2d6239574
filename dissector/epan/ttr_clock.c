/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_clock.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "ttr_extract.h"
#include "ttr_file.h"

void
ttr_clock_pass(const packet_info *pinfo)
{
    ttr_store_pass(ttr_file_store(), ttr_extract_time(pinfo));
}

static tap_packet_status
see(void *clock G_GNUC_UNUSED, packet_info *pinfo, epan_dissect_t *edt G_GNUC_UNUSED, const void *frame G_GNUC_UNUSED,
    tap_flags_t flags G_GNUC_UNUSED)
{
    if (ttr_file_store() != NULL)
        ttr_clock_pass(pinfo);
    return TAP_PACKET_DONT_REDRAW;
}

/* Wireshark's own tap of frames has an entry for each. */
void
ttr_clock_watch(void)
{
    static int clock;
    static bool is_watching;
    GString *error;

    if (is_watching)
        return;
    error = register_tap_listener("frame", &clock, NULL, TL_REQUIRES_NOTHING, NULL, see, NULL, NULL);
    is_watching = error == NULL;
    if (error != NULL)
        g_string_free(error, TRUE);
}
