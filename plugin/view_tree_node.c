/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_tree_node.h"

bool
ttr_branch_is_window(const stats_tree *tree)
{
    return tree->cfg->setup_node_pr != NULL;
}

const char *
ttr_branch_filter(const stats_tree *tree)
{
    return tree->filter;
}

static ttr_branch_t
branch_of(stats_tree *tree, int id)
{
    ttr_branch_t branch = {.id = id, .node = g_ptr_array_index(tree->parents, (guint)id)};

    for (stat_node *child = branch.node->children; child != NULL; child = child->next)
        branch.last = child;
    return branch;
}

ttr_branch_t
ttr_branch_root(stats_tree *tree)
{
    return branch_of(tree, 0);
}

/* Wireshark looks for the last child from the first one on, each time. So it gets the last one as the first. */
ttr_branch_t
ttr_branch_add(ttr_branch_t *parent, const char *name, bool is_shown)
{
    stats_tree *tree = parent->node->st;
    void (*give_to_window)(stat_node *) = tree->cfg->setup_node_pr;
    stat_node *first = parent->node->children;
    ttr_branch_t branch;

    if (!is_shown)
        tree->cfg->setup_node_pr = NULL;
    if (first != NULL)
        parent->node->children = parent->last;
    branch = branch_of(tree, stats_tree_create_node(tree, name, parent->id, STAT_DT_FLOAT, FALSE));
    if (first != NULL)
        parent->node->children = first;
    tree->cfg->setup_node_pr = give_to_window;
    parent->last = branch.node;
    return branch;
}

void
ttr_branch_fill(const ttr_branch_t *branch, const ttr_branch_figures_t *figures)
{
    stat_node *node = branch->node;

    node->counter = (int)figures->count;
    node->total.float_total = figures->total;
    node->minvalue.float_min = (float)figures->least;
    node->maxvalue.float_max = (float)figures->most;
    node->st_flags |= ST_FLG_AVERAGE;
}

void
ttr_branch_sum(ttr_branch_figures_t *sum, const ttr_branch_figures_t *figures)
{
    if (figures->count == 0)
        return;
    sum->least = sum->count == 0 ? figures->least : MIN(sum->least, figures->least);
    sum->most = sum->count == 0 ? figures->most : MAX(sum->most, figures->most);
    sum->count += figures->count;
    sum->total += figures->total;
}

/* Wireshark finds nodes by their names, too, and does not copy those. */
void
ttr_branch_rename(ttr_branch_t *branch, const char *name)
{
    stat_node *node = branch->node;

    g_hash_table_remove(node->st->names, node->name);
    g_free(node->name);
    node->name = g_strdup(name);
    g_hash_table_insert(node->st->names, node->name, node);
}

/* The node owns its range. */
void
ttr_branch_keep_place(const ttr_branch_t *branch, int place)
{
    branch->node->rng = g_new(range_pair_t, 1);
    *branch->node->rng = (range_pair_t){.floor = place, .ceil = place};
}

void
ttr_branch_keep_top(const ttr_branch_t *branch)
{
    branch->node->st_flags |= ST_FLG_SORT_TOP;
}

void
ttr_branch_stop_clock(stats_tree *tree)
{
    tree->elapsed = 0;
}
