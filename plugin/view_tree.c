/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Statistics > TCP Traceroute > Paths, and `-z tcptraceroute,tree`: trace, hop and responder as a stats tree. A node
 * counts the probes that were answered, and has the average, the smallest and the largest RTT of their first answers.
 *
 * A window lays itself out anew for each node that it is given: 1,000 nodes take it seconds, 100,000 would take hours.
 * So it is given those of the first traces, and a word about the others. All are in the tree, which is what its Copy
 * and Save as write.
 */
#include "views.h"

#include "ttr_format.h"
#include "ttr_hop_list.h"
#include "ttr_text.h"
#include "ttr_wsversion.h"
#include "view_hints.h"
#include "view_names.h"
#include "view_tapped.h"
#include "view_tree_node.h"

enum {
    WINDOW_NODES = 400,         /* a window is given no trace that begins behind so many nodes */
    WINDOW_NODES_MAX = 1000     /* nor a node that does */
};

/* What we know of one tree of Wireshark's. */
typedef struct paths {
    ttr_tapped_t *tapped;       /* owned */
    ttr_branch_t root;
    uint32_t shown;             /* nodes that a window was given */
    uint32_t others;            /* traces that it was not given */
    ttr_branch_t word;          /* the node that speaks for them, when there are any */
    ttr_branch_figures_t word_figures;
} paths_t;

static GHashTable *all_paths;   /* owned: stats_tree -> paths_t (owned) */

static ttr_branch_figures_t
figures_of(const ttr_statistics_t *statistics)
{
    return (ttr_branch_figures_t){
        .count = statistics->received,
        .total = statistics->average * statistics->received,
        .least = statistics->best,
        .most = statistics->worst,
    };
}

static ttr_branch_t
add_node(paths_t *paths, ttr_branch_t *parent, const char *name, bool is_trace_shown)
{
    bool is_shown = is_trace_shown && paths->shown < WINDOW_NODES_MAX;

    paths->shown += is_shown ? 1 : 0;
    return ttr_branch_add(parent, name, is_shown);
}

static void
add_responder(paths_t *paths, ttr_branch_t *parent, const ttr_responder_t *responder, bool is_shown)
{
    char *name = ttr_format_host(&ttr_view_names, responder->family, &responder->address);
    ttr_branch_figures_t figures = figures_of(&responder->statistics);
    ttr_branch_t branch = add_node(paths, parent, name, is_shown);

    ttr_branch_fill(&branch, &figures);
    g_free(name);
}

static void
add_hop(paths_t *paths, ttr_branch_t *parent, const ttr_hop_t *hop, bool is_shown)
{
    GString *name = g_string_new(NULL);
    uint32_t lost = ttr_statistics_lost(&hop->statistics);
    ttr_branch_figures_t figures = figures_of(&hop->statistics);
    ttr_branch_t branch;

    g_string_printf(name, "Hop %u", hop->ttl);
    if (lost > 0)
        g_string_append_printf(name, ", %u of %u probes unanswered", lost, hop->statistics.sent);
    branch = add_node(paths, parent, name->str, is_shown);
    ttr_branch_keep_place(&branch, hop->ttl);
    ttr_branch_fill(&branch, &figures);
    for (guint i = 0; i < hop->responders->len; i++)
        add_responder(paths, &branch, &g_array_index(hop->responders, ttr_responder_t, i), is_shown);
    g_string_free(name, TRUE);
}

static ttr_branch_figures_t
sum_of(const ttr_hops_t *hops)
{
    ttr_branch_figures_t sum = {.count = 0};

    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);
        ttr_branch_figures_t figures = figures_of(&hop->statistics);

        if (hop->is_on_path)
            ttr_branch_sum(&sum, &figures);
    }
    return sum;
}

/* Speaks for one more trace that a window is not given. */
static void
add_other(paths_t *paths, const ttr_branch_figures_t *figures)
{
    char *name = g_strdup_printf("%u more traces: in Copy and Save as, and here with a display filter that chooses them",
                                 ++paths->others);

    if (paths->others == 1)
        paths->word = ttr_branch_add(&paths->root, name, true);
    else
        ttr_branch_rename(&paths->word, name);
    ttr_branch_sum(&paths->word_figures, figures);
    ttr_branch_fill(&paths->word, &paths->word_figures);
    ttr_branch_keep_top(&paths->word);
    g_free(name);
}

/* Wireshark sorts traces by name, so their numbers are equally long. */
static char *
trace_name(const ttr_trace_info_t *trace, uint32_t count)
{
    char target[TTR_TEXT_ADDRESS_MAX];
    int digits = 1;

    for (uint32_t greatest = count - 1; greatest >= 10; greatest /= 10)
        digits++;
    ttr_text_address(trace->family, &trace->target, target);
    return g_strdup_printf("Trace %*u: %s port %u, %s%s", digits, trace->index, target, trace->dport,
                           ttr_state_name(trace->state), trace->is_reached ? "" : ", not reached");
}

static void
add_trace(void *view, const ttr_store_t *store, uint32_t trace)
{
    paths_t *paths = view;
    bool is_shown = paths->shown < WINDOW_NODES;
    ttr_hops_t *hops = ttr_hops_new(store, trace);
    ttr_branch_figures_t sum;
    ttr_branch_t branch;
    char *name;

    if (hops == NULL)
        return;
    sum = sum_of(hops);
    name = trace_name(&hops->trace, ttr_path_trace_count(store));
    branch = add_node(paths, &paths->root, name, is_shown);
    ttr_branch_fill(&branch, &sum);
    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (hop->is_on_path)
            add_hop(paths, &branch, hop, is_shown);
    }
    if (!is_shown && ttr_branch_is_window(branch.node->st))
        add_other(paths, &sum);
    paths->root.node->counter += (int)sum.count;
    g_free(name);
    ttr_hops_free(hops);
}

static void
paths_free(void *data)
{
    paths_t *paths = data;

    ttr_tapped_free(paths->tapped);
    g_free(paths);
}

static paths_t *
paths_of(stats_tree *tree)
{
    paths_t *paths = g_hash_table_lookup(all_paths, tree);

    if (paths != NULL)
        return paths;
    paths = g_new0(paths_t, 1);
    paths->tapped = ttr_tapped_new(add_trace, paths);
    paths->root = ttr_branch_root(tree);
    g_hash_table_insert(all_paths, tree, paths);
    return paths;
}

static tap_packet_status
take(stats_tree *tree, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
     tap_flags_t flags G_GNUC_UNUSED)
{
    ttr_tapped_take(paths_of(tree)->tapped, data, ttr_branch_is_window(tree));
    ttr_branch_stop_clock(tree);
    return TAP_PACKET_REDRAW;
}

static void
forget(stats_tree *tree)
{
    g_hash_table_remove(all_paths, tree);
}

/* A new tree begins, or one begins anew. */
static void
begin(stats_tree *tree)
{
    forget(tree);
    if (!ttr_branch_is_window(tree))
        view_hints_watch_filter(ttr_branch_filter(tree));
}

void
view_tree_register(void)
{
    all_paths = g_hash_table_new_full(NULL, NULL, NULL, paths_free);
    stats_tree_register_plugin(TTR_TAP_NAME, "tcptraceroute", "TCP Traceroute" TTR_STATS_TREE_SEPARATOR "Paths",
                               TL_REQUIRES_NOTHING | ST_SORT_COL_NAME << ST_FLG_SRTCOL_SHIFT, take, begin, forget);
}
