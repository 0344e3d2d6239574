/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_json_insight.h"

#include "ttr_json_value.h"

/* With two decimals, and a point in every locale. */
static void
write_decimal(json_dumper *json, const char *key, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    json_dumper_set_member_name(json, key);
    json_dumper_value_anyf(json, "%s", g_ascii_formatd(digits, sizeof digits, "%.2f", number));
}

static void
write_tool(json_dumper *json, const ttr_tool_t *tool)
{
    ttr_json_begin(json, "tool");
    ttr_json_string(json, "name", tool->name);
    if (tool->variant != NULL)
        ttr_json_string(json, "variant", tool->variant);
    ttr_json_bool(json, "sure", tool->is_sure);
    if (tool->candidates[0] != NULL) {
        json_dumper_set_member_name(json, "candidates");
        json_dumper_begin_array(json);
        for (size_t i = 0; i < TTR_TOOL_CANDIDATES_MAX && tool->candidates[i] != NULL; i++)
            json_dumper_value_string(json, tool->candidates[i]);
        json_dumper_end_array(json);
    }
    json_dumper_end_object(json);
}

static void
write_values(json_dumper *json, const ttr_finding_t *finding)
{
    if (finding->field != TTR_FIELD_NONE)
        ttr_json_string(json, "field", ttr_field_name(finding->field));
    if (finding->has_values && (finding->field == TTR_FIELD_SOURCE || finding->field == TTR_FIELD_TARGET)) {
        ttr_json_address(json, "from", finding->family, &finding->from_address);
        ttr_json_address(json, "to", finding->family, &finding->to_address);
    } else if (finding->has_values) {
        ttr_json_number(json, "from", (int64_t)finding->from);
        ttr_json_number(json, "to", (int64_t)finding->to);
    }
    if (finding->has_range) {
        write_decimal(json, "low", finding->low);
        write_decimal(json, "high", finding->high);
    }
}

static void
write_finding(json_dumper *json, const ttr_finding_t *finding)
{
    char *text = ttr_finding_text(finding);

    json_dumper_begin_object(json);
    ttr_json_string(json, "kind", ttr_finding_kind_name(finding->kind));
    ttr_json_string(json, "certainty", finding->is_shown ? "shown" : "likely");
    if (finding->has_after)
        ttr_json_number(json, "after_hop", finding->after_hop);
    if (finding->at_hop != 0)
        ttr_json_number(json, "at_hop", finding->at_hop);
    write_values(json, finding);
    json_dumper_set_member_name(json, "frames");
    json_dumper_begin_array(json);
    for (uint8_t i = 0; i < finding->frame_count; i++)
        json_dumper_value_anyf(json, "%u", finding->frames[i]);
    json_dumper_end_array(json);
    if (finding->other_trace != TTR_NO_TRACE)
        ttr_json_number(json, "other_trace", finding->other_trace);
    ttr_json_string(json, "text", text);
    json_dumper_end_object(json);
    g_free(text);
}

static void
write_hop(json_dumper *json, const ttr_hop_figures_t *hop)
{
    json_dumper_begin_object(json);
    ttr_json_number(json, "ttl", hop->ttl);
    ttr_json_number(json, "sent", hop->sent);
    ttr_json_number(json, "lost", hop->lost);
    ttr_json_number(json, "in_flight", hop->in_flight);
    if (hop->sent > hop->in_flight) {
        write_decimal(json, "loss_low", hop->loss_low);
        write_decimal(json, "loss_high", hop->loss_high);
    }
    if (hop->silence != TTR_SILENCE_NONE)
        ttr_json_string(json, "silence", ttr_silence_name(hop->silence));
    json_dumper_end_object(json);
}

void
ttr_json_insight(json_dumper *json, const ttr_insight_t *insight)
{
    write_tool(json, &insight->tool);
    ttr_json_string(json, "diagnosis", insight->diagnosis);
    if (insight->findings->len > 0) {
        json_dumper_set_member_name(json, "findings");
        json_dumper_begin_array(json);
        for (guint i = 0; i < insight->findings->len; i++)
            write_finding(json, &g_array_index(insight->findings, ttr_finding_t, i));
        json_dumper_end_array(json);
    }
    json_dumper_set_member_name(json, "hop_stats");
    json_dumper_begin_array(json);
    for (guint i = 0; i < insight->hops->len; i++)
        write_hop(json, &g_array_index(insight->hops, ttr_hop_figures_t, i));
    json_dumper_end_array(json);
}
