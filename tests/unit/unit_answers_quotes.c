/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does a quote name, what was changed on the way, and which quotes name none.
 */
#include "unit_answers.h"

/* As a tool that draws them gives one to each probe. */
static const uint32_t seqs[] = {0x10203040, 0x7a6b5c4d, 0x35a7e019, 0xc48e6f03, 0x9d01b257, 0x58f3c7aa};

enum { ONE_SEQ = 0x2468ace0 };

/* Probes of TTL 1 and 2, 100 ms apart, each with its quote, so that there is a trace. */
static unit_answers_t
begin(uint16_t first_id, uint16_t second_id, uint32_t first_seq, uint32_t second_seq)
{
    unit_answers_t answers = unit_answers_new();

    unit_answers_observe_both(&answers, unit_answers_probe(0, 1, first_id, first_seq));
    unit_answers_observe_both(&answers, unit_answers_probe(100, 2, second_id, second_seq));
    return answers;
}

static void
test_exact(void)
{
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);

    unit_answers_check(&answers, 2, 1, "ip-id");
    unit_answers_check(&answers, 4, 3, "ip-id");
    unit_answers_free(&answers);
}

static ttr_observation_t
of_family_6(ttr_observation_t observation)
{
    observation.ip.family = TTR_FAMILY_IPV6;
    observation.ip.id = 0;
    if (observation.what == TTR_OBSERVED_ICMP) {
        observation.icmp.type = 3;
        observation.icmp.quote.family = TTR_FAMILY_IPV6;
        observation.icmp.quote.ip_id = 0;
    }
    return observation;
}

static void
test_ipv6(void)
{
    unit_answers_t answers = unit_answers_new();

    for (uint8_t ttl = 1; ttl <= 2; ttl++) {
        ttr_observation_t probe = unit_answers_probe(ttl * 100, ttl, 0, seqs[ttl]);

        unit_answers_observe(&answers, of_family_6(probe));
        unit_answers_observe(&answers, of_family_6(unit_answers_quote(&probe, ttl * 100 + 20, ttl)));
    }
    unit_answers_check(&answers, 2, 1, "ports-seq");
    unit_answers_check(&answers, 4, 3, "ports-seq");
    unit_answers_free(&answers);
}

/* Numbers of the third probe as its router quotes them. */
typedef struct unit_change {
    const char *name;
    uint16_t ids[3];            /* of probes with TTL 1, 2, 3 */
    bool has_one_seq;
    uint16_t quoted_id;
    uint32_t added_to_seq;
    const char *match;          /* NULL: the quote answers nothing */
} unit_change_t;

static const unit_change_t changes[] = {
    {"erased_id_leaves_ports_and_seq", {1001, 2907, 777}, false, 0, 0, "ports-seq"},
    {"garbled_id_leaves_ports_and_seq", {1001, 2907, 777}, false, 31337, 0, "ports-seq"},
    {"swapped_id_is_recognised", {0x0101, 0x0102, 0x0104}, true, 0x0401, 0, "ports-seq"},
    {"id_plus_one_is_recognised", {100, 120, 160}, true, 161, 0, "ports-seq"},
    {"seq_changed_on_the_way_leaves_the_id", {1001, 2907, 777}, false, 777, 12345678, "ip-id-only"},
    {"id_lacking_in_a_row_is_a_lost_probe", {100, 101, 103}, true, 102, 0, NULL},
    {"one_foreign_seq_is_a_lost_probe", {1001, 2907, 777}, false, 4711, 12345678, NULL},
};

static void
test_change(gconstpointer data)
{
    const unit_change_t *change = data;
    uint32_t first = change->has_one_seq ? ONE_SEQ : seqs[0];
    uint32_t second = change->has_one_seq ? ONE_SEQ : seqs[1];
    unit_answers_t answers = begin(change->ids[0], change->ids[1], first, second);
    ttr_observation_t probe = unit_answers_probe(300, 3, change->ids[2], change->has_one_seq ? ONE_SEQ : seqs[2]);
    ttr_observation_t quote = unit_answers_quote(&probe, 320, 3);
    uint32_t frame = unit_answers_observe(&answers, probe);

    quote.icmp.quote.ip_id = change->quoted_id;
    quote.icmp.quote.seq += change->added_to_seq;
    unit_answers_check(&answers, unit_answers_observe(&answers, quote), change->match == NULL ? 0 : frame, change->match);
    unit_answers_free(&answers);
}

/* Three foreign seqs are a firewall that draws them anew for all that passes it. */
static void
test_firewall(void)
{
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);
    uint32_t probes[3];
    uint32_t quotes[3];

    for (uint8_t i = 0; i < 3; i++) {
        ttr_observation_t probe = unit_answers_probe(200 + i * 100, i + 3, (uint16_t)(5000 + 1000 * i), seqs[i + 2]);
        ttr_observation_t quote = unit_answers_quote(&probe, 220 + i * 100, i + 3);

        quote.icmp.quote.ip_id = 0;
        quote.icmp.quote.seq ^= 0x5a5a5a5a;
        probes[i] = unit_answers_observe(&answers, probe);
        quotes[i] = unit_answers_observe(&answers, quote);
    }
    for (uint8_t i = 0; i < 3; i++)
        unit_answers_check(&answers, quotes[i], probes[i], "order");
    unit_answers_free(&answers);
}

