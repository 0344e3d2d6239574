/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "sim_error.h"
#include "sim_value.h"

static bool
fail(GError **error, const char *text, const char *wanted)
{
    g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "'%s' is not %s", text, wanted);
    return false;
}

bool
sim_value_number(const char *text, int64_t low, int64_t high, int64_t *number, GError **error)
{
    g_autofree char *wanted = NULL;
    char *end = NULL;

    *number = g_ascii_strtoll(text, &end, 10);
    if (end != text && *end == '\0' && *number >= low && *number <= high)
        return true;
    wanted = g_strdup_printf("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, low, high);
    return fail(error, text, wanted);
}

/* The parts between semicolons, without blanks around them and without empty ones. */
static GStrv
split(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    GPtrArray *kept = g_ptr_array_new();

    for (char **part = parts; *part != NULL; part++) {
        if (*g_strstrip(*part) != '\0')
            g_ptr_array_add(kept, g_strdup(*part));
    }
    g_ptr_array_add(kept, NULL);
    return (GStrv)g_ptr_array_free(kept, FALSE);
}

static bool
read_address(const char *text, sim_address_t *address, GError **error)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1)
        address->family = 4;
    else if (inet_pton(AF_INET6, text, address->bytes) == 1)
        address->family = 6;
    else
        return fail(error, text, "an IPv4 or IPv6 address");
    return true;
}

bool
sim_value_addresses(const char *text, sim_address_t *ipv4, sim_address_t *ipv6, GError **error)
{
    g_auto(GStrv) parts = split(text);

    for (char **part = parts; *part != NULL; part++) {
        sim_address_t address;
        sim_address_t *place;

        if (!read_address(*part, &address, error))
            return false;
        place = address.family == 4 ? ipv4 : ipv6;
        if (place->family != 0)
            return fail(error, text, "at most one address of each family");
        *place = address;
    }
    return true;
}

static bool
read_prefix(char *text, sim_prefix_t *prefix, GError **error)
{
    char *slash = strchr(text, '/');
    int64_t bits;
    int64_t most;

    if (slash != NULL)
        *slash = '\0';
    if (!read_address(text, &prefix->address, error))
        return false;
    most = prefix->address.family == 4 ? 32 : 128;
    bits = most;
    if (slash != NULL && !sim_value_number(slash + 1, 0, most, &bits, error))
        return false;
    prefix->bits = (unsigned)bits;
    return true;
}

bool
sim_value_prefixes(const char *text, GArray *prefixes, GError **error)
{
    g_auto(GStrv) parts = split(text);

    for (char **part = parts; *part != NULL; part++) {
        sim_prefix_t prefix;

        if (!read_prefix(*part, &prefix, error))
            return false;
        g_array_append_val(prefixes, prefix);
    }
    return prefixes->len > 0 ? true : fail(error, text, "a list of prefixes");
}

static bool
read_label(const char *text, sim_label_t *label, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    unsigned count = g_strv_length(parts);
    int64_t number = 0;
    int64_t traffic_class = 0;
    int64_t ttl = 1;

    if (count > 3)
        return fail(error, text, "LABEL[,TRAFFIC CLASS[,TTL]]");
    if (!sim_value_number(parts[0], 0, 0xfffff, &number, error) ||
        (count > 1 && !sim_value_number(parts[1], 0, 7, &traffic_class, error)) ||
        (count > 2 && !sim_value_number(parts[2], 0, 255, &ttl, error)))
        return false;
    label->label = (uint32_t)number;
    label->traffic_class = (uint8_t)traffic_class;
    label->ttl = (uint8_t)ttl;
    return true;
}

bool
sim_value_labels(const char *text, GArray *labels, GError **error)
{
    g_auto(GStrv) parts = split(text);

    for (char **part = parts; *part != NULL; part++) {
        sim_label_t label;

        if (!read_label(*part, &label, error))
            return false;
        g_array_append_val(labels, label);
    }
    return labels->len <= 16 ? true : fail(error, text, "at most 16 labels");
}

bool
sim_value_ports(const char *text, GArray *ports, GError **error)
{
    g_auto(GStrv) parts = split(text);

    for (char **part = parts; *part != NULL; part++) {
        int64_t number;
        uint16_t port;

        if (!sim_value_number(*part, 0, 65535, &number, error))
            return false;
        port = (uint16_t)number;
        g_array_append_val(ports, port);
    }
    return true;
}

bool
sim_value_unreachable(const char *text, sim_unreachable_t *unreachable, GError **error)
{
    static const struct {
        const char *word;
        sim_unreachable_t codes;
    } words[] = {
        {"net", {0, 0}},       {"host", {1, 3}},        {"protocol", {2, 4}}, {"port", {3, 4}},
        {"admin-net", {9, 1}}, {"admin-host", {10, 1}}, {"admin", {13, 1}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(text, words[i].word)) {
            *unreachable = words[i].codes;
            return true;
        }
    }
    return fail(error, text, "net, host, protocol, port, admin-net, admin-host or admin");
}

bool
sim_value_answer(const char *text, sim_answer_t *answer, GError **error)
{
    static const struct {
        const char *word;
        sim_answer_kind_t kind;
    } words[] = {
        {"syn-ack", SIM_ANSWER_SYN_ACK}, {"syn-ack-once", SIM_ANSWER_SYN_ACK_ONCE},
        {"linux", SIM_ANSWER_LINUX},     {"rst", SIM_ANSWER_RST},
        {"silent", SIM_ANSWER_SILENT},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(text, words[i].word)) {
            answer->kind = words[i].kind;
            return true;
        }
    }
    answer->kind = SIM_ANSWER_UNREACHABLE;
    if (g_str_equal(text, "unreachable"))
        return sim_value_unreachable("port", &answer->unreachable, error);
    if (g_str_has_prefix(text, "unreachable-"))
        return sim_value_unreachable(text + strlen("unreachable-"), &answer->unreachable, error);
    return fail(error, text, "syn-ack, syn-ack-once, linux, rst, silent, unreachable or unreachable-WORD");
}

static bool
read_rate(const char *text, sim_router_t *router)
{
    char *end = NULL;
    gint64 burst = g_ascii_strtoll(text, &end, 10);
    char *last = NULL;
    double rate;

    if (end == text || *end != '/' || burst < 1 || burst > 1000000)
        return false;
    rate = g_ascii_strtod(end + 1, &last);
    if (last == end + 1 || *last != '\0' || !(rate > 0) || rate > 1e6)
        return false;
    router->burst = (uint32_t)burst;
    router->per_second_ipv4 = rate;
    router->per_second_ipv6 = rate;
    return true;
}

bool
sim_value_rate_limit(const char *text, sim_router_t *router, GError **error)
{
    if (g_str_equal(text, "none")) {
        router->burst = 0;
        return true;
    }
    if (g_str_equal(text, "linux")) {
        router->burst = 6;
        router->per_second_ipv4 = 1;
        router->per_second_ipv6 = 10;
        return true;
    }
    return read_rate(text, router) ? true : fail(error, text, "none, linux or BURST/PER_SECOND");
}
