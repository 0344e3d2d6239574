/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which sightings are of one packet: ttr_packets_group(), ttr_packets_group_errors(), ttr_work_rtt(). A row is a
 * sighting; what is expected follows from who saw what on the way, as the name of the case tells.
 */
#include <glib.h>

#include "ttr_compute.h"
#include "ttr_point.h"
#include "ttr_store.h"

enum {
    ROWS_MAX = 24,
    PORT = 40000
};

static const ttr_address_t source = {{203, 0, 113, 1}};
static const ttr_address_t target = {{192, 0, 2, 9}};

/* Capture points. */
typedef enum {
    A,                          /* three interfaces of a merged file */
    B,
    C,
    COOKED,                     /* LINKTYPE_LINUX_SLL */
    BRIDGE,                     /* LINKTYPE_LINUX_SLL2 */
    BRIDGE_PORT
} grouping_point_t;

typedef struct grouping_row {
    int64_t us;
    uint32_t seq;               /* names what was sent; 0: no further row */
    grouping_point_t point;
    uint8_t ttl;
    uint16_t id;
    uint16_t checksum;
    uint16_t window;
} grouping_row_t;

typedef struct grouping_case {
    const char *name;
    const char *expected;       /* packets: the frame that stands for it, and all frames; "loop" */
    uint8_t family;
    grouping_row_t rows[ROWS_MAX];
} grouping_case_t;

static uint32_t
point_of(grouping_point_t point)
{
    static const uint8_t bridge[TTR_POINT_INDEX_SIZE] = {0, 0, 0, 3};
    static const uint8_t port[TTR_POINT_INDEX_SIZE] = {0, 0, 0, 2};

    switch (point) {
    case COOKED:      return ttr_point_cooked(0);
    case BRIDGE:      return ttr_point_device(0, bridge);
    case BRIDGE_PORT: return ttr_point_device(0, port);
    default:          return ttr_point_hash((uint32_t)point, NULL, NULL, 0);
    }
}

#define ROW(us, seq, point, ttl, id) {us, seq, point, ttl, id, 0, 0}

