/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `-z tcptraceroute,report`: each trace as `mtr --report-wide` prints one. A probe's first answer counts; the host
 * of a hop is the one that answered last, others follow on lines of their own.
 */
#include "views.h"

#include <stdio.h>
#include <string.h>

#include "ttr_statistics.h"
#include "view_format.h"
#include "view_markup.h"
#include "view_selection.h"

enum {
    COLUMNS_MIN = 33,           /* of the hosts, as mtr has it without -w */
    HOST_INDENT = 6,            /* "HOST: " */
    HOP_INDENT = 8              /* "  1.|-- " */
};

/* One TTL. */
typedef struct hop {
    uint8_t ttl;
    GPtrArray *hosts;           /* owned: names or addresses, each once, the one that answered last at the end */
    ttr_statistics_t statistics;
} hop_t;

static void
hop_free(void *data)
{
    hop_t *hop = data;

    g_ptr_array_unref(hop->hosts);
    g_free(hop);
}

static hop_t *
hop_new(uint8_t ttl)
{
    hop_t *hop = g_new0(hop_t, 1);

    hop->ttl = ttl;
    hop->hosts = g_ptr_array_new_with_free_func(g_free);
    ttr_statistics_init(&hop->statistics);
    return hop;
}

/* The name when one is known, else the address. The caller frees it. */
static char *
host_text(uint8_t family, const ttr_address_t *address)
{
    const char *name = ttr_view_host_name(family, address);
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    return name == NULL ? g_strdup(digits) : ttr_markup_plain(name);
}

static void
hop_add_host(hop_t *hop, char *host)
{
    for (guint i = 0; i < hop->hosts->len; i++) {
        if (strcmp(g_ptr_array_index(hop->hosts, i), host) == 0) {
            g_ptr_array_remove_index(hop->hosts, i);
            break;
        }
    }
    g_ptr_array_add(hop->hosts, host);
}

static void
hop_add_probe(hop_t *hop, const ttr_store_t *store, const ttr_probe_info_t *probe)
{
    ttr_reply_info_t reply;

    ttr_statistics_add_sent(&hop->statistics);
    if (!ttr_view_first_reply(store, probe, &reply))
        return;
    ttr_statistics_add_rtt(&hop->statistics, reply.rtt_ns);
    hop_add_host(hop, host_text(reply.family, &reply.responder));
}

/* The hops up to the target, by TTL. The caller frees the array. */
static GPtrArray *
collect_hops(const ttr_store_t *store, const ttr_trace_info_t *trace)
{
    GPtrArray *hops = g_ptr_array_new_with_free_func(hop_free);
    GArray *probes = ttr_path_probes(store, trace->index);
    ttr_probe_info_t probe;
    hop_t *hop = NULL;

    for (guint i = 0; i < probes->len; i++) {
        ttr_path_probe(store, g_array_index(probes, uint32_t, i), &probe);
        if (!ttr_view_is_on_path(trace, probe.ttl))
            break;
        if (hop == NULL || hop->ttl != probe.ttl) {
            hop = hop_new(probe.ttl);
            g_ptr_array_add(hops, hop);
        }
        hop_add_probe(hop, store, &probe);
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

        for (guint j = 0; j < hop->hosts->len; j++)
            width = MAX(width, strlen(g_ptr_array_index(hop->hosts, j)) + HOP_INDENT);
    }
    return (int)width;
}

static void
print_hop(const hop_t *hop, int width)
{
    const ttr_statistics_t *statistics = &hop->statistics;
    guint count = hop->hosts->len;
    char loss[16];

    /* mtr's column is one too narrow for "100.0%". */
    g_snprintf(loss, sizeof loss, "%.1f%%", ttr_statistics_loss(statistics));
    printf(" %2u.|-- %-*s %5.5s %5u  %5.1f %5.1f %5.1f %5.1f %5.1f\n", hop->ttl, width - HOP_INDENT,
           count == 0 ? "???" : (const char *)g_ptr_array_index(hop->hosts, count - 1), loss, statistics->sent,
           statistics->last, statistics->average, statistics->best, statistics->worst,
           ttr_statistics_deviation(statistics));
    for (guint i = count; i > 1; i--)
        printf("        |-- %s\n", (const char *)g_ptr_array_index(hop->hosts, i - 2));
}

static void
print_trace(const ttr_store_t *store, uint32_t index, bool is_first)
{
    char source[TTR_TEXT_ADDRESS_MAX];
    ttr_trace_info_t trace;
    char *start, *target, *title;
    GPtrArray *hops;
    int width;

    if (!ttr_path_trace(store, index, &trace))
        return;
    hops = collect_hops(store, &trace);
    start = ttr_view_date(trace.start_ns, "%Y-%m-%dT%H:%M:%S+0000");
    ttr_text_address(trace.family, &trace.source, source);
    target = host_text(trace.family, &trace.target);
    title = g_strdup_printf(strchr(target, ':') != NULL ? "%s -> [%s]:%u" : "%s -> %s:%u", source, target, trace.dport);
    width = width_of(title, hops);
    printf("%sStart: %s\nHOST: %-*s Loss%%   Snt   Last   Avg  Best  Wrst StDev\n", is_first ? "" : "\n", start,
           width - HOST_INDENT, title);
    for (guint i = 0; i < hops->len; i++)
        print_hop(g_ptr_array_index(hops, i), width);
    g_free(start);
    g_free(target);
    g_free(title);
    g_ptr_array_unref(hops);
}

void
view_report_register(void)
{
    static ttr_view_t view = {.command = "tcptraceroute,report", .print = print_trace};

    ttr_view_register(&view);
}
