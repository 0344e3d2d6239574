/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ttr_store_exact(): what an observation answers by numbers alone.
 */
#include <glib.h>

#include "unit_frames.h"

enum { SOURCE = 1,
       TARGET = 9,
       NONE = 0 };

typedef void (*unit_change_t)(ttr_observation_t *observation);

static void
leave(ttr_observation_t *o)
{
    (void)o;
}
static void
change_sport(ttr_observation_t *o)
{
    o->icmp.quote.sport++;
}
static void
change_target(ttr_observation_t *o)
{
    o->icmp.quote.target = unit_frames_host(77);
}
static void
change_id(ttr_observation_t *o)
{
    o->icmp.quote.ip_id++;
}
static void
change_seq(ttr_observation_t *o)
{
    o->icmp.quote.seq += 99;
}
static void
cut_seq(ttr_observation_t *o)
{
    o->icmp.quote.has_seq = false;
}
static void
change_receiver(ttr_observation_t *o)
{
    change_sport(o);
    o->ip.target = unit_frames_host(78);
}

/* A quote of the second of three probes. */
static const struct {
    const char *name;
    unit_change_t change;
    bool is_small;              /* the seqs are small numbers */
    bool is_one_seq;            /* all probes have one seq */
    bool is_found;
} quotes[] = {
    {"as_sent", leave, false, false, true},
    {"as_sent_with_a_small_seq", leave, true, false, true},
    {"id_changed", change_id, false, false, true},
    {"port_changed", change_sport, false, false, true},
    {"port_changed_with_a_small_seq", change_sport, true, false, false},
    {"target_changed", change_target, false, false, true},
    {"port_and_receiver_changed", change_receiver, false, false, false},
    {"seq_changed", change_seq, false, false, false},
    {"seq_not_quoted", cut_seq, false, false, false},
    {"one_seq_and_the_id_tells", leave, false, true, true},
    {"one_seq_and_the_id_changed", change_id, false, true, false},
};

static void
test_quote(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    unit_frames_t frames = unit_frames_new(0);
    ttr_observation_t second = {0};
    ttr_observation_t error;
    ttr_exact_t exact;

    for (uint8_t ttl = 1; ttl <= 3; ttl++) {
        uint32_t seq = (quotes[i].is_small ? 5u : 0x5eed0000u) + (quotes[i].is_one_seq ? 0u : ttl);
        ttr_observation_t probe = unit_frames_segment(
            &frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = ttl, .seq = seq});

        probe.ip.id = (uint16_t)(1000 + 10 * ttl);
        unit_frames_add(&frames, &probe);
        if (ttl == 2)
            second = probe;
    }
    error = unit_frames_exceeded(&frames, 1, &second);
    quotes[i].change(&error);
    g_assert_cmpint(ttr_store_exact(frames.store, &error, &exact), ==, quotes[i].is_found);
    if (quotes[i].is_found) {
        g_assert_cmpuint(exact.frame, ==, second.frame);
        g_assert_cmpuint(exact.seq, ==, second.tcp.seq);
        g_assert_cmpuint(exact.ttl, ==, 2);
        g_assert_cmpint(exact.time_ns, ==, second.time_ns);
        g_assert_cmpint(exact.kind, ==, TTR_KIND_TIME_EXCEEDED);
    }
    ttr_store_free(frames.store);
}