static const grouping_case_t cases[] = {
    {"packets_of_their_own", "1:1 2:2 3:3", 4, {ROW(0, 1, A, 1, 11), ROW(30, 2, A, 1, 12), ROW(60, 3, A, 2, 13)}},
    {"same_ttl_at_once", "1:1,2 3:3,4", 4,
     {ROW(0, 1, A, 1, 11), ROW(20, 1, A, 1, 11), ROW(90, 2, A, 2, 12), ROW(110, 2, A, 2, 12)}},
    {"ttl_one_less_behind_a_router", "1:1,2 3:3,4", 4,
     {ROW(0, 1, A, 2, 11), ROW(50, 1, A, 1, 11), ROW(900, 2, A, 3, 12), ROW(950, 2, A, 2, 12)}},
    {"other_checksum_with_id", "1:1,2 3:3,4", 4,
     {{0, 1, A, 2, 11, 0xaaaa, 0}, {50, 1, A, 1, 11, 0xbbbb, 0}, {900, 2, A, 3, 12, 0xaaaa, 0},
      {950, 2, A, 2, 12, 0xcccc, 0}}},
    {"clamped_mss_without_id", "1:1,2 3:3,4", 6,
     {{0, 1, A, 2, 0, 0xaaaa, 0}, {50, 1, A, 1, 0, 0xbbbb, 0}, {900, 2, A, 3, 0, 0xaaaa, 0},
      {950, 2, A, 2, 0, 0xcccc, 0}}},
    {"reversed_mirror", "2:1,2 4:3,4", 4,
     {ROW(0, 1, A, 1, 11), ROW(5, 1, A, 2, 11), ROW(900, 2, A, 2, 12), ROW(905, 2, A, 3, 12)}},
    {"two_clocks_400_ms_apart", "1:1,4 2:2,5 3:3,6", 4,
     {ROW(0, 1, A, 2, 0), ROW(30000, 2, A, 3, 0), ROW(60000, 3, A, 4, 0), ROW(400000, 1, B, 1, 0),
      ROW(430000, 2, B, 2, 0), ROW(460000, 3, B, 3, 0)}},
    {"two_clocks_400_ms_apart_ipv6", "1:1,4 2:2,5 3:3,6", 6,
     {ROW(0, 1, A, 2, 0), ROW(30000, 2, A, 3, 0), ROW(60000, 3, A, 4, 0), ROW(400000, 1, B, 1, 0),
      ROW(430000, 2, B, 2, 0), ROW(460000, 3, B, 3, 0)}},
    {"other_hops_between_two_points", "1:1,4 2:2,5 3:3 6:6", 6,
     {ROW(0, 1, A, 2, 0), ROW(30000, 2, A, 3, 0), ROW(60000, 3, A, 4, 0), ROW(400000, 1, B, 1, 0),
      ROW(430000, 2, B, 2, 0), ROW(460000, 3, B, 2, 0)}},
    {"three_points", "1:1,3,5 2:2,4,6", 4,
     {ROW(0, 1, A, 5, 0), ROW(30000, 2, A, 6, 0), ROW(500000, 1, B, 4, 0), ROW(530000, 2, B, 5, 0),
      ROW(900000, 1, C, 3, 0), ROW(930000, 2, C, 4, 0)}},
    {"equal_probes_at_two_points", "1:1,3 2:2,4", 6,
     {ROW(0, 1, A, 3, 0), ROW(1000000, 1, A, 3, 0), ROW(1400000, 1, B, 2, 0), ROW(2400000, 1, B, 2, 0)}},
    {"any_device_of_a_bridge_sll", "1:1,2 3:3,4", 4,
     {ROW(0, 1, COOKED, 1, 11), ROW(11, 1, COOKED, 1, 11), ROW(900, 2, COOKED, 2, 12),
      ROW(911, 2, COOKED, 2, 12)}},
    {"any_device_of_a_bridge_sll_with_offload", "1:1,2 3:3,4", 6,
     {{0, 1, COOKED, 1, 0, 0xaaaa, 0}, {11, 1, COOKED, 1, 0, 0xbbbb, 0}, {900, 2, COOKED, 2, 0, 0xaaaa, 0},
      {911, 2, COOKED, 2, 0, 0xcccc, 0}}},
    {"equal_probes_with_other_checksums", "1:1 2:2 3:3 4:4", 6,
     {{0, 1, A, 1, 0, 0xaaaa, 0}, {11, 1, A, 1, 0, 0xbbbb, 0}, {900, 2, A, 2, 0, 0xaaaa, 0},
      {911, 2, A, 2, 0, 0xcccc, 0}}},
    {"late_clock_before_a_router_ipv6", "1:1 2:2 3:3 4:4", 6,
     {ROW(0, 1, A, 1, 0), ROW(300, 1, A, 2, 0), ROW(900, 2, A, 2, 0), ROW(1200, 2, A, 3, 0)}},
    {"any_device_of_a_bridge_sll2", "1:1,2 3:3,4", 6,
     {{0, 1, BRIDGE, 1, 0, 0xaaaa, 0}, {11, 1, BRIDGE_PORT, 1, 0, 0xbbbb, 0}, {900, 2, BRIDGE, 2, 0, 0xaaaa, 0},
      {911, 2, BRIDGE_PORT, 2, 0, 0xcccc, 0}}},
    {"equal_probes_where_copies_are_not_the_rule", "1:1 2:2 3:3 4:4 5:5 6:6", 6,
     {ROW(0, 1, A, 2, 0), ROW(40, 1, A, 1, 0), ROW(900000, 2, A, 1, 0), ROW(1900000, 3, A, 1, 0),
      ROW(2900000, 4, A, 1, 0), ROW(3900000, 5, A, 1, 0)}},
    {"copies_that_do_not_fall_as_the_rule", "1:1,2 3:3,4 5:5 6:6", 6,
     {ROW(0, 1, A, 2, 0), ROW(40, 1, A, 1, 0), ROW(900000, 2, A, 3, 0), ROW(900040, 2, A, 2, 0),
      ROW(1900000, 3, A, 9, 0), ROW(1900040, 3, A, 5, 0)}},
    {"equal_probes_later", "1:1 2:2 3:3", 6, {ROW(0, 1, A, 1, 0), ROW(30000, 1, A, 2, 0), ROW(60000, 1, A, 3, 0)}},
    {"random_ids_collide", "1:1 2:2 3:3 4:4 5:5 6:6", 4,
     {ROW(0, 1, A, 1, 11), ROW(100, 1, A, 2, 12), ROW(200, 1, A, 3, 13), ROW(300, 1, A, 4, 14),
      ROW(400, 1, A, 5, 11), ROW(500, 1, A, 6, 15)}},
    {"one_id_for_a_sweep", "1:1 2:2 3:3 4:4", 4,
     {ROW(0, 1, A, 1, 7), ROW(200000, 1, A, 2, 7), ROW(400000, 1, A, 3, 7), ROW(600000, 1, A, 4, 7)}},
    {"loop", "loop 1:1,2,3,4", 4,
     {ROW(0, 1, A, 9, 11), ROW(350, 1, A, 7, 11), ROW(700, 1, A, 5, 11), ROW(1050, 1, A, 3, 11)}},
    {"slow_loop", "loop 1:1,2,3,4", 4,
     {ROW(0, 1, A, 9, 11), ROW(2000000, 1, A, 7, 11), ROW(4000000, 1, A, 5, 11), ROW(6000000, 1, A, 3, 11)}},
    {"slow_loop_ipv6", "loop 1:1,2,3,4", 6,
     {ROW(0, 1, A, 9, 0), ROW(90000, 1, A, 7, 0), ROW(180000, 1, A, 5, 0), ROW(270000, 1, A, 3, 0)}},
    {"twice_is_no_loop", "1:1,2", 4, {ROW(0, 1, A, 9, 11), ROW(350, 1, A, 7, 11)}},
    {"other_window_without_id", "1:1 2:2", 6, {{0, 1, A, 2, 0, 0, 1024}, {40, 1, A, 1, 0, 0, 2048}}},
};

