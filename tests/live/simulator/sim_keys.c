/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "sim_error.h"
#include "sim_keys.h"
#include "sim_value.h"

typedef enum { KIND_UINT8, KIND_UINT32, KIND_INT64, KIND_BOOL, KIND_PERCENT, KIND_OTHER } sim_kind_t;

typedef struct sim_key {
    const char *name;
    sim_kind_t kind;
    size_t offset;                                                /* of the member that it sets */
    int64_t most;                                                 /* numbers go from 0 to this */
    bool (*read)(const char *text, void *object, GError **error); /* KIND_OTHER */
} sim_key_t;

enum { MINUTE_US = 60000000, LONGEST_US = 10 * MINUTE_US };

static bool
read_addresses(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;

    return sim_value_addresses(text, &router->ipv4, &router->ipv6, error);
}

static bool
read_rate_limit(const char *text, void *object, GError **error)
{
    return sim_value_rate_limit(text, object, error);
}

static bool
read_quote(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;
    int64_t number = SIM_QUOTE_FULL;

    if (!g_str_equal(text, "full") && !sim_value_number(text, 0, 1500, &number, error))
        return false;
    router->quote = (int)number;
    return true;
}

static bool
read_mpls(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;

    return sim_value_labels(text, router->labels, error);
}

static bool
read_reject(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;

    router->rejects = true;
    return sim_value_unreachable(text, &router->reject, error);
}

static bool
read_reject_ports(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;

    return sim_value_ports(text, router->reject_ports, error);
}

static bool
read_nat_port(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;
    int64_t number;

    if (!sim_value_number(text, 1, 64535, &number, error))
        return false;
    router->nat.changes_port = true;
    router->nat.port_base = (uint16_t)number;
    return true;
}

static bool
read_nat_address(const char *text, void *object, GError **error)
{
    sim_router_t *router = object;

    return sim_value_addresses(text, &router->nat.address_ipv4, &router->nat.address_ipv6, error);
}

static bool
read_nat_id(const char *text, void *object, GError **error)
{
    static const char *const words[] = {"keep", "zero", "increment", "swap"};
    sim_router_t *router = object;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(text, words[i])) {
            router->nat.ip_id = (sim_id_change_t)i;
            return true;
        }
    }
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "'%s' is not keep, zero, increment or swap", text);
    return false;
}

static bool
read_ecn(const char *text, void *object, GError **error)
{
    static const char *const words[] = {[SIM_NOT_ECT] = "not-ect", [SIM_ECT_1] = "ect1", [SIM_ECT_0] = "ect0", [SIM_CE] = "ce"};
    sim_router_t *router = object;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(text, words[i])) {
            router->changes_ecn = true;
            router->ecn = (uint8_t)i;
            return true;
        }
    }
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "'%s' is not not-ect, ect0, ect1 or ce", text);
    return false;
}

static bool
read_prefixes(const char *text, void *object, GError **error)
{
    sim_target_t *target = object;

    return sim_value_prefixes(text, target->prefixes, error);
}

static bool
read_answer(const char *text, void *object, GError **error)
{
    sim_target_t *target = object;

    return sim_value_answer(text, &g_array_index(target->answers, sim_answer_t, 0), error);
}

static bool
read_nothing(const char *text, void *object, GError **error)
{
    (void)text;
    (void)object;
    (void)error;
    return true;
}

static const sim_key_t simulator_keys[] = {
    {"seed", KIND_UINT32, offsetof(sim_description_t, seed), UINT32_MAX, NULL},
    {"spin_us", KIND_UINT32, offsetof(sim_description_t, spin_us), LONGEST_US, NULL},
    {"realtime", KIND_BOOL, offsetof(sim_description_t, realtime), 0, NULL},
    {"hash_flow_label", KIND_BOOL, offsetof(sim_description_t, hash_flow_label), 0, NULL},
    {NULL, KIND_OTHER, 0, 0, NULL},
};

static const sim_key_t router_keys[] = {
    {"addresses", KIND_OTHER, 0, 0, read_addresses},
    {"rtt_us", KIND_INT64, offsetof(sim_router_t, rtt_us), LONGEST_US, NULL},
    {"jitter_us", KIND_UINT32, offsetof(sim_router_t, jitter_us), LONGEST_US, NULL},
    {"loss", KIND_PERCENT, offsetof(sim_router_t, loss), 0, NULL},
    {"drop", KIND_PERCENT, offsetof(sim_router_t, drop), 0, NULL},
    {"silent", KIND_BOOL, offsetof(sim_router_t, silent), 0, NULL},
    {"rate_limit", KIND_OTHER, 0, 0, read_rate_limit},
    {"quote", KIND_OTHER, 0, 0, read_quote},
    {"quote_ttl", KIND_INT64, offsetof(sim_router_t, quote_ttl), 255, NULL},
    {"ttl", KIND_UINT8, offsetof(sim_router_t, ttl), 255, NULL},
    {"tos", KIND_UINT8, offsetof(sim_router_t, tos), 255, NULL},
    {"mpls", KIND_OTHER, 0, 0, read_mpls},
    {"extension_length", KIND_BOOL, offsetof(sim_router_t, extension_length), 0, NULL},
    {"reject", KIND_OTHER, 0, 0, read_reject},
    {"reject_ports", KIND_OTHER, 0, 0, read_reject_ports},
    {"nat_port", KIND_OTHER, 0, 0, read_nat_port},
    {"nat_address", KIND_OTHER, 0, 0, read_nat_address},
    {"nat_leaves_quotes", KIND_BOOL, offsetof(sim_router_t, nat.leaves_quotes), 0, NULL},
    {"ecn", KIND_OTHER, 0, 0, read_ecn},
    {"nat_id", KIND_OTHER, 0, 0, read_nat_id},
    {NULL, KIND_OTHER, 0, 0, NULL},
};

