/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `json`: one line a trace, the object of scamper's sc_warts2json with a key "tcptraceroute" of our own at each level.
 * A key without a value is left out. The order of the keys is public interface.
 */
#include <wsutil/json_dumper.h>

#include "ttr_format.h"
#include "ttr_json_extension.h"
#include "ttr_json_insight.h"
#include "ttr_json_value.h"
#include "ttr_output_list.h"

#define NS_PER_US 1000u

static void
write_time(json_dumper *json, const char *key, int64_t time_ns)
{
    ttr_json_begin(json, key);
    ttr_json_number(json, "sec", ttr_format_seconds(time_ns));
    ttr_json_number(json, "usec", ttr_format_nanoseconds(time_ns) / NS_PER_US);
    json_dumper_end_object(json);
}

static void
write_start(json_dumper *json, int64_t time_ns)
{
    char *date = ttr_format_date(time_ns, "%Y-%m-%d %H:%M:%S");

    ttr_json_begin(json, "start");
    ttr_json_number(json, "sec", ttr_format_seconds(time_ns));
    ttr_json_number(json, "usec", ttr_format_nanoseconds(time_ns) / NS_PER_US);
    ttr_json_string(json, "ftime", date);
    json_dumper_end_object(json);
    g_free(date);
}

static void
write_probe(json_dumper *json, const ttr_probe_info_t *probe)
{
    ttr_json_number(json, "probe_ttl", probe->ttl);
    ttr_json_number(json, "probe_id", probe->attempt);
    ttr_json_number(json, "probe_size", probe->size);
    write_time(json, "tx", probe->time_ns);
}

static void
write_icmp(json_dumper *json, const ttr_store_t *store, const ttr_reply_info_t *reply)
{
    const ttr_extension_t *extension = ttr_path_extension(store, reply->id);

    ttr_json_number(json, "icmp_type", reply->icmp_type);
    ttr_json_number(json, "icmp_code", reply->icmp_code);
    ttr_json_number(json, "icmp_q_ttl", reply->quoted_ttl);
    ttr_json_number(json, "icmp_q_ipl", reply->quoted_length);
    ttr_json_number(json, "icmp_q_tos", reply->quoted_tos);
    if (extension != NULL && extension->object_count > 0)
        ttr_json_extension(json, extension);
}

static void
write_ours_of_hop(json_dumper *json, const ttr_probe_info_t *probe, const ttr_reply_info_t *reply)
{
    char mark[TTR_MARK_MAX];

    ttr_path_mark(reply, mark);
    ttr_json_begin(json, "tcptraceroute");
    ttr_json_number(json, "probe_frame", probe->frame);
    ttr_json_number(json, "reply_frame", reply->frame);
    if (reply->family == TTR_FAMILY_IPV4)
        ttr_json_number(json, "probe_ip_id", probe->ip_id);
    ttr_json_number(json, "sport", probe->sport);
    ttr_json_string(json, "kind", ttr_kind_name(reply->kind));
    ttr_json_string(json, "match", ttr_match_name(reply->match));
    if (mark[0] != '\0')
        ttr_json_string(json, "mark", mark);
    json_dumper_end_object(json);
}

static void
write_hop(json_dumper *json, const ttr_store_t *store, const ttr_probe_info_t *probe, const ttr_reply_info_t *reply)
{
    json_dumper_begin_object(json);
    ttr_json_address(json, "addr", reply->family, &reply->responder);
    write_probe(json, probe);
    ttr_json_ms(json, "rtt", reply->rtt_ns);
    ttr_json_number(json, "reply_ttl", reply->ttl);
    ttr_json_number(json, "reply_tos", reply->tos);
    if (reply->family == TTR_FAMILY_IPV4)
        ttr_json_number(json, "reply_ipid", reply->ip_id);
    ttr_json_number(json, "reply_size", reply->size);
    if (ttr_kind_is_icmp(reply->kind))
        write_icmp(json, store, reply);
    else
        ttr_json_number(json, "tcp_flags", reply->tcp_flags);
    write_ours_of_hop(json, probe, reply);
    json_dumper_end_object(json);
}

static void
write_no_hop(json_dumper *json, const ttr_probe_info_t *probe)
{
    json_dumper_begin_object(json);
    write_probe(json, probe);
    if (probe->is_in_flight)
        ttr_json_bool(json, "in_flight", true);
    ttr_json_begin(json, "tcptraceroute");
    ttr_json_number(json, "probe_frame", probe->frame);
    json_dumper_end_object(json);
    json_dumper_end_object(json);
}

/* The three lists of hops. Each walks over the same probes and takes what belongs to it. */
typedef enum {
    LIST_HOPS,
    LIST_EXTRA_HOPS,
    LIST_NO_HOPS
} list_t;

static const char *const list_names[] = {"hops", "extra_hops", "no_hops"};

/* An array begins with its first entry, so that an empty one leaves no key. */
static void
begin_entry(json_dumper *json, list_t list, bool *is_begun)
{
    if (*is_begun)
        return;
    *is_begun = true;
    json_dumper_set_member_name(json, list_names[list]);
    json_dumper_begin_array(json);
}

