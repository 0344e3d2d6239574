/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_html.h"

#include "ttr_format.h"
#include "ttr_insight.h"
#include "ttr_markup.h"

#define NS_PER_US 1000u

static uint32_t
count_beyond(const ttr_hops_t *hops)
{
    uint32_t count = 0;

    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        count += hop->is_on_path ? 0 : hop->count;
    }
    return count;
}

static void
append_heading(GString *out, const ttr_output_context_t *context, const ttr_trace_info_t *trace)
{
    g_string_append_printf(out, "<section class=\"trace\" id=\"trace-%u\">\n<h2>", trace->index);
    ttr_html_address(out, trace->family, &trace->target);
    ttr_html_name(out, context, trace->family, &trace->target);
    g_string_append_c(out, ' ');
    ttr_html_port(out, context, trace->dport);
    g_string_append_c(out, ' ');
    ttr_html_state(out, trace->state);
    g_string_append(out, "</h2>\n");
}

static void
begin_fact(GString *out, const char *name)
{
    g_string_append_printf(out, "<li><small>%s</small> ", name);
}

static void
append_probe_facts(GString *out, const ttr_hops_t *hops)
{
    const ttr_trace_info_t *trace = &hops->trace;
    uint32_t beyond = count_beyond(hops);

    begin_fact(out, "Probes");
    g_string_append_printf(out, "%u sent, %u answered", trace->probe_count, trace->answered_count);
    if (beyond > 0)
        g_string_append_printf(out, "; %u beyond the target are not shown", beyond);
    g_string_append(out, "</li>\n");
    begin_fact(out, "Method");
    g_string_append_printf(out, "%s, %u bytes, from port %u</li>\n", trace->is_ack_method ? "tcp-ack" : "tcp",
                           trace->probe_size, trace->sport);
}

static uint32_t
first_frame_of(const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    uint32_t first = UINT32_MAX;
    ttr_probe_info_t probe;

    for (guint i = 0; i < hops->probes->len; i++) {
        if (ttr_path_probe(context->store, g_array_index(hops->probes, uint32_t, i), &probe))
            first = MIN(first, probe.frame);
    }
    return first;
}

static void
append_facts(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    const ttr_trace_info_t *trace = &hops->trace;
    char *start = ttr_format_date(trace->start_ns, "%Y-%m-%d %H:%M:%S");

    g_string_append(out, "<ul class=\"facts\">\n");
    begin_fact(out, "Trace");
    g_string_append_printf(out, "%u</li>\n", trace->index);
    begin_fact(out, "From");
    ttr_html_address(out, trace->family, &trace->source);
    ttr_html_name(out, context, trace->family, &trace->source);
    g_string_append(out, "</li>\n");
    begin_fact(out, "Start");
    g_string_append_printf(out, "%s.%06u UTC, frame %u</li>\n", start,
                           ttr_format_nanoseconds(trace->start_ns) / NS_PER_US, first_frame_of(context, hops));
    begin_fact(out, "Path");
    if (trace->is_reached)
        g_string_append_printf(out, "%u hop%s</li>\n", trace->path_length, trace->path_length == 1 ? "" : "s");
    else
        g_string_append_printf(out, "target not reached, probed up to TTL %u</li>\n", trace->last_ttl);
    append_probe_facts(out, hops);
    g_string_append(out, "</ul>\n");
    g_free(start);
}

/* The sentence that says it all, and what is behind it. */
static void
append_findings(GString *out, const ttr_insight_t *insight)
{
    char *tool = ttr_tool_text(&insight->tool);

    g_string_append(out, "<p class=\"diagnosis\">");
    ttr_markup_html(out, insight->diagnosis);
    g_string_append(out, "</p>\n<ul class=\"findings\">\n");
    for (guint i = 0; i < insight->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(insight->findings, ttr_finding_t, i);
        char *text = ttr_finding_text(finding);

        g_string_append_printf(out, "<li><small>%s</small> ", finding->is_shown ? "Shown" : "Likely");
        ttr_markup_html(out, text);
        for (uint8_t at = 0; at < finding->frame_count; at++)
            g_string_append_printf(out, "%s%u", at > 0 ? ", " : finding->frame_count == 1 ? "; frame "
                                                                                          : "; frames ",
                                   finding->frames[at]);
        g_string_append(out, "</li>\n");
        g_free(text);
    }
    g_string_append(out, "<li><small>Sent by</small> ");
    ttr_markup_html(out, tool);
    g_string_append(out, "</li>\n</ul>\n");
    g_free(tool);
}

static void
append_notes(GString *out, const ttr_output_context_t *context, uint32_t trace)
{
    char **notes = ttr_path_notes(context->store, trace);

    if (notes[0] != NULL) {
        g_string_append(out, "<ul class=\"notes\">\n");
        for (size_t i = 0; notes[i] != NULL; i++) {
            g_string_append(out, "<li>");
            ttr_markup_html(out, notes[i]);
            g_string_append(out, "</li>\n");
        }
        g_string_append(out, "</ul>\n");
    }
    g_strfreev(notes);
}

void
ttr_html_trace(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    ttr_insight_t *insight = ttr_insight_new(context->store, hops->trace.index);

    append_heading(out, context, &hops->trace);
    if (insight != NULL)
        append_findings(out, insight);
    ttr_insight_free(insight);
    append_facts(out, context, hops);
    append_notes(out, context, hops->trace.index);
    ttr_html_path(out, context, hops);
    ttr_html_table(out, context, hops);
    ttr_html_chart(out, context, hops);
    ttr_html_probes(out, context, hops);
    g_string_append(out, "</section>\n");
}
