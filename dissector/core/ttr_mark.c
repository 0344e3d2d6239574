/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tcptraceroute's annotations of unreachables.
 */
#include <glib.h>

#include "ttr_path.h"
#include "ttr_text.h"

static const char *
mark_ipv4(uint8_t code)
{
    switch (code) {
    case 0:  return "!N";
    case 1:  return "!H";
    case 2:  return "!P";
    case 3:  return "!p";
    case 4:  return "!F";
    case 5:  return "!S";
    case 6:
    case 7:  return "!U";
    case 8:  return "!I";
    case 9:
    case 13: return "!A";
    case 10: return "!C";
    case 11:
    case 12: return "!T";
    default: return NULL;
    }
}

/* RFC 4443 section 3.1: no route, administratively prohibited (5 and 6 are kinds of it), address, port. */
static const char *
mark_ipv6(uint8_t code)
{
    switch (code) {
    case 0:  return "!N";
    case 1:
    case 5:
    case 6:  return "!A";
    case 3:  return "!H";
    case 4:  return "!p";
    default: return NULL;
    }
}

/* "!<9>", as tcptraceroute marks a code without a name. */
static void
mark_number(uint8_t code, char mark[TTR_MARK_MAX])
{
    ttr_text_t text = {.used = 0};

    ttr_text_add(&text, "!<");
    ttr_text_add_number(&text, code);
    ttr_text_add(&text, ">");
    g_strlcpy(mark, text.data, TTR_MARK_MAX);
}

void
ttr_path_mark(const ttr_reply_info_t *reply, char mark[TTR_MARK_MAX])
{
    const char *text = "";

    if (reply->kind == TTR_KIND_PACKET_TOO_BIG)
        text = "!F";
    if (reply->kind == TTR_KIND_UNREACHABLE)
        text = reply->family == TTR_FAMILY_IPV4 ? mark_ipv4(reply->icmp_code) : mark_ipv6(reply->icmp_code);
    if (text == NULL)
        mark_number(reply->icmp_code, mark);
    else
        g_strlcpy(mark, text, TTR_MARK_MAX);
}