typedef struct grouping {
    ttr_store_t *store;
    ttr_work_t work;
    uint32_t frame;
} grouping_t;

static void
begin(grouping_t *grouping, uint8_t family)
{
    const ttr_config_t config = ttr_config_default();

    *grouping = (grouping_t){.store = ttr_store_new(&config)};
    grouping->work.family = family;
}

static void
see_segment(grouping_t *grouping, const grouping_row_t *row)
{
    ttr_observation_t seen = {
        .frame = ++grouping->frame,
        .time_ns = row->us * 1000,
        .point = point_of(row->point),
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = grouping->work.family, .ttl = row->ttl, .id = row->id, .length = 60,
               .source = source, .target = target},
        .tcp = {.sport = PORT, .dport = 80, .seq = row->seq, .flags = TTR_TCP_SYN,
                .checksum = row->checksum, .window = row->window},
    };

    ttr_store_observe(grouping->store, &seen);
}

/* An answer to the segment with seq 1. */
static void
see_error(grouping_t *grouping, int64_t us, grouping_point_t point, uint8_t ttl)
{
    ttr_observation_t seen = {
        .frame = ++grouping->frame,
        .time_ns = us * 1000,
        .point = point_of(point),
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = 77, .length = 56, .source = {{198, 51, 100, 1}},
               .target = source},
        .icmp = {.type = 11, .kind = TTR_KIND_TIME_EXCEEDED,
                 .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = 11, .length = 60, .source = source,
                           .target = target, .sport = PORT, .dport = 80, .has_seq = true, .seq = 1}},
    };

    ttr_store_observe(grouping->store, &seen);
}

