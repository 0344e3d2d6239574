/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is found in made-up traces: who answered, which port is dropped, by which tool; and what may not be said.
 */
#include "unit_world.h"

/* The target's answers come with the TTL that the box at hop 5 would give them; at the sixth hop they would have one less. */
static void
test_answered_by(void)
{
    unit_world_t near = unit_world_new();
    unit_world_t right = unit_world_new();
    ttr_insight_t *insight;
    const ttr_finding_t *finding;

    unit_world_trace(&near, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 60, NULL);
    insight = ttr_insight_new(near.store, 0);
    finding = unit_world_find(insight, TTR_FINDING_ANSWERED_BY, TTR_FIELD_NONE);
    g_assert_nonnull(finding);
    g_assert_false(finding->is_shown);
    g_assert_cmpuint(finding->after_hop, ==, 5);
    g_assert_cmpuint(finding->at_hop, ==, 6);
    ttr_insight_free(insight);
    unit_world_trace(&right, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, NULL);
    insight = ttr_insight_new(right.store, 0);
    g_assert_cmpuint(insight->findings->len, ==, 0);
    g_assert_true(g_str_has_prefix(insight->diagnosis, "port 80 open at hop 6, 1.0 ms"));
    ttr_insight_free(insight);
    ttr_store_free(near.store);
    ttr_store_free(right.store);
}

/* One SYN, two SYN/ACKs with different numbers. */
static void
test_two_boxes(void)
{
    unit_world_t world = unit_world_new();
    ttr_observation_t probe;
    ttr_observation_t reply;
    ttr_insight_t *insight;
    const ttr_finding_t *finding;

    unit_world_trace(&world, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, NULL);
    probe = unit_world_syn(&world, UNIT_WORLD_HOPS, UNIT_WORLD_PORT);
    unit_world_observe(&world, &probe);
    reply = unit_world_answer(&probe, TTR_TCP_SYN | TTR_TCP_ACK, 59);
    unit_world_observe(&world, &reply);
    reply.tcp.seq = 123456;
    unit_world_observe(&world, &reply);
    insight = ttr_insight_new(world.store, 0);
    finding = unit_world_find(insight, TTR_FINDING_TWO_BOXES, TTR_FIELD_NONE);
    g_assert_nonnull(finding);
    g_assert_true(finding->is_shown);
    g_assert_cmpuint(finding->frame_count, ==, 3);
    g_assert_cmpuint(finding->frames[2], ==, world.frame);
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

/* Port 443 arrives; port 8443 is answered by hops 1 to 3 and by nobody behind them. */
static void
test_ports(void)
{
    unit_world_t world = unit_world_new();
    ttr_insight_t *insight;
    const ttr_finding_t *finding;
    g_autofree char *text = NULL;

    unit_world_trace(&world, 443, UNIT_WORLD_HOPS, 59, NULL);
    world.now_ns += 60000 * UNIT_WORLD_MS;
    unit_world_trace(&world, 8443, 3, 59, NULL);
    for (uint8_t ttl = 4; ttl <= 8; ttl++) {
        for (int i = 0; i < UNIT_WORLD_PROBES; i++) {
            ttr_observation_t probe = unit_world_syn(&world, ttl, 8443);

            unit_world_observe(&world, &probe);
            world.frame++;
        }
    }
    ttr_store_pass(world.store, world.now_ns + 60000 * UNIT_WORLD_MS);
    insight = ttr_insight_new(world.store, 1);
    finding = unit_world_find(insight, TTR_FINDING_PORT_DROPPED, TTR_FIELD_NONE);
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->after_hop, ==, 3);
    g_assert_cmpuint(finding->other_trace, ==, 0);
    text = ttr_finding_text(finding);
    g_assert_cmpstr(text, ==,
                    "port 443 passes; port 8443 is dropped behind hop 3 (198.51.100.3): by hop 3 on the way out, or by hop 4 "
                    "(198.51.100.4) on the way in");
    ttr_insight_free(insight);
    insight = ttr_insight_new(world.store, 0);
    g_assert_cmpuint(insight->findings->len, ==, 0);
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

/* There is no such trace; and an unknown tool is told by what its probes look like. */
static void
test_tool(void)
{
    unit_world_t world = unit_world_new();
    ttr_insight_t *insight;
    g_autofree char *text = NULL;

    g_assert_null(ttr_insight_new(world.store, 0));
    ttr_insight_free(NULL);
    unit_world_trace(&world, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, NULL);
    insight = ttr_insight_new(world.store, 0);
    text = ttr_tool_text(&insight->tool);
    g_assert_cmpstr(text, ==,
                    "unknown: SYN with options, window 64240, source port counting, target port fixed, seq unique, IP ID "
                    "unique, 3 a hop");
    g_assert_cmpuint(insight->hops->len, ==, UNIT_WORLD_HOPS);
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insight/answered-by", test_answered_by);
    g_test_add_func("/insight/two-boxes", test_two_boxes);
    g_test_add_func("/insight/ports", test_ports);
    g_test_add_func("/insight/tool", test_tool);
    return g_test_run();
}
