/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tools > TCP Traceroute: from the selected packet to its trace, its reply, its probe. Wireshark calls these in the
 * thread of its windows and waits, so the model stands still; nothing of it is kept afterwards.
 * A message box says why something does not apply. It may run other parts of Wireshark while it is open: it comes last.
 */
#include "views.h"

#include <wireshark.h>
#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <epan/proto.h>
#include <wsutil/report_message.h>

#include "ttr_dissector.h"
#include "ttr_output.h"
#include "ttr_text.h"
#include "view_names.h"
#include "view_selected.h"

/* The packet that is selected, and what it is. */
typedef struct packet {
    const ttr_store_t *store;
    uint32_t frame;
    ttr_note_t note;
    ttr_probe_info_t probe;     /* this probe, or the one that this reply answers */
    ttr_reply_info_t reply;     /* this reply, or the first answer of this probe */
    bool has_reply;
} packet_t;

static void *
take_number(frame_data *frame, void *number)
{
    *(uint32_t *)number = frame->num;
    return number;
}

/* 0 when none is selected. */
static uint32_t
selected_frame(void)
{
    uint32_t frame = 0;

    plugin_if_get_frame_data(take_number, &frame);
    return frame;
}

static bool
read_note(packet_t *packet)
{
    if (packet->note.role == TTR_NOTE_REPLY) {
        packet->has_reply = ttr_path_reply(packet->store, packet->note.id, &packet->reply);
        return packet->has_reply && ttr_path_probe(packet->store, packet->reply.probe, &packet->probe);
    }
    if (!ttr_path_probe(packet->store, packet->note.id, &packet->probe))
        return false;               /* a teardown, for one */
    packet->has_reply = ttr_path_reply(packet->store, packet->probe.first_reply, &packet->reply);
    return true;
}

/* A copy stands for the packet that it is a copy of. */
static bool
follow_copy(packet_t *packet)
{
    uint32_t original =
        packet->note.role == TTR_NOTE_REPLY ? packet->reply.copy_of : packet->probe.copy_of;

    if (original == 0)
        return true;
    return view_selected_note(packet->store, original, &packet->note) && read_note(packet);
}

/* Says why not, when it returns NULL. */
static const ttr_store_t *
open_store(void)
{
    const ttr_store_t *store = ttr_dissector_store();

    if (store == NULL)
        report_warning("There is no trace.\n\nNo capture is open, or the protocol TCP Traceroute is disabled "
                       "(Analyze > Enabled Protocols).");
    return store;
}

/* Says why not, when it returns false. */
static bool
read_selected(packet_t *packet)
{
    *packet = (packet_t){.store = open_store()};
    if (packet->store == NULL)
        return false;
    packet->frame = selected_frame();
    if (packet->frame == 0) {
        report_warning("No packet is selected.\n\nSelect a probe or a reply of a TCP traceroute.");
        return false;
    }
    if (!view_selected_note(packet->store, packet->frame, &packet->note) || !read_note(packet) ||
        !follow_copy(packet)) {
        report_warning("Packet %u is not part of a TCP traceroute.\n\nThe display filter \"tcptraceroute\" shows the "
                       "packets that are.",
                       packet->frame);
        return false;
    }
    return true;
}

/* Wireshark does not go to a packet that its display filter hides, and says it in the status bar only. */
static void
go_to(uint32_t frame, const char *what)
{
    plugin_if_goto_frame(frame);
    if (selected_frame() != frame)
        report_warning("%s is packet %u, which is not displayed.\n\nClear the display filter, or change it so that "
                       "it lets the packet pass.",
                       what, frame);
}

static void
filter_trace(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    packet_t packet;
    char *filter;

    if (!read_selected(&packet))
        return;
    filter = view_selected_filter(&packet.note);
    plugin_if_apply_filter(filter, TRUE);
    g_free(filter);
}

