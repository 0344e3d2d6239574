/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the outputs write of a trace that is made up, with names and without. The text is put together by hand from the
 * forms of tcptraceroute, mtr, scamper and Graphviz.
 */
#include <stdio.h>

#include <glib.h>

#include "ttr_output.h"
#include "unit_trace.h"

#define MS_NS INT64_C(1000000)

/* A name may hold any bytes. */
static const char *
host_name(void *user, uint8_t family, const ttr_address_t *address)
{
    static const uint8_t gateway[] = {198, 51, 100, 1};

    g_assert_cmpstr(user, ==, "lent");
    g_assert_cmpuint(family, ==, TTR_FAMILY_IPV4);
    return memcmp(address->bytes, gateway, sizeof gateway) == 0 ? "<gw>\x1b\xff\"" : NULL;
}

static const char *
service_name(void *user, uint16_t port)
{
    g_assert_cmpstr(user, ==, "lent");
    return port == 80 ? "http" : NULL;
}

static char lent[] = "lent";
static const ttr_output_names_t names = {.host = host_name, .service = service_name, .user = lent};
static const ttr_output_names_t no_names = {.host = NULL};

/* One hop that lost a probe; one of two responders, of which the first answers again; the target. */
static ttr_store_t *
make_store(void)
{
    unit_trace_t trace = unit_trace_new();

    unit_trace_probe(&trace, 1);
    unit_trace_exceeded(&trace, 100 << 8 | 1, 1234567);
    unit_trace_probe(&trace, 1);
    unit_trace_probe(&trace, 2);
    unit_trace_exceeded(&trace, 100 << 8 | 2, 2 * MS_NS);
    unit_trace_probe(&trace, 2);
    unit_trace_exceeded(&trace, 100 << 8 | 3, 3 * MS_NS);
    unit_trace_probe(&trace, 2);
    unit_trace_exceeded_with_label(&trace, 100 << 8 | 2, 4 * MS_NS, 16010);
    unit_trace_probe(&trace, 3);
    unit_trace_open(&trace, 5 * MS_NS);
    g_assert_cmpuint(ttr_path_trace_count(trace.store), ==, 1);
    return trace.store;
}

/* What the output writes of trace 0. The caller frees it. */
static char *
write_first(const char *name, const ttr_output_context_t *context, bool is_first)
{
    const ttr_output_t *output = ttr_output_find(name);
    GString *out = g_string_new(NULL);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t index = 0;

    g_array_append_val(traces, index);
    if (output->write_trace != NULL)
        output->write_trace(out, context, index, is_first);
    else
        output->write_all(out, context, traces);
    g_array_unref(traces);
    return g_string_free(out, FALSE);
}

static void
assert_text(const char *name, const ttr_output_names_t *lent_names, bool is_first, const char *expected)
{
    ttr_output_context_t context = {.store = make_store(), .names = lent_names};
    char *text = write_first(name, &context, is_first);

    g_assert_cmpstr(text, ==, expected);
    g_free(text);
    ttr_store_free((ttr_store_t *)context.store);
}

static void
test_paths(void)
{
    assert_text("paths", &no_names, true,
                "Tracing the path to 192.0.2.9 on TCP port 80, 3 hops max\n"
                " 1  198.51.100.1  1.235 ms *\n"
                " 2  198.51.100.2  2.000 ms\n"
                "    198.51.100.3  3.000 ms\n"
                "    198.51.100.2  4.000 ms\n"
                " 3  192.0.2.9 [open]  5.000 ms\n");
    assert_text("paths", &names, false,
                "\nTracing the path to 192.0.2.9 on TCP port 80 (http), 3 hops max\n"
                " 1  <gw>\u241b\ufffd\" (198.51.100.1)  1.235 ms *\n"
                " 2  198.51.100.2  2.000 ms\n"
                "    198.51.100.3  3.000 ms\n"
                "    198.51.100.2  4.000 ms\n"
                " 3  192.0.2.9 [open]  5.000 ms\n");
}

