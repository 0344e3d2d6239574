/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sim_description.h"
#include "sim_error.h"
#include "sim_keys.h"
#include "sim_path.h"

static void
free_router(void *data)
{
    sim_router_t *router = data;

    g_free(router->name);
    g_array_unref(router->labels);
    g_array_unref(router->reject_ports);
    g_free(router);
}

static void
free_target(void *data)
{
    sim_target_t *target = data;

    g_free(target->name);
    g_array_unref(target->prefixes);
    if (target->path != NULL)
        g_ptr_array_unref(target->path);
    g_array_unref(target->answers);
    g_free(target);
}

static sim_router_t *
new_router(const char *name)
{
    sim_router_t *router = g_new0(sim_router_t, 1);

    router->name = g_strdup(name);
    router->rtt_us = SIM_RTT_BY_DISTANCE;
    router->quote = SIM_QUOTE_FULL;
    router->quote_ttl = SIM_TTL_AS_IT_IS;
    router->ttl = 255;
    router->tos = 0xc0;
    router->extension_length = true;
    router->labels = g_array_new(FALSE, FALSE, sizeof(sim_label_t));
    router->reject_ports = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    return router;
}

static sim_target_t *
new_target(const char *name)
{
    const sim_answer_t usual = {.port = 0, .kind = SIM_ANSWER_SYN_ACK};
    sim_target_t *target = g_new0(sim_target_t, 1);

    target->name = g_strdup(name);
    target->rtt_us = SIM_RTT_BY_DISTANCE;
    target->hop_rtt_us = 5000;
    target->ttl = 64;
    target->challenge_ms = 500;
    target->prefixes = g_array_new(FALSE, FALSE, sizeof(sim_prefix_t));
    target->answers = g_array_new(FALSE, FALSE, sizeof(sim_answer_t));
    g_array_append_val(target->answers, usual);
    return target;
}

/* "router r1" gives "r1" for the kind "router"; NULL for another kind. */
static const char *
name_of(const char *group, const char *kind)
{
    size_t length = strlen(kind);

    return g_str_has_prefix(group, kind) && group[length] == ' ' ? group + length + 1 : NULL;
}

static bool
read_routers(sim_description_t *description, GKeyFile *file, GHashTable *by_name, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group != NULL; group++) {
        const char *name = name_of(*group, "router");
        sim_router_t *router;

        if (name == NULL)
            continue;
        router = new_router(name);
        g_ptr_array_add(description->routers, router);
        g_hash_table_insert(by_name, router->name, router);
        if (!sim_keys_router(file, *group, router, error))
            return false;
    }
    return true;
}

static bool
read_path(GKeyFile *file, const char *group, sim_target_t *target, GHashTable *routers, GError **error)
{
    g_autofree char *text = g_key_file_get_string(file, group, "path", NULL);

    target->path = sim_path_parse(text != NULL ? text : "", routers, error);
    if (target->path == NULL) {
        g_prefix_error(error, "[%s] ", group);
        return false;
    }
    if (target->prefixes->len == 0) {
        g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "[%s] prefixes: there are none", group);
        return false;
    }
    return true;
}

static bool
read_others(sim_description_t *description, GKeyFile *file, GHashTable *routers, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group != NULL; group++) {
        const char *name = name_of(*group, "target");

        if (name != NULL) {
            sim_target_t *target = new_target(name);

            g_ptr_array_add(description->targets, target);
            if (!sim_keys_target(file, *group, target, error) || !read_path(file, *group, target, routers, error))
                return false;
        } else if (g_str_equal(*group, "simulator")) {
            if (!sim_keys_simulator(file, *group, description, error))
                return false;
        } else if (name_of(*group, "router") == NULL) {
            g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION,
                        "[%s] is neither [simulator] nor [router NAME] nor [target NAME]", *group);
            return false;
        }
    }
    return true;
}

sim_description_t *
sim_description_parse(const char *text, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GHashTable) routers = g_hash_table_new(g_str_hash, g_str_equal);
    sim_description_t *description;

    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, error))
        return NULL;
    description = g_new0(sim_description_t, 1);
    description->seed = 1;
    description->spin_us = 150;
    description->realtime = true;
    description->routers = g_ptr_array_new_with_free_func(free_router);
    description->targets = g_ptr_array_new_with_free_func(free_target);
    if (!read_routers(description, file, routers, error) || !read_others(description, file, routers, error)) {
        sim_description_free(description);
        return NULL;
    }
    return description;
}

void
sim_description_free(sim_description_t *description)
{
    if (description == NULL)
        return;
    g_ptr_array_unref(description->targets);
    g_ptr_array_unref(description->routers);
    g_free(description);
}

static bool
holds(const sim_prefix_t *prefix, const sim_address_t *address)
{
    unsigned whole = prefix->bits / 8;
    unsigned rest = prefix->bits % 8;

    if (prefix->address.family != address->family || memcmp(prefix->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || (prefix->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

const sim_target_t *
sim_description_target(const sim_description_t *description, const sim_address_t *address)
{
    const sim_target_t *best = NULL;
    int best_bits = -1;

    for (unsigned i = 0; i < description->targets->len; i++) {
        const sim_target_t *target = g_ptr_array_index(description->targets, i);

        for (unsigned j = 0; j < target->prefixes->len; j++) {
            const sim_prefix_t *prefix = &g_array_index(target->prefixes, sim_prefix_t, j);

            if ((int)prefix->bits > best_bits && holds(prefix, address)) {
                best = target;
                best_bits = (int)prefix->bits;
            }
        }
    }
    return best;
}

const sim_answer_t *
sim_target_answer(const sim_target_t *target, uint16_t port)
{
    const sim_answer_t *usual = &g_array_index(target->answers, sim_answer_t, 0);

    for (unsigned i = 1; i < target->answers->len; i++) {
        const sim_answer_t *answer = &g_array_index(target->answers, sim_answer_t, i);

        if (answer->port == port)
            return answer;
    }
    return usual;
}
