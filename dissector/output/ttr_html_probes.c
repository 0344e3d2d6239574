/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the chart shows on a click or not at all: numbers, and where to find the packets in the capture.
 */
#include "ttr_html.h"

#include "ttr_markup.h"
#include "ttr_text.h"

/* The frames of further answers to the same probe; copies of frames are none. */
static void
append_further(GString *out, const ttr_output_context_t *context, ttr_reply_info_t reply)
{
    while (ttr_path_reply(context->store, reply.next_reply, &reply)) {
        if (reply.copy_of == 0)
            g_string_append_printf(out, ", %u", reply.frame);
    }
}

static void
append_probe(GString *out, const ttr_output_context_t *context, const ttr_probe_info_t *probe, uint32_t letter)
{
    char mark[TTR_MARK_MAX];
    char ms[TTR_TEXT_MS_MAX];
    ttr_reply_info_t reply;

    if (!ttr_path_reply(context->store, probe->first_reply, &reply)) {
        g_string_append_printf(out, "<li class=\"no\">* <small>%u</small></li>", probe->frame);
        return;
    }
    ttr_text_ms(reply.rtt_ns, ms);
    ttr_path_mark(&reply, mark);
    g_string_append_printf(out, "<li>%s", ms);
    if (letter != TTR_HOPS_NOBODY) {
        g_string_append_printf(out, " <b class=\"r%u\">", letter % TTR_HTML_COLOURS);
        ttr_html_letter(out, letter);
        g_string_append(out, "</b>");
    }
    if (mark[0] != '\0') {
        g_string_append_c(out, ' ');
        ttr_markup_html(out, mark);
    }
    g_string_append_printf(out, " <small>%u\u2192%u", probe->frame, reply.frame);
    append_further(out, context, reply);
    g_string_append(out, "</small></li>");
}

static void
append_hop(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops, const ttr_hop_t *hop)
{
    ttr_probe_info_t probe;

    g_string_append_printf(out, "<dt>%u</dt><dd><ul>", hop->ttl);
    for (guint i = hop->first; i < hop->first + hop->count; i++) {
        uint32_t responder = g_array_index(hops->answered_by, uint32_t, i);

        ttr_path_probe(context->store, g_array_index(hops->probes, uint32_t, i), &probe);
        append_probe(out, context, &probe, ttr_html_has_letters(hop) ? responder : TTR_HOPS_NOBODY);
    }
    g_string_append(out, "</ul></dd>\n");
}

void
ttr_html_probes(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    g_string_append(out, "<h3>Every probe</h3>\n<p class=\"hint\">Hop; RTT in ms, frame of the probe \u2192 frames of "
                         "its answers; * for no answer</p>\n<dl class=\"probes\">\n");
    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (!hop->is_on_path)
            break;
        append_hop(out, context, hops, hop);
    }
    g_string_append(out, "</dl>\n");
}
