/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads no hop: a capture can hold ten thousand traces.
 */
#include "ttr_html.h"

#include "ttr_format.h"

static void
append_line(GString *out, const ttr_output_context_t *context, const ttr_trace_info_t *trace)
{
    char *start = ttr_format_date(trace->start_ns, "%Y-%m-%d %H:%M:%S");

    g_string_append_printf(out, "<tr><th scope=\"row\"><a href=\"#trace-%u\">%u</a></th><td>", trace->index,
                           trace->index);
    ttr_html_address(out, trace->family, &trace->target);
    ttr_html_name(out, context, trace->family, &trace->target);
    g_string_append_printf(out, "</td><td>%u</td><td>", trace->dport);
    ttr_html_state(out, trace->state);
    if (trace->is_reached)
        g_string_append_printf(out, "</td><td>%u</td>", trace->path_length);
    else
        g_string_append(out, "</td><td>not reached</td>");
    g_string_append_printf(out, "<td>%u of %u</td><td>%s</td></tr>\n", trace->answered_count, trace->probe_count,
                           start);
    g_free(start);
}

void
ttr_html_index(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    ttr_trace_info_t trace;

    g_string_append(out, "<nav id=\"index\"><table class=\"index\">\n<caption>All traces</caption>\n<thead><tr>"
                         "<th scope=\"col\">Trace</th><th scope=\"col\">Target</th><th scope=\"col\">Port</th>"
                         "<th scope=\"col\">State</th><th scope=\"col\">Hops</th><th scope=\"col\">Answered</th>"
                         "<th scope=\"col\">Start (UTC)</th></tr></thead>\n<tbody>\n");
    for (guint i = 0; i < traces->len; i++) {
        if (ttr_path_trace(context->store, g_array_index(traces, uint32_t, i), &trace))
            append_line(out, context, &trace);
    }
    g_string_append(out, "</tbody></table></nav>\n");
}
