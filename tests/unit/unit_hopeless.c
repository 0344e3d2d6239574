/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pairs of hosts that are not computed since no trace can come of it: of many small ones drawn by chance, near to what
 * makes a trace, the same is known of each frame as when all are computed, as for who watches the reasons.
 */
#include "ttr_hopeless.h"
#include "ttr_note.h"
#include "ttr_recognise.h"
#include "unit_frames.h"

enum { SOURCE = 1,
       TARGET = 9,
       ROUNDS = 20000,
       FRAMES_MAX = 14 };

static uint32_t
draw(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 16) % limit;
}

/* A segment, or the error that one of the segments before brings about. */
static ttr_observation_t
draw_frame(const unit_frames_t *frames, uint32_t *state, ttr_observation_t *last)
{
    static const uint16_t flags[] = {TTR_TCP_SYN, TTR_TCP_SYN, TTR_TCP_SYN, TTR_TCP_ACK, TTR_TCP_SYN | TTR_TCP_ACK,
                                     TTR_TCP_SYN | TTR_TCP_FIN, TTR_TCP_RST, TTR_TCP_RST | TTR_TCP_ACK};
    bool is_back = draw(state, 4) == 0;
    ttr_observation_t segment = unit_frames_segment(
        frames, &(unit_segment_t){
                    .from = is_back ? TARGET : SOURCE,
                    .to = is_back ? SOURCE : TARGET,
                    .ttl = is_back ? 60 : (uint8_t)(7 + (draw(state, 12) == 0 ? 1 : 0)),
                    .flags = flags[draw(state, draw(state, 2) == 0 ? 3 : G_N_ELEMENTS(flags))],
                    .seq = draw(state, 2) == 0 ? frames->frame : draw(state, 4),
                    .ack = draw(state, 6),
                    .payload = draw(state, 8) == 0 ? 10 : 0,
                });
    uint16_t port = (uint16_t)(40000 + draw(state, 2));

    segment.tcp.sport = is_back ? 80 : port;
    segment.tcp.dport = is_back ? port : 80;
    segment.tcp.options = draw(state, 4) == 0 ? 1 : 0;
    if (frames->frame > 0 && draw(state, 3) == 0)
        return unit_frames_exceeded(frames, (uint8_t)(1 + draw(state, 3)), last);
    if (!is_back)
        *last = segment;
    return segment;
}

static void
play(unit_frames_t *frames, uint32_t seed)
{
    uint32_t state = seed;
    uint32_t count = 4 + draw(&state, FRAMES_MAX - 3);
    ttr_observation_t last = {.frame = 0};

    for (uint32_t i = 0; i < count; i++) {
        ttr_observation_t observation = draw_frame(frames, &state, &last);

        unit_frames_add(frames, &observation);
    }
}

/* Returns whether there was a trace. */
static bool
check_same(const ttr_store_t *all, const ttr_store_t *store, uint32_t frames, uint32_t seed)
{
    bool has_trace = false;

    for (uint32_t frame = 1; frame <= frames; frame++) {
        ttr_note_t first;
        ttr_note_t second;
        bool is_there = ttr_note_find(all, frame, 0, &first);

        g_assert_cmpint(ttr_note_find(store, frame, 0, &second), ==, is_there);
        if (!is_there)
            continue;
        if (first.role != second.role || first.trace != second.trace)
            g_error("seed %u, frame %u: role %d of trace %u, and %d of %u", seed, frame, (int)first.role, first.trace,
                    (int)second.role, second.trace);
        has_trace = has_trace || first.trace != TTR_NO_TRACE;
    }
    return has_trace;
}

static void
test_same_traces(void)
{
    uint32_t hopeless = 0;
    uint32_t traces = 0;

    for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
        unit_frames_t all = unit_frames_new(0);
        unit_frames_t frames = unit_frames_new(0);
        g_autoptr(GString) reasons = g_string_new(NULL);

        ttr_recognise_watch(all.store, reasons);
        play(&all, seed);
        play(&frames, seed);
        traces += check_same(all.store, frames.store, frames.frame, seed) ? 1 : 0;
        hopeless += frames.store->pairs.used > 0 && ttr_hopeless_is(frames.store, 1) ? 1 : 0;
        ttr_store_free(all.store);
        ttr_store_free(frames.store);
    }
    g_test_message("%u hopeless, %u with a trace", hopeless, traces);
    g_assert_cmpuint(hopeless, >, ROUNDS / 50);
    g_assert_cmpuint(traces, >, ROUNDS / 50);
}

static void
test_ordinary_client(void)
{
    unit_frames_t frames = unit_frames_new(0);

    for (uint16_t port = 5; port < 8; port++) {
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 20, .sport = port, .seq = 10});
        unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 20, .sport = port, .seq = 11, .flags = TTR_TCP_ACK});
    }
    g_assert_true(ttr_hopeless_is(frames.store, 1));
    unit_frames_send(&frames, (unit_segment_t){.from = SOURCE, .to = TARGET, .ttl = 21, .sport = 8, .seq = 10});
    g_assert_false(ttr_hopeless_is(frames.store, 1));
    ttr_store_free(frames.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hopeless/the_same_traces_as_with_all_computed", test_same_traces);
    g_test_add_func("/hopeless/an_ordinary_client_with_one_ttl", test_ordinary_client);
    return g_test_run();
}