/* A segment that comes back; the probes are 0x5eed0001 to 0x5eed0003, and acknowledge 0xacc00001 to 0xacc00003. */
static const struct {
    const char *name;
    uint16_t probe_flags;
    uint16_t flags;
    uint32_t seq;
    uint32_t ack;
    uint16_t dport;
    uint8_t ttl;                /* of the probe that it answers; NONE: it answers none */
} segments[] = {
    {"syn_ack", TTR_TCP_SYN, TTR_TCP_SYN | TTR_TCP_ACK, 7, 0x5eed0003, 40000, 2},
    {"rst_ack", TTR_TCP_SYN, TTR_TCP_RST | TTR_TCP_ACK, 0, 0x5eed0004, 40000, 3},
    {"rst_without_ack", TTR_TCP_SYN, TTR_TCP_RST, 0, 0, 40000, NONE},
    {"challenge_ack", TTR_TCP_SYN, TTR_TCP_ACK, 7, 0x5eed0003, 40000, NONE},
    {"syn_ack_of_another_flow", TTR_TCP_SYN, TTR_TCP_SYN | TTR_TCP_ACK, 7, 0x5eed0003, 40001, NONE},
    {"syn_ack_of_another_number", TTR_TCP_SYN, TTR_TCP_SYN | TTR_TCP_ACK, 7, 0x5eed0063, 40000, NONE},
    {"rst_of_an_ack_probe", TTR_TCP_ACK, TTR_TCP_RST, 0xacc00002, 0, 40000, 2},
    {"syn_ack_to_an_ack_probe", TTR_TCP_ACK, TTR_TCP_SYN | TTR_TCP_ACK, 7, 0x5eed0003, 40000, NONE},
};

static void
test_segment(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    unit_frames_t frames = unit_frames_new(0);
    ttr_observation_t answer;
    ttr_exact_t exact;

    for (uint8_t ttl = 1; ttl <= 3; ttl++)
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = ttl, .seq = 0x5eed0000u + ttl, .ack = 0xacc00000u + ttl, .flags = segments[i].probe_flags});
    answer = unit_frames_segment(
        &frames, &(unit_segment_t){.from = TARGET, .to = SOURCE, .sport = 80, .dport = segments[i].dport, .ttl = 60, .flags = segments[i].flags, .seq = segments[i].seq, .ack = segments[i].ack});
    g_assert_cmpint(ttr_store_exact(frames.store, &answer, &exact), ==, segments[i].ttl != NONE);
    if (segments[i].ttl != NONE)
        g_assert_cmpuint(exact.ttl, ==, segments[i].ttl);
    ttr_store_free(frames.store);
}

/* The prober's kernel refuses a SYN/ACK with a RST whose seq is that of the next probe, and whose IP ID may be, too. */
static void
test_kernel_reset(void)
{
    unit_frames_t frames = unit_frames_new(0);
    ttr_observation_t probe =
        unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .seq = 0x5eed0001});
    ttr_observation_t reset = unit_frames_segment(
        &frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 64, .seq = 0x5eed0001, .flags = TTR_TCP_RST});
    ttr_observation_t error;
    ttr_exact_t exact;

    unit_frames_add(&frames, &probe);
    reset.frame = 2;
    g_assert_true(unit_frames_add(&frames, &reset));
    error = unit_frames_exceeded(&frames, 1, &probe);
    g_assert_true(ttr_store_exact(frames.store, &error, &exact));
    g_assert_cmpuint(exact.frame, ==, 1);
    ttr_store_free(frames.store);
}

/* Forgotten probes answer nothing. */
static void
test_dropped(void)
{
    unit_frames_t frames = unit_frames_new(2);
    ttr_observation_t probe =
        unit_frames_segment(&frames, &(unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 4, .seq = 0x5eed0000});
    ttr_observation_t error;
    ttr_exact_t exact;

    unit_frames_add(&frames, &probe);
    error = unit_frames_exceeded(&frames, 1, &probe);
    g_assert_true(ttr_store_exact(frames.store, &error, &exact));
    unit_frames_send(&frames, (unit_segment_t){.from = 2, .to = TARGET, .ttl = 4, .seq = 0x5eed0000});
    g_assert_true(ttr_store_exact(frames.store, &error, &exact));
    unit_frames_send(&frames, (unit_segment_t){.from = 3, .to = TARGET, .ttl = 4, .seq = 0x5eed0000});
    g_assert_false(ttr_store_exact(frames.store, &error, &exact));
    ttr_store_free(frames.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(quotes); i++) {
        g_autofree char *path = g_strconcat("/exact/quote_", quotes[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_quote);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(segments); i++) {
        g_autofree char *path = g_strconcat("/exact/segment_", segments[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_segment);
    }
    g_test_add_func("/exact/quote_is_not_of_the_kernels_reset", test_kernel_reset);
    g_test_add_func("/exact/forgotten_probes_are_not_found", test_dropped);
    return g_test_run();
}