/* Rows are in the order of time: lists as the evidence has them. */
static void
lay_out(grouping_t *grouping)
{
    ttr_work_t *work = &grouping->work;
    const ttr_pair_t *pair;

    work->store = grouping->store;
    work->arena = ttr_arena_new();
    work->pair = ttr_store_sighting(grouping->store, 1)->flow == 0 ? 0 : ttr_store_flow(grouping->store, 1)->pair;
    pair = ttr_store_pair(grouping->store, work->pair);
    for (int i = 0; i < 2; i++) {
        work->sides[i].work = work;
        work->sides[i].other = &work->sides[1 - i];
        work->sides[i].is_from_low = i == 1;
        work->sides[i].runs = g_ptr_array_new();
        work->sides[i].sightings = TTR_ARENA_ARRAY(work->arena, uint32_t, pair->record_count);
    }
    work->error_ids = TTR_ARENA_ARRAY(work->arena, uint32_t, pair->record_count);
    for (uint32_t id = pair->first_sighting; id != 0; id = ttr_store_sighting(grouping->store, id)->next) {
        ttr_side_t *side = &work->sides[ttr_store_sighting(grouping->store, id)->is_from_low ? 1 : 0];

        side->sightings[side->sighting_count++] = id;
    }
    for (uint32_t id = pair->first_error; id != 0; id = ttr_store_error(grouping->store, id)->next)
        work->error_ids[work->error_count++] = id;
    ttr_packets_group(work);
}

static void
end(grouping_t *grouping)
{
    for (int i = 0; i < 2; i++)
        g_ptr_array_unref(grouping->work.sides[i].runs);
    ttr_arena_free(grouping->work.arena);
    ttr_store_free(grouping->store);
}

/* The side that sends. */
static ttr_side_t *
sender(grouping_t *grouping)
{
    return &grouping->work.sides[grouping->work.sides[1].sighting_count > 0 ? 1 : 0];
}

static uint32_t
frame_of(const grouping_t *grouping, const ttr_packet_t *packet, uint32_t id)
{
    return packet->segment != NULL ? ttr_store_sighting(grouping->store, id)->frame
                                   : ttr_store_error(grouping->store, id)->frame;
}

static char *
describe(const grouping_t *grouping, ttr_packet_t *const *packets, uint32_t count)
{
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < count; i++) {
        g_string_append_printf(text, "%s%s%u", i == 0 ? "" : " ", packets[i]->is_loop ? "loop " : "",
                               frame_of(grouping, packets[i], packets[i]->id));
        for (uint32_t at = 0; at < packets[i]->seen_count; at++)
            g_string_append_printf(text, "%c%u", at == 0 ? ':' : ',',
                                   frame_of(grouping, packets[i], packets[i]->seen[at]));
    }
    return g_string_free(text, FALSE);
}

static void
test_segments(gconstpointer data)
{
    const grouping_case_t *test = data;
    grouping_t grouping;
    g_autofree char *text = NULL;

    begin(&grouping, test->family);
    for (int i = 0; i < ROWS_MAX && test->rows[i].seq != 0; i++)
        see_segment(&grouping, &test->rows[i]);
    lay_out(&grouping);
    text = describe(&grouping, sender(&grouping)->packets, sender(&grouping)->packet_count);
    g_assert_cmpstr(text, ==, test->expected);
    end(&grouping);
}

/* Errors that are equal, 20 us apart: copies where probes have some, or nothing is known of probes; no more than probes
 * have. */
