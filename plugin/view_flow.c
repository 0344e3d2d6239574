/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Statistics > Flow Graph > TCP Traceroute, and `-z flow,tcptraceroute,standard`: the sender, the hosts on the path
 * and the target side by side, each probe and each reply as an arrow.
 *
 * A probe's arrow ends at the host that answered it, where the probe ended; a probe without answer goes to the target.
 * So hosts appear in the order of the path. Copies of frames are left out: the first one counts.
 *
 * An item is filled when the model knows all. The GUI asks when the file was read. Elsewhere frames may be passing for
 * the first time, and all is known at their end: until then an item is there, not displayed, and remembers in its
 * first node number which layer of the frame it is of.
 */
#include "views.h"

#include <epan/plugin_if.h>
#include <epan/proto.h>

#include "ttr_dissector.h"
#include "view_flow_text.h"
#include "wireshark_sequence.h"

/* One graph that is being filled. */
typedef struct graph {
    sequence_info_t *info;      /* borrowed: Wireshark's */
    GHashTable *hosts;          /* owned: digits of the hosts that are drawn */
    sequence_item_t *first;     /* borrowed from info: the first one displayed, NULL before */
    bool has_warned;            /* of hosts that are not drawn */
    bool is_listening;          /* has a tap listener of its own */
    bool waits;                 /* for the end of the frames */
} graph_t;

static GHashTable *graphs;      /* owned: sequence_info_t * -> graph_t *, owned */

static void
graph_reset(graph_t *graph)
{
    g_hash_table_remove_all(graph->hosts);
    graph->first = NULL;
    graph->has_warned = false;
}

static void
graph_free(void *data)
{
    graph_t *graph = data;

    g_hash_table_destroy(graph->hosts);
    g_free(graph);
}

static void
set_host(address *host, uint8_t family, const ttr_address_t *address_bytes)
{
    bool is_ipv4 = family == TTR_FAMILY_IPV4;

    free_address(host);
    alloc_address_wmem(NULL, host, is_ipv4 ? AT_IPv4 : AT_IPv6, is_ipv4 ? 4 : 16, address_bytes->bytes);
}

/* Counts the host, as Wireshark will do it, and says whether it is among those that are drawn. */
static bool
is_drawn(graph_t *graph, uint8_t family, const ttr_address_t *host)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, host, digits);
    if (g_hash_table_contains(graph->hosts, digits))
        return true;
    if (g_hash_table_size(graph->hosts) >= SEQUENCE_NODES_MAX)
        return false;
    g_hash_table_add(graph->hosts, g_strdup(digits));
    return true;
}

static void
add_to_comment(sequence_item_t *item, const char *words)
{
    char *longer = g_strconcat(words, item->comment, NULL);

    g_free(item->comment);
    item->comment = longer;
}

/* Says it where it happens, and at the top, where it is seen. */
static void
warn_of_hosts(graph_t *graph, sequence_item_t *item)
{
    add_to_comment(item, "[Beyond the " G_STRINGIFY(SEQUENCE_NODES_MAX) " hosts that Wireshark draws] ");
    if (graph->has_warned)
        return;
    graph->has_warned = true;
    add_to_comment(graph->first, "[Wireshark draws " G_STRINGIFY(SEQUENCE_NODES_MAX) " hosts, here are more: choose traces with a display filter] ");
}

static void
fill_hosts(graph_t *graph, sequence_item_t *item, uint8_t family, const ttr_address_t *from, const ttr_address_t *to)
{
    bool is_from_drawn = is_drawn(graph, family, from);
    bool is_to_drawn = is_drawn(graph, family, to);

    set_host(&item->src_addr, family, from);
    set_host(&item->dst_addr, family, to);
    item->display = TRUE;
    if (graph->first == NULL)
        graph->first = item;
    if (!is_from_drawn || !is_to_drawn)
        warn_of_hosts(graph, item);
}

static void
fill_texts(sequence_item_t *item, uint32_t trace, char *label, char *comment)
{
    g_free(item->frame_label);
    g_free(item->comment);
    item->frame_label = label;
    item->comment = comment;
    item->conv_num = (uint16_t)trace;
}

static void
fill_probe(graph_t *graph, const ttr_store_t *store, sequence_item_t *item, uint32_t id)
{
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;
    ttr_trace_ends_t ends;
    bool is_answered;

    if (!ttr_path_probe(store, id, &probe) || probe.frame != item->frame_number || probe.copy_of != 0 ||
        !ttr_path_ends(store, probe.trace, &ends))
        return;
    is_answered = ttr_path_reply(store, probe.first_reply, &reply);
    item->port_src = probe.sport;
    item->port_dst = probe.dport;
    fill_texts(item, probe.trace, ttr_flow_probe_label(&probe),
               ttr_flow_probe_comment(&probe, is_answered ? &reply : NULL));
    fill_hosts(graph, item, ends.family, &ends.source, is_answered ? &reply.responder : &ends.target);
}

