/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the adapter asks the store before and after an observation: the two cheap questions, layers, serials.
 */
#include <glib.h>

#include "ttr_note.h"
#include "ttr_store.h"

static const ttr_address_t source = {{203, 0, 113, 1}};
static const ttr_address_t target = {{192, 0, 2, 9}};
static const ttr_address_t other = {{192, 0, 2, 10}};

static ttr_observation_t
make_syn(uint32_t frame, uint8_t layer, uint8_t ttl)
{
    return (ttr_observation_t){
        .frame = frame,
        .layer = layer,
        .time_ns = (int64_t)frame * 1000000,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = (uint16_t)(frame * 100 + layer), .length = 40,
               .source = source, .target = target},
        .tcp = {.sport = 40000, .dport = 80, .seq = 0x5eed0000, .flags = TTR_TCP_SYN},
    };
}

static ttr_store_t *
make_store(void)
{
    const ttr_config_t config = ttr_config_default();

    return ttr_store_new(&config);
}

static uint32_t
pair(const ttr_address_t *a, const ttr_address_t *b)
{
    return ttr_address_sum(a->bytes, b->bytes);
}

static void
test_knows_pair(void)
{
    ttr_store_t *store = make_store();
    ttr_observation_t syn = make_syn(1, 0, 5);

    g_assert_false(ttr_store_knows_pair(store, pair(&source, &target)));
    ttr_store_observe(store, &syn);
    g_assert_true(ttr_store_knows_pair(store, pair(&source, &target)));
    g_assert_true(ttr_store_knows_pair(store, pair(&target, &source)));
    g_assert_false(ttr_store_knows_pair(store, pair(&source, &other)));
    ttr_store_free(store);
}

static void
test_knows_flow(void)
{
    static const struct {
        const char *name;
        uint8_t family;
        const ttr_address_t *from;
        const ttr_address_t *to;
        uint16_t sport;
        uint16_t dport;
        bool is_known;
    } cases[] = {
        {"forward", 4, &source, &target, 40000, 80, true},
        {"backward", 4, &target, &source, 80, 40000, true},
        {"ports_exchanged_only", 4, &source, &target, 80, 40000, false},
        {"other_target", 4, &source, &other, 40000, 80, false},
        {"other_source_port", 4, &source, &target, 40001, 80, false},
        {"other_target_port", 4, &source, &target, 40000, 81, false},
        {"other_family", 6, &source, &target, 40000, 80, false},
    };
    ttr_store_t *store = make_store();
    ttr_observation_t syn = make_syn(1, 0, 5);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_false(ttr_store_knows_flow(store, cases[i].family, cases[i].from, cases[i].to, cases[i].sport,
                                            cases[i].dport));
    ttr_store_observe(store, &syn);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (ttr_store_knows_flow(store, cases[i].family, cases[i].from, cases[i].to, cases[i].sport,
                                 cases[i].dport) != cases[i].is_known)
            g_error("%s: known is not %d", cases[i].name, cases[i].is_known);
    }
    ttr_store_free(store);
}

/* A frame may hold several packets (a tunnel): each has its own note. */
static void
test_layers(void)
{
    ttr_store_t *store = make_store();
    ttr_observation_t outer = make_syn(1, 0, 3);
    ttr_observation_t inner = make_syn(1, 4, 1);
    ttr_observation_t reply = make_syn(2, 7, 64);
    ttr_note_t note;
    ttr_reply_info_t info;

    inner.ip.target = other;
    ttr_store_observe(store, &outer);
    ttr_store_observe(store, &inner);
    g_assert_true(ttr_note_find(store, 1, 0, &note));
    g_assert_cmpint(note.role, ==, TTR_NOTE_PROBE);
    g_assert_cmpuint(note.id, ==, 1);
    g_assert_cmpuint(note.trace, ==, TTR_NO_TRACE);
    g_assert_true(ttr_note_find(store, 1, 4, &note));
    g_assert_cmpuint(note.id, ==, 2);
    g_assert_false(ttr_note_find(store, 1, 1, &note));
    reply.ip.source = other;
    reply.ip.target = source;
    reply.tcp = (ttr_tcp_t){.sport = 80, .dport = 40000, .ack = 0x5eed0001, .flags = TTR_TCP_RST | TTR_TCP_ACK};
    ttr_store_observe(store, &reply);
    g_assert_false(ttr_note_find(store, 2, 0, &note));
    g_assert_true(ttr_note_find(store, 2, 7, &note));
    g_assert_cmpint(note.role, ==, TTR_NOTE_REPLY);
    g_assert_true(ttr_path_reply(store, note.id, &info));
    g_assert_cmpuint(info.probe, ==, 2);
    ttr_store_free(store);
}

/* What a frame's note says before its trace is recognised leads to the trace afterwards. */
static void
test_serial(void)
{
    ttr_store_t *store = make_store();
    ttr_observation_t first = make_syn(1, 0, 1);
    ttr_observation_t second = make_syn(2, 0, 2);
    ttr_note_t before;
    ttr_note_t after;

    ttr_store_observe(store, &first);
    g_assert_true(ttr_note_find(store, 1, 0, &before));
    g_assert_cmpuint(before.serial, !=, 0);
    g_assert_cmpuint(before.trace, ==, TTR_NO_TRACE);
    ttr_store_observe(store, &second);
    g_assert_cmpuint(ttr_path_trace_count(store), ==, 1);
    g_assert_cmpuint(ttr_path_serial(store, 0), ==, before.serial);
    g_assert_true(ttr_note_find(store, 1, 0, &after));
    g_assert_cmpuint(after.serial, ==, before.serial);
    g_assert_cmpuint(after.trace, ==, 0);
    g_assert_cmpuint(ttr_path_serial(store, 1), ==, 0);
    ttr_store_free(store);
}

/* The defaults that the design names. */
static void
test_defaults(void)
{
    const ttr_config_t config = ttr_config_default();

    g_assert_cmpuint(config.candidate_ttl, ==, 32);
    g_assert_cmpint(config.reply_limit_ns, ==, 10 * G_GINT64_CONSTANT(1000000000));
    g_assert_cmpint(config.run_gap_ns, ==, 30 * G_GINT64_CONSTANT(1000000000));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/knows_two_hosts_once_one_sent_a_candidate_to_the_other", test_knows_pair);
    g_test_add_func("/store/knows_a_flow_in_both_directions", test_knows_flow);
    g_test_add_func("/store/each_layer_of_a_frame_has_its_note", test_layers);
    g_test_add_func("/store/serial_leads_from_a_candidate_to_its_trace", test_serial);
    g_test_add_func("/store/defaults_are_those_of_the_design", test_defaults);
    return g_test_run();
}
