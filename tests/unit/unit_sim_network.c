/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path simulator's network: where probes end, who answers what, limits, chance, load balancers.
 */
#include <string.h>

#include "sim_network.h"
#include "sim_random.h"
#include "unit_sim.h"

#define SECOND_NS INT64_C(1000000000)

#define ROUTER(name, number) "[router " name "]\naddresses = 198.51.100." number ";2001:db8:1::" number "\n"
#define TARGET "[target t]\nprefixes = 203.0.113.9;2001:db8:3::9\n"

static void
test_each_hop_answers(void)
{
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture,
                   ROUTER("a", "1") ROUTER("b", "2") "rtt_us = 7000\n" TARGET "path = a b\nhop_rtt_us = 1000\n");
    for (uint8_t family = 4; family <= 6; family += 2) {
        g_assert_cmpstr(unit_sim_send_syn(&fixture, family, 1), ==, "answered");
        g_assert_cmpstr(fixture.verdict.at, ==, "a");
        g_assert_cmpstr(fixture.verdict.answer, ==, "time-exceeded");
        g_assert_cmpint(fixture.verdict.delay_ns, ==, 1000000);
        g_assert_cmpuint(sim_packet_fields(&fixture.verdict.reply).ttl, ==, 255);
        unit_sim_send_syn(&fixture, family, 2);
        g_assert_cmpstr(fixture.verdict.at, ==, "b");
        g_assert_cmpint(fixture.verdict.delay_ns, ==, 7000000);
        g_assert_cmpuint(sim_packet_fields(&fixture.verdict.reply).ttl, ==, 254);
        unit_sim_send_syn(&fixture, family, 3);
        g_assert_cmpstr(fixture.verdict.answer, ==, "syn-ack");
        g_assert_cmpuint(fixture.verdict.hop, ==, 3);
        g_assert_cmpint(fixture.verdict.delay_ns, ==, 3000000);
        g_assert_cmpuint(sim_packet_fields(&fixture.verdict.reply).ttl, ==, 62);
        g_assert_cmpuint(sim_packet_fields(&fixture.verdict.reply).ack, ==, 1001);
        unit_sim_send_syn(&fixture, family, 30);
        g_assert_cmpuint(fixture.verdict.hop, ==, 3);
    }
    unit_sim_end(&fixture);
}

/* The quote is the probe as the router received it: the TTL is used up, all else is as sent. */
static void
test_quote_has_the_ttl_of_arrival(void)
{
    unit_sim_fixture_t fixture;
    const sim_packet_t probe = unit_sim_packet(&(unit_sim_probe_t){
        .destination = "203.0.113.9", .source_port = 40000, .destination_port = 80, .seq = 5, .ttl = 2, .flags = 2});
    sim_packet_t quoted;

    unit_sim_begin(&fixture,
                   ROUTER("a", "1") ROUTER("b", "2") ROUTER("c", "3") "quote_ttl = 0\n" TARGET "path = a b c\n");
    sim_network_receive(fixture.network, &probe, 0, &fixture.verdict);
    g_assert_true(sim_packet_set(&quoted, fixture.verdict.reply.bytes + 28, fixture.verdict.reply.length - 28));
    g_assert_cmpuint(sim_packet_fields(&quoted).ttl, ==, 1);
    g_assert_true(unit_sim_checksums_good(&quoted));
    sim_packet_set_ttl(&quoted, 2);
    g_assert_cmpmem(quoted.bytes, quoted.length, probe.bytes, probe.length);
    unit_sim_send_syn(&fixture, 4, 3);
    g_assert_cmpuint(fixture.verdict.reply.bytes[28 + 8], ==, 0);
    unit_sim_end(&fixture);
}

static void
test_silence_has_its_reason(void)
{
    unit_sim_fixture_t fixture;
    unit_sim_probe_t elsewhere = unit_sim_syn(4, 5);

    unit_sim_begin(&fixture, ROUTER("a", "1") "silent = true\n[router b]\naddresses = 198.51.100.2\n" ROUTER(
                                 "c", "3") "loss = 100\n" ROUTER("d", "4") "drop = 100\n" TARGET "path = a b c d\n");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 4, 1), ==, "silent");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 4, 2), ==, "answered");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 6, 2), ==, "silent");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 4, 3), ==, "lost");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 4, 4), ==, "dropped");
    g_assert_cmpstr(unit_sim_send_syn(&fixture, 4, 5), ==, "dropped");
    g_assert_cmpstr(fixture.verdict.at, ==, "d");
    elsewhere.destination = "203.0.113.10";
    g_assert_cmpstr(unit_sim_send(&fixture, &elsewhere), ==, "no-target");
    unit_sim_end(&fixture);
}

