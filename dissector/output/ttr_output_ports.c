/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `ports`: the traces between two hosts side by side, a column for each port and a row for each TTL, and below them what
 * comparing the ports shows. Of several traces to one port the first that arrived stands for all, else the first.
 */
#include "ttr_format.h"
#include "ttr_hop_list.h"
#include "ttr_insight.h"
#include "ttr_output_list.h"
#include "ttr_text.h"

enum {
    COLUMNS = 5,                /* side by side */
    GAP = 2,
    TTL_WIDTH = 3
};

/* A port, and the trace that stands for it. */
typedef struct column {
    ttr_trace_info_t trace;
    ttr_hops_t *hops;           /* owned */
} column_t;

static void
clear_column(void *data)
{
    ttr_hops_free(((column_t *)data)->hops);
}

static int
compare_ports(const void *a, const void *b)
{
    const column_t *first = a;
    const column_t *second = b;

    return first->trace.dport < second->trace.dport ? -1 : first->trace.dport > second->trace.dport;
}

/* Takes a trace, or leaves it for one to the same port. */
static void
take(GArray *columns, const ttr_trace_info_t *trace)
{
    column_t column = {.trace = *trace};

    for (guint i = 0; i < columns->len; i++) {
        column_t *there = &g_array_index(columns, column_t, i);

        if (there->trace.dport != trace->dport)
            continue;
        if (!there->trace.is_reached && trace->is_reached)
            there->trace = *trace;
        return;
    }
    g_array_append_val(columns, column);
}

/* What stands in a row of a column. The caller frees it. */
static char *
cell(const ttr_output_context_t *context, const column_t *column, uint8_t ttl)
{
    for (guint i = 0; i < column->hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(column->hops->hops, i);
        const ttr_responder_t *first;
        char *host;
        char *text;

        if (hop->ttl != ttl || !hop->is_on_path)
            continue;
        if (hop->responders->len == 0)
            return g_strdup("*");
        first = &g_array_index(hop->responders, ttr_responder_t, 0);
        host = ttr_format_host(context->names, first->family, &first->address);
        if (column->trace.is_reached && ttl == column->trace.path_length)
            text = g_strdup_printf("%s [%s]", host, ttr_state_name(column->trace.state));
        else
            text = g_strdup_printf("%s%s%s%s", host, hop->responders->len > 1 ? " +" : "", first->marks[0] != '\0' ? " " : "",
                                   first->marks);
        g_free(host);
        return text;
    }
    return g_strdup("");
}

static char *
title(const ttr_output_context_t *context, const column_t *column)
{
    const char *service = ttr_format_service(context->names, column->trace.dport);

    if (service == NULL)
        return g_strdup_printf("%u", column->trace.dport);
    return g_strdup_printf("%u (%s)", column->trace.dport, service);
}

/* Rows of text, row by row; each as wide as the widest of its column. */
static void
write_rows(GString *out, char *(*rows)[COLUMNS], uint32_t count, guint columns, const uint8_t *ttls)
{
    size_t widths[COLUMNS] = {0};

    for (uint32_t row = 0; row < count; row++) {
        for (guint i = 0; i < columns; i++)
            widths[i] = MAX(widths[i], (size_t)g_utf8_strlen(rows[row][i], -1));
    }
    for (uint32_t row = 0; row < count; row++) {
        if (ttls[row] == 0)
            g_string_append(out, "TTL");
        else
            g_string_append_printf(out, "%*u", TTL_WIDTH, ttls[row]);
        for (guint i = 0; i < columns; i++) {
            g_string_append_printf(out, "%*s%s", GAP, "", rows[row][i]);
            if (i + 1 < columns)
                g_string_append_printf(out, "%*s", (int)(widths[i] - (size_t)g_utf8_strlen(rows[row][i], -1)), "");
            g_free(rows[row][i]);
        }
        while (out->len > 0 && out->str[out->len - 1] == ' ')
            g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
    }
}