static const sim_key_t target_keys[] = {
    {"prefixes", KIND_OTHER, 0, 0, read_prefixes},
    {"path", KIND_OTHER, 0, 0, read_nothing},
    {"hop_rtt_us", KIND_UINT32, offsetof(sim_target_t, hop_rtt_us), MINUTE_US, NULL},
    {"rtt_us", KIND_INT64, offsetof(sim_target_t, rtt_us), LONGEST_US, NULL},
    {"jitter_us", KIND_UINT32, offsetof(sim_target_t, jitter_us), LONGEST_US, NULL},
    {"loss", KIND_PERCENT, offsetof(sim_target_t, loss), 0, NULL},
    {"ttl", KIND_UINT8, offsetof(sim_target_t, ttl), 255, NULL},
    {"ecn", KIND_BOOL, offsetof(sim_target_t, ecn), 0, NULL},
    {"accecn", KIND_BOOL, offsetof(sim_target_t, accecn), 0, NULL},
    {"reflects_ecn", KIND_BOOL, offsetof(sim_target_t, reflects), 0, NULL},
    {"challenge_ms", KIND_UINT32, offsetof(sim_target_t, challenge_ms), MINUTE_US, NULL},
    {"answer", KIND_OTHER, 0, 0, read_answer},
    {NULL, KIND_OTHER, 0, 0, NULL},
};

static bool
read_percent(const char *text, double *percent, GError **error)
{
    char *end = NULL;

    *percent = g_ascii_strtod(text, &end);
    if (end != text && *end == '\0' && *percent >= 0 && *percent <= 100)
        return true;
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "'%s' is not a percentage", text);
    return false;
}

static bool
read_bool(const char *text, bool *value, GError **error)
{
    *value = g_str_equal(text, "true");
    if (*value || g_str_equal(text, "false"))
        return true;
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "'%s' is not true or false", text);
    return false;
}

static bool
read_value(const sim_key_t *key, const char *text, void *object, GError **error)
{
    uint8_t *member = (uint8_t *)object + key->offset;
    int64_t number;

    switch (key->kind) {
    case KIND_OTHER: return key->read(text, object, error);
    case KIND_BOOL: return read_bool(text, (bool *)(void *)member, error);
    case KIND_PERCENT: return read_percent(text, (double *)(void *)member, error);
    case KIND_UINT8:
    case KIND_UINT32:
    case KIND_INT64: break;
    }
    if (!sim_value_number(text, 0, key->most, &number, error))
        return false;
    if (key->kind == KIND_UINT8)
        *member = (uint8_t)number;
    else if (key->kind == KIND_UINT32)
        *(uint32_t *)(void *)member = (uint32_t)number;
    else
        *(int64_t *)(void *)member = number;
    return true;
}

static const sim_key_t *
find_key(const sim_key_t *keys, const char *name)
{
    while (keys->name != NULL && !g_str_equal(keys->name, name))
        keys++;
    return keys->name != NULL ? keys : NULL;
}

/* "answer_81 = rst". */
static bool
read_port_answer(const char *name, const char *text, sim_target_t *target, GError **error)
{
    sim_answer_t answer = {0};
    int64_t port;

    if (!sim_value_number(name + strlen("answer_"), 1, 65535, &port, error) || !sim_value_answer(text, &answer, error))
        return false;
    answer.port = (uint16_t)port;
    g_array_append_val(target->answers, answer);
    return true;
}

static bool
read_key(const sim_key_t *keys, const char *name, const char *text, void *object, GError **error)
{
    const sim_key_t *key = find_key(keys, name);

    if (key != NULL)
        return read_value(key, text, object, error);
    if (keys == target_keys && g_str_has_prefix(name, "answer_"))
        return read_port_answer(name, text, object, error);
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "there is no such key");
    return false;
}

static bool
read_group(GKeyFile *file, const char *group, const sim_key_t *keys, void *object, GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(file, group, NULL, NULL);

    for (char **name = names; *name != NULL; name++) {
        g_autofree char *text = g_key_file_get_value(file, group, *name, NULL);

        if (!read_key(keys, *name, g_strstrip(text), object, error)) {
            g_prefix_error(error, "[%s] %s: ", group, *name);
            return false;
        }
    }
    return true;
}

bool
sim_keys_simulator(GKeyFile *file, const char *group, sim_description_t *description, GError **error)
{
    return read_group(file, group, simulator_keys, description, error);
}

bool
sim_keys_router(GKeyFile *file, const char *group, sim_router_t *router, GError **error)
{
    return read_group(file, group, router_keys, router, error);
}

bool
sim_keys_target(GKeyFile *file, const char *group, sim_target_t *target, GError **error)
{
    return read_group(file, group, target_keys, target, error);
}
