/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The keys of each group of a description, one table a group. Each function reads all keys of `group` into its
 * object; false and an error "[group] key: ..." when a key is unknown or its value has no meaning.
 */
#ifndef SIM_KEYS_H
#define SIM_KEYS_H

#include "sim_description.h"

bool sim_keys_simulator(GKeyFile *file, const char *group, sim_description_t *description, GError **error);
bool sim_keys_router(GKeyFile *file, const char *group, sim_router_t *router, GError **error);

/* The key "path" is left to the caller, who knows the routers. */
bool sim_keys_target(GKeyFile *file, const char *group, sim_target_t *target, GError **error);

#endif