static unsigned
count_answers(unit_sim_fixture_t *fixture, uint8_t family, unsigned probes, int64_t interval_ns)
{
    unsigned answers = 0;

    for (unsigned i = 0; i < probes; i++) {
        answers += strcmp(unit_sim_send_syn(fixture, family, 1), "answered") == 0;
        fixture->now_ns += interval_ns;
    }
    return answers;
}

/* The figures are those measured on Linux 6.18: docs of the lab. */
static void
test_rate_limit_of_linux(void)
{
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture, ROUTER("a", "1") "rate_limit = linux\n" TARGET "path = a\n");
    g_assert_cmpuint(count_answers(&fixture, 4, 30, 0), ==, 6);
    g_assert_cmpstr(sim_outcome_name(fixture.verdict.outcome), ==, "rate-limited");
    g_assert_cmpuint(count_answers(&fixture, 6, 30, 0), ==, 6);
    fixture.now_ns += 10 * SECOND_NS;
    g_assert_cmpuint(count_answers(&fixture, 4, 10, SECOND_NS / 10), ==, 6);
    fixture.now_ns += 10 * SECOND_NS;
    g_assert_cmpuint(count_answers(&fixture, 4, 10, SECOND_NS / 2), ==, 10);
    g_assert_cmpuint(count_answers(&fixture, 6, 30, SECOND_NS / 10), ==, 30);
    unit_sim_end(&fixture);
}

static void
test_rejecting_router(void)
{
    unit_sim_fixture_t fixture;
    unit_sim_probe_t probe = unit_sim_syn(4, 9);

    unit_sim_begin(&fixture, ROUTER("a", "1") "reject = admin\nreject_ports = 23\n" TARGET "path = a\n");
    g_assert_cmpstr(unit_sim_send(&fixture, &probe), ==, "answered");
    g_assert_cmpstr(fixture.verdict.answer, ==, "syn-ack");
    probe.destination_port = 23;
    unit_sim_send(&fixture, &probe);
    g_assert_cmpstr(fixture.verdict.answer, ==, "unreachable");
    g_assert_cmphex(sim_get16(fixture.verdict.reply.bytes + 20), ==, 0x030d);
    g_assert_cmpuint(fixture.verdict.reply.bytes[28 + 8], ==, 9);
    probe = unit_sim_syn(6, 9);
    probe.destination_port = 23;
    unit_sim_send(&fixture, &probe);
    g_assert_cmphex(sim_get16(fixture.verdict.reply.bytes + 40), ==, 0x0101);
    probe.ttl = 1;
    unit_sim_send(&fixture, &probe);
    g_assert_cmpstr(fixture.verdict.answer, ==, "time-exceeded");
    unit_sim_end(&fixture);
}

/* A NAT changes what the routers behind it see, not what it sees itself, and not what the target's answer says. */
static void
test_nat_on_the_way(void)
{
    unit_sim_fixture_t fixture;
    sim_packet_t quoted;

    unit_sim_begin(&fixture, ROUTER("a", "1") "nat_port = 20000\nnat_leaves_quotes = true\nnat_id = zero\n" ROUTER(
                                 "b", "2") TARGET "path = a b\n");
    unit_sim_send_syn(&fixture, 4, 1);
    sim_packet_set(&quoted, fixture.verdict.reply.bytes + 28, fixture.verdict.reply.length - 28);
    g_assert_cmpuint(sim_packet_fields(&quoted).source_port, ==, 40000);
    g_assert_cmpuint(sim_packet_fields(&quoted).ip_id, ==, 7);
    unit_sim_send_syn(&fixture, 4, 2);
    sim_packet_set(&quoted, fixture.verdict.reply.bytes + 28, fixture.verdict.reply.length - 28);
    g_assert_cmpuint(sim_packet_fields(&quoted).source_port, ==, 20000);
    g_assert_cmpuint(sim_packet_fields(&quoted).ip_id, ==, 0);
    unit_sim_send_syn(&fixture, 4, 3);
    g_assert_cmpuint(sim_packet_fields(&fixture.verdict.reply).destination_port, ==, 40000);
    unit_sim_end(&fixture);
}

