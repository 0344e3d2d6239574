/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words that the contract promises: marks of unreachables, names of kinds, matches and states.
 */
#include <glib.h>

#include "ttr_path.h"
#include "ttr_store.h"

typedef struct unit_mark_case {
    const char *name;
    uint8_t family;
    ttr_kind_t kind;
    uint8_t code;
    const char *mark;
} unit_mark_case_t;

/* ICMP: tcptraceroute 1.5, capture.c:312-354. ICMPv6: the letter of the ICMP code that means the same, RFC 4443 3.1. */
static const unit_mark_case_t mark_cases[] = {
    {"network", 4, TTR_KIND_UNREACHABLE, 0, "!N"},
    {"host", 4, TTR_KIND_UNREACHABLE, 1, "!H"},
    {"protocol", 4, TTR_KIND_UNREACHABLE, 2, "!P"},
    {"port", 4, TTR_KIND_UNREACHABLE, 3, "!p"},
    {"fragmentation", 4, TTR_KIND_UNREACHABLE, 4, "!F"},
    {"source_route", 4, TTR_KIND_UNREACHABLE, 5, "!S"},
    {"network_unknown", 4, TTR_KIND_UNREACHABLE, 6, "!U"},
    {"host_unknown", 4, TTR_KIND_UNREACHABLE, 7, "!U"},
    {"isolated", 4, TTR_KIND_UNREACHABLE, 8, "!I"},
    {"network_prohibited", 4, TTR_KIND_UNREACHABLE, 9, "!A"},
    {"host_prohibited", 4, TTR_KIND_UNREACHABLE, 10, "!C"},
    {"network_service", 4, TTR_KIND_UNREACHABLE, 11, "!T"},
    {"host_service", 4, TTR_KIND_UNREACHABLE, 12, "!T"},
    {"prohibited", 4, TTR_KIND_UNREACHABLE, 13, "!A"},
    {"precedence", 4, TTR_KIND_UNREACHABLE, 14, "!<14>"},
    {"precedence_cutoff", 4, TTR_KIND_UNREACHABLE, 15, "!<15>"},
    {"highest_code", 4, TTR_KIND_UNREACHABLE, 255, "!<255>"},
    {"time_exceeded_has_none", 4, TTR_KIND_TIME_EXCEEDED, 0, ""},
    {"reassembly_has_none", 4, TTR_KIND_TIME_EXCEEDED, 1, ""},
    {"parameter_problem_has_none", 4, TTR_KIND_OTHER_ICMP, 1, ""},
    {"syn_ack_has_none", 4, TTR_KIND_SYN_ACK, 0, ""},
    {"rst_has_none", 4, TTR_KIND_RST, 13, ""},
    {"ipv6_no_route", 6, TTR_KIND_UNREACHABLE, 0, "!N"},
    {"ipv6_prohibited", 6, TTR_KIND_UNREACHABLE, 1, "!A"},
    {"ipv6_beyond_scope", 6, TTR_KIND_UNREACHABLE, 2, "!<2>"},
    {"ipv6_address", 6, TTR_KIND_UNREACHABLE, 3, "!H"},
    {"ipv6_port", 6, TTR_KIND_UNREACHABLE, 4, "!p"},
    {"ipv6_source_policy", 6, TTR_KIND_UNREACHABLE, 5, "!A"},
    {"ipv6_rejecting_route", 6, TTR_KIND_UNREACHABLE, 6, "!A"},
    {"ipv6_source_routing", 6, TTR_KIND_UNREACHABLE, 7, "!<7>"},
    {"ipv6_packet_too_big", 6, TTR_KIND_PACKET_TOO_BIG, 0, "!F"},
    {"ipv6_time_exceeded_has_none", 6, TTR_KIND_TIME_EXCEEDED, 0, ""},
};

static void
test_mark(gconstpointer data)
{
    const unit_mark_case_t *test = data;
    const ttr_reply_info_t reply = {.family = test->family, .kind = test->kind, .icmp_code = test->code};
    char mark[TTR_MARK_MAX];

    ttr_path_mark(&reply, mark);
    g_assert_cmpstr(mark, ==, test->mark);
}

static void
test_names(void)
{
    static const char *const kinds[] = {"time-exceeded", "unreachable", "packet-too-big", "syn-ack", "rst", "syn",
                                        "ack", "other-tcp", "other-icmp"};
    static const char *const matches[] = {"ip-id", "ports-seq", "ip-id-seq", "ip-id-only", "seq-only", "ports",
                                          "ack", "seq", "sack", "order"};
    static const char *const states[] = {"unknown", "open", "closed", "filtered", "unfiltered"};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        g_assert_cmpstr(ttr_kind_name((ttr_kind_t)i), ==, kinds[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(matches); i++)
        g_assert_cmpstr(ttr_match_name((ttr_match_t)i), ==, matches[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        g_assert_cmpstr(ttr_state_name((ttr_state_t)i), ==, states[i]);
}

static void
test_empty_store(void)
{
    const ttr_config_t config = ttr_config_default();
    ttr_store_t *store = ttr_store_new(&config);
    g_autoptr(GArray) probes = ttr_path_probes(store, 0);
    g_auto(GStrv) notes = ttr_path_notes(store, 0);
    ttr_trace_info_t trace;
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;

    g_assert_cmpuint(ttr_path_trace_count(store), ==, 0);
    g_assert_false(ttr_path_trace(store, 0, &trace));
    g_assert_false(ttr_path_trace(store, TTR_NO_TRACE, &trace));
    g_assert_false(ttr_path_probe(store, TTR_NO_ID, &probe));
    g_assert_false(ttr_path_probe(store, 1, &probe));
    g_assert_false(ttr_path_reply(store, TTR_NO_ID, &reply));
    g_assert_false(ttr_path_reply(store, 1, &reply));
    g_assert_null(ttr_path_extension(store, 1));
    g_assert_cmpuint(probes->len, ==, 0);
    g_assert_null(notes[0]);
    ttr_store_free(store);
    ttr_store_free(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(mark_cases); i++) {
        g_autofree char *path = g_strdup_printf("/mark/%s", mark_cases[i].name);

        g_test_add_data_func(path, &mark_cases[i], test_mark);
    }
    g_test_add_func("/names/are_those_of_the_contract", test_names);
    g_test_add_func("/store/empty_one_has_nothing_to_tell", test_empty_store);
    return g_test_run();
}
