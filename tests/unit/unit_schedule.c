/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When traces are computed, and what numbers they get. What a run is and which is a trace is this test's own: the
 * linker takes the three functions below in place of the model's. A run are the segments with one window; a segment with
 * the window MERGE makes one run of all, one with the window SPLIT makes a run of each port, and with the window
 * DENY no run is a trace.
 */
#include <glib.h>

#include "ttr_compute.h"
#include "ttr_hopeless.h"
#include "ttr_note.h"
#include "unit_frames.h"

enum { SOURCE = 1,
       TARGET = 9,
       MERGE = 901,
       SPLIT = 902,
       DENY = 903 };

static bool
has_window(const ttr_side_t *side, uint16_t window)
{
    for (uint32_t i = 0; i < side->packet_count; i++) {
        if (side->packets[i]->segment->window == window)
            return true;
    }
    return false;
}

static uint16_t
key_of(const ttr_side_t *side, const ttr_packet_t *packet)
{
    if (has_window(side, MERGE))
        return 0;
    return has_window(side, SPLIT) ? ttr_work_sport(packet) : packet->segment->window;
}

void
ttr_runs_find(ttr_work_t *work)
{
    ttr_side_t *side = &work->sides[1];

    for (uint32_t first = 0; first < side->packet_count; first++) {
        ttr_packet_t **probes = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, side->packet_count);
        uint32_t count = 0;

        if (side->packets[first]->run != NULL)
            continue;
        for (uint32_t i = first; i < side->packet_count; i++) {
            if (key_of(side, side->packets[i]) == key_of(side, side->packets[first]))
                probes[count++] = side->packets[i];
        }
        ttr_work_add_run(side, probes, count, TTR_RUN_SPORT);
    }
}

bool
ttr_hopeless_is(const ttr_store_t *store, uint32_t pair)
{
    (void)store;
    (void)pair;
    return false;
}

void
ttr_recognise(ttr_work_t *work)
{
    GPtrArray *runs = work->sides[1].runs;

    for (guint i = 0; i < runs->len; i++) {
        ttr_run_t *run = g_ptr_array_index(runs, i);

        run->is_trace = run->count >= 2 && !has_window(run->side, DENY);
    }
}

static void
send(unit_frames_t *frames, uint8_t source, uint16_t window, uint16_t sport)
{
    unit_frames_send(frames, (unit_segment_t){.from = source, .to = TARGET, .ttl = 4, .window = window, .sport = sport});
}

static uint32_t
trace_of(const unit_frames_t *frames, uint32_t frame)
{
    ttr_note_t note;

    g_assert_true(ttr_note_find(frames->store, frame, 0, &note));
    return note.trace;
}

static bool
is_trace(const unit_frames_t *frames, uint32_t index)
{
    ttr_trace_info_t info;
    g_autoptr(GArray) probes = ttr_path_probes(frames->store, index);
    bool is_there = ttr_path_trace(frames->store, index, &info);

    g_assert_cmpint(probes->len > 0, ==, is_there);
    return is_there;
}

typedef enum {
    ASK_NEVER,
    ASK_NOW,                    /* the frame just observed, as in one pass */
    ASK_HALF                    /* every other one */
} ask_t;

/* Frames of 40 sources, in an order that is none, 5 runs each; a number for each run. */
static GArray *
numbers(ask_t ask)
{
    unit_frames_t frames = unit_frames_new(0);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t state = 1;
    ttr_note_t note;

    for (uint32_t i = 0; i < 4000; i++) {
        state = state * 1664525u + 1013904223u;
        send(&frames, (uint8_t)(1 + (state >> 8) % 8), (uint16_t)(1 + (state >> 16) % 5), (uint16_t)(1000 + (state >> 24)));
        if (ask == ASK_NOW || (ask == ASK_HALF && i % 2 == 0))
            ttr_note_find_now(frames.store, frames.frame, 0, &note);
    }
    for (uint32_t frame = 1; frame <= frames.frame; frame++) {
        uint32_t trace = ttr_note_is_there(frames.store, frame, 0) ? trace_of(&frames, frame) : TTR_NO_TRACE;

        g_array_append_val(traces, trace);
    }
    ttr_store_free(frames.store);
    return traces;
}

