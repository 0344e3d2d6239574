/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `dot`: the traces as one graph for Graphviz. Which attributes a node has follows from what it is; the numbers of an
 * edge stand in its label, and exactly in its tooltip.
 */
#include "ttr_dot_graph.h"
#include "ttr_format.h"
#include "ttr_markup.h"
#include "ttr_output_list.h"
#include "ttr_text.h"

/* How a target looks in each state; readable in grey, too, because the label says the state. */
static const char *const fills[] = {
    [TTR_STATE_UNKNOWN] = "#e8eaed",
    [TTR_STATE_OPEN] = "#cdebd0",
    [TTR_STATE_CLOSED] = "#f9d3d0",
    [TTR_STATE_FILTERED] = "#fde3b8",
    [TTR_STATE_UNFILTERED] = "#cfe2fb",
};

static void
append_ttls(GString *out, const ttr_dot_node_t *node)
{
    if (node->first_ttl == node->last_ttl)
        g_string_append_printf(out, "hop %u", node->first_ttl);
    else
        g_string_append_printf(out, "hops %u\u2013%u", node->first_ttl, node->last_ttl);
}

static void
append_port(GString *out, const ttr_output_names_t *names, const ttr_dot_port_t *port)
{
    const char *service = ttr_format_service(names, port->port);

    g_string_append_printf(out, "\\nport %u", port->port);
    if (service != NULL) {
        g_string_append(out, " (");
        ttr_markup_dot(out, service);
        g_string_append(out, ")");
    }
    g_string_append_printf(out, " %s%s", ttr_state_name(port->state), port->is_reached ? "" : ", not reached");
}

static void
append_host_label(GString *out, const ttr_output_names_t *names, const ttr_dot_node_t *node)
{
    const char *name = ttr_format_host_name(names, node->family, &node->address);
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(node->family, &node->address, digits);
    g_string_append(out, digits);
    if (name != NULL) {
        g_string_append(out, "\\n");
        ttr_markup_dot(out, name);
    }
    if (node->is_source)
        g_string_append(out, "\\nsource");
    if (node->first_ttl != 0) {
        g_string_append(out, "\\n");
        append_ttls(out, node);
    }
    for (uint8_t i = 0; i < node->port_count; i++)
        append_port(out, names, &node->ports[i]);
    if (node->has_more_ports)
        g_string_append(out, "\\n\u2026");
}

/* The state of all its ports, TTR_STATE_UNKNOWN when they differ. */
static ttr_state_t
common_state(const ttr_dot_node_t *node)
{
    for (uint8_t i = 1; i < node->port_count; i++) {
        if (node->ports[i].state != node->ports[0].state)
            return TTR_STATE_UNKNOWN;
    }
    return node->ports[0].state;
}

static void
append_node(GString *out, const ttr_output_names_t *names, guint index, const ttr_dot_node_t *node)
{
    g_string_append_printf(out, "  n%u [label=\"", index);
    if (node->family == 0) {
        g_string_append(out, "* * *\\n");
        append_ttls(out, node);
        g_string_append(out, "\", style=\"dashed\", color=\"#80868b\", fontcolor=\"#5f6368\"];\n");
        return;
    }
    append_host_label(out, names, node);
    g_string_append(out, "\"");
    if (node->is_target)
        g_string_append_printf(out, ", shape=box, style=\"%s\", fillcolor=\"%s\", penwidth=2",
                               node->first_ttl == 0 ? "filled,dashed" : "filled", fills[common_state(node)]);
    else if (node->is_source)
        g_string_append(out, ", shape=box, style=\"filled\", fillcolor=\"#e8eaed\"");
    g_string_append(out, "];\n");
}

/* Blanks at both ends keep the words off the line: Graphviz puts them right beside it. */
static void
append_edge_label(GString *out, const ttr_dot_edge_t *edge)
{
    if (edge->answered > 0) {
        g_string_append(out, "  ");
        ttr_markup_number(out, edge->rtt_sum / edge->answered, 3);
        g_string_append_printf(out, " ms%s%s  ", edge->marks[0] == '\0' ? "" : " ", edge->marks);
    }
    if (edge->lost > 0) {
        g_string_append(out, edge->answered > 0 ? "\\n  " : "  ");
        ttr_markup_number(out, 100.0 * edge->lost / edge->sent, 1);
        g_string_append(out, "% lost  ");
    }
}

