/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the dissector makes of the probes of a session: one trace, however long the sender paused, and one of each of two.
 */
#include "fake_session.h"
#include "fake_settings.h"
#include "ttr_path.h"

/* What two captures have, in order of time. */
static void
observe_merged(ttr_store_t *file, const GArray *one, const GArray *other)
{
    uint32_t frame = 0;
    guint i = 0;
    guint j = 0;

    while (i < one->len || j < other->len) {
        const ttr_observation_t *first = i < one->len ? &g_array_index(one, ttr_observation_t, i) : NULL;
        const ttr_observation_t *second = j < other->len ? &g_array_index(other, ttr_observation_t, j) : NULL;
        bool is_first = second == NULL || (first != NULL && first->time_ns <= second->time_ns);
        ttr_observation_t next = is_first ? *first : *second;

        i += is_first;
        j += !is_first;
        next.frame = ++frame;
        ttr_store_observe(file, &next);
    }
}

static uint32_t
count_traces(const ttr_store_t *file)
{
    ttr_trace_info_t trace;
    uint32_t count = 0;

    for (uint32_t i = 0; i < ttr_path_trace_count(file); i++)
        count += ttr_path_trace(file, i, &trace);
    return count;
}

typedef struct pause_case {
    const char *name;
    uint8_t family;
    options_mode_t mode;
    options_packet_t kind;
} pause_case_t;

static const pause_case_t pauses[] = {
    {"fixed", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN},
    {"fixed_ipv6", 6, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN},
    {"fixed_ack", 4, OPTIONS_MODE_FIXED, OPTIONS_PACKET_ACK},
    {"classic", 4, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_SYN},
    {"classic_ipv6", 6, OPTIONS_MODE_CLASSIC, OPTIONS_PACKET_SYN},
};

/* A user pauses, or wants a round every ten minutes: it stays one trace. */
static void
test_pause(gconstpointer data)
{
    const pause_case_t *test = data;
    schedule_config_t config = fake_settings(&(schedule_config_t){
        .family = test->family, .rounds = 4, .interval_ns = 600 * FAKE_SECOND});
    wire_t *wire = wire_new(&config, test->mode, test->kind);
    ttr_config_t defaults = ttr_config_default();
    session_summary_t summary;

    wire->file = ttr_store_new(&defaults);
    fake_net_chain(wire->net, FAKE_NOWHERE, 7, FAKE_OPEN, 40 * FAKE_MS);
    fake_run_go(wire->run);
    session_summary(wire->session, &summary);
    g_assert_cmpuint(summary.round, ==, 4);
    wire_check_file(wire, &summary);
    wire_free(wire);
}

/* Two programs trace one target at once, or one after the other, and one file has both. */
static void
test_two(gconstpointer data)
{
    uint8_t family = GPOINTER_TO_INT(data) & 0xf;
    bool is_at_once = (GPOINTER_TO_INT(data) & 0x10) != 0;
    schedule_config_t config = fake_settings(&(schedule_config_t){.family = family, .rounds = 2});
    wire_t *wires[] = {wire_new(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN),
                       wire_new_at(&config, OPTIONS_MODE_FIXED, OPTIONS_PACKET_SYN, 50000)};
    ttr_config_t defaults = ttr_config_default();
    ttr_store_t *file = ttr_store_new(&defaults);
    ttr_trace_info_t trace;

    for (size_t i = 0; i < G_N_ELEMENTS(wires); i++) {
        fake_net_chain(wires[i]->net, FAKE_NOWHERE, 7, FAKE_OPEN, 40 * FAKE_MS);
        wires[i]->kept = g_array_new(FALSE, FALSE, sizeof(ttr_observation_t));
        wires[i]->run->now_ns += (int64_t)i * (is_at_once ? 1700 * FAKE_MS / 1000 : 10 * FAKE_SECOND);
        fake_run_go(wires[i]->run);
    }
    observe_merged(file, wires[0]->kept, wires[1]->kept);
    g_assert_cmpuint(count_traces(file), ==, 2);
    for (uint32_t i = 0; i < ttr_path_trace_count(file); i++) {
        if (ttr_path_trace(file, i, &trace))
            g_assert_true(trace.probe_count == wires[0]->count || trace.probe_count == wires[1]->count);
    }
    ttr_store_free(file);
    for (size_t i = 0; i < G_N_ELEMENTS(wires); i++)
        wire_free(wires[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
        g_autofree char *path = g_strdup_printf("/file/long_pauses/%s", pauses[i].name);

        g_test_add_data_func(path, &pauses[i], test_pause);
    }
    g_test_add_data_func("/file/two_at_once", GINT_TO_POINTER(0x14), test_two);
    g_test_add_data_func("/file/two_at_once_ipv6", GINT_TO_POINTER(0x16), test_two);
    g_test_add_data_func("/file/one_after_the_other", GINT_TO_POINTER(0x04), test_two);
    g_test_add_data_func("/file/one_after_the_other_ipv6", GINT_TO_POINTER(0x06), test_two);
    return g_test_run();
}