/* The responder that answered last stands in the hop's line, the others below it, each once. */
static void
test_report(void)
{
    assert_text("report", &no_names, true,
                "Start: 2023-11-14T22:13:20+0000\n"
                "HOST: 203.0.113.1 -> 192.0.2.9:80 Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
                "  1.|-- 198.51.100.1              50.0%     2    1.2   1.2   1.2   1.2   0.0\n"
                "  2.|-- 198.51.100.2               0.0%     3    4.0   3.0   2.0   4.0   1.0\n"
                "        |-- 198.51.100.3\n"
                "  3.|-- 192.0.2.9                  0.0%     1    5.0   5.0   5.0   5.0   0.0\n");
}

static void
assert_json_begins(const char *file, const char *begin)
{
    ttr_output_context_t context = {.store = make_store(), .names = &no_names, .file = file};
    char *text = write_first("json", &context, true);

    g_assert_true(g_str_has_prefix(text, begin));
    g_assert_true(g_str_has_suffix(text, "}}\n"));
    g_assert_true(strchr(text, '\n') == text + strlen(text) - 1);
    g_assert_nonnull(strstr(text, "\"mpls_labels\":[{\"mpls_ttl\":1,\"mpls_s\":1,\"mpls_exp\":0,"
                                  "\"mpls_label\":16010}]"));
    g_free(text);
    ttr_store_free((ttr_store_t *)context.store);
}

static void
test_json(void)
{
    assert_json_begins(NULL, "{\"type\":\"trace\",\"version\":\"0.1\",\"method\":\"tcp\",\"src\":\"203.0.113.1\"");
    assert_json_begins("a \"b\".pcap", "{\"file\":\"a \\\"b\\\".pcap\",\"type\":\"trace\",\"version\":\"0.1\"");
    assert_json_begins("\xff.pcap", "{\"file\":\"\ufffd.pcap\",\"type\":\"trace\"");
}

static void
assert_has(const char *output, const ttr_output_names_t *lent_names, const char *part)
{
    ttr_output_context_t context = {.store = make_store(), .names = lent_names};
    char *text = write_first(output, &context, true);

    if (strstr(text, part) == NULL)
        g_error("%s: \"%s\" is not in\n%s", output, part, text);
    g_free(text);
    ttr_store_free((ttr_store_t *)context.store);
}

static void
test_dot(void)
{
    assert_has("dot", &no_names, "  n0 [label=\"203.0.113.1\\nsource\", shape=box, style=\"filled\", "
                                 "fillcolor=\"#e8eaed\"];\n");
    assert_has("dot", &no_names, "[label=\"198.51.100.1\\nhop 1\"];\n");
    assert_has("dot", &no_names, "[label=\"192.0.2.9\\nhop 3\\nport 80 open\", shape=box, style=\"filled\", "
                                 "fillcolor=\"#cdebd0\", penwidth=2];\n");
    assert_has("dot", &names, "[label=\"198.51.100.1\\n<gw>\u241b\ufffd\\\"\\nhop 1\"];\n");
    assert_has("dot", &names, "\\nport 80 (http) open\"");
}

typedef struct way {
    uint8_t ttl;
    uint16_t sport;
    uint8_t host;               /* 198.51.100.x answers */
} way_t;

/* Two branches from hop 2 on, a flow on each. */
static const way_t by_flow[] = {
    {1, 40000, 1}, {1, 40001, 1}, {2, 40000, 2}, {2, 40001, 3}, {3, 40000, 4}, {3, 40001, 5},
};

/* The same path, where each probe is a flow of its own: behind hop 1 nobody knows who stands behind whom. */
static const way_t flow_each[] = {
    {1, 40000, 1}, {2, 40001, 2}, {2, 40002, 3}, {3, 40003, 4}, {3, 40004, 5}, {4, 40005, 6},
};

/* One flow, whose packets take both branches. */
static const way_t by_packet[] = {
    {1, 40000, 1}, {2, 40000, 2}, {2, 40000, 3}, {3, 40000, 4}, {3, 40000, 5},
};

