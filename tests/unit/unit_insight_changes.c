/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which field changed between which hops of a made-up path; and what may not be said, since one router alone quotes so.
 */
#include "unit_world.h"

/* What boxes behind hop 2 do, as the quotes from hop 3 on show it. */
#define BEHIND_2(name, statement)                         \
    static void name(ttr_observation_t *error, uint8_t ttl) \
    {                                                     \
        ttr_quote_t *quote = &error->icmp.quote;          \
                                                          \
        if (ttl >= 3) {                                   \
            statement;                                    \
        }                                                 \
    }

BEHIND_2(set_dscp, quote->tos = 10 << 2)
BEHIND_2(set_ce, quote->tos = 3)
BEHIND_2(zero_id, quote->ip_id = 0)
BEHIND_2(clear_df, quote->header.marks = 0)
BEHIND_2(shorten, quote->length = 52)
BEHIND_2(set_window, quote->header.window = 8192)
BEHIND_2(set_urgent, quote->header.urgent = 5)
BEHIND_2(set_flags, quote->header.flags = TTR_TCP_SYN | TTR_TCP_ECE)
BEHIND_2(set_ack, quote->header.ack = 9)
BEHIND_2(clamp, quote->header.mss = 1300)
BEHIND_2(remove_scale, quote->header.window_scale = 0)
BEHIND_2(reorder, quote->header.options = 78)
BEHIND_2(set_stamp, quote->tsval = 2000)
BEHIND_2(hide_port, quote->sport = (uint16_t)(quote->sport + 7))
BEHIND_2(set_dport, quote->dport = 8080)
BEHIND_2(set_seq, quote->seq += 1000000)

/* 80 became 8080, and the checksum is less by as much (RFC 1624). */
BEHIND_2(translate_dport, quote->dport = 8080; quote->checksum = UNIT_WORLD_SUM - 8000)
BEHIND_2(restore_dport, quote->checksum = UNIT_WORLD_SUM - 8000)
BEHIND_2(erase_sum, quote->checksum = 0)

