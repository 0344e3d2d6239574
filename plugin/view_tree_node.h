/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Nodes of Wireshark's stats tree, filled in rather than ticked: a tick belongs to the packet of the moment, and would
 * give rates and bursts that say when the view was made. All that knows how Wireshark keeps a tree is here.
 */
#ifndef VIEW_TREE_NODE_H
#define VIEW_TREE_NODE_H

#include <epan/packet.h>
#include <epan/stats_tree_priv.h>

#include <stdbool.h>

/* A node to which children are added. */
typedef struct ttr_branch {
    int id;
    stat_node *node;            /* borrowed from the tree */
    stat_node *last;            /* its last child; NULL: it has none */
} ttr_branch_t;

/* RTTs in ms. */
typedef struct ttr_branch_figures {
    uint32_t count;
    double total;
    double least;
    double most;
} ttr_branch_figures_t;

/* Is the tree drawn in a window, node by node as they are added? */
bool ttr_branch_is_window(const stats_tree *tree);

/* Which packets the tree is given; NULL: all. Borrowed. */
const char *ttr_branch_filter(const stats_tree *tree);

ttr_branch_t ttr_branch_root(stats_tree *tree);

/* Adds a child behind the others. A window is given it if `is_shown`; what is below a node that it was not given must
 * not be given to it either. */
ttr_branch_t ttr_branch_add(ttr_branch_t *parent, const char *name, bool is_shown);

/* How many, their average, the smallest and the largest. */
void ttr_branch_fill(const ttr_branch_t *branch, const ttr_branch_figures_t *figures);

/* Adds the figures to *sum, which begins as {.count = 0}. */
void ttr_branch_sum(ttr_branch_figures_t *sum, const ttr_branch_figures_t *figures);

/* Another name for a node that has no children yet and is not drawn yet. */
void ttr_branch_rename(ttr_branch_t *branch, const char *name);

/* The node stands in this place among its siblings, whatever a window is sorted by. Once a node. */
void ttr_branch_keep_place(const ttr_branch_t *branch, int place);

/* The node stands above its siblings. */
void ttr_branch_keep_top(const ttr_branch_t *branch);

/* Says that no time has passed, so that there are no rates. */
void ttr_branch_stop_clock(stats_tree *tree);

#endif
