/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hostile captures against the bound on candidates (design.md, "Memory"): after 16,384 frames the store holds what it
 * will ever hold; four times as many add nothing. What is neither probe nor reply costs nothing at all. Bytes are
 * counted, nothing is timed.
 */
#include <glib.h>

#include "ttr_path.h"
#include "ttr_store.h"

enum { BOUND = 1000, FRAMES = 16384, SLACK = 128 * 1024 };

typedef void (*unit_shape_t)(uint32_t frame, ttr_observation_t *observation);

static ttr_observation_t
make_syn(uint32_t frame)
{
    return (ttr_observation_t){
        .frame = frame,
        .time_ns = frame * INT64_C(10000),
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 5, .id = (uint16_t)frame, .length = 40,
               .source = {.bytes = {203, 0, 113, 1}}, .target = {.bytes = {192, 0, 2, 9}}},
        .tcp = {.sport = 40000, .dport = 80, .flags = TTR_TCP_SYN},
    };
}

static void
from_random_sources(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.source.bytes[1] = (uint8_t)frame;
    observation->ip.source.bytes[2] = (uint8_t)(frame >> 8);
    observation->ip.source.bytes[3] = (uint8_t)(frame >> 16);
}

static void
with_two_ttls_and_many_ports(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.ttl = frame % 2 == 0 ? 10 : 20;
    observation->tcp.sport = (uint16_t)frame;
}

static void
with_one_packet_again_and_again(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.id = 7;
    (void)frame;
}

static void
with_two_ttls_in_one_flow_by_a_kernel(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.ttl = frame % 2 == 0 ? 10 : 20;
}

static void
with_quotes_of_one_candidate(uint32_t frame, ttr_observation_t *observation)
{
    ttr_observation_t first = make_syn(1);

    if (frame == 1)
        return;
    observation->what = TTR_OBSERVED_ICMP;
    observation->ip.source = (ttr_address_t){.bytes = {198, 51, 100, 1}};
    observation->ip.target = first.ip.source;
    observation->icmp = (ttr_icmp_t){
        .type = 11, .kind = TTR_KIND_TIME_EXCEEDED,
        .quote = {.family = TTR_FAMILY_IPV4, .has_seq = true, .ip_id = 1, .source = first.ip.source,
                  .target = first.ip.target, .sport = 40000, .dport = 80},
    };
}

static void
with_answers_to_one_candidate(uint32_t frame, ttr_observation_t *observation)
{
    ttr_observation_t first = make_syn(1);

    if (frame == 1)
        return;
    observation->ip.source = first.ip.target;
    observation->ip.target = first.ip.source;
    observation->tcp = (ttr_tcp_t){.sport = 80, .dport = 40000, .flags = TTR_TCP_SYN | TTR_TCP_ACK, .seq = frame, .ack = 1};
}

static void
with_connections_that_carry_data(uint32_t frame, ttr_observation_t *observation)
{
    with_two_ttls_and_many_ports(frame / 2, observation);
    if (frame % 2 == 0)
        return;
    observation->tcp.flags = TTR_TCP_ACK;
    observation->tcp.seq = 1;
    observation->tcp.payload = 10;
}

static void
with_looping_packets(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.ttl = frame % 2 == 1 ? 32 : 30;
    observation->ip.id = (uint16_t)((frame + 1) / 2);
    observation->tcp.sport = (uint16_t)((frame + 1) / 2);
}

/* A new flow with every frame. */
static void
with_the_ttl_of_a_system(uint32_t frame, ttr_observation_t *observation)
{
    observation->ip.ttl = 64;
    observation->ip.source.bytes[1] = (uint8_t)(frame >> 16);
    observation->tcp.sport = (uint16_t)frame;
}

static void
with_data_of_unknown_connections(uint32_t frame, ttr_observation_t *observation)
{
    with_the_ttl_of_a_system(frame, observation);
    observation->tcp.flags = TTR_TCP_ACK;
    observation->tcp.payload = 100;
}

static void
with_answers_of_unknown_connections(uint32_t frame, ttr_observation_t *observation)
{
    static const uint16_t flags[] = {TTR_TCP_SYN | TTR_TCP_ACK, TTR_TCP_RST, TTR_TCP_RST | TTR_TCP_ACK, TTR_TCP_ACK};

    with_the_ttl_of_a_system(frame, observation);
    observation->tcp.flags = flags[frame % G_N_ELEMENTS(flags)];
}

static void
with_errors_that_quote_unknown_flows(uint32_t frame, ttr_observation_t *observation)
{
    with_quotes_of_one_candidate(2, observation);
    observation->icmp.quote.ip_id = (uint16_t)(frame + 1);
    observation->icmp.quote.source.bytes[1] = (uint8_t)(frame >> 16);
    observation->icmp.quote.sport = (uint16_t)frame;
    observation->icmp.quote.seq = frame;
}

static void
feed(ttr_store_t *store, unit_shape_t shape, uint32_t first, uint32_t last)
{
    for (uint32_t frame = first; frame <= last; frame++) {
        ttr_observation_t observation = make_syn(frame);

        shape(frame, &observation);
        ttr_store_observe(store, &observation);
    }
}

static const struct {
    const char *name;
    unit_shape_t shape;
    bool is_nothing;            /* neither probes nor replies */
} cases[] = {
    {"from_random_sources", from_random_sources, false},
    {"with_two_ttls_and_many_ports", with_two_ttls_and_many_ports, false},
    {"with_one_packet_again_and_again", with_one_packet_again_and_again, false},
    {"with_two_ttls_in_one_flow_by_a_kernel", with_two_ttls_in_one_flow_by_a_kernel, false},
    {"with_quotes_of_one_candidate", with_quotes_of_one_candidate, false},
    {"with_answers_to_one_candidate", with_answers_to_one_candidate, false},
    {"with_connections_that_carry_data", with_connections_that_carry_data, false},
    {"with_looping_packets", with_looping_packets, false},
    {"with_the_ttl_of_a_system", with_the_ttl_of_a_system, true},
    {"with_data_of_unknown_connections", with_data_of_unknown_connections, true},
    {"with_answers_of_unknown_connections", with_answers_of_unknown_connections, true},
    {"with_errors_that_quote_unknown_flows", with_errors_that_quote_unknown_flows, true},
};

static void
test_flood(gconstpointer data)
{
    const unit_shape_t shape = cases[GPOINTER_TO_SIZE(data)].shape;
    ttr_config_t config = ttr_config_default();
    ttr_store_t *store;
    size_t empty;
    size_t early;
    size_t late;

    config.candidate_bound = BOUND;
    store = ttr_store_new(&config);
    empty = ttr_path_memory(store);
    feed(store, shape, 1, FRAMES);
    early = ttr_path_memory(store);
    feed(store, shape, FRAMES + 1, 4 * FRAMES);
    late = ttr_path_memory(store);
    if (late > early + SLACK)
        g_error("%s: %zu bytes grew to %zu", cases[GPOINTER_TO_SIZE(data)].name, early, late);
    if (cases[GPOINTER_TO_SIZE(data)].is_nothing) {
        g_assert_cmpuint(early, ==, empty);
        g_assert_cmpuint(late, ==, empty);
    }
    g_assert_cmpuint(ttr_path_trace_count(store), ==, 0);
    ttr_store_free(store);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/bounds/memory_stays_with_a_flood_", cases[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_flood);
    }
    return g_test_run();
}
