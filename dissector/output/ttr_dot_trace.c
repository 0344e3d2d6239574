/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How one trace becomes nodes and edges, hop after hop.
 *
 * Which responder of a hop stands behind which of the hop before? Where load is balanced by flow, probes of one flow
 * (ports, and in IPv6 the flow label: RFC 6438) take one way: a responder follows those that answered the same flow one
 * hop before. Only this proves an edge, and only where this flow has one responder at either end: where packets of one
 * flow take several ways, or the path changed in between, no two probes tell of one way. Where no probe of the flow was
 * answered one hop before, the responder may follow any of those that answered there: all ways are drawn, as possible.
 *
 * Hops without an answer are drawn as one node, shared by all traces in which as many of them stand between the same
 * neighbours; at the end of a path that never reached its target, by all that were silent between the same neighbour
 * and the same target, however many hops were probed.
 */
#include "ttr_dot_graph.h"

/* More than so many responders in one hop: to draw all ways would say nothing, so each gets one. */
#define WAYS_MAX 64
#define NS_PER_MS 1e6

/* Where the walk along one trace has come. */
typedef struct walk {
    ttr_dot_graph_t *graph;
    const ttr_store_t *store;
    ttr_hops_t *hops;      /* owned */
    GArray *nodes;              /* owned: of the last hop that answered, each once (guint) */
    GHashTable *flows;          /* owned: flow (gint64, owned) -> its nodes among them (GArray of guint, owned) */
    uint8_t ttl;                /* of the last hop, silent ones included; 0 at the source */
    bool has_gap;               /* TTLs between were not probed, since the last hop that answered */
    uint32_t silent_hops;       /* since then */
    uint32_t silent_lost;
    uint8_t silent_first;
    uint8_t silent_last;
} walk_t;

static gint64
flow_of(const ttr_probe_info_t *probe)
{
    return (gint64)((uint64_t)probe->flow_label << 32 | (uint32_t)probe->sport << 16 | probe->dport);
}

static GHashTable *
flows_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
}

static guint
node_of(const walk_t *walk, const ttr_hop_t *hop, uint32_t responder)
{
    const ttr_responder_t *found = &g_array_index(hop->responders, ttr_responder_t, responder);

    return ttr_dot_graph_host(walk->graph, found->family, &found->address);
}

static void
widen(ttr_dot_node_t *node, uint8_t first_ttl, uint8_t last_ttl)
{
    if (node->first_ttl == 0 || first_ttl < node->first_ttl)
        node->first_ttl = first_ttl;
    node->last_ttl = MAX(node->last_ttl, last_ttl);
}

/* Counts the probes of a hop of this trace on an edge that leads to it, once. */
static void
count_hop(const walk_t *walk, ttr_dot_edge_t *edge, uint8_t ttl, uint32_t sent, uint32_t lost)
{
    uint64_t mark = ((uint64_t)walk->hops->trace.index << 8 | ttl) + 1;

    if (edge->counted == mark)
        return;
    edge->counted = mark;
    edge->sent += sent;
    edge->lost += lost;
}

static ttr_dot_link_t
link_of(const walk_t *walk)
{
    return walk->has_gap ? TTR_DOT_GAP : TTR_DOT_NEXT;
}

static void
draw_way(const walk_t *walk, guint from, guint to, const ttr_hop_t *hop, const ttr_reply_info_t *reply)
{
    ttr_dot_edge_t *edge = ttr_dot_graph_edge(walk->graph, from, to, link_of(walk));

    edge->rtt_sum += (double)reply->rtt_ns / NS_PER_MS;
    edge->answered++;
    ttr_marks_add(edge->marks, reply);
    count_hop(walk, edge, hop->ttl, hop->statistics.sent - hop->statistics.in_flight,
              ttr_statistics_lost(&hop->statistics));
}