/* A few columns, from `first` on. */
static void
write_block(GString *out, const ttr_output_context_t *context, const GArray *columns, guint first)
{
    guint count = MIN(columns->len - first, (guint)COLUMNS);
    char *(*rows)[COLUMNS] = g_malloc0_n(UINT8_MAX + 2, sizeof *rows);
    uint8_t ttls[UINT8_MAX + 2] = {0};
    uint32_t used = 1;

    for (guint i = 0; i < count; i++)
        rows[0][i] = title(context, &g_array_index(columns, column_t, first + i));
    for (unsigned ttl = 1; ttl <= UINT8_MAX; ttl++) {
        bool has_text = false;

        for (guint i = 0; i < count; i++) {
            rows[used][i] = cell(context, &g_array_index(columns, column_t, first + i), (uint8_t)ttl);
            has_text = has_text || rows[used][i][0] != '\0';
        }
        ttls[used] = (uint8_t)ttl;
        if (has_text)
            used++;
        for (guint i = 0; i < count && !has_text; i++)
            g_clear_pointer(&rows[used][i], g_free);
    }
    write_rows(out, rows, used, count, ttls);
    g_free(rows);
}

static void
write_findings(GString *out, const ttr_output_context_t *context, const GArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        ttr_insight_t *insight = ttr_insight_new(context->store, g_array_index(columns, column_t, i).trace.index);

        for (guint at = 0; insight != NULL && at < insight->findings->len; at++) {
            const ttr_finding_t *finding = &g_array_index(insight->findings, ttr_finding_t, at);
            char *text;

            if (finding->kind != TTR_FINDING_PORT_DROPPED && finding->kind != TTR_FINDING_PORT_REFUSED &&
                finding->kind != TTR_FINDING_PATHS_DIFFER)
                continue;
            text = ttr_finding_text(finding);
            g_string_append_printf(out, "%s: %s\n", finding->is_shown ? "shown" : "likely", text);
            g_free(text);
        }
        ttr_insight_free(insight);
    }
}

static void
write_target(GString *out, const ttr_output_context_t *context, GArray *columns)
{
    const ttr_trace_info_t *trace = &g_array_index(columns, column_t, 0).trace;
    char *target = ttr_format_host(context->names, trace->family, &trace->target);
    char source[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(trace->family, &trace->source, source);
    g_string_append_printf(out, "Ports of %s from %s\n", target, source);
    g_array_sort(columns, compare_ports);
    for (guint i = 0; i < columns->len; i++) {
        column_t *column = &g_array_index(columns, column_t, i);

        column->hops = ttr_hops_new(context->store, column->trace.index);
    }
    for (guint first = 0; first < columns->len; first += COLUMNS)
        write_block(out, context, columns, first);
    write_findings(out, context, columns);
    g_free(target);
}

/* The columns of the trace's two hosts, new or known. */
static GArray *
columns_of(GHashTable *by_ends, GPtrArray *targets, const ttr_trace_ends_t *ends)
{
    GBytes *key = g_bytes_new(ends, sizeof *ends);      /* bytes alone: nothing stands between them */
    GArray *columns = g_hash_table_lookup(by_ends, key);

    if (columns != NULL) {
        g_bytes_unref(key);
        return columns;
    }
    columns = g_array_new(FALSE, TRUE, sizeof(column_t));
    g_array_set_clear_func(columns, clear_column);
    g_ptr_array_add(targets, columns);
    g_hash_table_insert(by_ends, key, columns);
    return columns;
}

static void
write_all(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    GHashTable *by_ends = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    GPtrArray *targets = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint i = 0; i < traces->len; i++) {
        uint32_t index = g_array_index(traces, uint32_t, i);
        ttr_trace_ends_t ends;
        ttr_trace_info_t trace;

        if (ttr_path_ends(context->store, index, &ends) && ttr_path_trace(context->store, index, &trace))
            take(columns_of(by_ends, targets, &ends), &trace);
    }
    if (targets->len == 0)
        g_string_append(out, "No port was traced\n");
    for (guint i = 0; i < targets->len; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        write_target(out, context, g_ptr_array_index(targets, i));
        if (context->flush != NULL)
            context->flush(context->user, out);
    }
    g_hash_table_destroy(by_ends);
    g_ptr_array_unref(targets);
}

const ttr_output_t ttr_output_ports = {.name = "ports", .write_all = write_all};
