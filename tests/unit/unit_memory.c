/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model costs: 256 bytes for a probe with its reply and both notes (design.md, "Memory"), and no more than
 * the bound on candidates allows, whatever comes. Bytes are counted, nothing is timed.
 */
#include "heap.h"

#include <glib.h>

#include "ttr_note.h"
#include "ttr_store.h"

enum {
    TARGETS = 100000,
    HOPS = 10,
    FLOOD = 1000000,
    BYTES_PER_PROBE = 256
};

static ttr_address_t
address_of(uint8_t network, uint32_t host)
{
    return (ttr_address_t){{network, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host}};
}

static ttr_observation_t
make_syn(uint32_t frame, ttr_address_t source, ttr_address_t target, uint8_t ttl)
{
    return (ttr_observation_t){
        .frame = frame,
        .time_ns = (int64_t)frame * 1000,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = (uint16_t)(frame * 40503u >> 3), .length = 40, .source = source, .target = target},
        .tcp = {.sport = 40000, .dport = 80, .seq = frame * 2654435761u, .flags = TTR_TCP_SYN, .checksum = (uint16_t)frame},
    };
}

static ttr_observation_t
make_exceeded(uint32_t frame, const ttr_observation_t *probe)
{
    return (ttr_observation_t){
        .frame = frame,
        .time_ns = (int64_t)frame * 1000,
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)frame, .length = 68, .source = address_of(198, probe->ip.ttl), .target = probe->ip.source},
        .icmp = {.type = 11, .kind = TTR_KIND_TIME_EXCEEDED, .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = probe->ip.id, .length = 40, .source = probe->ip.source, .target = probe->ip.target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true, .seq = probe->tcp.seq}},
    };
}

static ttr_observation_t
make_syn_ack(uint32_t frame, const ttr_observation_t *probe)
{
    return (ttr_observation_t){
        .frame = frame,
        .time_ns = (int64_t)frame * 1000,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .length = 44, .source = probe->ip.target, .target = probe->ip.source},
        .tcp = {.sport = probe->tcp.dport, .dport = probe->tcp.sport, .seq = frame, .ack = probe->tcp.seq + 1, .flags = TTR_TCP_SYN | TTR_TCP_ACK},
    };
}

/* Probes of all targets, TTL by TTL, each answered at once: the last by the target, the others by routers. */
static uint32_t
sweep(ttr_store_t *store)
{
    const ttr_address_t source = address_of(203, 1);
    uint32_t frame = 0;

    for (uint8_t ttl = 1; ttl <= HOPS; ttl++) {
        for (uint32_t target = 0; target < TARGETS; target++) {
            ttr_observation_t probe = make_syn(++frame, source, address_of(192, target), ttl);
            ttr_observation_t reply = ttl == HOPS ? make_syn_ack(frame + 1, &probe) : make_exceeded(frame + 1, &probe);

            frame++;
            ttr_store_observe(store, &probe);
            ttr_store_observe(store, &reply);
        }
    }
    return frame;
}

static void
check_sweep(const ttr_store_t *store, uint32_t frames)
{
    ttr_trace_info_t trace;
    ttr_note_t note;

    g_assert_cmpuint(ttr_path_trace_count(store), ==, TARGETS);
    g_assert_cmpuint(ttr_path_dropped_count(store), ==, 0);
    for (uint32_t i = 0; i < TARGETS; i += 997) {
        g_assert_true(ttr_path_trace(store, i, &trace));
        g_assert_cmpuint(trace.probe_count, ==, HOPS);
        g_assert_cmpuint(trace.answered_count, ==, HOPS);
        g_assert_cmpuint(trace.path_length, ==, HOPS);
        g_assert_cmpint(trace.state, ==, TTR_STATE_OPEN);
    }
    for (uint32_t frame = 1; frame <= frames; frame += 499) {
        g_assert_true(ttr_note_find(store, frame, 0, &note));
        g_assert_cmpint(note.role, ==, frame % 2 == 1 ? TTR_NOTE_PROBE : TTR_NOTE_REPLY);
        g_assert_cmpuint(note.trace, !=, TTR_NO_TRACE);
    }
}

