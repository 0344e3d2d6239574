/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_hop_list.h"

#include <string.h>

/* While the responders of one hop are collected: a capture can hold as many of them as it has answers. */
typedef struct collector {
    ttr_hop_t *hop;
    GHashTable *indices;        /* owned: address (owned) -> index in hop->responders + 1 */
} collector_t;

static guint
address_hash(const void *key)
{
    const ttr_address_t *address = key;
    uint32_t words[4];

    memcpy(words, address->bytes, sizeof words);
    return words[0] ^ words[1] * 31 ^ words[2] * 961 ^ words[3] * 29791;
}

static gboolean
address_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ttr_address_t)) == 0;
}

bool
ttr_hops_is_on_path(const ttr_trace_info_t *trace, uint8_t ttl)
{
    return !trace->is_reached || ttl <= trace->path_length;
}

static void
hop_free(void *data)
{
    ttr_hop_t *hop = data;

    g_array_unref(hop->responders);
    g_free(hop);
}

static ttr_hop_t *
hop_new(const ttr_trace_info_t *trace, uint8_t ttl, guint first)
{
    ttr_hop_t *hop = g_new0(ttr_hop_t, 1);

    hop->ttl = ttl;
    hop->is_on_path = ttr_hops_is_on_path(trace, ttl);
    hop->first = first;
    hop->responders = g_array_new(FALSE, TRUE, sizeof(ttr_responder_t));
    ttr_statistics_init(&hop->statistics);
    return hop;
}

/* Index of the one who sent the reply, which is new or known. */
static uint32_t
collect_responder(collector_t *collector, const ttr_reply_info_t *reply)
{
    GArray *responders = collector->hop->responders;
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(collector->indices, &reply->responder));
    ttr_responder_t responder = {.family = reply->family, .address = reply->responder};

    if (index == 0) {
        ttr_address_t *key = g_new(ttr_address_t, 1);

        *key = reply->responder;
        ttr_statistics_init(&responder.statistics);
        g_array_append_val(responders, responder);
        index = responders->len;
        g_hash_table_insert(collector->indices, key, GUINT_TO_POINTER(index));
    }
    return index - 1;
}

void
ttr_marks_add(char marks[TTR_MARKS_MAX], const ttr_reply_info_t *reply)
{
    char mark[TTR_MARK_MAX];

    ttr_path_mark(reply, mark);
    if (mark[0] == '\0' || strstr(marks, mark) != NULL || strlen(marks) + strlen(mark) + 2 > TTR_MARKS_MAX)
        return;
    if (marks[0] != '\0')
        g_strlcat(marks, " ", TTR_MARKS_MAX);
    g_strlcat(marks, mark, TTR_MARKS_MAX);
}

/* Index of the responder, or TTR_HOPS_NOBODY. */
static uint32_t
collect_probe(collector_t *collector, const ttr_store_t *store, const ttr_probe_info_t *probe)
{
    ttr_responder_t *responder;
    ttr_reply_info_t reply;
    uint32_t index;

    collector->hop->count++;
    ttr_statistics_add_sent(&collector->hop->statistics);
    if (probe->is_in_flight)
        ttr_statistics_add_in_flight(&collector->hop->statistics);
    if (!ttr_path_reply(store, probe->first_reply, &reply))
        return TTR_HOPS_NOBODY;
    ttr_statistics_add_rtt(&collector->hop->statistics, reply.rtt_ns);
    index = collect_responder(collector, &reply);
    responder = &g_array_index(collector->hop->responders, ttr_responder_t, index);
    ttr_statistics_add_sent(&responder->statistics);
    ttr_statistics_add_rtt(&responder->statistics, reply.rtt_ns);
    responder->kinds[reply.kind]++;
    responder->states[reply.state]++;
    ttr_marks_add(responder->marks, &reply);
    if (ttr_path_extension(store, reply.id) != NULL)
        responder->extended_reply = reply.id;
    return index;
}

static void
collect_hops(ttr_hops_t *hops, const ttr_store_t *store)
{
    collector_t collector = {.indices = g_hash_table_new_full(address_hash, address_equal, g_free, NULL)};
    ttr_probe_info_t probe;
    uint32_t index;

    for (guint i = 0; i < hops->probes->len; i++) {
        ttr_path_probe(store, g_array_index(hops->probes, uint32_t, i), &probe);
        if (collector.hop == NULL || collector.hop->ttl != probe.ttl) {
            collector.hop = hop_new(&hops->trace, probe.ttl, i);
            g_ptr_array_add(hops->hops, collector.hop);
            g_hash_table_remove_all(collector.indices);
        }
        index = collect_probe(&collector, store, &probe);
        g_array_append_val(hops->answered_by, index);
    }
    g_hash_table_destroy(collector.indices);
}

ttr_hops_t *
ttr_hops_new(const ttr_store_t *store, uint32_t trace)
{
    ttr_trace_info_t info;
    ttr_hops_t *hops;

    if (!ttr_path_trace(store, trace, &info))
        return NULL;
    hops = g_new0(ttr_hops_t, 1);
    hops->trace = info;
    hops->probes = ttr_path_last_stretch(store, &info);
    hops->answered_by = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    hops->hops = g_ptr_array_new_with_free_func(hop_free);
    collect_hops(hops, store);
    return hops;
}

void
ttr_hops_free(ttr_hops_t *hops)
{
    if (hops == NULL)
        return;
    g_ptr_array_unref(hops->hops);
    g_array_unref(hops->answered_by);
    g_array_unref(hops->probes);
    g_free(hops);
}
