/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What SYN/ACKs say to SYNs that ask for accurate ECN: each line of table 2 of RFC 9768, and where nothing may be said.
 */
#include "unit_world.h"

enum { ASKS = TTR_TCP_SYN | TTR_TCP_AE | TTR_TCP_CWR | TTR_TCP_ECE,
       RFC_3168 = TTR_TCP_SYN | TTR_TCP_CWR | TTR_TCP_ECE,
       ANSWERS = TTR_TCP_SYN | TTR_TCP_ACK,
       CWR = TTR_TCP_CWR,
       ECE = TTR_TCP_ECE,
       AE = TTR_TCP_AE };

/* A trace whose hops 1 to 3 say nothing, and whose target at hop 4 answers the first SYN with `flags` and the second with
 * `other`. */
static ttr_insight_t *
trace(unit_world_t *world, uint16_t asked, uint8_t sent, uint16_t flags, uint16_t other)
{
    for (uint8_t ttl = 1; ttl <= 5; ttl++) {
        for (int i = 0; i < 2; i++) {
            ttr_observation_t probe = unit_world_syn(world, ttl, UNIT_WORLD_PORT);
            ttr_observation_t answer;

            probe.ip.tos = sent;
            probe.tcp.flags = probe.tcp.header.flags = asked;
            unit_world_observe(world, &probe);
            if (ttl != 4)
                continue;
            answer = unit_world_answer(&probe, ANSWERS | (i == 0 ? flags : other), 61);
            unit_world_observe(world, &answer);
        }
    }
    return ttr_insight_new(world->store, 0);
}

static const ttr_finding_t *
find(const ttr_insight_t *insight)
{
    return unit_world_find(insight, TTR_FINDING_ECN_ARRIVAL, TTR_FIELD_ECN);
}

static void
test_answers(void)
{
    static const struct {
        uint8_t sent;
        uint16_t flags;
        bool is_said;
        uint8_t arrived;
        const char *text;
    } cases[] = {
        {2, AE, true, 2, "the SYN arrived with ECT(0), as it was sent, says the SYN/ACK (AccECN)"},
        {1, CWR | ECE, true, 1, "the SYN arrived with ECT(1), as it was sent, says the SYN/ACK (AccECN)"},
        {0, CWR, true, 0, "the SYN arrived with Not-ECT, as it was sent, says the SYN/ACK (AccECN)"},
        {2, CWR, true, 0, "the SYN sent with ECT(0) arrived with Not-ECT, says the SYN/ACK (AccECN): bleached on the way"},
        {1, AE, true, 2, "the SYN sent with ECT(1) arrived with ECT(0), says the SYN/ACK (AccECN): mangled on the way"},
        {2, AE | CWR, true, 3, "the SYN sent with ECT(0) arrived with CE, says the SYN/ACK (AccECN): set on the way, by congestion or by a box that sets it"},
        {0, AE, true, 2, "the SYN sent with Not-ECT arrived with ECT(0), says the SYN/ACK (AccECN): set on the way"},
        {2, 0, false, 0, "the SYN/ACK does not agree to ECN, so that one cannot know how the SYN's ECN field arrived"},
        {2, ECE, false, 0, "the SYN/ACK agrees to the ECN of RFC 3168, not to AccECN, so that one cannot know how the SYN's ECN field arrived"},
        {2, AE | ECE, false, 0, "the SYN/ACK has ECN flags that RFC 9768 reserves, so that one cannot know how the SYN's ECN field arrived"},
        {2, AE | CWR | ECE, false, 0, "the SYN/ACK repeats the ECN flags of the SYN: what answers does not understand them, so that one cannot know how the SYN's ECN field arrived"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight = trace(&world, ASKS, cases[i].sent, cases[i].flags, cases[i].flags);
        const ttr_finding_t *finding = find(insight);
        g_autofree char *text = NULL;

        g_assert_nonnull(finding);
        text = ttr_finding_text(finding);
        g_assert_cmpstr(text, ==, cases[i].text);
        g_assert_cmpint(finding->has_values, ==, cases[i].is_said);
        if (cases[i].is_said) {
            g_assert_cmpuint(finding->from, ==, cases[i].sent);
            g_assert_cmpuint(finding->to, ==, cases[i].arrived);
        }
        g_assert_true(finding->is_shown && !finding->has_after);
        g_assert_cmpuint(finding->at_hop, ==, 4);
        g_assert_cmpuint(finding->frame_count, ==, 4);      /* two SYNs at hop 4 and their answers: six frames before them */
        for (uint32_t frame = 0; frame < 4; frame++)
            g_assert_cmpuint(finding->frames[frame], ==, 7 + frame);
        g_assert_nonnull(strstr(insight->diagnosis, text));
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

/* Two SYNs that arrived differently are two findings. */
static void
test_two_answers(void)
{
    unit_world_t world = unit_world_new();
    ttr_insight_t *insight = trace(&world, ASKS, 2, AE, AE | CWR);
    guint count = 0;

    for (guint i = 0; i < insight->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(insight->findings, ttr_finding_t, i);

        if (finding->kind != TTR_FINDING_ECN_ARRIVAL)
            continue;
        g_assert_cmpuint(finding->to, ==, count == 0 ? 2 : 3);
        g_assert_cmpuint(finding->frame_count, ==, 2);
        count++;
    }
    g_assert_cmpuint(count, ==, 2);
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

/* SYNs without the question, and a RST, say nothing of it: the same flags mean something else there. */
static void
test_not_asked(void)
{
    static const uint16_t asked[] = {TTR_TCP_SYN, RFC_3168};

    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight = trace(&world, asked[i], 2, ECE, CWR);

        g_assert_null(find(insight));
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

static void
test_reset(void)
{
    unit_world_t world = unit_world_new();
    ttr_insight_t *insight;

    for (uint8_t ttl = 1; ttl <= 5; ttl++) {
        ttr_observation_t probe = unit_world_syn(&world, ttl, UNIT_WORLD_PORT);
        ttr_observation_t answer;

        probe.tcp.flags = probe.tcp.header.flags = ASKS;
        unit_world_observe(&world, &probe);
        answer = unit_world_answer(&probe, TTR_TCP_RST | TTR_TCP_ACK | CWR, 61);
        if (ttl >= 4)
            unit_world_observe(&world, &answer);
    }
    insight = ttr_insight_new(world.store, 0);
    g_assert_nonnull(insight);
    g_assert_null(find(insight));
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insight_ecn/answers", test_answers);
    g_test_add_func("/insight_ecn/two-answers", test_two_answers);
    g_test_add_func("/insight_ecn/not-asked", test_not_asked);
    g_test_add_func("/insight_ecn/reset", test_reset);
    return g_test_run();
}
