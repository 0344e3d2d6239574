/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path simulator's description files: what is good, what is refused and with which words.
 */
#include <arpa/inet.h>
#include <string.h>

#include "sim_path.h"
#include "unit_sim.h"

#define ROUTERS "[router a]\n[router b]\n[router c]\n"

static const struct {
    const char *name;
    const char *text;
    const char *message; /* that the error must hold */
} bad_cases[] = {
    {"unknown_group", "[gateway a]\n", "[gateway a] is neither"},
    {"unknown_key", "[router a]\nspeed = 3\n", "[router a] speed: there is no such key"},
    {"key_of_another_group", "[router a]\nprefixes = 203.0.113.9\n", "[router a] prefixes: there is no such key"},
    {"number_with_a_unit", "[router a]\nrtt_us = 5ms\n", "[router a] rtt_us: '5ms' is not a whole number"},
    {"number_too_large", "[router a]\nttl = 256\n", "'256' is not a whole number from 0 to 255"},
    {"number_below_0", "[router a]\njitter_us = -1\n", "'-1' is not a whole number"},
    {"empty_number", "[router a]\nrtt_us =\n", "'' is not a whole number"},
    {"percentage_above_100", "[router a]\nloss = 101\n", "'101' is not a percentage"},
    {"percentage_that_is_no_number", "[router a]\ndrop = nan\n", "'nan' is not a percentage"},
    {"boolean_of_another_kind", "[router a]\nsilent = yes\n", "'yes' is not true or false"},
    {"name_as_address", "[router a]\naddresses = example.org\n", "'example.org' is not an IPv4 or IPv6 address"},
    {"two_addresses_of_a_family", "[router a]\naddresses = 198.51.100.1;198.51.100.2\n", "at most one address"},
    {"rate_limit_without_rate", "[router a]\nrate_limit = 6\n", "'6' is not none, linux or BURST/PER_SECOND"},
    {"rate_limit_without_burst", "[router a]\nrate_limit = 0/1\n", "'0/1' is not none"},
    {"quote_word", "[router a]\nquote = all\n", "'all' is not a whole number"},
    {"label_too_large", "[router a]\nmpls = 1048576\n", "'1048576' is not a whole number from 0 to 1048575"},
    {"label_with_too_many_parts", "[router a]\nmpls = 1,2,3,4\n", "'1,2,3,4' is not LABEL"},
    {"unknown_unreachable", "[router a]\nreject = never\n", "'never' is not net, host"},
    {"unknown_ecn_field", "[router a]\necn = ect2\n", "'ect2' is not not-ect"},
    {"unknown_id_change", "[router a]\nnat_id = random\n", "'random' is not keep"},
    {"prefix_too_long", "[target t]\nprefixes = 203.0.113.0/33\n", "'33' is not a whole number from 0 to 32"},
    {"target_without_prefix", "[target t]\npath =\n", "[target t] prefixes: there are none"},
    {"answer_unknown", "[target t]\nprefixes = 203.0.113.9\nanswer = open\n", "[target t] answer: 'open' is not"},
    {"answer_of_port_0", "[target t]\nprefixes = 203.0.113.9\nanswer_0 = rst\n", "'0' is not a whole number from 1"},
    {"router_unknown", ROUTERS "[target t]\nprefixes = ::/0\npath = a d\n", "there is no router 'd'"},
    {"bracket_open", ROUTERS "[target t]\nprefixes = ::/0\npath = a (b | c\n", "')' is missing"},
    {"brace_open", ROUTERS "[target t]\nprefixes = ::/0\npath = {b\n", "'}' is missing"},
    {"bracket_never_opened", ROUTERS "[target t]\nprefixes = ::/0\npath = a ) b\n", "there is no router ''"},
    {"no_group", "seed = 1\n", ""},
};

static void
test_bad(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    sim_description_t *description = sim_description_parse(bad_cases[i].text, &error);

    g_assert_null(description);
    g_assert_nonnull(error);
    if (strstr(error->message, bad_cases[i].message) == NULL)
        g_error("%s: the error is: %s", bad_cases[i].name, error->message);
}

