/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path simulator's targets: what their TCP answers to each kind of segment.
 */
#include <string.h>

#include "unit_sim.h"

#define SECOND_NS INT64_C(1000000000)

#define TARGET "[target t]\nprefixes = 203.0.113.9;2001:db8:3::9\n"

typedef struct unit_segment_case {
    const char *name;
    const char *answer; /* of the target */
    uint8_t flags;      /* of the probe: seq 1000, ack 5000 */
    const char *said;   /* "": nothing */
    uint32_t seq;       /* 0: any */
    uint32_t ack;
} unit_segment_case_t;

static const unit_segment_case_t segment_cases[] = {
    {"syn_to_open", "syn-ack", SIM_SYN, "syn-ack", 0, 1001},
    {"syn_to_closed", "rst", SIM_SYN, "rst", 0, 1001},
    {"fin_to_closed", "rst", SIM_FIN, "rst", 0, 1001},
    {"null_to_closed", "rst", 0, "rst", 0, 1000},
    {"ack_to_closed", "rst", SIM_ACK, "rst", 5000, 0},
    {"ack_to_open", "syn-ack", SIM_ACK, "rst", 5000, 0},
    {"syn_ack_to_open", "syn-ack", SIM_SYN | SIM_ACK, "rst", 5000, 0},
    {"fin_to_open", "syn-ack", SIM_FIN, "", 0, 0},
    {"rst_to_open", "syn-ack", SIM_RST, "", 0, 0},
    {"rst_to_closed", "rst", SIM_RST | SIM_ACK, "", 0, 0},
    {"syn_to_silent", "silent", SIM_SYN, "", 0, 0},
    {"syn_to_unreachable", "unreachable", SIM_SYN, "unreachable", 0, 0},
    {"rst_to_unreachable", "unreachable", SIM_RST, "", 0, 0},
};

static void
test_segment(gconstpointer data)
{
    const unit_segment_case_t *test = data;
    g_autofree char *text = g_strdup_printf(TARGET "answer = %s\n", test->answer);
    unit_sim_probe_t probe = unit_sim_syn(4, 5);
    unit_sim_fixture_t fixture;
    sim_fields_t fields;

    unit_sim_begin(&fixture, text);
    probe.flags = test->flags;
    probe.ack = 5000;
    unit_sim_send(&fixture, &probe);
    g_assert_cmpstr(fixture.verdict.answer, ==, test->said);
    fields = sim_packet_fields(&fixture.verdict.reply);
    if (test->seq != 0)
        g_assert_cmpuint(fields.seq, ==, test->seq);
    g_assert_cmpuint(fixture.verdict.reply.protocol == SIM_PROTOCOL_TCP ? fields.ack : 0, ==, test->ack);
    unit_sim_end(&fixture);
}

/* What the target says to SYNs of one flow, as "answer ack" each, separated by commas; probes are 100 ms apart. */
static char *
talk(const char *answer, const uint32_t *seqs, size_t count)
{
    g_autofree char *text = g_strdup_printf(TARGET "answer = %s\n", answer);
    GString *said = g_string_new("");
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture, text);
    for (size_t i = 0; i < count; i++) {
        unit_sim_probe_t probe = unit_sim_syn(4, 5);

        probe.seq = seqs[i];
        if (strcmp(unit_sim_send(&fixture, &probe), "answered") == 0)
            g_string_append_printf(said, "%s %u,", fixture.verdict.answer,
                                   sim_packet_fields(&fixture.verdict.reply).ack);
        else
            g_string_append(said, "-,");
        fixture.now_ns += SECOND_NS / 10;
    }
    unit_sim_end(&fixture);
    return g_string_free(said, FALSE);
}

/* As Linux 6.18 was seen to answer. */
static void
test_syn_recv_of_linux(void)
{
    static const uint32_t ascending[] = {1000, 1001, 1002, 1003};
    static const uint32_t far[] = {1000, 3000000000, 1500000000, 70000, 66, 67, 68};
    static const uint32_t same[] = {1000, 1000, 1000};
    g_autofree char *said_ascending = talk("linux", ascending, G_N_ELEMENTS(ascending));
    g_autofree char *said_far = talk("linux", far, G_N_ELEMENTS(far));
    g_autofree char *said_same = talk("linux", same, G_N_ELEMENTS(same));

    g_assert_cmpstr(said_ascending, ==, "syn-ack 1001,rst 1002,syn-ack 1003,rst 1004,");
    g_assert_cmpstr(said_far, ==, "syn-ack 1001,ack 1001,-,-,-,-,ack 1001,");
    g_assert_cmpstr(said_same, ==, "syn-ack 1001,syn-ack 1001,-,");
}