static void
test_errors(gconstpointer data)
{
    static const grouping_row_t rows[] = {{0, 1, A, 1, 11, 0, 0}, {20, 1, A, 1, 11, 0, 0}};
    static const char *const expected[] = {"2:2,3", "2:2 3:3", "3:3,4", "3:3,4 5:5,6"};
    const int which = GPOINTER_TO_INT(data);
    const bool is_probe_copied = which >= 2;
    grouping_t grouping;
    g_autofree char *text = NULL;

    begin(&grouping, TTR_FAMILY_IPV4);
    for (int i = 0; i < (is_probe_copied ? 2 : 1); i++)
        see_segment(&grouping, &rows[i]);
    for (int i = 0; i < (which == 3 ? 4 : 2); i++)
        see_error(&grouping, 5000 + 20 * i, A, 60);
    lay_out(&grouping);
    if (which > 0)
        ttr_work_add_run(sender(&grouping), sender(&grouping)->packets, 1, TTR_RUN_FLOW);
    sender(&grouping)->per_place = is_probe_copied ? 2 : 1;
    ttr_packets_group_errors(&grouping.work);
    text = describe(&grouping, grouping.work.errors, grouping.work.error_packet_count);
    g_assert_cmpstr(text, ==, expected[which]);
    end(&grouping);
}

typedef struct nearest_case {
    const char *name;
    grouping_point_t points[2]; /* of the probe as of the answer, in the order in which each comes by */
    uint8_t ttls[2];            /* of the probe */
    uint8_t answer_ttls[2];
    int64_t rtt_us;             /* the answer is seen after 5000 us and after 5011 us */
} nearest_case_t;

static const nearest_case_t nearest_cases[] = {
    {"first_of_equals", {A, A}, {1, 1}, {60, 60}, 5000},
    {"last_of_equals_on_a_cooked_capture", {COOKED, COOKED}, {1, 1}, {60, 60}, 5011},
    {"lowest_ttl", {A, A}, {2, 1}, {61, 60}, 5011},
    {"lowest_ttl_stamped_first", {A, A}, {2, 1}, {60, 61}, 5000},
    {"where_the_probe_was_seen", {BRIDGE, BRIDGE_PORT}, {1, 1}, {60, 60}, 5011},
    {"where_the_probe_was_seen_whatever_the_ttl", {A, B}, {2, 1}, {61, 60}, 5011},
};

static void
test_nearest(gconstpointer data)
{
    const nearest_case_t *test = data;
    uint32_t timed_by;
    grouping_t grouping;

    begin(&grouping, TTR_FAMILY_IPV4);
    for (int i = 0; i < 2; i++) {
        grouping_row_t row = {11 * i, 1, test->points[i], test->ttls[i], 11, 0, 0};

        see_segment(&grouping, &row);
    }
    for (int i = 0; i < 2; i++)
        see_error(&grouping, 5000 + 11 * i, test->points[1 - i], test->answer_ttls[i]);
    lay_out(&grouping);
    ttr_packets_group_errors(&grouping.work);
    g_assert_cmpuint(sender(&grouping)->packet_count, ==, 1);
    g_assert_cmpuint(grouping.work.error_packet_count, ==, 1);
    g_assert_cmpint(ttr_work_rtt(&grouping.work, sender(&grouping)->packets[0], grouping.work.errors[0], &timed_by), ==,
                    test->rtt_us * 1000);
    g_assert_cmpuint(ttr_store_error(grouping.store, timed_by)->frame, ==, test->rtt_us == 5000 ? 3 : 4);
    end(&grouping);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/grouping/segments/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_segments);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(nearest_cases); i++) {
        g_autofree char *path = g_strdup_printf("/grouping/nearest/%s", nearest_cases[i].name);

        g_test_add_data_func(path, &nearest_cases[i], test_nearest);
    }
    g_test_add_data_func("/grouping/errors/nothing_is_known_of_probes", GINT_TO_POINTER(0), test_errors);
    g_test_add_data_func("/grouping/errors/probes_are_seen_once", GINT_TO_POINTER(1), test_errors);
    g_test_add_data_func("/grouping/errors/probes_are_seen_twice", GINT_TO_POINTER(2), test_errors);
    g_test_add_data_func("/grouping/errors/more_than_probes_are_seen", GINT_TO_POINTER(3), test_errors);
    return g_test_run();
}