static void
go_to_reply(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    packet_t packet;

    if (!read_selected(&packet))
        return;
    if (packet.note.role == TTR_NOTE_REPLY)
        report_warning("Packet %u is a reply itself.\n\nIt answers packet %u, hop %u.", packet.frame,
                       packet.reply.probe_frame, packet.reply.hop);
    else if (!packet.has_reply)
        report_warning("Packet %u has no reply.\n\nIt is probe %u of hop %u, and nothing in the capture answers it.",
                       packet.frame, packet.probe.attempt, packet.probe.ttl);
    else
        go_to(packet.reply.frame, "The reply");
}

static void
go_to_probe(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    packet_t packet;

    if (!read_selected(&packet))
        return;
    if (packet.note.role == TTR_NOTE_PROBE)
        report_warning("Packet %u is a probe itself.\n\nIt is probe %u of hop %u.", packet.frame,
                       packet.probe.attempt, packet.probe.ttl);
    else
        go_to(packet.reply.probe_frame, "The probe");
}

/* The caller frees it. */
static char *
path_and_notes(const ttr_store_t *store, const ttr_trace_info_t *trace)
{
    ttr_output_context_t context = {.store = store, .names = &ttr_view_names};
    GString *text = g_string_new(NULL);
    char **notes = ttr_path_notes(store, trace->index);

    ttr_output_find("paths")->write_trace(text, &context, trace->index, true);
    if (notes[0] != NULL)
        g_string_append_c(text, '\n');
    for (char **note = notes; *note != NULL; note++)
        g_string_append_printf(text, "Note: %s.\n", *note);
    g_strfreev(notes);
    return g_string_free(text, FALSE);
}

/* The window belongs to Wireshark, and frees itself when the user closes it. */
static void
open_window(const char *title, const char *text)
{
    const funnel_ops_t *windows = funnel_get_funnel_ops();
    funnel_text_window_t *window;

    if (windows == NULL || windows->new_text_window == NULL || windows->append_text == NULL) {
        report_warning("This Wireshark has no text windows.\n\n%s", text);
        return;
    }
    window = windows->new_text_window(windows->ops_id, title);
    /* Not set_text(), which takes host names like "<b>" for HTML. */
    windows->append_text(window, text);
}

static void
show_path(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    packet_t packet;
    ttr_trace_info_t trace;
    char target[TTR_TEXT_ADDRESS_MAX];
    char *title, *text;

    if (!read_selected(&packet) || !ttr_path_trace(packet.store, packet.note.trace, &trace))
        return;
    ttr_text_address(trace.family, &trace.target, target);
    title = g_strdup_printf("TCP Traceroute %u to %s", trace.index, target);
    text = path_and_notes(packet.store, &trace);
    open_window(title, text);
    g_free(title);
    g_free(text);
}

/* A file of the user's own, 0600, that stays: the browser reads it when it likes. What is written has a name of its own until
 * it is whole, so whoever else may write to the folder gains nothing by guessing this one. NULL when it cannot be written, and why is said. The
 * caller frees it. */