/* Between two hosts, and no flow was answered by both. */
static bool
is_possible(const ttr_dot_graph_t *graph, const ttr_dot_edge_t *edge)
{
    return edge->link == TTR_DOT_NEXT && !edge->is_proven && edge->answered > 0 &&
           ttr_dot_graph_node(graph, edge->from)->family != 0;
}

static void
append_edge(GString *out, const ttr_dot_graph_t *graph, const ttr_dot_edge_t *edge)
{
    g_string_append_printf(out, "  n%u -> n%u [", edge->from, edge->to);
    if (edge->link == TTR_DOT_NOT_REACHED) {
        g_string_append(out, "style=\"dashed\", arrowhead=\"empty\", color=\"#80868b\", tooltip=\"not reached\"];\n");
        return;
    }
    g_string_append(out, "label=\"");
    append_edge_label(out, edge);
    g_string_append_printf(out, "\", tooltip=\"%u answers this way, %u of %u probes of the hop lost\"", edge->answered,
                           edge->lost, edge->sent);
    if (edge->link == TTR_DOT_GAP)
        g_string_append(out, ", style=\"dotted\"");
    else if (is_possible(graph, edge))
        g_string_append(out, ", style=\"dashed\", color=\"#80868b\", fontcolor=\"#5f6368\", class=\"possible\"");
    else if (edge->answered == 0)
        g_string_append(out, ", style=\"dashed\", color=\"#80868b\", fontcolor=\"#5f6368\"");
    g_string_append(out, "];\n");
}

static bool
has_possible(const ttr_dot_graph_t *graph)
{
    for (guint i = 0; i < graph->edges->len; i++) {
        if (is_possible(graph, &g_array_index(graph->edges, ttr_dot_edge_t, i)))
            return true;
    }
    return false;
}

static void
write_graph(GString *out, const ttr_output_names_t *names, const ttr_dot_graph_t *graph, guint traces)
{
    g_string_append(out, "digraph tcptraceroute {\n");
    g_string_append_printf(out, "  graph [label=\"%u TCP traceroute%s%s\", labelloc=\"t\", ", traces,
                           traces == 1 ? "" : "s",
                           has_possible(graph) ? "\\ndashed and grey between routers: a possible way, "
                                                 "no flow was answered at both ends"
                                               : "");
    g_string_append(out, "fontname=\"Helvetica,Arial,sans-serif\", charset=\"UTF-8\", nodesep=\"0.5\", "
                         "ranksep=\"0.45\"];\n"
                         "  node [shape=box, style=\"rounded\", margin=\"0.16,0.07\", fontsize=\"11\", "
                         "fontname=\"Helvetica,Arial,sans-serif\"];\n"
                         "  edge [fontsize=\"9\", arrowsize=\"0.7\", fontname=\"Helvetica,Arial,sans-serif\"];\n");
    for (guint i = 0; i < graph->nodes->len; i++)
        append_node(out, names, i, ttr_dot_graph_node(graph, i));
    for (guint i = 0; i < graph->edges->len; i++)
        append_edge(out, graph, &g_array_index(graph->edges, ttr_dot_edge_t, i));
    g_string_append(out, "}\n");
}

static void
write_all(GString *out, const ttr_output_context_t *context, const GArray *traces)
{
    ttr_dot_graph_t *graph = ttr_dot_graph_new();

    for (guint i = 0; i < traces->len; i++)
        ttr_dot_graph_add_trace(graph, context->store, g_array_index(traces, uint32_t, i));
    write_graph(out, context->names, graph, traces->len);
    ttr_dot_graph_free(graph);
}

const ttr_output_t ttr_output_dot = {.name = "dot", .write_all = write_all};
