/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The handles are "protocols in name only" below tcp, icmp and icmpv6: with a protocol of its own, a handle would
 * appear in frame.protocols of every packet, and disabling ours would disable TCP. Their names are filters like any
 * protocol's, and are true of the frames of traces. Every frame's way through here:
 *   not ours     -> the handle that stood there before, and nothing else
 *   first visit  -> an observation for the store, before the original handle, which throws when a quote is cut off
 *   a note       -> after the original handle, also when it threw: tree, expert info, column, tap
 */
#include "ttr_hook.h"

#include <epan/packet.h>
#include <epan/exceptions.h>
#include <epan/ipproto.h>

#include "ttr_clock.h"
#include "ttr_extract.h"
#include "ttr_present.h"
#include "ttr_file.h"

#define TABLE "ip.proto"
#define NO_INLINE __attribute__((noinline))

typedef struct ttr_hook {
    const char *parent;             /* also the handle's name: Wireshark writes it into exported PDUs */
    const char *name;
    const char *short_name;
    const char *filter_name;
    uint32_t number;                /* in the table */
    dissector_t dissect;
    int protocol;
    dissector_handle_t original;    /* what stood there before; borrowed */
} ttr_hook_t;

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

static ttr_hook_t tcp = {
    .parent = "tcp",
    .name = "TCP segment of a TCP traceroute",
    .short_name = "TCP+traceroute",
    .filter_name = "tcptraceroute.tcp",
    .number = IP_PROTO_TCP,
    .dissect = dissect_tcp,
};
static ttr_hook_t icmp = {
    .parent = "icmp",
    .name = "ICMP error of a TCP traceroute",
    .short_name = "ICMP+traceroute",
    .filter_name = "tcptraceroute.icmp",
    .number = IP_PROTO_ICMP,
    .dissect = dissect_icmp,
};
static ttr_hook_t icmpv6 = {
    .parent = "icmpv6",
    .name = "ICMPv6 error of a TCP traceroute",
    .short_name = "ICMPv6+traceroute",
    .filter_name = "tcptraceroute.icmpv6",
    .number = IP_PROTO_ICMPV6,
    .dissect = dissect_icmpv6,
};
static ttr_hook_t *const hooks[] = {&tcp, &icmp, &icmpv6};
static int exported_pdu;            /* protocol, or -1 */
static const char *ip_names[2];     /* what pinfo->current_proto is while IPv4 or IPv6 is dissected; borrowed */

/* Is what is known really known of this packet? With `tshark -2 -R` a frame that the filter rejects shares its number
 * with the next one. */
static bool
is_this_packet(const ttr_known_t *known, const void *data)
{
    if (!ttr_known_is_in_trace(known))
        return true;
    if (ttr_known_is_reply(known))
        return ttr_extract_is_same(data, known->reply.ttl, known->reply.ip_id);
    if (ttr_known_is_teardown(known))
        return ttr_extract_is_same(data, known->teardown.ttl, known->teardown.ip_id);
    return ttr_extract_is_same(data, known->probe.ttl, known->probe.ip_id);
}

/* What the handle's own name, as a filter, finds: nothing to look at. */
static void
add_name(const ttr_hook_t *hook, tvbuff_t *tvb, proto_item *heading)
{
    if (heading != NULL)
        proto_item_set_hidden(
            proto_tree_add_item(proto_item_get_subtree(heading), hook->protocol, tvb, 0, 0, ENC_NA));
}

/* Calls the original handle, and presents what is known of the packet. */
static int
dissect_known(const ttr_hook_t *hook, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    volatile bool is_throwing = true;
    volatile int length = 0;
    ttr_known_when_t when = pinfo->fd->visited ? TTR_KNOWN_FINALLY : ttr_present_wants(pinfo, tree);
    ttr_known_t known;

    if (!ttr_known_find(ttr_file_store(), pinfo->num, (uint8_t)pinfo->curr_layer_num, when, &known) ||
        !is_this_packet(&known, data))
        return call_dissector_only(hook->original, tvb, pinfo, tree, data);
    if (pinfo->fd->visited)
        ttr_file_see_again();
    TRY {
        length = call_dissector_only(hook->original, tvb, pinfo, tree, data);
        is_throwing = false;
    }
    FINALLY {
        add_name(hook, tvb, ttr_present(&known, tvb, pinfo, tree, is_throwing));
    }
    ENDTRY;
    return length;
}

/* Tells the store of a segment; false when it can't be read. */
static bool
learn_tcp(tvbuff_t *tvb, packet_info *pinfo, const void *data)
{
    ttr_observation_t observation;

    if (!ttr_extract_tcp(tvb, pinfo, data, &observation))
        return false;
    ttr_file_observe(&observation);
    return true;
}

/* Exported PDUs go through the table too, and hand on what their tags say instead of an IP header. No layer has been added
 * for our protocols in name alone: the last one is that of the caller. */
