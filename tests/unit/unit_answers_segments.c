/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does a segment of the target answer: by numbers, by order, or none.
 */
#include "unit_answers.h"

enum { ONE_SEQ = 0x2468ace0 };

/* Three probes with their quotes, `step_ms` apart: certain answers, which show how the tool sends. */
static unit_answers_t
begin(int64_t step_ms, uint32_t added_to_seq)
{
    unit_answers_t answers = unit_answers_new();
    ttr_observation_t probes[3];

    for (uint8_t i = 0; i < 3; i++) {
        probes[i] = unit_answers_probe(i * step_ms, i + 1, (uint16_t)(100 + i), ONE_SEQ + i * added_to_seq);
        unit_answers_observe(&answers, probes[i]);
        if (step_ms > 20)
            unit_answers_observe(&answers, unit_answers_quote(&probes[i], i * step_ms + 20, i + 1));
    }
    for (uint8_t i = 0; step_ms <= 20 && i < 3; i++)
        unit_answers_observe(&answers, unit_answers_quote(&probes[i], i * step_ms + 20, i + 1));
    return answers;
}

static void
test_ack(void)
{
    unit_answers_t answers = begin(100, 1000000);
    ttr_observation_t probe = unit_answers_probe(300, 4, 103, ONE_SEQ + 3000000);
    uint32_t frame = unit_answers_observe(&answers, probe);

    unit_answers_check(&answers,
                       unit_answers_observe(&answers, unit_answers_segment(&probe, 320, TTR_TCP_SYN | TTR_TCP_ACK)), frame,
                       "ack");
    unit_answers_free(&answers);
}

/* A tool that sends one probe at a time: the answer is to the latest, and the one before was lost. */
static void
test_one_at_a_time(void)
{
    unit_answers_t answers = begin(100, 0);
    ttr_observation_t lost = unit_answers_probe(300, 4, 103, ONE_SEQ);
    ttr_observation_t probe = unit_answers_probe(400, 5, 104, ONE_SEQ);
    uint32_t frame;

    unit_answers_observe(&answers, lost);
    frame = unit_answers_observe(&answers, probe);
    unit_answers_check(&answers,
                       unit_answers_observe(&answers, unit_answers_segment(&probe, 420, TTR_TCP_SYN | TTR_TCP_ACK)), frame,
                       "order");
    unit_answers_free(&answers);
}

/* A burst: the first in flight is answered first. */
static void
test_burst(void)
{
    unit_answers_t answers = begin(1, 0);
    uint32_t probes[3];
    uint32_t replies[3];
    ttr_observation_t probe = {.frame = 0};

    for (uint8_t i = 0; i < 3; i++) {
        probe = unit_answers_probe(3 + i, i + 4, (uint16_t)(103 + i), ONE_SEQ);
        probes[i] = unit_answers_observe(&answers, probe);
    }
    for (uint8_t i = 0; i < 3; i++) {
        ttr_observation_t reply = unit_answers_segment(&probe, 23 + i, TTR_TCP_SYN | TTR_TCP_ACK);

        reply.tcp.seq += 1000u * i;
        replies[i] = unit_answers_observe(&answers, reply);
    }
    for (uint8_t i = 0; i < 3; i++)
        unit_answers_check(&answers, replies[i], probes[i], "order");
    unit_answers_free(&answers);
}

/* A kernel repeats a SYN after a second, in the capture or not: a later answer may be to the repetition. */
static void
test_repetition(void)
{
    unit_answers_t answers = unit_answers_new();
    uint32_t frames[4];
    ttr_observation_t probes[4];

    for (uint8_t i = 0; i < 4; i++) {
        probes[i] = unit_answers_probe(i * 100, i + 1, 0, ONE_SEQ + i * 1000000u);
        probes[i].tcp.sport += i;
        probes[i].tcp.tsval = 5000u + i * 100u;
        probes[i].tcp.options = 77;
        probes[i].tcp.kind_count = 1;
        probes[i].tcp.kinds[0] = 2;
        frames[i] = unit_answers_observe(&answers, probes[i]);
        if (i < 2)
            unit_answers_observe(&answers, unit_answers_quote(&probes[i], i * 100 + 20, i + 1));
    }
    unit_answers_check(&answers,
                       unit_answers_observe(&answers, unit_answers_segment(&probes[2], 320, TTR_TCP_SYN | TTR_TCP_ACK)),
                       frames[2], "ack");
    unit_answers_check(&answers,
                       unit_answers_observe(&answers, unit_answers_segment(&probes[3], 1320, TTR_TCP_SYN | TTR_TCP_ACK)),
                       frames[3], "order");
    unit_answers_free(&answers);
}

/* The target repeats its own SYN/ACK after a second: no answer to the probe that was sent meanwhile, and lost. */
static void
test_ghost(void)
{
    unit_answers_t answers = begin(100, 0);
    ttr_observation_t probe = unit_answers_probe(300, 4, 103, ONE_SEQ);
    uint32_t frame = unit_answers_observe(&answers, probe);
    uint32_t first = unit_answers_observe(&answers, unit_answers_segment(&probe, 320, TTR_TCP_SYN | TTR_TCP_ACK));
    uint32_t ghost;

    unit_answers_observe(&answers, unit_answers_probe(800, 5, 104, ONE_SEQ));
    ghost = unit_answers_observe(&answers, unit_answers_segment(&probe, 1320, TTR_TCP_SYN | TTR_TCP_ACK));
    unit_answers_check(&answers, first, frame, "order");
    unit_answers_check(&answers, ghost, frame, "order");
    unit_answers_free(&answers);
}