/* A checksum is that of what was sent, or of what is quoted; else something was translated that is not seen. */
static void
test_checksum(void)
{
    static const struct {
        const char *name;
        unit_world_change_t change;
        bool is_translated;
    } cases[] = {
        {"the port is translated, and the checksum with it", translate_dport, false},
        {"the quoted port is restored, its checksum is not", restore_dport, true},
        {"the checksum is not quoted", erase_sum, false},
        {"the window is another, and the checksum is as sent", set_window, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight;
        const ttr_finding_t *finding;

        g_test_message("%s", cases[i].name);
        unit_world_trace(&world, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, cases[i].change);
        insight = ttr_insight_new(world.store, 0);
        finding = unit_world_find(insight, TTR_FINDING_TRANSLATED, TTR_FIELD_CHECKSUM);
        g_assert_cmpint(finding != NULL, ==, cases[i].is_translated);
        if (finding != NULL) {
            g_assert_cmpuint(finding->after_hop, ==, 2);
            g_assert_cmpuint(finding->at_hop, ==, 3);
        }
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

/* What a trace says whose errors are changed so. The caller frees it. */
static ttr_insight_t *
trace_with(unit_world_t *world, unit_world_change_t change)
{
    unit_world_trace(world, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, change);
    return ttr_insight_new(world->store, 0);
}

/* The finding of this kind, which must be there, and between hops 2 and 3. */
static const ttr_finding_t *
find_behind_hop_2(const ttr_insight_t *insight, ttr_finding_kind_t kind, ttr_field_t field)
{
    const ttr_finding_t *finding = unit_world_find(insight, kind, field);

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->after_hop, ==, 2);
    g_assert_cmpuint(finding->at_hop, ==, 3);
    return finding;
}

static void
test_fields(void)
{
    static const struct {
        const char *name;
        unit_world_change_t change;
        ttr_finding_kind_t kind;
        ttr_field_t field;
        uint64_t from, to;
        const char *text;
    } cases[] = {
        {"DSCP is set", set_dscp, TTR_FINDING_CHANGED, TTR_FIELD_DSCP, 0, 10, "DSCP changed from 0 to 10 between hop 2 (198.51.100.2) and hop 3 (198.51.100.3)"},
        {"CE is set", set_ce, TTR_FINDING_CHANGED, TTR_FIELD_ECN, 0, 3, "CE was set: congestion, or a box that sets it between hop 2 (198.51.100.2) and hop 3 (198.51.100.3)"},
        {"DF is cleared", clear_df, TTR_FINDING_CHANGED, TTR_FIELD_DF, 1, 0, NULL},
        {"the packet is shorter", shorten, TTR_FINDING_CHANGED, TTR_FIELD_LENGTH, 60, 52, NULL},
        {"the window is another", set_window, TTR_FINDING_CHANGED, TTR_FIELD_WINDOW, 64240, 8192, NULL},
        {"the urgent pointer is set", set_urgent, TTR_FINDING_CHANGED, TTR_FIELD_URGENT, 0, 5, NULL},
        {"a flag is set", set_flags, TTR_FINDING_CHANGED, TTR_FIELD_FLAGS, 0x002, 0x042, "TCP flags changed from 0x2 to 0x42 between hop 2 (198.51.100.2) and hop 3 (198.51.100.3)"},
        {"the ack is another", set_ack, TTR_FINDING_CHANGED, TTR_FIELD_ACK, 0, 9, NULL},
        {"the MSS is lower", clamp, TTR_FINDING_CHANGED, TTR_FIELD_MSS, 1460, 1300, NULL},
        {"the window scale is gone", remove_scale, TTR_FINDING_CHANGED, TTR_FIELD_WINDOW_SCALE, 8, 0, "the option window scale was removed between hop 2 (198.51.100.2) and hop 3 (198.51.100.3)"},
        {"options are others", reorder, TTR_FINDING_CHANGED, TTR_FIELD_OPTIONS, 77, 78, NULL},
        {"the time stamp is another", set_stamp, TTR_FINDING_CHANGED, TTR_FIELD_TIMESTAMPS, 1000, 2000, NULL},
        {"the target port is another", set_dport, TTR_FINDING_DNAT, TTR_FIELD_DPORT, UNIT_WORLD_PORT, 8080, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight;
        const ttr_finding_t *finding;

        g_test_message("%s", cases[i].name);
        insight = trace_with(&world, cases[i].change);
        finding = find_behind_hop_2(insight, cases[i].kind, cases[i].field);
        g_assert_true(finding->is_shown && finding->has_after && finding->has_values);
        g_assert_cmpuint(finding->from, ==, cases[i].from);
        g_assert_cmpuint(finding->to, ==, cases[i].to);
        g_assert_cmpuint(insight->findings->len, ==, 1);
        if (cases[i].text != NULL) {
            g_autofree char *text = ttr_finding_text(finding);

            g_assert_cmpstr(text, ==, cases[i].text);
        }
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

/* Fields that name the probe, and differ from frame to frame. */
static void
test_keys(void)
{
    static const struct {
        const char *name;
        unit_world_change_t change;
        ttr_finding_kind_t kind;
        ttr_field_t field;
    } cases[] = {
        {"the IP ID is zeroed", zero_id, TTR_FINDING_CHANGED, TTR_FIELD_IP_ID},
        {"the source port is another", hide_port, TTR_FINDING_NAT, TTR_FIELD_SPORT},
        {"the sequence number is another", set_seq, TTR_FINDING_CHANGED, TTR_FIELD_SEQ},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight;
        const ttr_finding_t *finding;

        g_test_message("%s", cases[i].name);
        insight = trace_with(&world, cases[i].change);
        finding = find_behind_hop_2(insight, cases[i].kind, cases[i].field);
        g_assert_false(finding->has_values);
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

static void
only_3_sets_dscp(ttr_observation_t *error, uint8_t ttl)
{
    error->icmp.quote.tos = ttl == 3 ? 40 : 0;
}

static void
last_adds_one(ttr_observation_t *error, uint8_t ttl)
{
    error->icmp.quote.ip_id = (uint16_t)(error->icmp.quote.ip_id + (ttl == UNIT_WORLD_HOPS - 1 ? 1 : 0));
}

static void
short_of_20(ttr_observation_t *error, uint8_t ttl)
{
    error->icmp.quote.length = (uint16_t)(error->icmp.quote.length - (ttl == UNIT_WORLD_HOPS - 1 ? 20 : 0));
}

static void
first_fragment(ttr_observation_t *error, uint8_t ttl)
{
    if (ttl < 3)
        return;
    error->icmp.quote.length = 44;
    error->icmp.quote.header.marks |= TTR_HEADER_FRAGMENT;
}

static void
nothing(ttr_observation_t *error, uint8_t ttl)
{
    error->icmp.quote.ttl = ttl;        /* a quoted TTL says nothing of the path */
}

/* What is one router's way of quoting is said of no path. */
static void
test_guards(void)
{
    static const struct {
        const char *name;
        unit_world_change_t change;
    } cases[] = {
        {"one hop quotes another DSCP, and those behind it the one that was sent", only_3_sets_dscp},
        {"the last hop quotes an IP ID that is one more", last_adds_one},
        {"the last hop quotes the length without the IP header", short_of_20},
        {"fragments are shorter than the packet", first_fragment},
        {"nothing changes", nothing},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unit_world_t world = unit_world_new();
        ttr_insight_t *insight;

        g_test_message("%s", cases[i].name);
        unit_world_trace(&world, UNIT_WORLD_PORT, UNIT_WORLD_HOPS, 59, cases[i].change);
        insight = ttr_insight_new(world.store, 0);
        g_assert_cmpuint(insight->findings->len, ==, 0);
        ttr_insight_free(insight);
        ttr_store_free(world.store);
    }
}

/* Hops 2 to 4 quote 8 bytes: whatever happened to the window did so between hop 1 and hop 5. */
static void
quote_little(ttr_observation_t *error, uint8_t ttl)
{
    ttr_header_t *header = &error->icmp.quote.header;

    if (ttl >= 3)
        header->window = 8192;
    if (ttl >= 2 && ttl <= 4)
        *header = (ttr_header_t){.known = 8, .marks = TTR_HEADER_DONT_FRAGMENT};
}

static void
test_short_quotes(void)
{
    unit_world_t world = unit_world_new();
    ttr_insight_t *insight;
    const ttr_finding_t *finding;

    insight = trace_with(&world, quote_little);
    finding = unit_world_find(insight, TTR_FINDING_CHANGED, TTR_FIELD_WINDOW);
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->after_hop, ==, 1);
    g_assert_cmpuint(finding->at_hop, ==, 5);
    g_assert_cmpuint(insight->findings->len, ==, 1);
    ttr_insight_free(insight);
    ttr_store_free(world.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insight_changes/fields", test_fields);
    g_test_add_func("/insight_changes/checksum", test_checksum);
    g_test_add_func("/insight_changes/keys", test_keys);
    g_test_add_func("/insight_changes/guards", test_guards);
    g_test_add_func("/insight_changes/short-quotes", test_short_quotes);
    return g_test_run();
}