static void
test_router_keys(void)
{
    sim_description_t *description = unit_sim_description(
        "[router a]\naddresses = 2001:db8::1; 198.51.100.1\nrtt_us = 12000\njitter_us = 5\nloss = 2.5\nquote = 8\n"
        "mpls = 24001;17,5,254\nrate_limit = 10/2.5\nreject = host\nreject_ports = 23;25\nnat_port = 20000\n"
        "nat_id = swap\nnat_leaves_quotes = true\necn = ce\nquote_ttl = 0\nextension_length = false\n");
    const sim_router_t *router = g_ptr_array_index(description->routers, 0);

    g_assert_cmpstr(router->name, ==, "a");
    g_assert_cmpuint(router->ipv4.family, ==, 4);
    g_assert_cmpuint(router->ipv4.bytes[0], ==, 198);
    g_assert_cmpuint(router->ipv6.family, ==, 6);
    g_assert_cmpint(router->rtt_us, ==, 12000);
    g_assert_cmpuint(router->jitter_us, ==, 5);
    g_assert_cmpfloat(router->loss, ==, 2.5);
    g_assert_cmpint(router->quote, ==, 8);
    g_assert_cmpuint(router->labels->len, ==, 2);
    g_assert_cmpuint(g_array_index(router->labels, sim_label_t, 0).ttl, ==, 1);
    g_assert_cmpuint(g_array_index(router->labels, sim_label_t, 1).label, ==, 17);
    g_assert_cmpuint(g_array_index(router->labels, sim_label_t, 1).traffic_class, ==, 5);
    g_assert_cmpuint(g_array_index(router->labels, sim_label_t, 1).ttl, ==, 254);
    g_assert_cmpuint(router->burst, ==, 10);
    g_assert_cmpfloat(router->per_second_ipv6, ==, 2.5);
    g_assert_true(router->rejects);
    g_assert_cmpuint(router->reject.code_ipv4, ==, 1);
    g_assert_cmpuint(router->reject.code_ipv6, ==, 3);
    g_assert_cmpuint(g_array_index(router->reject_ports, uint16_t, 1), ==, 25);
    g_assert_cmpuint(router->nat.port_base, ==, 20000);
    g_assert_true(router->nat.leaves_quotes);
    g_assert_cmpint((int)router->nat.ip_id, ==, SIM_ID_SWAP);
    g_assert_true(router->changes_ecn);
    g_assert_cmpuint(router->ecn, ==, SIM_CE);
    g_assert_cmpint(router->quote_ttl, ==, 0);
    g_assert_false(router->extension_length);
    sim_description_free(description);
}

static void
test_defaults(void)
{
    sim_description_t *description = unit_sim_description("[router a]\n[target t]\nprefixes = 203.0.113.9\n");
    const sim_router_t *router = g_ptr_array_index(description->routers, 0);
    const sim_target_t *target = g_ptr_array_index(description->targets, 0);

    g_assert_cmpuint(description->spin_us, ==, 150);
    g_assert_true(description->realtime);
    g_assert_cmpint(router->rtt_us, ==, SIM_RTT_BY_DISTANCE);
    g_assert_cmpint(router->quote, ==, SIM_QUOTE_FULL);
    g_assert_cmpuint(router->burst, ==, 0);
    g_assert_cmpuint(router->ipv4.family, ==, 0);
    g_assert_true(router->extension_length);
    g_assert_cmpuint(target->path->len, ==, 0);
    g_assert_cmpint((int)sim_target_answer(target, 80)->kind, ==, SIM_ANSWER_SYN_ACK);
    sim_description_free(description);
    sim_description_free(NULL);
}

static const sim_target_t *
find(const sim_description_t *description, const char *text)
{
    sim_address_t address = {.family = strchr(text, ':') != NULL ? 6 : 4};

    g_assert_cmpint(inet_pton(address.family == 6 ? AF_INET6 : AF_INET, text, address.bytes), ==, 1);
    return sim_description_target(description, &address);
}

static void
test_longest_prefix_wins(void)
{
    sim_description_t *description = unit_sim_description(
        "[target net]\nprefixes = 203.0.113.0/24;2001:db8::/33\n"
        "[target half]\nprefixes = 203.0.113.128/25\n[target host]\nprefixes = 203.0.113.200;2001:db8:0:1::9\n");

    g_assert_cmpstr(find(description, "203.0.113.127")->name, ==, "net");
    g_assert_cmpstr(find(description, "203.0.113.128")->name, ==, "half");
    g_assert_cmpstr(find(description, "203.0.113.200")->name, ==, "host");
    g_assert_cmpstr(find(description, "2001:db8:7fff::1")->name, ==, "net");
    g_assert_cmpstr(find(description, "2001:db8:0:1::9")->name, ==, "host");
    g_assert_null(find(description, "2001:db8:8000::1"));
    g_assert_null(find(description, "203.0.112.1"));
    sim_description_free(description);
}