/* Draws the ways on which an answered probe may have come to `to`. `flows`: those of this hop, with their nodes. */
static void
draw_ways(const walk_t *walk, const ttr_hop_t *hop, guint to, const ttr_probe_info_t *probe, GHashTable *flows)
{
    gint64 flow = flow_of(probe);
    const GArray *before = g_hash_table_lookup(walk->flows, &flow), *here = g_hash_table_lookup(flows, &flow);
    const GArray *from = before != NULL ? before : walk->nodes;
    ttr_reply_info_t reply;

    ttr_path_reply(walk->store, probe->first_reply, &reply);
    if (from->len > WAYS_MAX) {
        draw_way(walk, g_array_index(from, guint, to % from->len), to, hop, &reply);
        return;
    }
    for (guint i = 0; i < from->len; i++)
        draw_way(walk, g_array_index(from, guint, i), to, hop, &reply);
    if (walk->ttl == 1 || (here->len == 1 && before != NULL && before->len == 1))
        ttr_dot_graph_edge(walk->graph, g_array_index(from, guint, 0), to, link_of(walk))->is_proven = true;
}

static void
remember_flow(GHashTable *flows, gint64 flow, guint node)
{
    GArray *nodes = g_hash_table_lookup(flows, &flow);

    if (nodes == NULL) {
        gint64 *kept = g_new(gint64, 1);

        *kept = flow;
        nodes = g_array_new(FALSE, FALSE, sizeof node);
        g_hash_table_insert(flows, kept, nodes);
    }
    if (nodes->len > WAYS_MAX)
        return;
    for (guint i = 0; i < nodes->len; i++) {
        if (g_array_index(nodes, guint, i) == node)
            return;
    }
    g_array_append_val(nodes, node);
}

/* The probe at this place of the hop, and the node that answered it; false when nobody did. `nodes`: its responders. */
static bool
read_answered(const walk_t *walk, const GArray *nodes, guint place, ttr_probe_info_t *probe, guint *node)
{
    uint32_t responder = g_array_index(walk->hops->answered_by, uint32_t, place);

    if (responder == TTR_HOPS_NOBODY)
        return false;
    ttr_path_probe(walk->store, g_array_index(walk->hops->probes, uint32_t, place), probe);
    *node = g_array_index(nodes, guint, responder);
    return true;
}

/* The flows that were answered at this hop. The caller frees them. */
static GHashTable *
flows_of_hop(const walk_t *walk, const ttr_hop_t *hop, const GArray *nodes)
{
    GHashTable *flows = flows_new();
    ttr_probe_info_t probe;
    guint node;

    for (guint i = hop->first; i < hop->first + hop->count; i++) {
        if (read_answered(walk, nodes, i, &probe, &node))
            remember_flow(flows, flow_of(&probe), node);
    }
    return flows;
}

/* From now on the hop's responders, which are `nodes`, are those that the next hop stands behind. Takes over `flows`. */
static void
move_to(walk_t *walk, const ttr_hop_t *hop, const GArray *nodes, GHashTable *flows)
{
    g_array_set_size(walk->nodes, 0);
    g_array_append_vals(walk->nodes, nodes->data, nodes->len);
    g_hash_table_destroy(walk->flows);
    walk->flows = flows;
    for (guint i = 0; i < nodes->len; i++)
        widen(ttr_dot_graph_node(walk->graph, g_array_index(nodes, guint, i)), hop->ttl, hop->ttl);
    walk->has_gap = false;
    walk->silent_hops = 0;
    walk->silent_lost = 0;
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;

    return left < right ? -1 : left > right;
}

/* Appends the numbers of the nodes in ascending order, whatever order they have. */
static void
append_nodes(GString *key, const GArray *nodes)
{
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(guint), nodes->len);

    g_array_append_vals(sorted, nodes->data, nodes->len);
    g_array_sort(sorted, compare_nodes);
    for (guint i = 0; i < sorted->len; i++)
        g_string_append_printf(key, " %u", g_array_index(sorted, guint, i));
    g_array_unref(sorted);
}

/* Ends a run of silent hops before `successors`; from now on the next hop stands behind it. `is_end`: nothing
 * answered behind it. */
static void
draw_silence(walk_t *walk, const GArray *successors, bool is_end)
{
    GString *key = g_string_new(NULL);
    guint node;

    append_nodes(key, walk->nodes);
    g_string_append(key, is_end ? " |" : " | ");
    if (!is_end)
        g_string_append_printf(key, "%u |", walk->silent_hops);
    append_nodes(key, successors);
    node = ttr_dot_graph_silence(walk->graph, key->str);
    g_string_free(key, TRUE);
    widen(ttr_dot_graph_node(walk->graph, node), walk->silent_first, walk->silent_last);
    for (guint i = 0; i < walk->nodes->len && i <= WAYS_MAX; i++) {
        guint from = g_array_index(walk->nodes, guint, i);
        ttr_dot_edge_t *edge = ttr_dot_graph_edge(walk->graph, from, node, link_of(walk));

        count_hop(walk, edge, walk->silent_last, walk->silent_lost, walk->silent_lost);
    }
    g_array_set_size(walk->nodes, 0);
    g_array_append_val(walk->nodes, node);
    g_hash_table_remove_all(walk->flows);
    walk->has_gap = false;
}