static void
test_sweep(void)
{
    const uint32_t probes = TARGETS * HOPS;
    ttr_config_t config = ttr_config_default();
    size_t before = heap_in_use();
    ttr_store_t *store = ttr_store_new(&config);
    uint32_t frames = sweep(store);
    size_t growth = heap_in_use() - before;
    size_t memory = ttr_path_memory(store);

    check_sweep(store, frames);
    g_test_message("%zu bytes, %.1f a probe with its reply; malloc says %zu", memory, (double)memory / probes, growth);
    g_assert_cmpuint(memory, <=, (size_t)probes * BYTES_PER_PROBE);
    ttr_store_free(store);
    if (growth == 0) {
        g_test_message("malloc can't be asked here: its figure is not compared");
        return;
    }
    g_assert_cmpfloat((double)growth, <=, (double)memory * 1.2);
    g_assert_cmpfloat((double)growth, >=, (double)memory * 0.8);
}

/* One flow for each probe, as traceroute -T has it: flows are records, too. */
static void
test_flow_of_each_probe(void)
{
    enum { FLOWS = 60000, RUNS = 5 };
    ttr_config_t config = ttr_config_default();
    ttr_store_t *store = ttr_store_new(&config);
    uint32_t frame = 0;

    for (uint32_t run = 0; run < RUNS; run++) {
        for (uint32_t flow = 0; flow < FLOWS; flow++) {
            ttr_observation_t probe = make_syn(++frame, address_of(203, 1), address_of(192, run), (uint8_t)(1 + flow % HOPS));
            ttr_observation_t reply;

            probe.tcp.sport = (uint16_t)(flow + 1);
            reply = make_exceeded(++frame, &probe);
            ttr_store_observe(store, &probe);
            ttr_store_observe(store, &reply);
        }
    }
    g_assert_cmpuint(ttr_path_trace_count(store), >=, RUNS);
    g_test_message("%.1f bytes a probe with its reply and its flow", (double)ttr_path_memory(store) / (FLOWS * RUNS));
    g_assert_cmpuint(ttr_path_memory(store), <=, (size_t)FLOWS * RUNS * BYTES_PER_PROBE);
    ttr_store_free(store);
}

/* SYNs with small TTLs from sources that never come twice. */
static void
flood(ttr_store_t *store, uint32_t first, uint32_t last)
{
    for (uint32_t frame = first; frame <= last; frame++) {
        ttr_observation_t syn = make_syn(frame, address_of(10, frame), address_of(192, 1), (uint8_t)(1 + frame % 30));

        ttr_store_observe(store, &syn);
    }
}

static void
test_flood(void)
{
    ttr_config_t config = ttr_config_default();
    ttr_store_t *store = ttr_store_new(&config);
    size_t when_full;

    flood(store, 1, config.candidate_bound);
    g_assert_cmpuint(ttr_path_dropped_count(store), ==, 0);
    when_full = ttr_path_memory(store);
    flood(store, config.candidate_bound + 1, FLOOD);
    g_test_message("%zu bytes when full, %zu after all", when_full, ttr_path_memory(store));
    g_assert_cmpuint(ttr_path_dropped_count(store), ==, FLOOD - config.candidate_bound);
    g_assert_cmpuint(ttr_path_trace_count(store), ==, 0);
    g_assert_cmpuint(when_full, <=, (size_t)config.candidate_bound * 2 * BYTES_PER_PROBE);
    g_assert_cmpfloat((double)ttr_path_memory(store), <=, (double)when_full * 1.02);
    ttr_store_free(store);
}

/* A hostile sender may change ports, too, so that each SYN joins a series: of one TTL, so that none is a trace. */
static void
test_flood_of_one_source(void)
{
    ttr_config_t config = ttr_config_default();
    ttr_store_t *store;

    config.candidate_bound = 1000;
    store = ttr_store_new(&config);
    for (uint32_t frame = 1; frame <= 200000; frame++) {
        ttr_observation_t syn = make_syn(frame, address_of(203, 1), address_of(192, 1), 5);

        syn.tcp.sport = (uint16_t)frame;
        syn.tcp.dport = (uint16_t)(frame / 7);
        ttr_store_observe(store, &syn);
    }
    g_test_message("%zu bytes", ttr_path_memory(store));
    g_assert_cmpuint(ttr_path_trace_count(store), ==, 0);
    g_assert_cmpuint(ttr_path_memory(store), <=, 2 * 1000 * BYTES_PER_PROBE);
    ttr_store_free(store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/probe_with_its_reply_costs_256_bytes_at_most", test_sweep);
    g_test_add_func("/memory/probe_with_a_flow_of_its_own_costs_no_more", test_flow_of_each_probe);
    g_test_add_func("/memory/flood_of_many_sources_stays_within_the_bound", test_flood);
    g_test_add_func("/memory/flood_of_one_source_stays_within_the_bound", test_flood_of_one_source);
    return g_test_run();
}