/* Of 4000 flows each of four branches gets its share, give or take a tenth; a flow keeps its branch. */
static void
test_balance_by_flow(void)
{
    unsigned taken[4] = {0};
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture,
                   ROUTER("a", "1") ROUTER("b", "2") ROUTER("c", "3") ROUTER("d", "4") TARGET "path = (a|b|c|d)\n");
    for (unsigned port = 0; port < 4000; port++) {
        unit_sim_probe_t probe = unit_sim_syn(4, 1);
        char at;

        probe.source_port = (uint16_t)(30000 + port);
        unit_sim_send(&fixture, &probe);
        at = fixture.verdict.at[0];
        taken[at - 'a']++;
        probe.seq++;
        probe.ip_id++;
        unit_sim_send(&fixture, &probe);
        g_assert_cmpint(fixture.verdict.at[0], ==, at);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        g_assert_cmpuint(taken[i], >, 900);
        g_assert_cmpuint(taken[i], <, 1100);
    }
    unit_sim_end(&fixture);
}

/* One choice after another: all four combinations come. */
static void
test_choices_are_independent(void)
{
    unsigned taken[4] = {0};
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture,
                   ROUTER("a", "1") ROUTER("b", "2") ROUTER("c", "3") ROUTER("d", "4") TARGET "path = (a|b) (c|d)\n");
    for (unsigned port = 0; port < 1000; port++) {
        unit_sim_probe_t probe = unit_sim_syn(4, 1);
        unsigned first;

        probe.source_port = (uint16_t)(30000 + port);
        unit_sim_send(&fixture, &probe);
        first = fixture.verdict.at[0] == 'b';
        probe.ttl = 2;
        unit_sim_send(&fixture, &probe);
        taken[2 * first + (fixture.verdict.at[0] == 'd')]++;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        g_assert_cmpuint(taken[i], >, 200);
        g_assert_cmpuint(taken[i], <, 300);
    }
    unit_sim_end(&fixture);
}

static void
test_balance_by_packet(void)
{
    unsigned at_a = 0;
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture, ROUTER("a", "1") ROUTER("b", "2") TARGET "path = {a|b}\n");
    for (unsigned i = 0; i < 1000; i++) {
        unit_sim_send_syn(&fixture, 4, 1);
        at_a += fixture.verdict.at[0] == 'a';
    }
    g_assert_cmpuint(at_a, >, 430);
    g_assert_cmpuint(at_a, <, 570);
    unit_sim_end(&fixture);
}

static void
test_chance_is_that_of_the_seed(void)
{
    char fates[2][101] = {{0}};
    unsigned lost = 0;

    for (unsigned run = 0; run < 2; run++) {
        unit_sim_fixture_t fixture;

        unit_sim_begin(&fixture, ROUTER("a", "1") "loss = 30\njitter_us = 1000\n" TARGET "path = a\n");
        for (unsigned i = 0; i < 100; i++) {
            fates[run][i] = unit_sim_send_syn(&fixture, 4, 1)[0];
            g_assert_cmpint(fixture.verdict.delay_ns, >=, 5000000);
            g_assert_cmpint(fixture.verdict.delay_ns, <=, 6000000);
            lost += run == 0 && fates[run][i] == 'l';
        }
        unit_sim_end(&fixture);
    }
    g_assert_cmpstr(fates[0], ==, fates[1]);
    g_assert_cmpuint(lost, >, 15);
    g_assert_cmpuint(lost, <, 45);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/each_hop_answers", test_each_hop_answers);
    g_test_add_func("/path/quote_has_the_ttl_of_arrival", test_quote_has_the_ttl_of_arrival);
    g_test_add_func("/path/silence_has_its_reason", test_silence_has_its_reason);
    g_test_add_func("/path/rate_limit_of_linux", test_rate_limit_of_linux);
    g_test_add_func("/path/router_that_rejects", test_rejecting_router);
    g_test_add_func("/path/nat_on_the_way", test_nat_on_the_way);
    g_test_add_func("/balance/by_flow", test_balance_by_flow);
    g_test_add_func("/balance/choices_are_independent", test_choices_are_independent);
    g_test_add_func("/balance/by_packet", test_balance_by_packet);
    g_test_add_func("/chance/is_that_of_the_seed", test_chance_is_that_of_the_seed);
    return g_test_run();
}
