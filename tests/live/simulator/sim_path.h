/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A path as text and as a tree: "r1 (a1 a2 | b1 b2) {c | d} r5". Routers by name; ( ) chooses a branch by flow,
 * { } anew for each packet; choices may stand inside branches, and a branch may be empty.
 */
#ifndef SIM_PATH_H
#define SIM_PATH_H

#include "sim_description.h"

/* Reads `text`; `routers` maps names to sim_router_t, which the path borrows. NULL and an error when a bracket is
 * not closed or a router is unknown. Free with g_ptr_array_unref().
 */
GPtrArray *sim_path_parse(const char *text, GHashTable *routers, GError **error);

/* Which of `count` branches a packet with this hash takes. Each gets the same share of all hashes. */
unsigned sim_path_branch(uint32_t hash, unsigned count);

#endif
