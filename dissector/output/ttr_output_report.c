/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `report`: each trace as `mtr --report-wide` prints one. A probe's first answer counts; the host of a hop is the one
 * that answered last, others follow on lines of their own.
 */
#include <string.h>

#include "ttr_format.h"
#include "ttr_hop_list.h"
#include "ttr_markup.h"
#include "ttr_output_list.h"
#include "ttr_statistics.h"
#include "ttr_text.h"

enum {
    COLUMNS_MIN = 33,           /* of the hosts, as mtr has it without -w */
    HOST_INDENT = 6,            /* "HOST: " */
    HOP_INDENT = 8              /* "  1.|-- " */
};

/* One TTL. */
typedef struct hop {
    uint8_t ttl;
    GQueue hosts;               /* names or addresses, each once, the one that answered last at the end */
    GHashTable *links;          /* owned: the same names (owned) -> their links in `hosts` */
    ttr_statistics_t statistics;
} hop_t;

static void
hop_free(void *data)
{
    hop_t *hop = data;

    g_queue_clear(&hop->hosts);
    g_hash_table_destroy(hop->links);
    g_free(hop);
}

static hop_t *
hop_new(uint8_t ttl)
{
    hop_t *hop = g_new0(hop_t, 1);

    hop->ttl = ttl;
    g_queue_init(&hop->hosts);
    hop->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ttr_statistics_init(&hop->statistics);
    return hop;
}

/* The name when one is known, else the address. The caller frees it. */
static char *
host_text(const ttr_output_names_t *names, uint8_t family, const ttr_address_t *address)
{
    const char *name = ttr_format_host_name(names, family, address);
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    return name == NULL ? g_strdup(digits) : ttr_markup_plain(name);
}

/* Takes `host` over. A hop can have as many hosts as it has answers: each costs one look into the table. */
static void
hop_add_host(hop_t *hop, char *host)
{
    GList *link = g_hash_table_lookup(hop->links, host);

    if (link != NULL) {
        g_queue_unlink(&hop->hosts, link);
        g_queue_push_tail_link(&hop->hosts, link);
        g_free(host);
        return;
    }
    g_queue_push_tail(&hop->hosts, host);
    g_hash_table_insert(hop->links, host, hop->hosts.tail);
}

static void
hop_add_probe(hop_t *hop, const ttr_output_context_t *context, const ttr_probe_info_t *probe)
{
    ttr_reply_info_t reply;

    ttr_statistics_add_sent(&hop->statistics);
    if (probe->is_in_flight)
        ttr_statistics_add_in_flight(&hop->statistics);
    if (!ttr_path_reply(context->store, probe->first_reply, &reply))
        return;
    ttr_statistics_add_rtt(&hop->statistics, reply.rtt_ns);
    hop_add_host(hop, host_text(context->names, reply.family, &reply.responder));
}

/* The hops up to the target, by TTL. The caller frees the array. */
static GPtrArray *
collect_hops(const ttr_output_context_t *context, const ttr_trace_info_t *trace)
{
    GPtrArray *hops = g_ptr_array_new_with_free_func(hop_free);
    GArray *probes = ttr_path_last_stretch(context->store, trace);
    ttr_probe_info_t probe;
    hop_t *hop = NULL;

    for (guint i = 0; i < probes->len; i++) {
        ttr_path_probe(context->store, g_array_index(probes, uint32_t, i), &probe);
        if (!ttr_hops_is_on_path(trace, probe.ttl))
            break;
        if (hop == NULL || hop->ttl != probe.ttl) {
            hop = hop_new(probe.ttl);
            g_ptr_array_add(hops, hop);
        }
        hop_add_probe(hop, context, &probe);
    }
    g_array_unref(probes);
    return hops;
}

/* Width of the part before the figures. */
static int
width_of(const char *title, const GPtrArray *hops)
{
    size_t width = MAX((size_t)COLUMNS_MIN, strlen(title) + HOST_INDENT);

    for (guint i = 0; i < hops->len; i++) {
        const hop_t *hop = g_ptr_array_index(hops, i);

        for (const GList *link = hop->hosts.head; link != NULL; link = link->next)
            width = MAX(width, strlen(link->data) + HOP_INDENT);
    }
    return (int)width;
}

static void
write_hop(GString *out, const hop_t *hop, int width)
{
    const ttr_statistics_t *statistics = &hop->statistics;
    const GList *last = hop->hosts.tail;
    char *loss = g_strdup_printf("%.1f%%", ttr_statistics_loss(statistics));

    /* mtr's column is one too narrow for "100.0%". */
    g_string_append_printf(out, " %2u.|-- %-*s %5.5s %5u  %5.1f %5.1f %5.1f %5.1f %5.1f\n", hop->ttl,
                           width - HOP_INDENT, last == NULL ? "???" : (const char *)last->data, loss, statistics->sent,
                           statistics->last, statistics->average, statistics->best, statistics->worst,
                           ttr_statistics_deviation(statistics));
    g_free(loss);
    for (const GList *link = last == NULL ? NULL : last->prev; link != NULL; link = link->prev)
        g_string_append_printf(out, "        |-- %s\n", (const char *)link->data);
}

/* "SOURCE -> TARGET:PORT". The caller frees it. */
static char *
title_of(const ttr_output_names_t *names, const ttr_trace_info_t *trace)
{
    char *target = host_text(names, trace->family, &trace->target);
    char source[TTR_TEXT_ADDRESS_MAX];
    char *title;

    ttr_text_address(trace->family, &trace->source, source);
    title = g_strdup_printf(strchr(target, ':') != NULL ? "%s -> [%s]:%u" : "%s -> %s:%u", source, target,
                            trace->dport);
    g_free(target);
    return title;
}

static void
write_trace(GString *out, const ttr_output_context_t *context, uint32_t index, bool is_first)
{
    ttr_trace_info_t trace;
    char *start, *title;
    GPtrArray *hops;
    int width;

    if (!ttr_path_trace(context->store, index, &trace))
        return;
    hops = collect_hops(context, &trace);
    start = ttr_format_date(trace.start_ns, "%Y-%m-%dT%H:%M:%S+0000");
    title = title_of(context->names, &trace);
    width = width_of(title, hops);
    g_string_append_printf(out, "%sStart: %s\nHOST: %-*s Loss%%   Snt   Last   Avg  Best  Wrst StDev\n",
                           is_first ? "" : "\n", start, width - HOST_INDENT, title);
    for (guint i = 0; i < hops->len; i++)
        write_hop(out, g_ptr_array_index(hops, i), width);
    g_free(start);
    g_free(title);
    g_ptr_array_unref(hops);
}

const ttr_output_t ttr_output_report = {.name = "report", .write_trace = write_trace};
