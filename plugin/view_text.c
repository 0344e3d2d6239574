/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `-z tcptraceroute,NAME[,FILTER]` for each text output of dissector/output. A trace is printed, whole, when one of its
 * frames passes the filter, and all are printed without one.
 *
 * While frames pass, their numbers are collected: at that time nobody knows which will turn out to be part of a trace.
 * At the end the traces of these frames are printed.
 */
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/packet_info.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "ttr_dissector.h"
#include "ttr_output.h"
#include "ttr_wsversion.h"
#include "view_frames.h"
#include "view_hints.h"
#include "view_names.h"

/* An output as Wireshark knows it. */
typedef struct command {
    char *words;                /* owned: what follows -z, up to the filter */
    const ttr_output_t *output;
} command_t;

/* One `-z` on the command line. */
typedef struct listener {
    const ttr_output_t *output;
    ttr_frames_t *frames;       /* owned: that passed the filter; NULL: there is no filter */
} listener_t;

static void
reset(void *tapdata)
{
    listener_t *listener = tapdata;

    if (listener->frames != NULL)
        ttr_frames_forget(listener->frames);
}

static tap_packet_status
collect(void *tapdata, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
        tap_flags_t flags G_GNUC_UNUSED)
{
    listener_t *listener = tapdata;

    if (listener->frames != NULL)
        ttr_frames_add(listener->frames, data);
    return TAP_PACKET_REDRAW;
}

static void
print(void *user G_GNUC_UNUSED, GString *out)
{
    fwrite(out->str, 1, out->len, stdout);
    g_string_truncate(out, 0);
}

/* Printed trace by trace: a capture can hold more of them than text for all would leave memory. */
static void
print_traces(const ttr_output_t *output, const ttr_output_context_t *context, const GArray *traces)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; output->write_trace != NULL && i < traces->len; i++) {
        output->write_trace(out, context, g_array_index(traces, uint32_t, i), i == 0);
        print(NULL, out);
    }
    if (output->write_all != NULL) {
        output->write_all(out, context, traces);
        print(NULL, out);
    }
    g_string_free(out, TRUE);
}

static void
draw(void *tapdata)
{
    const listener_t *listener = tapdata;
    ttr_output_context_t context = {.store = ttr_dissector_store(), .names = &ttr_view_names, .flush = print};
    GArray *traces = ttr_frames_traces(listener->frames, context.store);

    print_traces(listener->output, &context, traces);
    g_array_unref(traces);
    fflush(stdout);
}

static void
finish(void *tapdata)
{
    listener_t *listener = tapdata;

    ttr_frames_free(listener->frames);
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
    const command_t *command = userdata;
    const char *rest = argument + strlen(command->words);
    const char *filter = rest[0] == ',' && rest[1] != '\0' ? rest + 1 : NULL;
    listener_t *listener;
    GString *error;

    if (rest[0] != '\0' && rest[0] != ',') {
        complain(argument, "there is no such view");
        TTR_STAT_INIT_FAILED(exit(EXIT_FAILURE));
    }
    ttr_dissector_watch_end();
    listener = g_new0(listener_t, 1);
    listener->output = command->output;
    listener->frames = filter == NULL ? NULL : ttr_frames_new();
    error = register_tap_listener(TTR_TAP_NAME, listener, filter, TL_REQUIRES_NOTHING, reset, collect, draw, finish);
    if (error != NULL) {
        complain(argument, error->str);
        g_string_free(error, TRUE);
        finish(listener);
        TTR_STAT_INIT_FAILED(exit(EXIT_FAILURE));
    }
    view_hints_watch_filter(filter);
    TTR_STAT_INIT_DONE();
}

static void
register_command(command_t *command, const ttr_output_t *output)
{
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .tap_init_cb = start,
    };

    command->words = g_strconcat("tcptraceroute,", output->name, NULL);
    command->output = output;
    ui.cli_string = command->words;
    register_stat_tap_ui(&ui, command);
}

/* Wireshark keeps what it is given, as long as the program lives. */
void
view_text_register(void)
{
    static command_t *commands;     /* owned */

    commands = g_new0(command_t, ttr_output_count);
    for (size_t i = 0; i < ttr_output_count; i++)
        register_command(&commands[i], ttr_outputs[i]);
}
