/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_expert.h"

#include <epan/column-info.h>
#include <epan/expert.h>
#include <epan/tap.h>

static int protocol = -1;
static int expert_tap;              /* 0: not looked up yet */

static expert_field ei_unanswered = EI_INIT;
static expert_field ei_retransmission = EI_INIT;
static expert_field ei_late = EI_INIT;
static expert_field ei_duplicate = EI_INIT;
static expert_field ei_ip_id_changed = EI_INIT;
static expert_field ei_nat = EI_INIT;
static expert_field ei_dnat = EI_INIT;
static expert_field ei_quoted_ttl = EI_INIT;
static expert_field ei_extension_checksum = EI_INIT;
static expert_field ei_target_exceeded = EI_INIT;
static expert_field ei_open = EI_INIT;
static expert_field ei_closed = EI_INIT;
static expert_field ei_filtered = EI_INIT;
static expert_field ei_unfiltered = EI_INIT;

static ei_register_info infos[] = {
    {&ei_unanswered, {"tcptraceroute.expert.unanswered", PI_SEQUENCE, PI_NOTE,
                      "Nothing answered this probe", EXPFILL}},
    {&ei_retransmission, {"tcptraceroute.expert.retransmission", PI_SEQUENCE, PI_NOTE,
                          "The sender's own TCP sent this probe again", EXPFILL}},
    {&ei_late, {"tcptraceroute.expert.late", PI_SEQUENCE, PI_NOTE,
                "The answer came late", EXPFILL}},
    {&ei_duplicate, {"tcptraceroute.expert.duplicate", PI_SEQUENCE, PI_NOTE,
                     "A further answer to a probe that had been answered", EXPFILL}},
    {&ei_ip_id_changed, {"tcptraceroute.expert.ip_id_changed", PI_PROTOCOL, PI_NOTE,
                         "The probe's IP ID was changed on the way", EXPFILL}},
    {&ei_nat, {"tcptraceroute.expert.nat", PI_PROTOCOL, PI_NOTE,
               "NAT: the probe's source address or port differs in the quote", EXPFILL}},
    {&ei_dnat, {"tcptraceroute.expert.dnat", PI_PROTOCOL, PI_WARN,
                "DNAT: the probe's target address or port differs in the quote", EXPFILL}},
    {&ei_quoted_ttl, {"tcptraceroute.expert.quoted_ttl", PI_PROTOCOL, PI_NOTE,
                      "The quoted TTL is not 1: something before the responder let the probe pass", EXPFILL}},
    {&ei_extension_checksum, {"tcptraceroute.expert.extension_checksum", PI_CHECKSUM, PI_WARN,
                              "The checksum of the ICMP extension is wrong: nothing of it is shown", EXPFILL}},
    {&ei_target_exceeded, {"tcptraceroute.expert.target_exceeded", PI_PROTOCOL, PI_WARN,
                           "Time exceeded from the target's own address: NAT in front of it", EXPFILL}},
    {&ei_open, {"tcptraceroute.expert.open", PI_RESPONSE_CODE, PI_CHAT,
                "The target's port is open", EXPFILL}},
    {&ei_closed, {"tcptraceroute.expert.closed", PI_RESPONSE_CODE, PI_CHAT,
                  "The target's port is closed", EXPFILL}},
    {&ei_filtered, {"tcptraceroute.expert.filtered", PI_RESPONSE_CODE, PI_NOTE,
                    "The target's port is filtered", EXPFILL}},
    {&ei_unfiltered, {"tcptraceroute.expert.unfiltered", PI_RESPONSE_CODE, PI_CHAT,
                      "The target's port is unfiltered: open or closed", EXPFILL}},
};

void
ttr_expert_register(int proto)
{
    protocol = proto;
    expert_register_field_array(expert_register_protocol(proto), infos, G_N_ELEMENTS(infos));
}

static void
add_if(bool is_so, packet_info *pinfo, proto_item *item, expert_field *info)
{
    if (is_so)
        expert_add_info(pinfo, item, info);
}

/* "Unanswered" only when the whole file has been seen, and an answer had time to come. */
static void
add_to_probe(const ttr_known_t *known, packet_info *pinfo, proto_item *item)
{
    add_if(known->probe.is_retransmission, pinfo, item, &ei_retransmission);
    add_if(!known->has_reply && !known->probe.is_in_flight && pinfo->fd->visited, pinfo, item, &ei_unanswered);
}

static void
add_state(const ttr_reply_info_t *reply, packet_info *pinfo, proto_item *item)
{
    switch (reply->state) {
    case TTR_STATE_UNKNOWN:
        break;
    case TTR_STATE_OPEN:
        expert_add_info(pinfo, item, &ei_open);
        break;
    case TTR_STATE_CLOSED:
        expert_add_info(pinfo, item, &ei_closed);
        break;
    case TTR_STATE_FILTERED:
        expert_add_info(pinfo, item, &ei_filtered);
        break;
    case TTR_STATE_UNFILTERED:
        expert_add_info(pinfo, item, &ei_unfiltered);
        break;
    }
}

static void
add_to_reply(const ttr_reply_info_t *reply, packet_info *pinfo, proto_item *item)
{
    bool is_exceeded = reply->kind == TTR_KIND_TIME_EXCEEDED;

    add_if(reply->is_late, pinfo, item, &ei_late);
    add_if(reply->is_duplicate, pinfo, item, &ei_duplicate);
    add_if(reply->is_id_changed, pinfo, item, &ei_ip_id_changed);
    add_if(reply->is_nat, pinfo, item, &ei_nat);
    add_if(reply->is_dnat, pinfo, item, &ei_dnat);
    add_if(is_exceeded && reply->quoted_ttl != 1, pinfo, item, &ei_quoted_ttl);
    add_if(reply->is_extension_wrong, pinfo, item, &ei_extension_checksum);
    add_if(is_exceeded && reply->is_from_target, pinfo, item, &ei_target_exceeded);
    add_state(reply, pinfo, item);
}

bool
ttr_expert_is_tapped(void)
{
    if (expert_tap == 0)
        expert_tap = find_tap_id("expert");
    return have_tap_listener(expert_tap);
}

static bool
is_wanted(packet_info *pinfo, proto_item *item)
{
    return item != NULL || ttr_expert_is_tapped() || (pinfo->cinfo != NULL && pinfo->cinfo->col_first[COL_EXPERT] >= 0);
}

void
ttr_expert_add(const ttr_known_t *known, packet_info *pinfo, proto_item *item)
{
    const char *current_proto = pinfo->current_proto;

    if (ttr_known_copy_of(known) != 0 || ttr_known_is_teardown(known) || !is_wanted(pinfo, item))
        return;
    /* Reports name the protocol that stands here; a handle in name only does not set it. */
    pinfo->current_proto = proto_get_protocol_short_name(find_protocol_by_id(protocol));
    if (ttr_known_is_reply(known))
        add_to_reply(&known->reply, pinfo, item);
    else
        add_to_probe(known, pinfo, item);
    pinfo->current_proto = current_proto;
}