static void
test_challenges_after_the_first(void)
{
    static const uint32_t seqs[] = {1000, 1001, 1002, 1003, 1004, 1005, 1006};
    g_autofree char *said = talk("syn-ack-once", seqs, G_N_ELEMENTS(seqs));

    g_assert_cmpstr(said, ==, "syn-ack 1001,ack 1001,-,-,-,-,ack 1001,");
}

/* mtr completes its connection: the ACK is taken without a word, the FIN after it ends in a RST. */
static void
test_handshake_is_completed(void)
{
    unit_sim_probe_t probe = unit_sim_syn(4, 5);
    unit_sim_fixture_t fixture;

    unit_sim_begin(&fixture, TARGET);
    unit_sim_send(&fixture, &probe);
    probe.ack = sim_packet_fields(&fixture.verdict.reply).seq + 1;
    probe.seq++;
    probe.flags = SIM_ACK;
    g_assert_cmpstr(unit_sim_send(&fixture, &probe), ==, "silent");
    probe.flags = SIM_ACK | SIM_FIN;
    g_assert_cmpstr(unit_sim_send(&fixture, &probe), ==, "answered");
    g_assert_cmpstr(fixture.verdict.answer, ==, "rst");
    unit_sim_end(&fixture);
}

/* What the target says to a SYN with these flags and this ECN field, which router a makes `box` of, "" for nothing. */
static uint16_t
answer_to_ecn(uint8_t family, const char *key, const char *box, uint16_t flags, uint8_t ecn)
{
    g_autofree char *text = g_strdup_printf("[router a]\naddresses = 198.51.100.1;2001:db8:1::1\n%s" TARGET "path = a\n%s = true\n",
                                            box, key);
    unit_sim_probe_t probe = unit_sim_syn(family, 5);
    unit_sim_fixture_t fixture;
    uint16_t said;

    unit_sim_begin(&fixture, text);
    probe.flags = flags;
    probe.ecn = ecn;
    g_assert_cmpstr(unit_sim_send(&fixture, &probe), ==, "answered");
    g_assert_true(unit_sim_checksums_good(&fixture.verdict.reply));
    said = sim_packet_fields(&fixture.verdict.reply).flags;
    unit_sim_end(&fixture);
    return said;
}

/* RFC 9768 section 3.1.1, table 2. */
static void
test_ecn(void)
{
    static const struct {
        const char *key;
        const char *box;
        uint16_t flags;
        uint8_t ecn;
        uint16_t said;
    } cases[] = {
        {"accecn", "", 0x1c2, SIM_NOT_ECT, 0x092},
        {"accecn", "", 0x1c2, SIM_ECT_1, 0x0d2},
        {"accecn", "", 0x1c2, SIM_ECT_0, 0x112},
        {"accecn", "", 0x1c2, SIM_CE, 0x192},
        {"accecn", "ecn = not-ect\n", 0x1c2, SIM_ECT_0, 0x092},
        {"accecn", "ecn = ce\n", 0x1c2, SIM_ECT_0, 0x192},
        {"accecn", "ecn = ect1\n", 0x1c2, SIM_ECT_0, 0x0d2},
        {"accecn", "", 0x0c2, SIM_ECT_0, 0x012},
        {"ecn", "", 0x1c2, SIM_ECT_0, 0x052},
        {"ecn", "", 0x0c2, SIM_ECT_0, 0x052},
        {"ecn", "", 0x002, SIM_ECT_0, 0x012},
        {"reflects_ecn", "", 0x1c2, SIM_ECT_0, 0x1d2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (uint8_t family = 4; family <= 6; family += 2)
            g_assert_cmphex(answer_to_ecn(family, cases[i].key, cases[i].box, cases[i].flags, cases[i].ecn), ==, cases[i].said);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(segment_cases); i++) {
        g_autofree char *path = g_strdup_printf("/target/%s", segment_cases[i].name);

        g_test_add_data_func(path, &segment_cases[i], test_segment);
    }
    g_test_add_func("/target/syn_recv_of_linux", test_syn_recv_of_linux);
    g_test_add_func("/target/challenges_after_the_first", test_challenges_after_the_first);
    g_test_add_func("/target/ecn", test_ecn);
    g_test_add_func("/target/handshake_is_completed", test_handshake_is_completed);
    return g_test_run();
}
