/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_describe.h"

#include <string.h>

#include "scn_words.h"

static const char *
stop_name(ttr_stop_t stop)
{
    switch (stop) {
    case TTR_STOP_NONE:      return "NONE";
    case TTR_STOP_COMPLETED: return "COMPLETED";
    case TTR_STOP_UNREACH:   return "UNREACH";
    case TTR_STOP_GAPLIMIT:  return "GAPLIMIT";
    }
    return "?";
}

scn_facts_t *
scn_describe_probe(const ttr_store_t *store, uint32_t id)
{
    scn_facts_t *facts = scn_facts_new();
    ttr_probe_info_t probe;
    ttr_reply_info_t first;

    if (!ttr_path_probe(store, id, &probe))
        return facts;
    scn_facts_add_flag(facts, "probe", true, SCN_FACT_PLAIN);
    scn_facts_add(facts, "trace", "%u", probe.trace);
    scn_facts_add(facts, "hop", "%u", probe.ttl);
    scn_facts_add(facts, "attempt", "%u", probe.attempt);
    scn_facts_add(facts, "sport", "%u", probe.sport);
    scn_facts_add(facts, "dport", "%u", probe.dport);
    scn_facts_add(facts, "size", "%u", probe.size);
    scn_facts_add_flag(facts, "retransmission", probe.is_retransmission, SCN_FACT_STRICT);
    scn_facts_add_strict(facts, "copy-of", probe.copy_of);
    if (ttr_path_reply(store, probe.first_reply, &first))
        scn_facts_add(facts, "answered-by", "%u", first.frame);
    scn_facts_add_flag(facts, "unanswered", probe.first_reply == TTR_NO_ID, SCN_FACT_PLAIN);
    return facts;
}

static void
add_icmp(scn_facts_t *facts, const ttr_store_t *store, const ttr_reply_info_t *reply)
{
    const ttr_extension_t *extension = ttr_path_extension(store, reply->id);

    scn_facts_add(facts, "type", "%u", reply->icmp_type);
    scn_facts_add(facts, "code", "%u", reply->icmp_code);
    scn_facts_add(facts, "quoted-ttl", "%u", reply->quoted_ttl);
    scn_facts_add(facts, "quoted-tos", "%u", reply->quoted_tos);
    scn_facts_add(facts, "quoted-length", "%u", reply->quoted_length);
    for (int i = 0; extension != NULL && i < extension->mpls_count; i++)
        scn_facts_add(facts, "mpls", "%u", extension->mpls[i].label);
}

scn_facts_t *
scn_describe_reply(const ttr_store_t *store, uint32_t id)
{
    scn_facts_t *facts = scn_facts_new();
    ttr_reply_info_t reply;
    g_autofree char *rtt = NULL;
    g_autofree char *responder = NULL;
    char mark[TTR_MARK_MAX];

    if (!ttr_path_reply(store, id, &reply))
        return facts;
    rtt = scn_milliseconds_format(reply.rtt_ns);
    responder = scn_address_format(reply.family, &reply.responder);
    ttr_path_mark(&reply, mark);
    scn_facts_add(facts, "answers", "%u", reply.probe_frame);
    scn_facts_add(facts, "trace", "%u", reply.trace);
    scn_facts_add(facts, "hop", "%u", reply.hop);
    scn_facts_add(facts, "rtt", "%s", rtt);
    scn_facts_add(facts, "kind", "%s", ttr_kind_name(reply.kind));
    scn_facts_add(facts, "match", "%s", ttr_match_name(reply.match));
    scn_facts_add(facts, "state", "%s", reply.state == TTR_STATE_UNKNOWN ? "none" : ttr_state_name(reply.state));
    scn_facts_add(facts, "from", "%s", responder);
    scn_facts_add(facts, "mark", "%s", mark);
    scn_facts_add(facts, "size", "%u", reply.size);
    scn_facts_add(facts, "ttl", "%u", reply.ttl);
    scn_facts_add(facts, "tos", "%u", reply.tos);
    scn_facts_add_flag(facts, "from-target", reply.is_from_target, SCN_FACT_PLAIN);
    scn_facts_add_flag(facts, "duplicate", reply.is_duplicate, SCN_FACT_STRICT);
    scn_facts_add_flag(facts, "late", reply.is_late, SCN_FACT_STRICT);
    scn_facts_add_flag(facts, "nat", reply.is_nat, SCN_FACT_STRICT);
    scn_facts_add_flag(facts, "dnat", reply.is_dnat, SCN_FACT_STRICT);
    scn_facts_add_flag(facts, "id-changed", reply.is_id_changed, SCN_FACT_STRICT);
    scn_facts_add_strict(facts, "copy-of", reply.copy_of);
    if (ttr_kind_is_icmp(reply.kind))
        add_icmp(facts, store, &reply);
    else
        scn_facts_add(facts, "flags", "0x%03x", reply.tcp_flags);
    return facts;
}