/* A SYN/ACK says by its TSecr which of two transmissions it answers. */
static void
test_echo(void)
{
    unit_answers_t answers = begin(100, 0);
    ttr_observation_t probe = unit_answers_probe(300, 4, 103, ONE_SEQ);
    ttr_observation_t reply = unit_answers_segment(&probe, 330, TTR_TCP_SYN | TTR_TCP_ACK);
    uint32_t frame;

    probe.tcp.tsval = 5000;
    reply.tcp.tsecr = 5000;
    frame = unit_answers_observe(&answers, probe);
    probe = unit_answers_probe(310, 5, 104, ONE_SEQ);
    probe.tcp.tsval = 5010;
    unit_answers_observe(&answers, probe);
    unit_answers_check(&answers, unit_answers_observe(&answers, reply), frame, "order");
    unit_answers_free(&answers);
}

/* A RST to an ACK takes its seq from there. */
static void
test_reset(void)
{
    unit_answers_t answers = unit_answers_new();
    ttr_observation_t probe = {.frame = 0};
    ttr_observation_t reset;
    uint32_t frame = 0;

    for (uint8_t i = 0; i < 3; i++) {
        probe = unit_answers_probe(i * 100, i + 1, (uint16_t)(100 + i), ONE_SEQ);
        probe.tcp.flags = TTR_TCP_ACK;
        probe.tcp.ack = 900000u + i;
        frame = unit_answers_observe(&answers, probe);
        if (i < 2)
            unit_answers_observe(&answers, unit_answers_quote(&probe, i * 100 + 20, i + 1));
    }
    reset = unit_answers_segment(&probe, 220, TTR_TCP_RST);
    reset.tcp.seq = probe.tcp.ack;
    reset.tcp.ack = 0;
    unit_answers_check(&answers, unit_answers_observe(&answers, reset), frame, "seq");
    unit_answers_free(&answers);
}

/* The target gives up what its own SYN/ACK half opened: one more answer to the same probe. */
static void
test_own_reset(void)
{
    unit_answers_t answers = begin(100, 0);
    ttr_observation_t probe = unit_answers_probe(300, 4, 103, ONE_SEQ);
    uint32_t frame = unit_answers_observe(&answers, probe);
    ttr_observation_t reset = unit_answers_segment(&probe, 900, TTR_TCP_RST);

    unit_answers_observe(&answers, unit_answers_segment(&probe, 320, TTR_TCP_SYN | TTR_TCP_ACK));
    unit_answers_observe(&answers, unit_answers_probe(800, 5, 104, ONE_SEQ));
    reset.tcp.seq = 7001;
    reset.tcp.ack = 0;
    unit_answers_check(&answers, unit_answers_observe(&answers, reset), frame, "order");
    unit_answers_free(&answers);
}

/* Data of a session, one byte each, beyond what the target has: it says by SACK what came. What it had said before is no
 * news. */
static void
test_sack(void)
{
    unit_answers_t answers = unit_answers_new();
    ttr_observation_t probe = {.frame = 0};
    uint32_t frames[5];
    uint32_t replies[5];

    for (uint8_t i = 0; i < 5; i++) {
        probe = unit_answers_probe(i * 100, i + 1, (uint16_t)(100 + i), ONE_SEQ + 2 * i);
        probe.tcp.flags = TTR_TCP_ACK | TTR_TCP_PSH;
        probe.tcp.payload = 1;
        frames[i] = unit_answers_observe(&answers, probe);
        if (i < 3) {
            replies[i] = unit_answers_observe(&answers, unit_answers_quote(&probe, i * 100 + 20, i + 1));
            continue;
        }
        ttr_observation_t reply = unit_answers_segment(&probe, i * 100 + 20, TTR_TCP_ACK);

        reply.tcp.ack = ONE_SEQ - 100;
        reply.tcp.has_sack = true;
        reply.tcp.sack_left = probe.tcp.seq;
        reply.tcp.sack_right = probe.tcp.seq + 1;
        replies[i] = unit_answers_observe(&answers, reply);
    }
    unit_answers_check(&answers, replies[3], frames[3], "sack");
    unit_answers_check(&answers, replies[4], frames[4], "sack");
    unit_answers_free(&answers);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answers/syn_ack_names_its_probe", test_ack);
    g_test_add_func("/answers/one_probe_at_a_time_is_answered_by_the_next_segment", test_one_at_a_time);
    g_test_add_func("/answers/burst_is_answered_first_in_first_out", test_burst);
    g_test_add_func("/answers/late_answer_may_be_to_a_kernels_repetition", test_repetition);
    g_test_add_func("/answers/repeated_syn_ack_answers_no_other_probe", test_ghost);
    g_test_add_func("/answers/tsecr_names_the_transmission", test_echo);
    g_test_add_func("/answers/reset_names_an_ack_probe_by_its_seq", test_reset);
    g_test_add_func("/answers/target_resets_its_own_half_open_connection", test_own_reset);
    g_test_add_func("/answers/sack_names_what_is_new", test_sack);
    return g_test_run();
}
