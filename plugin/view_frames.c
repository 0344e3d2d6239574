/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_frames.h"

typedef struct place {
    uint32_t frame;
    uint8_t layer;
} place_t;

struct ttr_frames {
    GArray *places;             /* owned: place_t */
};

ttr_frames_t *
ttr_frames_new(void)
{
    ttr_frames_t *frames = g_new0(ttr_frames_t, 1);

    frames->places = g_array_new(FALSE, FALSE, sizeof(place_t));
    return frames;
}

void
ttr_frames_free(ttr_frames_t *frames)
{
    if (frames == NULL)
        return;
    g_array_unref(frames->places);
    g_free(frames);
}

void
ttr_frames_add(ttr_frames_t *frames, const ttr_note_t *note)
{
    place_t place = {.frame = note->frame, .layer = note->layer};

    g_array_append_val(frames->places, place);
}

void
ttr_frames_forget(ttr_frames_t *frames)
{
    g_array_set_size(frames->places, 0);
}

/* Marks the traces of the places; `is_in` has a byte for each number. */
static void
mark(const ttr_frames_t *frames, const ttr_store_t *store, uint8_t *is_in)
{
    for (guint i = 0; i < frames->places->len; i++) {
        const place_t *place = &g_array_index(frames->places, place_t, i);
        ttr_note_t note;

        if (ttr_note_find(store, place->frame, place->layer, &note) && note.trace != TTR_NO_TRACE)
            is_in[note.trace] = 1;
    }
}

GArray *
ttr_frames_traces(const ttr_frames_t *frames, const ttr_store_t *store)
{
    uint32_t count = store == NULL ? 0 : ttr_path_trace_count(store);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint8_t *is_in = g_new0(uint8_t, MAX(count, 1u));
    ttr_trace_ends_t ends;

    if (frames != NULL && store != NULL)
        mark(frames, store, is_in);
    for (uint32_t trace = 0; trace < count; trace++) {
        if ((frames == NULL || is_in[trace] != 0) && ttr_path_ends(store, trace, &ends))
            g_array_append_val(traces, trace);
    }
    g_free(is_in);
    return traces;
}
