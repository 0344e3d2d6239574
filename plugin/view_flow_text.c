/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_flow_text.h"

char *
ttr_flow_probe_label(const ttr_probe_info_t *probe)
{
    return g_strdup_printf("hop %u, probe %u%s", probe->ttl, probe->attempt,
                           probe->first_reply == TTR_NO_ID ? " *" : "");
}

char *
ttr_flow_probe_comment(const ttr_probe_info_t *probe, const ttr_reply_info_t *reply)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "Trace %u, hop %u, probe %u", probe->trace, probe->ttl, probe->attempt);
    if (probe->is_retransmission)
        g_string_append(text, ", retransmission");
    if (reply == NULL)
        g_string_append(text, ": no answer");
    else
        g_string_append_printf(text, ": answered in packet %u", reply->frame);
    return g_string_free(text, FALSE);
}

/* What the reply says beside that it came: state, mark. */
static void
append_verdict(GString *text, const ttr_reply_info_t *reply, const char *separator)
{
    char mark[TTR_MARK_MAX];

    ttr_path_mark(reply, mark);
    if (reply->state != TTR_STATE_UNKNOWN)
        g_string_append_printf(text, "%s%s", separator, ttr_state_name(reply->state));
    if (mark[0] != '\0')
        g_string_append_printf(text, "%s%s", separator, mark);
}

char *
ttr_flow_reply_label(const ttr_reply_info_t *reply)
{
    GString *text = g_string_new(NULL);
    char ms[TTR_TEXT_MS_MAX];

    ttr_text_ms(reply->rtt_ns, ms);
    g_string_append_printf(text, "hop %u, %s ms", reply->hop, ms);
    append_verdict(text, reply, " ");
    return g_string_free(text, FALSE);
}

char *
ttr_flow_reply_comment(const ttr_reply_info_t *reply, const ttr_probe_info_t *probe)
{
    GString *text = g_string_new(NULL);
    char ms[TTR_TEXT_MS_MAX];

    ttr_text_ms(reply->rtt_ns, ms);
    g_string_append_printf(text, "Trace %u, hop %u, probe %u: %s ms, %s", reply->trace, reply->hop, probe->attempt, ms,
                           ttr_kind_name(reply->kind));
    append_verdict(text, reply, ", ");
    if (reply->is_duplicate)
        g_string_append(text, ", duplicate");
    if (reply->is_late)
        g_string_append(text, ", late");
    g_string_append_printf(text, ", answers packet %u", reply->probe_frame);
    return g_string_free(text, FALSE);
}
