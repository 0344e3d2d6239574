/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_fields.h"

#include <inttypes.h>
#include <string.h>

#include "ttr_file.h"
#include "ttr_insight.h"
#include "ttr_text.h"

#define NS_PER_SECOND INT64_C(1000000000)

static int protocol = -1;
static int hf_trace = -1;
static int hf_hop = -1;
static int hf_probe = -1;
static int hf_probe_attempt = -1;
static int hf_probe_retransmission = -1;
static int hf_reply_in = -1;
static int hf_reply = -1;
static int hf_reply_to = -1;
static int hf_rtt = -1;
static int hf_kind = -1;
static int hf_match = -1;
static int hf_state = -1;
static int hf_trace_state = -1;
static int hf_teardown = -1;
static int hf_teardown_of = -1;
static int hf_duplicate = -1;
static int hf_copy_of = -1;
static int hf_target = -1;
static int hf_target6 = -1;
static int hf_responder = -1;
static int hf_responder6 = -1;
static int hf_distance = -1;
static int hf_quoted_bytes = -1;
static int hf_changed = -1;
static int hf_changed_first = -1;
static int hf_tool = -1;
static int hf_silence = -1;
static int ett = -1;

static hf_register_info fields[] = {
    {&hf_trace, {"Trace", "tcptraceroute.trace", FT_UINT32, BASE_DEC, NULL, 0,
                 "Index of the trace in this capture, in the order in which traces are recognised", HFILL}},
    {&hf_hop, {"Hop", "tcptraceroute.hop", FT_UINT8, BASE_DEC, NULL, 0,
               "TTL or hop limit with which the probe was seen", HFILL}},
    {&hf_probe, {"Probe", "tcptraceroute.probe", FT_BOOLEAN, BASE_NONE, NULL, 0, "This frame is a probe", HFILL}},
    {&hf_probe_attempt, {"Attempt", "tcptraceroute.probe.attempt", FT_UINT32, BASE_DEC, NULL, 0,
                         "1, 2, 3 and so on for this hop of this trace, in order of sending", HFILL}},
    {&hf_probe_retransmission, {"Retransmission", "tcptraceroute.probe.retransmission", FT_BOOLEAN, BASE_NONE, NULL, 0,
                                "The sender's own TCP sent an earlier probe again", HFILL}},
    {&hf_reply_in, {"Reply in", "tcptraceroute.reply_in", FT_FRAMENUM, BASE_NONE,
                    FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The frame that answered this probe", HFILL}},
    {&hf_reply, {"Reply", "tcptraceroute.reply", FT_BOOLEAN, BASE_NONE, NULL, 0,
                 "This frame answers a probe", HFILL}},
    {&hf_reply_to, {"Reply to", "tcptraceroute.reply_to", FT_FRAMENUM, BASE_NONE,
                    FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The probe that this frame answers", HFILL}},
    {&hf_rtt, {"Round-trip time", "tcptraceroute.rtt", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
               "Capture time of the reply less that of its probe", HFILL}},
    {&hf_kind, {"Kind", "tcptraceroute.kind", FT_STRING, BASE_NONE, NULL, 0, "What the reply is", HFILL}},
    {&hf_match, {"Matched by", "tcptraceroute.match", FT_STRING, BASE_NONE, NULL, 0,
                 "What tied the reply to its probe", HFILL}},
    {&hf_state, {"Port state", "tcptraceroute.state", FT_STRING, BASE_NONE, NULL, 0,
                 "What this reply alone says of the target's port", HFILL}},
    {&hf_trace_state, {"State of the trace", "tcptraceroute.trace.state", FT_STRING, BASE_NONE, NULL, 0,
                       "What all replies and silences of the trace say of the target's port", HFILL}},
    {&hf_teardown, {"Teardown", "tcptraceroute.teardown", FT_BOOLEAN, BASE_NONE, NULL, 0,
                    "The sender's RST that ends the half-open connection of a probe", HFILL}},
    {&hf_teardown_of, {"Teardown of", "tcptraceroute.teardown_of", FT_FRAMENUM, BASE_NONE, NULL, 0,
                       "The SYN/ACK that this RST refuses", HFILL}},
    {&hf_duplicate, {"Duplicate", "tcptraceroute.duplicate", FT_BOOLEAN, BASE_NONE, NULL, 0,
                     "A further answer to a probe that had been answered", HFILL}},
    {&hf_copy_of, {"Copy of", "tcptraceroute.copy_of", FT_FRAMENUM, BASE_NONE, NULL, 0,
                   "This is the same packet captured once more; the frame nearest to the prober counts", HFILL}},
    {&hf_target, {"Target", "tcptraceroute.target", FT_IPv4, BASE_NONE, NULL, 0,
                  "Where the trace leads to", HFILL}},
    {&hf_target6, {"Target", "tcptraceroute.target6", FT_IPv6, BASE_NONE, NULL, 0,
                   "Where the trace leads to", HFILL}},
    {&hf_responder, {"Responder", "tcptraceroute.responder", FT_IPv4, BASE_NONE, NULL, 0,
                     "Who answered", HFILL}},
    {&hf_responder6, {"Responder", "tcptraceroute.responder6", FT_IPv6, BASE_NONE, NULL, 0,
                      "Who answered", HFILL}},
    {&hf_distance, {"Distance", "tcptraceroute.distance", FT_UINT8, BASE_DEC, NULL, 0,
                    "Hops to the responder by the reply's TTL, if it began with 64, 128 or 255", HFILL}},
    {&hf_quoted_bytes, {"Quoted bytes of TCP", "tcptraceroute.quoted_bytes", FT_UINT8, BASE_DEC, NULL, 0,
                        "How much of the probe's TCP segment the reply quotes, padding left out", HFILL}},
    {&hf_changed, {"Changed", "tcptraceroute.changed", FT_STRING, BASE_NONE, NULL, 0,
                   "A field of the probe that the quote shows otherwise than it was sent", HFILL}},
    {&hf_changed_first, {"Changed first here", "tcptraceroute.changed_first", FT_STRING, BASE_NONE, NULL, 0,
                         "A field that was changed between the hop before and this one, by the first reply that shows it", HFILL}},
    {&hf_tool, {"Tool", "tcptraceroute.tool", FT_STRING, BASE_NONE, NULL, 0,
                "The program that sent the probes of this trace", HFILL}},
    {&hf_silence, {"Silence", "tcptraceroute.silence", FT_STRING, BASE_NONE, NULL, 0,
                   "How this hop leaves out answers", HFILL}},
};

void
ttr_fields_register(int proto)
{
    static int *const subtrees[] = {&ett};

    protocol = proto;
    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
}

static void
add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void
add_true(proto_tree *tree, int hf, tvbuff_t *tvb)
{
    proto_item_set_generated(proto_tree_add_boolean(tree, hf, tvb, 0, 0, 1));
}

static void
add_name(proto_tree *tree, int hf, tvbuff_t *tvb, const char *name)
{
    proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, name));
}

static void
add_rtt(proto_tree *tree, tvbuff_t *tvb, int64_t rtt_ns)
{
    nstime_t rtt = {.secs = (time_t)(rtt_ns / NS_PER_SECOND), .nsecs = (int)(rtt_ns % NS_PER_SECOND)};

    proto_item_set_generated(proto_tree_add_time(tree, hf_rtt, tvb, 0, 0, &rtt));
}

/* The first of the two fields takes IPv4 addresses, the second IPv6. */
static void
add_address(proto_tree *tree, const int hf[2], tvbuff_t *tvb, uint8_t family, const ttr_address_t *bytes)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;

    if (family == TTR_FAMILY_IPV4) {
        memcpy(&ipv4, bytes->bytes, sizeof ipv4);
        proto_item_set_generated(proto_tree_add_ipv4(tree, hf[0], tvb, 0, 0, ipv4));
    } else {
        memcpy(&ipv6, bytes->bytes, sizeof ipv6);
        proto_item_set_generated(proto_tree_add_ipv6(tree, hf[1], tvb, 0, 0, &ipv6));
    }
}

static void
add_probe(const ttr_known_t *known, tvbuff_t *tvb, proto_tree *tree)
{
    const ttr_probe_info_t *probe = &known->probe;

    add_true(tree, hf_probe, tvb);
    if (probe->copy_of == 0)
        add_number(tree, hf_probe_attempt, tvb, probe->attempt);
    if (probe->is_retransmission)
        add_true(tree, hf_probe_retransmission, tvb);
    if (known->has_reply) {
        add_number(tree, hf_reply_in, tvb, known->reply.frame);
        add_rtt(tree, tvb, known->reply.rtt_ns);
    }
}

/* Each field that differs, with its values before and after. */
static void
add_changes(const ttr_reply_info_t *reply, tvbuff_t *tvb, proto_tree *tree)
{
    uint64_t from[TTR_FIELDS];
    uint64_t to[TTR_FIELDS];
    uint32_t changed = ttr_reply_changes(ttr_file_store(), reply->id, from, to);

    for (unsigned field = TTR_FIELD_DSCP; field < TTR_FIELDS; field++) {
        proto_item *item;

        if ((changed >> field & 1) == 0)
            continue;
        item = proto_tree_add_string(tree, hf_changed, tvb, 0, 0, ttr_field_name((ttr_field_t)field));
        proto_item_set_generated(item);
        if (field != TTR_FIELD_SOURCE && field != TTR_FIELD_TARGET && field != TTR_FIELD_OPTIONS)
            proto_item_append_text(item, " (sent %" PRIu64 ", quoted %" PRIu64 ")", from[field], to[field]);
    }
}

static void
add_reply(const ttr_known_t *known, tvbuff_t *tvb, proto_tree *tree)
{
    const int hf_responders[2] = {hf_responder, hf_responder6};
    const ttr_reply_info_t *reply = &known->reply;

    add_true(tree, hf_reply, tvb);
    add_number(tree, hf_reply_to, tvb, reply->probe_frame);
    add_rtt(tree, tvb, reply->rtt_ns);
    add_address(tree, hf_responders, tvb, reply->family, &reply->responder);
    add_name(tree, hf_kind, tvb, ttr_kind_name(reply->kind));
    add_name(tree, hf_match, tvb, ttr_match_name(reply->match));
    if (reply->state != TTR_STATE_UNKNOWN)
        add_name(tree, hf_state, tvb, ttr_state_name(reply->state));
    if (reply->is_duplicate)
        add_true(tree, hf_duplicate, tvb);
    add_number(tree, hf_distance, tvb, ttr_reply_distance(reply->ttl));
    if (ttr_kind_is_icmp(reply->kind))
        add_number(tree, hf_quoted_bytes, tvb, ttr_reply_quoted_bytes(ttr_file_store(), reply->id));
    add_changes(reply, tvb, tree);
}

static void
add_teardown(const ttr_known_t *known, tvbuff_t *tvb, proto_tree *tree)
{
    add_true(tree, hf_teardown, tvb);
    add_number(tree, hf_teardown_of, tvb, known->teardown.syn_ack_frame);
}

static void
add_changed_first(const ttr_insight_t *insight, const ttr_reply_info_t *reply, tvbuff_t *tvb, proto_tree *tree)
{
    for (guint i = 0; i < insight->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(insight->findings, ttr_finding_t, i);

        if (finding->first_frame == reply->frame)
            add_name(tree, hf_changed_first, tvb, ttr_field_name(finding->field));
    }
}

static void
add_silence(const ttr_insight_t *insight, uint8_t ttl, tvbuff_t *tvb, proto_tree *tree)
{
    for (guint i = 0; i < insight->hops->len; i++) {
        const ttr_hop_figures_t *hop = &g_array_index(insight->hops, ttr_hop_figures_t, i);

        if (hop->ttl == ttl && hop->silence != TTR_SILENCE_NONE)
            add_name(tree, hf_silence, tvb, ttr_silence_name(hop->silence));
    }
}

/* What is known when the whole file has been seen. It costs a walk over the trace, which is for who asks for it. */
static void
add_insight(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const ttr_insight_t *insight;

    if (!pinfo->fd->visited ||
        !(proto_field_is_referenced(tree, hf_tool) || proto_field_is_referenced(tree, hf_silence) ||
          proto_field_is_referenced(tree, hf_changed_first)))
        return;
    insight = ttr_file_insight(known->note.trace);
    if (insight == NULL)
        return;
    add_name(tree, hf_tool, tvb, insight->tool.name);
    add_silence(insight, known->probe.ttl, tvb, tree);
    if (ttr_known_is_reply(known))
        add_changed_first(insight, &known->reply, tvb, tree);
}

/* What is known of the packet but for what all have. */
static void
add_role(const ttr_known_t *known, tvbuff_t *tvb, proto_tree *tree)
{
    ttr_state_t state = ttr_path_state(ttr_file_store(), known->note.trace);

    if (ttr_known_is_teardown(known)) {
        add_teardown(known, tvb, tree);
        return;
    }
    if (ttr_known_is_reply(known))
        add_reply(known, tvb, tree);
    else
        add_probe(known, tvb, tree);
    add_name(tree, hf_trace_state, tvb, ttr_state_name(state));
}

/* Completes the heading, so that the path can be read without opening a subtree. */
static void
describe(const ttr_known_t *known, packet_info *pinfo, proto_item *heading)
{
    const ttr_reply_info_t *reply = &known->reply;
    char responder[TTR_TEXT_ADDRESS_MAX];
    char ms[TTR_TEXT_MS_MAX];

    proto_item_append_text(heading, ", hop %u", known->probe.ttl);
    if (ttr_known_is_teardown(known)) {
        proto_item_append_text(heading, ", teardown of frame %u", known->teardown.syn_ack_frame);
        return;
    }
    if (known->probe.copy_of == 0)
        proto_item_append_text(heading, ", attempt %u", known->probe.attempt);
    if (ttr_known_copy_of(known) != 0)
        proto_item_append_text(heading, ", copy of frame %u", ttr_known_copy_of(known));
    if (!known->has_reply) {
        if (pinfo->fd->visited && ttr_known_copy_of(known) == 0)
            proto_item_append_text(heading, known->probe.is_in_flight ? ", in flight" : ", no reply");
        return;
    }
    ttr_text_ms(reply->rtt_ns, ms);
    ttr_text_address(reply->family, &reply->responder, responder);
    proto_item_append_text(heading, ": %s%s from %s, %s ms", reply->is_duplicate ? "duplicate " : "",
                           ttr_kind_name(reply->kind), responder, ms);
    if (reply->state != TTR_STATE_UNKNOWN)
        proto_item_append_text(heading, ", port %s", ttr_state_name(reply->state));
}

bool
ttr_fields_are_wanted(proto_tree *tree)
{
    return proto_field_is_referenced(tree, protocol);
}

proto_item *
ttr_fields_add(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const int hf_targets[2] = {hf_target, hf_target6};
    ttr_trace_ends_t ends = {.family = 0};
    proto_item *heading = proto_tree_add_item(tree, protocol, tvb, 0, 0, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(heading, ett);

    proto_item_set_generated(heading);
    if (PTREE_DATA(tree)->visible)
        describe(known, pinfo, heading);
    add_number(subtree, hf_trace, tvb, known->note.trace);
    add_number(subtree, hf_hop, tvb, known->probe.ttl);
    if (ttr_path_ends(ttr_file_store(), known->note.trace, &ends))
        add_address(subtree, hf_targets, tvb, ends.family, &ends.target);
    add_role(known, tvb, subtree);
    add_insight(known, tvb, pinfo, subtree);
    if (ttr_known_copy_of(known) != 0)
        add_number(subtree, hf_copy_of, tvb, ttr_known_copy_of(known));
    return heading;
}