/* What a NAT or DNAT makes of a probe, and leaves in the quote. */
typedef struct unit_translation {
    const char *name;
    ttr_address_t source;
    ttr_address_t target;
    uint16_t sport;
    bool keeps_id;
    const char *match;
} unit_translation_t;

static const unit_translation_t translations[] = {
    {"nat_that_leaves_the_quote_alone", {{198, 51, 100, 77}}, {{192, 0, 2, 9}}, 51234, true, "ip-id-seq"},
    {"nat_that_keeps_the_port", {{198, 51, 100, 77}}, {{192, 0, 2, 9}}, 40000, true, "ip-id-seq"},
    {"nat_and_another_id", {{198, 51, 100, 77}}, {{192, 0, 2, 9}}, 51234, false, "seq-only"},
    {"port_translated_but_no_address", {{203, 0, 113, 1}}, {{192, 0, 2, 9}}, 51234, true, "ip-id-seq"},
    {"dnat", {{203, 0, 113, 1}}, {{192, 0, 2, 200}}, 40000, true, "ip-id-seq"},
    {"dnat_and_another_id", {{203, 0, 113, 1}}, {{192, 0, 2, 200}}, 40000, false, "seq-only"},
};

static void
test_translation(gconstpointer data)
{
    const unit_translation_t *translation = data;
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);
    ttr_observation_t probe = unit_answers_probe(200, 3, 777, seqs[2]);
    ttr_observation_t quote = unit_answers_quote(&probe, 220, 3);
    uint32_t frame = unit_answers_observe(&answers, probe);

    quote.icmp.quote.source = translation->source;
    quote.icmp.quote.target = translation->target;
    quote.icmp.quote.sport = translation->sport;
    if (!translation->keeps_id)
        quote.icmp.quote.ip_id = 31337;
    unit_answers_check(&answers, unit_answers_observe(&answers, quote), frame, translation->match);
    unit_answers_free(&answers);
}

/* Some boxes quote source and target the other way round. */
static void
test_swapped(void)
{
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);
    ttr_observation_t probe = unit_answers_probe(200, 3, 777, seqs[2]);
    ttr_observation_t quote = unit_answers_quote(&probe, 220, 3);
    uint32_t frame = unit_answers_observe(&answers, probe);
    ttr_address_t source = quote.icmp.quote.source;

    quote.icmp.quote.source = quote.icmp.quote.target;
    quote.icmp.quote.target = source;
    unit_answers_check(&answers, unit_answers_observe(&answers, quote), frame, "ip-id-seq");
    unit_answers_free(&answers);
}

/* A quote with a time stamp names the probe where seq and ID do not. */
static void
test_stamp(void)
{
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);
    uint32_t probes[2];
    uint32_t reply = 0;

    for (uint8_t i = 0; i < 2; i++) {
        ttr_observation_t probe = unit_answers_probe(200 + i * 10, 3 + i, 0, seqs[2]);

        probe.tcp.tsval = 100 + i;
        probes[i] = unit_answers_observe(&answers, probe);
        if (i == 1) {
            ttr_observation_t quote = unit_answers_quote(&probe, 230, 4);

            quote.icmp.quote.tsval = probe.tcp.tsval;
            reply = unit_answers_observe(&answers, quote);
        }
    }
    g_assert_cmpuint(probes[0], !=, probes[1]);
    unit_answers_check(&answers, reply, probes[1], "ip-id");
    unit_answers_free(&answers);
}

/* Another tool's probe to another target, quoted to the same host, is no answer to ours. */
static void
test_other_target(void)
{
    unit_answers_t answers = begin(1001, 2907, seqs[0], seqs[1]);
    ttr_observation_t probe = unit_answers_probe(200, 3, 777, seqs[2]);
    ttr_observation_t quote = unit_answers_quote(&probe, 220, 3);

    unit_answers_observe(&answers, probe);
    quote.icmp.quote.target.bytes[3] = 200;
    quote.icmp.quote.seq ^= 0x5a5a5a5a;
    unit_answers_check(&answers, unit_answers_observe(&answers, quote), 0, NULL);
    unit_answers_free(&answers);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answers/quote_that_names_its_probe", test_exact);
    g_test_add_func("/answers/ipv6_quote_names_its_probe_by_ports_and_seq", test_ipv6);
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        char *name = g_strdup_printf("/answers/%s", changes[i].name);

        g_test_add_data_func(name, &changes[i], test_change);
        g_free(name);
    }
    g_test_add_func("/answers/three_foreign_seqs_are_a_firewall", test_firewall);
    for (size_t i = 0; i < G_N_ELEMENTS(translations); i++) {
        char *name = g_strdup_printf("/answers/%s", translations[i].name);

        g_test_add_data_func(name, &translations[i], test_translation);
        g_free(name);
    }
    g_test_add_func("/answers/quote_with_swapped_addresses", test_swapped);
    g_test_add_func("/answers/time_stamp_in_the_quote_tells_probes_apart", test_stamp);
    g_test_add_func("/answers/quote_of_another_target_answers_nothing", test_other_target);
    return g_test_run();
}
