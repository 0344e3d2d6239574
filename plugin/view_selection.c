/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * While frames pass, the serials of the series that they belong to are collected: at that time nobody knows which
 * series will be recognised as a trace. At the end the traces with these serials are printed.
 */
#include "view_selection.h"

#include <stdio.h>
#include <string.h>

#include <epan/packet_info.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "ttr_wsversion.h"

/* One `-z` on the command line. */
typedef struct listener {
    const ttr_view_t *view;
    GHashTable *serials;        /* owned: of the frames that passed the filter; NULL: there is no filter */
} listener_t;

static void
reset(void *tapdata)
{
    listener_t *listener = tapdata;

    if (listener->serials != NULL)
        g_hash_table_remove_all(listener->serials);
}

static tap_packet_status
collect(void *tapdata, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
        tap_flags_t flags G_GNUC_UNUSED)
{
    listener_t *listener = tapdata;
    const ttr_note_t *note = data;

    if (listener->serials != NULL)
        g_hash_table_add(listener->serials, GUINT_TO_POINTER(note->serial));
    return TAP_PACKET_REDRAW;
}

/* Indices of the traces to be shown. The caller frees the array. */
static GArray *
chosen_traces(const listener_t *listener, const ttr_store_t *store)
{
    uint32_t count = store == NULL ? 0 : ttr_path_trace_count(store);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t trace = 0; trace < count; trace++) {
        if (listener->serials == NULL ||
            g_hash_table_contains(listener->serials, GUINT_TO_POINTER(ttr_path_serial(store, trace))))
            g_array_append_val(traces, trace);
    }
    return traces;
}

static void
draw(void *tapdata)
{
    const listener_t *listener = tapdata;
    const ttr_store_t *store = ttr_dissector_store();
    GArray *traces = chosen_traces(listener, store);

    if (listener->view->print_all != NULL)
        listener->view->print_all(store, traces);
    for (guint i = 0; listener->view->print != NULL && i < traces->len; i++)
        listener->view->print(store, g_array_index(traces, uint32_t, i), i == 0);
    g_array_unref(traces);
    fflush(stdout);
}

static void
finish(void *tapdata)
{
    listener_t *listener = tapdata;

    if (listener->serials != NULL)
        g_hash_table_destroy(listener->serials);
    g_free(listener);
}

static void
complain(const char *argument, const char *reason)
{
    fprintf(stderr, "%s: Couldn't register the tap \"-z %s\": %s\n",
            g_get_prgname() != NULL ? g_get_prgname() : "tshark", argument, reason);
}

/* `argument` is all that follows -z. A listener without a filter needs no tree, so none is built for it. */
static ttr_stat_init_t
start(const char *argument, void *userdata)
{
    const ttr_view_t *view = userdata;
    const char *rest = argument + strlen(view->command);
    const char *filter = rest[0] == ',' && rest[1] != '\0' ? rest + 1 : NULL;
    listener_t *listener;
    GString *error;

    if (rest[0] != '\0' && rest[0] != ',') {
        complain(argument, "there is no such view");
        TTR_STAT_INIT_FAILED();
    }
    listener = g_new0(listener_t, 1);
    listener->view = view;
    listener->serials = filter == NULL ? NULL : g_hash_table_new(NULL, NULL);
    error = register_tap_listener(TTR_TAP_NAME, listener, filter, TL_REQUIRES_NOTHING, reset, collect, draw, finish);
    if (error != NULL) {
        complain(argument, error->str);
        g_string_free(error, TRUE);
        finish(listener);
        TTR_STAT_INIT_FAILED();
    }
    TTR_STAT_INIT_DONE();
}

void
ttr_view_register(ttr_view_t *view)
{
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = view->command,
        .tap_init_cb = start,
    };

    register_stat_tap_ui(&ui, view);
}
