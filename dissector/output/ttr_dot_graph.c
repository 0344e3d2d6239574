/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_dot_graph.h"

#include "ttr_text.h"

#define LINK_BITS 2

ttr_dot_graph_t *
ttr_dot_graph_new(void)
{
    ttr_dot_graph_t *graph = g_new(ttr_dot_graph_t, 1);

    graph->nodes = g_array_new(FALSE, TRUE, sizeof(ttr_dot_node_t));
    graph->edges = g_array_new(FALSE, TRUE, sizeof(ttr_dot_edge_t));
    graph->node_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    graph->edge_index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return graph;
}

void
ttr_dot_graph_free(ttr_dot_graph_t *graph)
{
    if (graph == NULL)
        return;
    g_array_unref(graph->nodes);
    g_array_unref(graph->edges);
    g_hash_table_destroy(graph->node_index);
    g_hash_table_destroy(graph->edge_index);
    g_free(graph);
}

/* Takes over `key`. */
static guint
find_node(ttr_dot_graph_t *graph, char *key, const ttr_dot_node_t *fresh)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(graph->node_index, key));

    if (index == 0) {
        g_array_append_vals(graph->nodes, fresh, 1);
        index = graph->nodes->len;
        g_hash_table_insert(graph->node_index, key, GUINT_TO_POINTER(index));
    } else {
        g_free(key);
    }
    return index - 1;
}

guint
ttr_dot_graph_host(ttr_dot_graph_t *graph, uint8_t family, const ttr_address_t *address)
{
    ttr_dot_node_t fresh = {.family = family, .address = *address};
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    return find_node(graph, g_strdup(digits), &fresh);
}

guint
ttr_dot_graph_silence(ttr_dot_graph_t *graph, const char *key)
{
    ttr_dot_node_t fresh = {.family = 0};

    return find_node(graph, g_strdup_printf("* %s", key), &fresh);
}

ttr_dot_edge_t *
ttr_dot_graph_edge(ttr_dot_graph_t *graph, guint from, guint to, ttr_dot_link_t link)
{
    gint64 key = (gint64)(((guint64)from << 32 | to) << LINK_BITS | link);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(graph->edge_index, &key));
    ttr_dot_edge_t fresh = {.from = from, .to = to, .link = link};

    if (index == 0) {
        gint64 *kept = g_new(gint64, 1);

        *kept = key;
        g_array_append_val(graph->edges, fresh);
        index = graph->edges->len;
        g_hash_table_insert(graph->edge_index, kept, GUINT_TO_POINTER(index));
    }
    return &g_array_index(graph->edges, ttr_dot_edge_t, index - 1);
}

ttr_dot_node_t *
ttr_dot_graph_node(const ttr_dot_graph_t *graph, guint index)
{
    return &g_array_index(graph->nodes, ttr_dot_node_t, index);
}