static void
test_same_numbers(void)
{
    g_autoptr(GArray) never = numbers(ASK_NEVER);
    g_autoptr(GArray) now = numbers(ASK_NOW);
    g_autoptr(GArray) half = numbers(ASK_HALF);
    uint32_t greatest = 0;

    for (guint i = 0; i < never->len; i++) {
        uint32_t number = g_array_index(never, uint32_t, i);

        g_assert_cmpuint(number, !=, TTR_NO_TRACE);
        greatest = MAX(greatest, number);
    }
    g_assert_cmpuint(greatest, ==, 8 * 5 - 1);
    g_assert_cmpmem(never->data, never->len * sizeof(uint32_t), now->data, now->len * sizeof(uint32_t));
    g_assert_cmpmem(never->data, never->len * sizeof(uint32_t), half->data, half->len * sizeof(uint32_t));
}

/* The frame of a trace that has no number yet shows nothing, and does when frames alone have brought it one. */
static void
test_look_gives_no_number(void)
{
    unit_frames_t frames = unit_frames_new(0);
    ttr_note_t note;

    for (int i = 0; i < 3; i++) {
        send(&frames, SOURCE, 1, 1000);
        g_assert_true(ttr_note_find_now(frames.store, frames.frame, 0, &note));
        g_assert_cmpuint(note.trace, ==, TTR_NO_TRACE);
    }
    send(&frames, SOURCE, 1, 1000);
    g_assert_true(ttr_note_find_now(frames.store, frames.frame, 0, &note));
    g_assert_cmpuint(note.trace, ==, 0);
    ttr_store_free(frames.store);
}

/* In order of their first probes, of those that are found at one time. */
static void
test_order_of_numbers(void)
{
    unit_frames_t frames = unit_frames_new(0);

    send(&frames, 2, 1, 1000);
    send(&frames, SOURCE, 2, 1000);
    send(&frames, SOURCE, 1, 1000);
    send(&frames, SOURCE, 1, 1000);
    send(&frames, 2, 1, 1000);
    send(&frames, SOURCE, 2, 1000);     /* the fourth frame of its pair: computed */
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 3);
    g_assert_cmpuint(trace_of(&frames, 2), ==, 0);
    g_assert_cmpuint(trace_of(&frames, 3), ==, 1);
    g_assert_cmpuint(trace_of(&frames, 1), ==, 2);
    ttr_store_free(frames.store);
}

static void
test_merge(void)
{
    unit_frames_t frames = unit_frames_new(0);

    for (uint16_t i = 0; i < 8; i++)
        send(&frames, SOURCE, 1 + i % 2, 1000);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 2);
    g_assert_true(is_trace(&frames, 0) && is_trace(&frames, 1));
    send(&frames, SOURCE, MERGE, 1000);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 2);
    g_assert_true(is_trace(&frames, 0));
    g_assert_false(is_trace(&frames, 1));
    g_assert_cmpuint(trace_of(&frames, 2), ==, 0);
    for (uint16_t i = 0; i < 4; i++)
        send(&frames, 2, 1, 1000);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 3);
    g_assert_cmpuint(trace_of(&frames, frames.frame), ==, 2);
    ttr_store_free(frames.store);
}

static void
test_split(void)
{
    unit_frames_t frames = unit_frames_new(0);

    for (uint16_t i = 0; i < 8; i++)
        send(&frames, SOURCE, 1, 1000 + i % 2);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 1);
    send(&frames, SOURCE, SPLIT, 1001);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 2);
    g_assert_cmpuint(trace_of(&frames, 1), ==, 0);
    g_assert_cmpuint(trace_of(&frames, 2), ==, 1);
    ttr_store_free(frames.store);
}

static void
test_no_trace_any_more(void)
{
    unit_frames_t frames = unit_frames_new(0);

    for (uint16_t i = 0; i < 4; i++)
        send(&frames, SOURCE, 1, 1000);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 1);
    send(&frames, SOURCE, DENY, 1000);
    g_assert_cmpuint(ttr_path_trace_count(frames.store), ==, 1);
    g_assert_false(is_trace(&frames, 0));
    g_assert_cmpuint(trace_of(&frames, 1), ==, TTR_NO_TRACE);
    ttr_store_free(frames.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schedule/numbers_do_not_hang_on_who_asks", test_same_numbers);
    g_test_add_func("/schedule/a_look_gives_no_number", test_look_gives_no_number);
    g_test_add_func("/schedule/numbers_follow_the_first_probes", test_order_of_numbers);
    g_test_add_func("/schedule/of_traces_that_are_one_the_lowest_number_stays", test_merge);
    g_test_add_func("/schedule/what_is_split_off_gets_another_number", test_split);
    g_test_add_func("/schedule/a_number_without_trace_is_kept", test_no_trace_any_more);
    return g_test_run();
}
