/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_choice.h"

#include <epan/packet.h>
#include <epan/tap.h>

/* What is known of a series. */
enum {
    CHOSEN = 1,                 /* one of its frames was tapped */
    ADDED                       /* it is a trace, and in the view */
};

struct ttr_choice {
    ttr_choice_add_t add;
    void *view;                 /* borrowed */
    GHashTable *series;         /* owned: serial -> CHOSEN or ADDED */
    bool is_listening;          /* our listener is registered */
};

static void
add(ttr_choice_t *choice, const ttr_store_t *store, uint32_t trace, uint32_t serial)
{
    g_hash_table_insert(choice->series, GUINT_TO_POINTER(serial), GINT_TO_POINTER(ADDED));
    choice->add(choice->view, store, trace);
}

static void
reset(void *tapdata)
{
    ttr_choice_forget(tapdata);
}

static tap_packet_status
ignore(void *tapdata G_GNUC_UNUSED, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED,
       const void *data G_GNUC_UNUSED, tap_flags_t flags G_GNUC_UNUSED)
{
    return TAP_PACKET_REDRAW;
}

static void
add_chosen(void *tapdata)
{
    ttr_choice_t *choice = tapdata;
    const ttr_store_t *store = ttr_dissector_store();
    uint32_t count = store == NULL ? 0 : ttr_path_trace_count(store);

    for (uint32_t trace = 0; trace < count; trace++) {
        uint32_t serial = ttr_path_serial(store, trace);

        if (GPOINTER_TO_INT(g_hash_table_lookup(choice->series, GUINT_TO_POINTER(serial))) == CHOSEN)
            add(choice, store, trace, serial);
    }
}

/* Wireshark draws its listeners from the last that was registered to the first. The view's own was registered before
 * the first packet came; so ours, registered now, is drawn before it. */
static void
listen(ttr_choice_t *choice)
{
    GString *error;

    if (choice->is_listening)
        return;
    error = register_tap_listener(TTR_TAP_NAME, choice, NULL, TL_REQUIRES_NOTHING, reset, ignore, add_chosen, NULL);
    choice->is_listening = error == NULL;
    if (error != NULL)
        g_string_free(error, TRUE);
}

static void
stop_listening(ttr_choice_t *choice)
{
    if (choice->is_listening)
        remove_tap_listener(choice);
    choice->is_listening = false;
}

ttr_choice_t *
ttr_choice_new(ttr_choice_add_t add_trace, void *view)
{
    ttr_choice_t *choice = g_new0(ttr_choice_t, 1);

    choice->add = add_trace;
    choice->view = view;
    choice->series = g_hash_table_new(NULL, NULL);
    return choice;
}

void
ttr_choice_free(ttr_choice_t *choice)
{
    if (choice == NULL)
        return;
    stop_listening(choice);
    g_hash_table_destroy(choice->series);
    g_free(choice);
}

void
ttr_choice_forget(ttr_choice_t *choice)
{
    g_hash_table_remove_all(choice->series);
}

void
ttr_choice_begin(ttr_choice_t *choice)
{
    stop_listening(choice);
    ttr_choice_forget(choice);
}

void
ttr_choice_take(ttr_choice_t *choice, const ttr_note_t *note, bool is_window)
{
    const ttr_store_t *store = ttr_dissector_store();

    if (store == NULL || (is_window && note->trace == TTR_NO_TRACE) ||
        g_hash_table_contains(choice->series, GUINT_TO_POINTER(note->serial)))
        return;
    if (is_window) {
        add(choice, store, note->trace, note->serial);
        return;
    }
    g_hash_table_insert(choice->series, GUINT_TO_POINTER(note->serial), GINT_TO_POINTER(CHOSEN));
    listen(choice);
}