static char *
write_report(const GString *page)
{
    g_autofree char *name = g_strdup_printf("tcptraceroute-%08x%08x.html", g_random_int(), g_random_int());
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
    GError *error = NULL;

    if (g_file_set_contents_full(path, page->str, (gssize)page->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        return g_steal_pointer(&path);
    report_failure("The report cannot be written.\n\n%s", error->message);
    g_error_free(error);
    return NULL;
}

static void
open_report(const ttr_store_t *store, const GArray *traces)
{
    const funnel_ops_t *windows = funnel_get_funnel_ops();
    ttr_output_context_t context = {.store = store, .names = &ttr_view_names};
    g_autoptr(GString) page = g_string_new(NULL);
    g_autofree char *path = NULL;
    g_autofree char *url = NULL;

    ttr_output_find("html")->write_all(page, &context, traces);
    path = write_report(page);
    if (path == NULL)
        return;
    url = g_filename_to_uri(path, NULL, NULL);
    if (windows == NULL || windows->browser_open_url == NULL || url == NULL || !windows->browser_open_url(url))
        report_warning("No browser could be started.\n\nThe report is %s.", path);
}

static void
open_trace_report(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    packet_t packet;
    g_autoptr(GArray) traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (!read_selected(&packet))
        return;
    g_array_append_val(traces, packet.note.trace);
    open_report(packet.store, traces);
}

static void
open_whole_report(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    const ttr_store_t *store = open_store();
    g_autoptr(GArray) traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t count = store == NULL ? 0 : ttr_path_trace_count(store);
    ttr_trace_ends_t ends;

    if (store == NULL)
        return;
    for (uint32_t trace = 0; trace < count; trace++) {
        if (ttr_path_ends(store, trace, &ends))
            g_array_append_val(traces, trace);
    }
    if (traces->len == 0)
        report_warning("There is no TCP traceroute in this capture.");
    else
        open_report(store, traces);
}

/* Narrows *next to the first frame after `frame` with a probe of the trace that nobody answered, though there was time. */
static void
look_for_unanswered(const ttr_store_t *store, uint32_t trace, uint32_t frame, uint32_t *next)
{
    GArray *probes = ttr_path_probes(store, trace);
    ttr_probe_info_t probe;

    for (guint i = 0; i < probes->len; i++) {
        if (ttr_path_probe(store, g_array_index(probes, uint32_t, i), &probe) && probe.first_reply == TTR_NO_ID &&
            !probe.is_in_flight && probe.frame > frame)
            *next = MIN(*next, probe.frame);
    }
    g_array_unref(probes);
}

/* UINT32_MAX when there is none. */
static uint32_t
unanswered_after(const ttr_store_t *store, uint32_t frame)
{
    uint32_t count = ttr_path_trace_count(store);
    uint32_t next = UINT32_MAX;

    for (uint32_t trace = 0; trace < count; trace++)
        look_for_unanswered(store, trace, frame, &next);
    return next;
}

static void
go_to_unanswered(ext_menubar_gui_type gui G_GNUC_UNUSED, void *window G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    const ttr_store_t *store = open_store();
    uint32_t frame = selected_frame();
    uint32_t next;

    if (store == NULL)
        return;
    next = unanswered_after(store, frame);
    if (next != UINT32_MAX) {
        go_to(next, "The next unanswered probe");
        return;
    }
    next = unanswered_after(store, 0);
    if (next == UINT32_MAX)
        report_warning("There is no unanswered probe.\n\nEvery probe of this capture has its reply.");
    else
        report_warning("There is no unanswered probe after packet %u.\n\nThe first one is packet %u.", frame, next);
}

void
view_tools_register(void)
{
    static const struct {
        const char *label;
        const char *tooltip;
        ext_menubar_action_cb act;
    } entries[] = {
        {"Filter the trace of the selected packet", "Display this trace alone", filter_trace},
        {"Go to the reply", "From a probe to the packet that answered it", go_to_reply},
        {"Go to the probe", "From a reply to the packet that it answers", go_to_probe},
        {"Show this path as text", "The path as tcptraceroute prints it, to read and to copy", show_path},
        {"Open the report of this path in the browser", "Tables and pictures, to read, to print and to mail", open_trace_report},
        {"Open the report of all paths in the browser", "The same of every trace in this capture", open_whole_report},
        {"Next unanswered probe", "The next probe, of any trace, that nobody answered", go_to_unanswered},
    };
    ext_menu_t *menu =
        ext_menubar_register_menu(proto_get_id_by_filter_name("tcptraceroute"), "TCP Traceroute", TRUE);

    ext_menubar_set_parentmenu(menu, "Tools");
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        ext_menubar_add_entry(menu, entries[i].label, entries[i].tooltip, entries[i].act, NULL);
}
