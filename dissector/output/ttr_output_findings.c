/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `findings`: what a trace proves about its path, under the header that `paths` has: one sentence, the tool, and a line
 * for each finding with its certainty and its frames.
 */
#include "ttr_format.h"
#include "ttr_insight.h"
#include "ttr_output_list.h"

static void
write_finding(GString *out, const ttr_finding_t *finding)
{
    char *text = ttr_finding_text(finding);

    g_string_append_printf(out, "  %s: %s", finding->is_shown ? "shown" : "likely", text);
    if (finding->frame_count > 0)
        g_string_append(out, finding->frame_count == 1 ? " [frame" : " [frames");
    for (uint8_t i = 0; i < finding->frame_count; i++)
        g_string_append_printf(out, " %u", finding->frames[i]);
    g_string_append(out, finding->frame_count > 0 ? "]\n" : "\n");
    g_free(text);
}

static void
write_trace(GString *out, const ttr_output_context_t *context, uint32_t index, bool is_first)
{
    ttr_insight_t *insight = ttr_insight_new(context->store, index);
    ttr_trace_info_t trace;
    char *tool;

    if (insight == NULL || !ttr_path_trace(context->store, index, &trace)) {
        ttr_insight_free(insight);
        return;
    }
    if (!is_first)
        g_string_append_c(out, '\n');
    ttr_format_header(out, context->names, &trace);
    tool = ttr_tool_text(&insight->tool);
    g_string_append_printf(out, "  %s\n  sent by %s\n", insight->diagnosis, tool);
    for (guint i = 0; i < insight->findings->len; i++)
        write_finding(out, &g_array_index(insight->findings, ttr_finding_t, i));
    g_free(tool);
    ttr_insight_free(insight);
}

const ttr_output_t ttr_output_findings = {.name = "findings", .write_trace = write_trace};