static void
test_answers_by_port(void)
{
    sim_description_t *description = unit_sim_description(
        "[target t]\nprefixes = 203.0.113.9\nanswer = silent\nanswer_80 = syn-ack\nanswer_81 = unreachable-admin\n");
    const sim_target_t *target = g_ptr_array_index(description->targets, 0);

    g_assert_cmpint((int)sim_target_answer(target, 79)->kind, ==, SIM_ANSWER_SILENT);
    g_assert_cmpint((int)sim_target_answer(target, 80)->kind, ==, SIM_ANSWER_SYN_ACK);
    g_assert_cmpint((int)sim_target_answer(target, 81)->kind, ==, SIM_ANSWER_UNREACHABLE);
    g_assert_cmpuint(sim_target_answer(target, 81)->unreachable.code_ipv4, ==, 13);
    g_assert_cmpuint(sim_target_answer(target, 81)->unreachable.code_ipv6, ==, 1);
    sim_description_free(description);
}

/* The path as a text in which each element shows what it was read as. */
static void
show(const GPtrArray *elements, GString *text)
{
    for (unsigned i = 0; i < elements->len; i++) {
        const sim_element_t *element = g_ptr_array_index(elements, i);

        if (element->router != NULL) {
            g_string_append(text, element->router->name);
            continue;
        }
        g_string_append(text, element->balance == SIM_BALANCE_FLOW ? "flow" : "packet");
        for (unsigned j = 0; j < element->branches->len; j++) {
            g_string_append_c(text, '<');
            show(g_ptr_array_index(element->branches, j), text);
            g_string_append_c(text, '>');
        }
    }
}

static const struct {
    const char *name;
    const char *path;
    const char *shown;
} path_cases[] = {
    {"row", "a b c", "abc"},
    {"empty", "", ""},
    {"by_flow", "a (b | c) a", "aflow<b><c>a"},
    {"by_packet", "{a|b|c}", "packet<a><b><c>"},
    {"several_hops", "(a b|c c)", "flow<ab><cc>"},
    {"nested", "(a {b | c} | c)", "flow<apacket<b><c>><c>"},
    {"empty_branch", "(a | ) b", "flow<a><>b"},
    {"without_blanks", "a(b|c)a", "aflow<b><c>a"},
};

static void
test_path(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autofree char *text = g_strdup_printf(ROUTERS "[target t]\nprefixes = ::/0\npath = %s\n", path_cases[i].path);
    g_autoptr(GString) shown = g_string_new("");
    sim_description_t *description = unit_sim_description(text);
    const sim_target_t *target = g_ptr_array_index(description->targets, 0);

    show(target->path, shown);
    g_assert_cmpstr(shown->str, ==, path_cases[i].shown);
    sim_description_free(description);
}

static void
test_branches_share_all_hashes(void)
{
    for (unsigned count = 1; count <= 8; count++) {
        g_assert_cmpuint(sim_path_branch(0, count), ==, 0);
        g_assert_cmpuint(sim_path_branch(UINT32_MAX, count), ==, count - 1);
    }
    g_assert_cmpuint(sim_path_branch(0x7fffffff, 2), ==, 0);
    g_assert_cmpuint(sim_path_branch(0x80000000, 2), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autofree char *path = g_strdup_printf("/refused/%s", bad_cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_bad);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(path_cases); i++) {
        g_autofree char *path = g_strdup_printf("/path/%s", path_cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_path);
    }
    g_test_add_func("/router/each_key_is_read", test_router_keys);
    g_test_add_func("/defaults/are_those_of_the_readme", test_defaults);
    g_test_add_func("/target/longest_prefix_wins", test_longest_prefix_wins);
    g_test_add_func("/target/answers_by_port", test_answers_by_port);
    g_test_add_func("/path/branches_share_all_hashes", test_branches_share_all_hashes);
    return g_test_run();
}