static const struct {
    const char *title;
    const way_t *ways;
    size_t count;
    const char *facts;          /* who stands behind whom: last bytes of the addresses, 0 being the source */
    const char *possible;
} graphs[] = {
    {"by flow", by_flow, G_N_ELEMENTS(by_flow), "0-1 1-2 2-4 1-3 3-5", ""},
    {"a flow each", flow_each, G_N_ELEMENTS(flow_each), "0-1", "1-2 1-3 2-4 3-4 2-5 3-5 4-6 5-6"},
    {"by packet", by_packet, G_N_ELEMENTS(by_packet), "0-1", "1-2 1-3 2-4 3-4 2-5 3-5"},
};

/* Two flows, kept up, may be two traces: the graph is of all there are. */
static char *
write_graph_of(const way_t *ways, size_t count)
{
    unit_trace_t trace = unit_trace_new();
    ttr_output_context_t context = {.store = trace.store, .names = &no_names};
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < count; i++) {
        unit_trace_probe_from(&trace, ways[i].ttl, ways[i].sport);
        unit_trace_exceeded(&trace, (uint16_t)(100 << 8 | ways[i].host), MS_NS);
    }
    for (uint32_t index = 0; index < ttr_path_trace_count(trace.store); index++)
        g_array_append_val(traces, index);
    ttr_output_find("dot")->write_all(out, &context, traces);
    g_array_unref(traces);
    ttr_store_free(trace.store);
    return g_string_free(out, FALSE);
}

/* The edges of the graph between routers, in its order. */
static char *
edges_of(const char *graph, bool is_possible)
{
    enum { NODES_MAX = 10 };
    GString *found = g_string_new(NULL);
    char **lines = g_strsplit(graph, "\n", -1);
    unsigned hosts[NODES_MAX] = {0};

    for (char **line = lines; *line != NULL; line++) {
        unsigned from, to;

        if (sscanf(*line, "  n%u [label=\"198.51.100.%u", &from, &to) == 2 && from < NODES_MAX)
            hosts[from] = to;
        if (sscanf(*line, "  n%u -> n%u [", &from, &to) == 2 && from < NODES_MAX && to < NODES_MAX &&
            strstr(*line, "not reached") == NULL && (strstr(*line, "style=\"dashed\"") != NULL) == is_possible)
            g_string_append_printf(found, "%s%u-%u", found->len > 0 ? " " : "", hosts[from], hosts[to]);
    }
    g_strfreev(lines);
    return g_string_free(found, FALSE);
}

static void
test_dot_edges(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(graphs); i++) {
        char *text = write_graph_of(graphs[i].ways, graphs[i].count);
        char *facts = edges_of(text, false), *possible = edges_of(text, true);

        g_test_message("%s", graphs[i].title);
        g_assert_cmpstr(facts, ==, graphs[i].facts);
        g_assert_cmpstr(possible, ==, graphs[i].possible);
        g_assert_true((strstr(text, "a possible way") != NULL) == (possible[0] != '\0'));
        g_free(possible);
        g_free(facts);
        g_free(text);
    }
}

static void
test_html(void)
{
    assert_has("html", &no_names, "<title>TCP traceroute to 192.0.2.9 port 80</title>");
    assert_has("html", &no_names, "MPLS:L=16010,E=0,S=1,T=1");
    assert_has("html", &names, "198.51.100.1<span class=\"name\">&lt;gw&gt;\u241b\ufffd&quot;</span>");
    assert_has("html", &names, "port 80 (http)");
}

typedef struct pieces {
    GString *text;
    guint count;
} pieces_t;

static void
take_piece(void *user, GString *out)
{
    pieces_t *pieces = user;

    g_string_append(pieces->text, out->str);
    pieces->count++;
    g_string_truncate(out, 0);
}

