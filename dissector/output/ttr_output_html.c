/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `html`: the traces as one HTML document that needs nothing else: no script, nothing from
 * elsewhere, and its own policy forbids both. It is flushed trace by trace, so that its size does not matter.
 */

#include "ttr_html.h"
#include "ttr_output_list.h"

static void
append_title(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    ttr_trace_info_t trace;

    if (traces->len != 1) {
        g_string_append_printf(out, "%u TCP traceroutes", traces->len);
        return;
    }
    g_string_append(out, "TCP traceroute");
    if (!ttr_path_trace(context->store, g_array_index(traces, uint32_t, 0), &trace))
        return;
    g_string_append(out, " to ");
    ttr_html_address(out, trace.family, &trace.target);
    g_string_append_printf(out, " port %u", trace.dport);
}

static void
append_head(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" "
                         "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    append_title(out, context, traces);
    g_string_append(out, "</title>\n<style>\n");
    ttr_html_style(out);
    g_string_append_printf(out, "</style>\n</head>\n<body>\n<h1>%u TCP traceroute%s</h1>\n", traces->len,
                           traces->len == 1 ? "" : "s");
}

static void
write_all(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    append_head(out, context, traces);
    if (traces->len > 1)
        ttr_html_index(out, context, traces);
    g_string_append(out, "<main>\n");
    if (traces->len == 0)
        g_string_append(out, "<p>The capture holds none, or the filter chose none.</p>\n");
    for (guint i = 0; i < traces->len; i++) {
        ttr_hops_t *hops = ttr_hops_new(context->store, g_array_index(traces, uint32_t, i));

        if (hops != NULL)
            ttr_html_trace(out, context, hops);
        ttr_hops_free(hops);
        if (context->flush != NULL)
            context->flush(context->user, out);
    }
    g_string_append(out, "</main>\n</body>\n</html>\n");
}

const ttr_output_t ttr_output_html = {.name = "html", .write_all = write_all};
