/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Right click > Conversation Filter > TCP Traceroute: the trace of this packet.
 */
#include "views.h"

#include <wireshark.h>
#include <epan/packet_info.h>

#include <epan/conversation_filter.h>   /* which takes it that a packet_info is known */

#include "ttr_dissector.h"
#include "ttr_wsversion.h"
#include "view_selected.h"

/* Wireshark asks with a packet that it has dissected alone; our layer is not among its own, so the model is asked. */
static ttr_ws_bool_t
is_in_trace(TTR_CONVERSATION_ARGUMENTS(pinfo))
{
    ttr_note_t note;

    return view_selected_note(ttr_dissector_store(), pinfo->num, &note);
}

/* Wireshark frees it. */
static char *
filter_of(TTR_CONVERSATION_ARGUMENTS(pinfo))
{
    ttr_note_t note;

    return view_selected_note(ttr_dissector_store(), pinfo->num, &note) ? view_selected_filter(&note) : NULL;
}

void
view_conversation_register(void)
{
    TTR_REGISTER_CONVERSATION_FILTER("tcptraceroute", "TCP Traceroute", is_in_trace, filter_of);
}