static void
fill_reply(graph_t *graph, const ttr_store_t *store, sequence_item_t *item, uint32_t id)
{
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;
    ttr_trace_ends_t ends;

    if (!ttr_path_reply(store, id, &reply) || reply.frame != item->frame_number || reply.copy_of != 0 ||
        !ttr_path_ends(store, reply.trace, &ends) || !ttr_path_probe(store, reply.probe, &probe))
        return;
    if (!ttr_kind_is_icmp(reply.kind)) {
        item->port_src = probe.dport;
        item->port_dst = probe.sport;
    }
    fill_texts(item, reply.trace, ttr_flow_reply_label(&reply), ttr_flow_reply_comment(&reply, &probe));
    fill_hosts(graph, item, reply.family, &reply.responder, &ends.source);
}

static void
fill(graph_t *graph, sequence_item_t *item)
{
    const ttr_store_t *store = ttr_dissector_store();
    ttr_note_t note;

    if (store == NULL || !ttr_note_find(store, item->frame_number, (uint8_t)item->src_node, &note))
        return;
    if (note.role == TTR_NOTE_PROBE)
        fill_probe(graph, store, item, note.id);
    else if (note.role == TTR_NOTE_REPLY)
        fill_reply(graph, store, item, note.id);
}

/* Wireshark draws, and then frees, its list after this. */
static void
fill_all(void *tapdata)
{
    graph_t *graph = tapdata;

    if (!graph->waits)
        return;
    graph->waits = false;
    for (GList *link = graph->info->items->head; link != NULL; link = link->next)
        fill(graph, link->data);
}

/* Listeners are drawn in the order in which they were registered, backwards: this one before Flow Graph's own, which
 * has begun. sharkd never removes it, and may begin another list at the same place. */
static void
fill_at_end(graph_t *graph)
{
    GString *error;

    if (graph->is_listening)
        remove_tap_listener(graph);
    graph->waits = true;
    error = register_tap_listener(TTR_TAP_NAME, graph, NULL, TL_REQUIRES_NOTHING, NULL, NULL, fill_all, NULL);
    graph->is_listening = error == NULL;
    if (error != NULL)
        g_string_free(error, TRUE);
}

static bool
is_gui(void)
{
    static enum { UNKNOWN,
                  GUI,
                  TERMINAL } program = UNKNOWN;
    ws_info_t *info = NULL;

    if (program == UNKNOWN) {
        plugin_if_get_ws_info(&info);
        program = info != NULL && info->ws_info_supported ? GUI : TERMINAL;
    }
    return program == GUI;
}

/* Wireshark does not say when it begins: then the list of items is empty. */
static graph_t *
graph_of(sequence_info_t *info)
{
    graph_t *graph;

    if (graphs == NULL)
        graphs = g_hash_table_new_full(NULL, NULL, NULL, graph_free);
    graph = g_hash_table_lookup(graphs, info);
    if (graph == NULL) {
        graph = g_new0(graph_t, 1);
        graph->info = info;
        graph->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(graphs, info, graph);
    }
    if (g_queue_is_empty(info->items)) {
        graph_reset(graph);
        if (!is_gui())
            fill_at_end(graph);
    }
    return graph;
}

static tap_packet_status
add_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
           tap_flags_t flags G_GNUC_UNUSED)
{
    sequence_info_t *info = tapdata;
    const ttr_note_t *note = data;
    graph_t *graph = graph_of(info);
    sequence_item_t *item;

    if (is_gui() && note->trace == TTR_NO_TRACE)
        return TAP_PACKET_DONT_REDRAW;
    item = sequence_analysis_create_sai_with_addresses(pinfo, info);
    if (item == NULL)
        return TAP_PACKET_DONT_REDRAW;
    item->frame_number = pinfo->num;
    item->frame_label = g_strdup("");
    item->comment = g_strdup("");
    item->src_node = note->layer;
    g_queue_push_tail(info->items, item);
    if (is_gui())
        fill(graph, item);
    return TAP_PACKET_REDRAW;
}

void
view_flow_register(void)
{
    register_seq_analysis("tcptraceroute", "TCP Traceroute", proto_get_id_by_filter_name("tcptraceroute"), TTR_TAP_NAME,
                          TL_REQUIRES_NOTHING, add_packet);
}
