/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Statistics > TCP Traceroute > Paths, and `-z tcptraceroute,tree`: trace, hop and responder as a stats tree. A node
 * counts the probes that were answered, and has the average, the smallest and the largest RTT of their first answers.
 * Nodes are filled in, not ticked: a tick belongs to the packet of the moment, and would give rates and bursts that
 * say when the view was made.
 */
#include "views.h"

#include <epan/packet.h>
#include <epan/stats_tree_priv.h>

#include "ttr_wsversion.h"
#include "view_choice.h"
#include "view_format.h"
#include "view_hop_list.h"
#include "view_markup.h"

/* A node to which children are added. */
typedef struct branch {
    int id;
    stat_node *node;            /* borrowed from the tree */
    stat_node *last;            /* its last child; NULL: it has none */
} branch_t;

/* What we know of one tree of Wireshark's. */
typedef struct paths {
    stats_tree *tree;           /* borrowed; lives until forget() */
    ttr_choice_t *choice;       /* owned */
    branch_t root;
} paths_t;

/* RTTs in ms. */
typedef struct figures {
    uint32_t count;
    double total;
    double least;
    double most;
} figures_t;

static GHashTable *all_paths;   /* owned: stats_tree -> paths_t (owned) */

static branch_t
branch_of(stats_tree *tree, int id)
{
    branch_t branch = {.id = id, .node = g_ptr_array_index(tree->parents, (guint)id)};

    for (stat_node *child = branch.node->children; child != NULL; child = child->next)
        branch.last = child;
    return branch;
}

/* Wireshark looks for the last child from the first one on, each time. So it gets the last one as the first. */
static branch_t
add_node(stats_tree *tree, branch_t *parent, const char *name)
{
    stat_node *first = parent->node->children;
    branch_t branch;

    if (parent->last != NULL)
        parent->node->children = parent->last;
    branch = branch_of(tree, stats_tree_create_node(tree, name, parent->id, STAT_DT_FLOAT, FALSE));
    if (parent->last != NULL)
        parent->node->children = first;
    parent->last = branch.node;
    return branch;
}

static void
fill_node(const branch_t *branch, const figures_t *figures)
{
    stat_node *node = branch->node;

    node->counter = (int)figures->count;
    node->total.float_total = figures->total;
    node->minvalue.float_min = (float)figures->least;
    node->maxvalue.float_max = (float)figures->most;
    node->st_flags |= ST_FLG_AVERAGE;
}

static figures_t
figures_of(const ttr_statistics_t *statistics)
{
    return (figures_t){
        .count = statistics->received,
        .total = statistics->average * statistics->received,
        .least = statistics->best,
        .most = statistics->worst,
    };
}

static void
add_figures(figures_t *sum, const figures_t *figures)
{
    if (figures->count == 0)
        return;
    sum->least = sum->count == 0 ? figures->least : MIN(sum->least, figures->least);
    sum->most = sum->count == 0 ? figures->most : MAX(sum->most, figures->most);
    sum->count += figures->count;
    sum->total += figures->total;
}

static int
digits_of(uint32_t number)
{
    int digits = 1;

    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

static void
add_responder(stats_tree *tree, branch_t *parent, const ttr_view_responder_t *responder)
{
    char *host = ttr_view_host(responder->family, &responder->address);
    char *name = ttr_markup_plain(host);
    figures_t figures = figures_of(&responder->statistics);
    branch_t branch = add_node(tree, parent, name);

    fill_node(&branch, &figures);
    g_free(name);
    g_free(host);
}

/* Wireshark sorts children by name, so the numbers of one trace are equally long. Adds the hop's figures to *sum. */
static void
add_hop(stats_tree *tree, branch_t *parent, const ttr_view_hops_t *hops, const ttr_view_hop_t *hop, figures_t *sum)
{
    GString *name = g_string_new(NULL);
    uint32_t lost = hop->statistics.sent - hop->statistics.received;
    figures_t figures = figures_of(&hop->statistics);
    branch_t branch;

    g_string_printf(name, "Hop %*u", digits_of(hops->trace.last_ttl), hop->ttl);
    if (lost > 0)
        g_string_append_printf(name, ", %u of %u probes unanswered", lost, hop->statistics.sent);
    branch = add_node(tree, parent, name->str);
    fill_node(&branch, &figures);
    for (guint i = 0; i < hop->responders->len; i++)
        add_responder(tree, &branch, &g_array_index(hop->responders, ttr_view_responder_t, i));
    add_figures(sum, &figures);
    g_string_free(name, TRUE);
}

static char *
trace_name(const ttr_trace_info_t *trace, uint32_t count)
{
    char target[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(trace->family, &trace->target, target);
    return g_strdup_printf("Trace %*u: %s port %u, %s%s", digits_of(count - 1), trace->index, target, trace->dport,
                           ttr_state_name(trace->state), trace->is_reached ? "" : ", not reached");
}

static void
add_trace(void *view, const ttr_store_t *store, uint32_t trace)
{
    paths_t *paths = view;
    ttr_view_hops_t *hops = ttr_view_hops_new(store, trace);
    figures_t sum = {.count = 0};
    branch_t branch;
    char *name;

    if (hops == NULL)
        return;
    name = trace_name(&hops->trace, ttr_path_trace_count(store));
    branch = add_node(paths->tree, &paths->root, name);
    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_view_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (hop->is_on_path)
            add_hop(paths->tree, &branch, hops, hop, &sum);
    }
    fill_node(&branch, &sum);
    paths->root.node->counter += (int)sum.count;
    g_free(name);
    ttr_view_hops_free(hops);
}

static void
paths_free(void *data)
{
    paths_t *paths = data;

    ttr_choice_free(paths->choice);
    g_free(paths);
}

static paths_t *
paths_of(stats_tree *tree)
{
    paths_t *paths = g_hash_table_lookup(all_paths, tree);

    if (paths != NULL)
        return paths;
    paths = g_new0(paths_t, 1);
    paths->tree = tree;
    paths->choice = ttr_choice_new(add_trace, paths);
    paths->root = branch_of(tree, 0);
    g_hash_table_insert(all_paths, tree, paths);
    return paths;
}

/* Only windows have something to do for each node. */
static tap_packet_status
take(stats_tree *tree, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
     tap_flags_t flags G_GNUC_UNUSED)
{
    ttr_choice_take(paths_of(tree)->choice, data, tree->cfg->setup_node_pr != NULL);
    tree->elapsed = 0;          /* so there are no rates */
    return TAP_PACKET_REDRAW;
}

/* A new tree begins, or one begins anew. */
static void
forget(stats_tree *tree)
{
    g_hash_table_remove(all_paths, tree);
}

void
view_tree_register(void)
{
    all_paths = g_hash_table_new_full(NULL, NULL, NULL, paths_free);
    stats_tree_register_plugin(TTR_TAP_NAME, "tcptraceroute", "TCP Traceroute" TTR_STATS_TREE_SEPARATOR "Paths",
                               TL_REQUIRES_NOTHING | ST_SORT_COL_NAME << ST_FLG_SRTCOL_SHIFT, take, forget, forget);
}
