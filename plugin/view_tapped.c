/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_tapped.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "view_frames.h"

struct ttr_tapped {
    ttr_tapped_add_t add;
    void *view;                 /* borrowed */
    ttr_frames_t *frames;       /* owned: that were tapped, in a program that prints */
    GHashTable *added;          /* owned: indices of the traces that are in the view */
    bool is_listening;          /* our listener is registered */
};

static void
add(ttr_tapped_t *tapped, const ttr_store_t *store, uint32_t trace)
{
    if (g_hash_table_add(tapped->added, GUINT_TO_POINTER(trace)))
        tapped->add(tapped->view, store, trace);
}

static void
reset(void *tapdata)
{
    ttr_tapped_forget(tapdata);
}

static tap_packet_status
ignore(void *tapdata G_GNUC_UNUSED, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED,
       const void *data G_GNUC_UNUSED, tap_flags_t flags G_GNUC_UNUSED)
{
    return TAP_PACKET_REDRAW;
}

static void
add_tapped(void *tapdata)
{
    ttr_tapped_t *tapped = tapdata;
    const ttr_store_t *store = ttr_dissector_store();
    GArray *traces = ttr_frames_traces(tapped->frames, store);

    for (guint i = 0; i < traces->len; i++)
        add(tapped, store, g_array_index(traces, uint32_t, i));
    g_array_unref(traces);
}

/* Wireshark frees the listener: at our wish, or because the program ends. */
static void
finish(void *tapdata)
{
    ttr_tapped_t *tapped = tapdata;

    tapped->is_listening = false;
}

/* Wireshark draws its listeners from the last that was registered to the first. The view's own was registered before
 * the first packet came; so ours, registered now, is drawn before it. */
static void
listen(ttr_tapped_t *tapped)
{
    GString *error;

    ttr_dissector_watch_end();
    if (tapped->is_listening)
        return;
    error = register_tap_listener(TTR_TAP_NAME, tapped, NULL, TL_REQUIRES_NOTHING, reset, ignore, add_tapped, finish);
    tapped->is_listening = error == NULL;
    if (error != NULL)
        g_string_free(error, TRUE);
}

static void
stop_listening(ttr_tapped_t *tapped)
{
    if (tapped->is_listening)
        remove_tap_listener(tapped);
}

ttr_tapped_t *
ttr_tapped_new(ttr_tapped_add_t add_trace, void *view)
{
    ttr_tapped_t *tapped = g_new0(ttr_tapped_t, 1);

    tapped->add = add_trace;
    tapped->view = view;
    tapped->frames = ttr_frames_new();
    tapped->added = g_hash_table_new(NULL, NULL);
    return tapped;
}

void
ttr_tapped_free(ttr_tapped_t *tapped)
{
    if (tapped == NULL)
        return;
    stop_listening(tapped);
    ttr_frames_free(tapped->frames);
    g_hash_table_destroy(tapped->added);
    g_free(tapped);
}

void
ttr_tapped_forget(ttr_tapped_t *tapped)
{
    ttr_frames_forget(tapped->frames);
    g_hash_table_remove_all(tapped->added);
}

void
ttr_tapped_begin(ttr_tapped_t *tapped)
{
    stop_listening(tapped);
    ttr_tapped_forget(tapped);
}

void
ttr_tapped_take(ttr_tapped_t *tapped, const ttr_note_t *note, bool is_window)
{
    const ttr_store_t *store = ttr_dissector_store();

    if (store == NULL || (is_window && note->trace == TTR_NO_TRACE))
        return;
    if (is_window) {
        add(tapped, store, note->trace);
        return;
    }
    ttr_frames_add(tapped->frames, note);
    listen(tapped);
}