static bool
is_called_by_ip(const packet_info *pinfo)
{
    wmem_list_frame_t *last = wmem_list_tail(pinfo->layers);

    return last == NULL || GPOINTER_TO_INT(wmem_list_frame_data(last)) != exported_pdu;
}

/* A segment that the store may want. */
static int NO_INLINE
dissect_wanted(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!pinfo->fd->visited && !learn_tcp(tvb, pinfo, data))
        return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
    return dissect_known(&tcp, tvb, pinfo, tree, data);
}

/* One that it does not want for its TTL or its hosts, and that is short: every SYN and every RST is told. */
static int NO_INLINE
dissect_short(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    uint8_t flags = ttr_extract_flags(tvb) & (TTR_TCP_SYN | TTR_TCP_RST | TTR_TCP_ACK);
    ttr_connection_t connection;

    if ((flags & (TTR_TCP_SYN | TTR_TCP_RST)) != 0 && flags != TTR_TCP_SYN)
        return dissect_wanted(tvb, pinfo, tree, data);
    if (flags == TTR_TCP_SYN && !pinfo->fd->visited && ttr_extract_opening(tvb, data, &connection))
        ttr_store_pass_opening(ttr_file_store(), &connection);
    return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
}

/* One below an IP header. */
static inline int
dissect_segment(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    uint8_t ttl;
    uint32_t sum;

    if (!ttr_extract_gate(data, &ttl, &sum))
        return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
    ttr_clock_pass(pinfo);
    if (ttr_store_wants(ttr_file_store(), ttl, sum))
        return dissect_wanted(tvb, pinfo, tree, data);
    if (ttr_extract_is_short(data))
        return dissect_short(tvb, pinfo, tree, data);
    return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
}

/* One that something else than IP itself hands on: an extension header of IPv6, say. */
static int NO_INLINE
dissect_handed_on(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!is_called_by_ip(pinfo))
        return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
    return dissect_segment(tvb, pinfo, tree, data);
}

/* What every ordinary segment pays for: calls nothing before the original handle, so that no register need be saved.
 * All else stands in functions of its own. */
static int
dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (ttr_file_store() == NULL || data == NULL || pinfo->flags.in_error_pkt)
        return call_dissector_only(tcp.original, tvb, pinfo, tree, data);
    if (pinfo->current_proto != ip_names[0] && pinfo->current_proto != ip_names[1])
        return dissect_handed_on(tvb, pinfo, tree, data);
    return dissect_segment(tvb, pinfo, tree, data);
}

static bool
learn_icmp(tvbuff_t *tvb, packet_info *pinfo, const void *data)
{
    ttr_observation_t observation;

    if (!ttr_extract_icmp(tvb, pinfo, data, &observation))
        return false;
    ttr_file_observe(&observation);
    return true;
}

static int
dissect_error(const ttr_hook_t *hook, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    uint8_t family = hook == &icmp ? TTR_FAMILY_IPV4 : TTR_FAMILY_IPV6;

    if (ttr_file_store() == NULL || data == NULL || !is_called_by_ip(pinfo) || *(const uint8_t *)data != family ||
        pinfo->flags.in_error_pkt)
        return call_dissector_only(hook->original, tvb, pinfo, tree, data);
    ttr_clock_pass(pinfo);
    if (!ttr_extract_is_error(tvb, family))
        return call_dissector_only(hook->original, tvb, pinfo, tree, data);
    if (!pinfo->fd->visited && !learn_icmp(tvb, pinfo, data))
        return call_dissector_only(hook->original, tvb, pinfo, tree, data);
    return dissect_known(hook, tvb, pinfo, tree, data);
}

static int
dissect_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_error(&icmp, tvb, pinfo, tree, data);
}

static int
dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_error(&icmpv6, tvb, pinfo, tree, data);
}

void
ttr_hook_register(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++) {
        ttr_hook_t *hook = hooks[i];

        hook->protocol = proto_register_protocol_in_name_only(
            hook->name, hook->short_name, hook->filter_name, proto_get_id_by_filter_name(hook->parent), FT_PROTOCOL);
    }
}

void
ttr_hook_install(void)
{
    dissector_table_t table = find_dissector_table(TABLE);
    static bool is_installed;

    if (is_installed)
        return;
    is_installed = true;
    exported_pdu = proto_get_id_by_filter_name("exported_pdu");
    ip_names[0] = proto_get_protocol_short_name(find_protocol_by_id(proto_get_id_by_filter_name("ip")));
    ip_names[1] = proto_get_protocol_short_name(find_protocol_by_id(proto_get_id_by_filter_name("ipv6")));
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++) {
        ttr_hook_t *hook = hooks[i];

        hook->original = dissector_get_uint_handle(table, hook->number);
        if (hook->original != NULL)
            dissector_add_uint(TABLE, hook->number,
                               create_dissector_handle_with_name(hook->dissect, hook->protocol, hook->parent));
    }
}
