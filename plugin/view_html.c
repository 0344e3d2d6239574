/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `-z tcptraceroute,html`: the chosen traces as one HTML document that needs nothing else: no script, nothing from
 * elsewhere, and its own policy forbids both. It is printed trace by trace, so that its size does not matter.
 */
#include "views.h"

#include <stdio.h>

#include "view_document.h"
#include "view_format.h"
#include "view_html.h"

static void
append_title(GString *out, const ttr_store_t *store, const GArray *traces)
{
    ttr_trace_info_t trace;

    if (traces->len != 1) {
        g_string_append_printf(out, "%u TCP traceroutes", traces->len);
        return;
    }
    g_string_append(out, "TCP traceroute");
    if (!ttr_path_trace(store, g_array_index(traces, uint32_t, 0), &trace))
        return;
    g_string_append(out, " to ");
    ttr_html_address(out, trace.family, &trace.target);
    g_string_append_printf(out, " port %u", trace.dport);
}

static void
append_head(GString *out, const ttr_store_t *store, const GArray *traces)
{
    g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" "
                         "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    append_title(out, store, traces);
    g_string_append(out, "</title>\n<style>\n");
    ttr_html_style(out);
    g_string_append_printf(out, "</style>\n</head>\n<body>\n<h1>%u TCP traceroute%s</h1>\n", traces->len,
                           traces->len == 1 ? "" : "s");
}

static void
flush(GString *out)
{
    fputs(out->str, stdout);
    g_string_truncate(out, 0);
}

static void
print_document(const ttr_store_t *store, const GArray *traces)
{
    GString *out = g_string_new(NULL);

    append_head(out, store, traces);
    if (traces->len > 1)
        ttr_html_index(out, store, traces);
    g_string_append(out, "<main>\n");
    if (traces->len == 0)
        g_string_append(out, "<p>The capture holds none, or the filter chose none.</p>\n");
    for (guint i = 0; i < traces->len; i++) {
        ttr_view_hops_t *hops = ttr_view_hops_new(store, g_array_index(traces, uint32_t, i));

        if (hops != NULL)
            ttr_html_trace(out, store, hops);
        ttr_view_hops_free(hops);
        flush(out);
    }
    g_string_append(out, "</main>\n</body>\n</html>\n");
    flush(out);
    g_string_free(out, TRUE);
}

void
view_html_register(void)
{
    static ttr_document_t document = {.command = "tcptraceroute,html", .print = print_document};

    ttr_document_register(&document);
}
