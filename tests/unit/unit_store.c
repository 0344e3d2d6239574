/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the adapter asks the store before and after an observation: the cheap question, layers.
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
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = (uint16_t)(frame * 100 + layer), .length = 40, .source = source, .target = target},
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
sum(const ttr_address_t *a, const ttr_address_t *b)
{
    return ttr_address_sum(a->bytes, b->bytes);
}

static void
test_wants(void)
{
    ttr_store_t *store = make_store();
    ttr_observation_t syn = make_syn(1, 0, 5);

    g_assert_true(ttr_store_wants(store, 32, sum(&source, &other)));
    g_assert_false(ttr_store_wants(store, 33, sum(&source, &other)));
    g_assert_false(ttr_store_wants(store, 64, sum(&source, &target)));
    ttr_store_observe(store, &syn);
    g_assert_true(ttr_store_wants(store, 64, sum(&source, &target)));
    g_assert_true(ttr_store_wants(store, 64, sum(&target, &source)));
    g_assert_false(ttr_store_wants(store, 64, sum(&source, &other)));
    ttr_store_free(store);
}

/* A frame may hold several packets (a tunnel): each has its own note. */
static void
test_layers(void)
{
    ttr_store_t *store = make_store();
    ttr_observation_t outer = make_syn(1, 0, 3);
    ttr_observation_t inner = make_syn(1, 4, 1);
    ttr_note_t note;

    inner.ip.target = other;
    ttr_store_observe(store, &outer);
    ttr_store_observe(store, &inner);
    g_assert_true(ttr_note_is_there(store, 1, 0));
    g_assert_true(ttr_note_is_there(store, 1, 4));
    g_assert_false(ttr_note_is_there(store, 1, 1));
    g_assert_false(ttr_note_is_there(store, 2, 0));
    g_assert_true(ttr_note_find(store, 1, 4, &note));
    g_assert_cmpuint(note.frame, ==, 1);
    g_assert_cmpuint(note.layer, ==, 4);
    g_assert_cmpint(note.role, ==, TTR_NOTE_NONE);
    g_assert_cmpuint(note.trace, ==, TTR_NO_TRACE);
    g_assert_false(ttr_note_find(store, 1, 1, &note));
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
    g_test_add_func("/store/wants_small_ttls_and_what_known_hosts_send", test_wants);
    g_test_add_func("/store/each_layer_of_a_frame_has_its_note", test_layers);
    g_test_add_func("/store/defaults_are_those_of_the_design", test_defaults);
    return g_test_run();
}