scn_facts_t *
scn_describe_teardown(const ttr_store_t *store, uint32_t id)
{
    scn_facts_t *facts = scn_facts_new();
    ttr_teardown_info_t teardown;

    if (!ttr_path_teardown(store, id, &teardown))
        return facts;
    scn_facts_add_flag(facts, "teardown", true, SCN_FACT_PLAIN);
    scn_facts_add(facts, "trace", "%u", teardown.trace);
    scn_facts_add(facts, "hop", "%u", teardown.hop);
    scn_facts_add(facts, "refuses", "%u", teardown.syn_ack_frame);
    return facts;
}

static void
add_verdict(scn_facts_t *facts, const ttr_trace_info_t *trace)
{
    scn_facts_add(facts, "state", "%s", ttr_state_name(trace->state));
    scn_facts_add_flag(facts, "reached", trace->is_reached, SCN_FACT_PLAIN);
    scn_facts_add_flag(facts, "unreached", !trace->is_reached, SCN_FACT_PLAIN);
    scn_facts_add(facts, "path-length", "%u", trace->path_length);
    scn_facts_add(facts, "stop", "%s", stop_name(trace->stop_reason));
    scn_facts_add(facts, "code", "%u", trace->stop_code);
    scn_facts_add(facts, "probes", "%u", trace->probe_count);
    scn_facts_add(facts, "answered", "%u", trace->answered_count);
    scn_facts_add(facts, "attempts", "%u", trace->attempts);
    scn_facts_add(facts, "first-ttl", "%u", trace->first_ttl);
    scn_facts_add(facts, "last-ttl", "%u", trace->last_ttl);
}

scn_facts_t *
scn_describe_trace(const ttr_store_t *store, uint32_t trace)
{
    ttr_trace_info_t info;
    g_autofree char *source = NULL;
    g_autofree char *target = NULL;
    g_auto(GStrv) notes = NULL;
    scn_facts_t *facts;

    if (!ttr_path_trace(store, trace, &info))
        return NULL;
    facts = scn_facts_new();
    add_verdict(facts, &info);
    source = scn_address_format(info.family, &info.source);
    target = scn_address_format(info.family, &info.target);
    scn_facts_add(facts, "source", "%s", source);
    scn_facts_add(facts, "target", "%s", target);
    scn_facts_add(facts, "sport", "%u", info.sport);
    scn_facts_add(facts, "dport", "%u", info.dport);
    scn_facts_add(facts, "method", "%s", info.is_ack_method ? "tcp-ack" : "tcp");
    scn_facts_add(facts, "size", "%u", info.probe_size);
    notes = ttr_path_notes(store, trace);
    for (char **note = notes; *note != NULL; note++)
        scn_facts_add_text(facts, "note", *note);
    scn_facts_add_flag(facts, "no-notes", *notes == NULL, SCN_FACT_PLAIN);
    return facts;
}

/* Appends the responder of a probe's first answer, if it is a new one. */
static void
append_responder(const ttr_reply_info_t *reply, GPtrArray *responders)
{
    g_autofree char *text = scn_address_format(reply->family, &reply->responder);

    for (guint i = 0; i < responders->len; i++) {
        if (strcmp(g_ptr_array_index(responders, i), text) == 0)
            return;
    }
    g_ptr_array_add(responders, g_strdup(text));
}

scn_facts_t *
scn_describe_hop(const ttr_store_t *store, uint32_t trace, uint8_t ttl)
{
    g_autoptr(GArray) probes = ttr_path_probes(store, trace);
    g_autoptr(GPtrArray) responders = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *joined = NULL;
    scn_facts_t *facts;
    guint sent = 0;
    guint answered = 0;

    if (trace >= ttr_path_trace_count(store))
        return NULL;
    for (guint i = 0; i < probes->len; i++) {
        ttr_probe_info_t probe;
        ttr_reply_info_t reply;

        if (!ttr_path_probe(store, g_array_index(probes, uint32_t, i), &probe) || probe.ttl != ttl)
            continue;
        sent++;
        if (!ttr_path_reply(store, probe.first_reply, &reply))
            continue;
        answered++;
        append_responder(&reply, responders);
    }
    g_ptr_array_add(responders, NULL);
    joined = g_strjoinv(",", (char **)responders->pdata);
    facts = scn_facts_new();
    scn_facts_add(facts, "sent", "%u", sent);
    scn_facts_add(facts, "answered", "%u", answered);
    scn_facts_add(facts, "from", "%s", joined);
    scn_facts_add_flag(facts, "lost", sent > 0 && answered == 0, SCN_FACT_PLAIN);
    return facts;
}