/* A document in pieces is the document. */
static void
test_flush(void)
{
    pieces_t pieces = {.text = g_string_new(NULL)};
    ttr_output_context_t context = {.store = make_store(), .names = &names};
    char *whole = write_first("html", &context, true);
    char *rest;

    context.flush = take_piece;
    context.user = &pieces;
    rest = write_first("html", &context, true);
    g_string_append(pieces.text, rest);
    g_assert_cmpuint(pieces.count, ==, 1);
    g_assert_cmpuint(strlen(rest), <, strlen(whole) / 10);
    g_assert_cmpstr(pieces.text->str, ==, whole);
    g_free(rest);
    g_free(whole);
    g_string_free(pieces.text, TRUE);
    ttr_store_free((ttr_store_t *)context.store);
}

/* A trace that is not there is nothing, and a document can be of no trace. */
static void
test_nothing(void)
{
    ttr_output_context_t context = {.store = make_store(), .names = &names};
    ttr_output_context_t empty = {.store = NULL, .names = &names};
    GArray *none = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < ttr_output_count; i++) {
        g_string_truncate(out, 0);
        if (ttr_outputs[i]->write_trace != NULL) {
            ttr_outputs[i]->write_trace(out, &context, 1, true);
            g_assert_cmpstr(out->str, ==, "");
        } else {
            ttr_outputs[i]->write_all(out, &empty, none);
            g_assert_cmpuint(out->len, >, 0);
        }
    }
    g_string_free(out, TRUE);
    g_array_unref(none);
    ttr_store_free((ttr_store_t *)context.store);
}

static void
test_findings(void)
{
    assert_text("findings", &no_names, true,
                "Tracing the path to 192.0.2.9 on TCP port 80, 3 hops max\n"
                "  port 80 open at hop 3, 5.0 ms; 2 routers answer at hop 2, in turn for packets of one flow: balanced per "
                "packet; 1 of 2 probes of hop 1 unanswered, too few to tell why (9-91 %)\n"
                "  sent by unknown: SYN without options, window 0, source port fixed, target port fixed, seq unique, IP ID "
                "counting, 3 a hop\n"
                "  shown: 2 routers answer at hop 2, in turn for packets of one flow: balanced per packet [frames 5 7 9]\n");
}

static void
test_ports(void)
{
    assert_text("ports", &names, true,
                "Ports of 192.0.2.9 from 203.0.113.1\n"
                "TTL  80 (http)\n"
                "  1  <gw>\u241b\ufffd\" (198.51.100.1)\n"
                "  2  198.51.100.2 +\n"
                "  3  192.0.2.9 [open]\n");
}

static void
test_find(void)
{
    static const char *const documented[] = {"paths", "json", "report", "findings", "ports", "dot", "html"};

    for (size_t i = 0; i < G_N_ELEMENTS(documented); i++) {
        g_assert_nonnull(ttr_output_find(documented[i]));
        g_assert_cmpstr(ttr_output_find(documented[i])->name, ==, documented[i]);
    }
    for (size_t i = 0; i < ttr_output_count; i++) {
        g_assert_true(ttr_output_find(ttr_outputs[i]->name) == ttr_outputs[i]);
        g_assert_true((ttr_outputs[i]->write_trace == NULL) != (ttr_outputs[i]->write_all == NULL));
    }
    g_assert_null(ttr_output_find("path"));
    g_assert_null(ttr_output_find(""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/output/paths_are_written_as_by_tcptraceroute", test_paths);
    g_test_add_func("/output/report_is_written_as_by_mtr", test_report);
    g_test_add_func("/output/json_is_a_line_that_may_begin_with_the_file", test_json);
    g_test_add_func("/output/dot_has_a_node_for_each_address", test_dot);
    g_test_add_func("/output/dot_shows_a_fact_where_a_flow_proves_it", test_dot_edges);
    g_test_add_func("/output/html_shows_names_as_text", test_html);
    g_test_add_func("/output/document_in_pieces_is_the_document", test_flush);
    g_test_add_func("/output/no_trace_is_no_text", test_nothing);
    g_test_add_func("/output/findings_are_a_sentence_and_their_frames", test_findings);
    g_test_add_func("/output/ports_stand_side_by_side", test_ports);
    g_test_add_func("/output/outputs_are_found_by_their_names", test_find);
    return g_test_run();
}
