/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path as a list: source, hops, target. Hops without an answer that follow each other are one entry.
 */
#include "ttr_html.h"

/* More than so many responders in one hop are counted, not named: the table has them all. */
#define NAMED_MAX 8u

static void
append_ttls(GString *out, uint8_t first, uint8_t last)
{
    if (first == last)
        g_string_append_printf(out, "<small>%u</small> ", first);
    else
        g_string_append_printf(out, "<small>%u\u2013%u</small> ", first, last);
}

static void
append_host(GString *out, const ttr_output_context_t *context, uint8_t family, const ttr_address_t *address)
{
    ttr_html_address(out, family, address);
    ttr_html_name(out, context, family, address);
}

static void
append_silence(GString *out, uint8_t first, uint8_t last)
{
    g_string_append(out, "<li class=\"silent\">");
    append_ttls(out, first, last);
    g_string_append(out, "* * *</li>\n");
}

static void
append_hop(GString *out, const ttr_output_context_t *context, const ttr_hop_t *hop, bool is_end)
{
    guint named = MIN(hop->responders->len, NAMED_MAX);

    g_string_append(out, is_end ? "<li class=\"end\">" : "<li>");
    append_ttls(out, hop->ttl, hop->ttl);
    for (guint i = 0; i < named; i++) {
        const ttr_responder_t *responder = &g_array_index(hop->responders, ttr_responder_t, i);

        g_string_append(out, i == 0 ? "" : "<br>or ");
        append_host(out, context, responder->family, &responder->address);
    }
    if (named < hop->responders->len)
        g_string_append_printf(out, "<br>or one of %u others", hop->responders->len - named);
    g_string_append(out, "</li>\n");
}

/* From hops->hops[first] on: the index behind the last of the silent ones that follow each other. */
static guint
end_of_silence(const ttr_hops_t *hops, guint first)
{
    guint end = first;

    while (end < hops->hops->len) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, end);

        if (!hop->is_on_path || hop->responders->len > 0)
            break;
        end++;
    }
    return end;
}

static void
append_hops(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    const ttr_trace_info_t *trace = &hops->trace;

    for (guint i = 0; i < hops->hops->len;) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);
        guint end = end_of_silence(hops, i);

        if (!hop->is_on_path)
            break;
        if (end == i) {
            append_hop(out, context, hop, trace->is_reached && hop->ttl == trace->path_length);
            i++;
        } else {
            append_silence(out, hop->ttl, ((const ttr_hop_t *)g_ptr_array_index(hops->hops, end - 1))->ttl);
            i = end;
        }
    }
}

void
ttr_html_path(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    const ttr_trace_info_t *trace = &hops->trace;

    g_string_append(out, "<h3>Path</h3>\n<ol class=\"path\">\n<li class=\"end\"><small>source</small> ");
    append_host(out, context, trace->family, &trace->source);
    g_string_append(out, "</li>\n");
    append_hops(out, context, hops);
    if (!trace->is_reached) {
        g_string_append(out, "<li class=\"silent end\"><small>not reached</small> ");
        append_host(out, context, trace->family, &trace->target);
        g_string_append(out, "</li>\n");
    }
    g_string_append(out, "</ol>\n");
}