static void
visit_silent(walk_t *walk, const ttr_hop_t *hop)
{
    if (walk->silent_hops == 0)
        walk->silent_first = hop->ttl;
    walk->silent_last = hop->ttl;
    walk->silent_hops++;
    walk->silent_lost += ttr_statistics_lost(&hop->statistics);
}

static void
visit_answered(walk_t *walk, const ttr_hop_t *hop)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(guint));
    GHashTable *flows;
    ttr_probe_info_t probe;
    guint node;

    for (guint i = 0; i < hop->responders->len; i++) {
        node = node_of(walk, hop, i);
        g_array_append_val(nodes, node);
    }
    if (walk->silent_hops > 0)
        draw_silence(walk, nodes, false);
    flows = flows_of_hop(walk, hop, nodes);
    for (guint i = hop->first; i < hop->first + hop->count; i++) {
        if (read_answered(walk, nodes, i, &probe, &node))
            draw_ways(walk, hop, node, &probe, flows);
    }
    move_to(walk, hop, nodes, flows);
    g_array_unref(nodes);
}

static guint
add_target(ttr_dot_graph_t *graph, const ttr_trace_info_t *trace)
{
    guint index = ttr_dot_graph_host(graph, trace->family, &trace->target);
    ttr_dot_node_t *node = ttr_dot_graph_node(graph, index);
    ttr_dot_port_t port = {.port = trace->dport, .state = trace->state, .is_reached = trace->is_reached};

    node->is_target = true;
    for (uint8_t i = 0; i < node->port_count; i++) {
        const ttr_dot_port_t *known = &node->ports[i];

        if (known->port == port.port && known->state == port.state && known->is_reached == port.is_reached)
            return index;
    }
    if (node->port_count < TTR_DOT_PORTS_MAX)
        node->ports[node->port_count++] = port;
    else
        node->has_more_ports = true;
    return index;
}

/* The target never answered: what is left of the path leads to it all the same. */
static void
draw_end(walk_t *walk, guint target)
{
    GArray *successors = g_array_new(FALSE, FALSE, sizeof(guint));

    g_array_append_val(successors, target);
    if (walk->silent_hops > 0)
        draw_silence(walk, successors, true);
    for (guint i = 0; i < walk->nodes->len && i <= WAYS_MAX; i++)
        ttr_dot_graph_edge(walk->graph, g_array_index(walk->nodes, guint, i), target, TTR_DOT_NOT_REACHED);
    g_array_unref(successors);
}

static void
walk_hops(walk_t *walk)
{
    for (guint i = 0; i < walk->hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(walk->hops->hops, i);

        if (!hop->is_on_path)
            break;
        walk->has_gap = walk->has_gap || hop->ttl != walk->ttl + 1;
        walk->ttl = hop->ttl;
        if (hop->responders->len == 0)
            visit_silent(walk, hop);
        else
            visit_answered(walk, hop);
    }
}

void
ttr_dot_graph_add_trace(ttr_dot_graph_t *graph, const ttr_store_t *store, uint32_t trace)
{
    walk_t walk = {.graph = graph, .store = store, .hops = ttr_hops_new(store, trace)};
    guint source, target;

    if (walk.hops == NULL)
        return;
    walk.nodes = g_array_new(FALSE, FALSE, sizeof(guint));
    walk.flows = flows_new();
    source = ttr_dot_graph_host(graph, walk.hops->trace.family, &walk.hops->trace.source);
    ttr_dot_graph_node(graph, source)->is_source = true;
    g_array_append_val(walk.nodes, source);
    walk_hops(&walk);
    target = add_target(graph, &walk.hops->trace);
    if (!walk.hops->trace.is_reached)
        draw_end(&walk, target);
    g_array_unref(walk.nodes);
    g_hash_table_destroy(walk.flows);
    ttr_hops_free(walk.hops);
}