static void
write_extra(json_dumper *json, const ttr_store_t *store, const ttr_probe_info_t *probe, bool *is_begun)
{
    ttr_reply_info_t reply;

    if (!ttr_path_reply(store, probe->first_reply, &reply))
        return;
    while (ttr_path_reply(store, reply.next_reply, &reply)) {
        if (reply.copy_of != 0)
            continue;
        begin_entry(json, LIST_EXTRA_HOPS, is_begun);
        write_hop(json, store, probe, &reply);
    }
}

static void
write_list(json_dumper *json, const ttr_store_t *store, const GArray *probes, list_t list)
{
    bool is_begun = false;
    ttr_probe_info_t probe;
    ttr_reply_info_t reply;

    for (guint i = 0; i < probes->len; i++) {
        bool is_answered;

        ttr_path_probe(store, g_array_index(probes, uint32_t, i), &probe);
        is_answered = ttr_path_reply(store, probe.first_reply, &reply);
        if (list == LIST_EXTRA_HOPS) {
            write_extra(json, store, &probe, &is_begun);
        } else if (list == LIST_HOPS && is_answered) {
            begin_entry(json, list, &is_begun);
            write_hop(json, store, &probe, &reply);
        } else if (list == LIST_NO_HOPS && !is_answered) {
            begin_entry(json, list, &is_begun);
            write_no_hop(json, &probe);
        }
    }
    if (is_begun)
        json_dumper_end_array(json);
}

static const char *
stop_name(ttr_stop_t reason)
{
    switch (reason) {
    case TTR_STOP_NONE:      return "NONE";
    case TTR_STOP_COMPLETED: return "COMPLETED";
    case TTR_STOP_UNREACH:   return "UNREACH";
    case TTR_STOP_GAPLIMIT:  return "GAPLIMIT";
    }
    return "NONE";
}

static void
write_head(json_dumper *json, const ttr_trace_info_t *trace)
{
    ttr_json_string(json, "type", "trace");
    ttr_json_string(json, "version", "0.1");
    ttr_json_string(json, "method", trace->is_ack_method ? "tcp-ack" : "tcp");
    ttr_json_address(json, "src", trace->family, &trace->source);
    ttr_json_address(json, "dst", trace->family, &trace->target);
    ttr_json_number(json, "sport", trace->sport);
    ttr_json_number(json, "dport", trace->dport);
    ttr_json_string(json, "stop_reason", stop_name(trace->stop_reason));
    ttr_json_number(json, "stop_data", trace->stop_code);
    write_start(json, trace->start_ns);
    ttr_json_number(json, "hop_count", trace->is_reached ? trace->path_length : trace->last_ttl);
    ttr_json_number(json, "attempts", trace->attempts);
    ttr_json_number(json, "hoplimit", trace->last_ttl);
    ttr_json_number(json, "firsthop", trace->first_ttl);
    ttr_json_number(json, "probe_size", trace->probe_size);
    ttr_json_number(json, "probe_count", trace->probe_count);
}

static void
write_notes(json_dumper *json, const ttr_store_t *store, uint32_t index)
{
    char **notes = ttr_path_notes(store, index);

    if (notes[0] != NULL) {
        json_dumper_set_member_name(json, "notes");
        json_dumper_begin_array(json);
        for (size_t i = 0; notes[i] != NULL; i++)
            json_dumper_value_string(json, notes[i]);
        json_dumper_end_array(json);
    }
    g_strfreev(notes);
}

static void
write_ours_of_trace(json_dumper *json, const ttr_store_t *store, const ttr_trace_info_t *trace)
{
    ttr_insight_t *insight = ttr_insight_new(store, trace->index);

    ttr_json_begin(json, "tcptraceroute");
    ttr_json_number(json, "trace", trace->index);
    ttr_json_number(json, "family", trace->family);
    ttr_json_string(json, "state", ttr_state_name(trace->state));
    ttr_json_bool(json, "reached", trace->is_reached);
    if (trace->is_reached)
        ttr_json_number(json, "path_length", trace->path_length);
    write_notes(json, store, trace->index);
    if (insight != NULL)
        ttr_json_insight(json, insight);
    ttr_insight_free(insight);
    json_dumper_end_object(json);
}

static void
write_trace(GString *out, const ttr_output_context_t *context, uint32_t index, bool is_first G_GNUC_UNUSED)
{
    json_dumper json = {.output_string = out};
    const ttr_store_t *store = context->store;
    ttr_trace_info_t trace;
    GArray *probes;

    if (!ttr_path_trace(store, index, &trace))
        return;
    probes = ttr_path_probes(store, index);
    json_dumper_begin_object(&json);
    if (context->file != NULL)
        ttr_json_string(&json, "file", context->file);
    write_head(&json, &trace);
    write_list(&json, store, probes, LIST_HOPS);
    write_list(&json, store, probes, LIST_EXTRA_HOPS);
    write_list(&json, store, probes, LIST_NO_HOPS);
    write_ours_of_trace(&json, store, &trace);
    json_dumper_end_object(&json);
    json_dumper_finish(&json);
    g_array_unref(probes);
}

const ttr_output_t ttr_output_json = {.name = "json", .write_trace = write_trace};
