/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_hop_list.h"

#include <string.h>

#include "view_format.h"

/* While the responders of one hop are collected: a capture can hold as many of them as it has answers. */
typedef struct collector {
    ttr_view_hop_t *hop;
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

static void
hop_free(void *data)
{
    ttr_view_hop_t *hop = data;

    g_array_unref(hop->responders);
    g_free(hop);
}

static ttr_view_hop_t *
hop_new(const ttr_trace_info_t *trace, uint8_t ttl, guint first)
{
    ttr_view_hop_t *hop = g_new0(ttr_view_hop_t, 1);

    hop->ttl = ttl;
    hop->is_on_path = ttr_view_is_on_path(trace, ttl);
    hop->first = first;
    hop->responders = g_array_new(FALSE, TRUE, sizeof(ttr_view_responder_t));
    ttr_statistics_init(&hop->statistics);
    return hop;
}

/* Index of the one who sent the reply, which is new or known. */
static uint32_t
collect_responder(collector_t *collector, const ttr_reply_info_t *reply)
{
    GArray *responders = collector->hop->responders;
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(collector->indices, &reply->responder));
    ttr_view_responder_t responder = {.family = reply->family, .address = reply->responder};

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
ttr_view_add_mark(char marks[TTR_VIEW_MARKS_MAX], const ttr_reply_info_t *reply)
{
    char mark[TTR_MARK_MAX];

    ttr_path_mark(reply, mark);
    if (mark[0] == '\0' || strstr(marks, mark) != NULL || strlen(marks) + strlen(mark) + 2 > TTR_VIEW_MARKS_MAX)
        return;
    if (marks[0] != '\0')
        g_strlcat(marks, " ", TTR_VIEW_MARKS_MAX);
    g_strlcat(marks, mark, TTR_VIEW_MARKS_MAX);
}

/* Index of the responder, or TTR_VIEW_NOBODY. */
static uint32_t
collect_probe(collector_t *collector, const ttr_store_t *store, const ttr_probe_info_t *probe)
{
    ttr_view_responder_t *responder;
    ttr_reply_info_t reply;
    uint32_t index;

    collector->hop->count++;
    ttr_statistics_add_sent(&collector->hop->statistics);
    if (!ttr_view_first_reply(store, probe, &reply))
        return TTR_VIEW_NOBODY;
    ttr_statistics_add_rtt(&collector->hop->statistics, reply.rtt_ns);
    index = collect_responder(collector, &reply);
    responder = &g_array_index(collector->hop->responders, ttr_view_responder_t, index);
    ttr_statistics_add_sent(&responder->statistics);
    ttr_statistics_add_rtt(&responder->statistics, reply.rtt_ns);
    responder->kinds[reply.kind]++;
    responder->matches[reply.match]++;
    responder->states[reply.state]++;
    ttr_view_add_mark(responder->marks, &reply);
    if (ttr_path_extension(store, reply.id) != NULL)
        responder->extended_reply = reply.id;
    return index;
}

static void
collect_hops(ttr_view_hops_t *hops, const ttr_store_t *store)
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

ttr_view_hops_t *
ttr_view_hops_new(const ttr_store_t *store, uint32_t trace)
{
    ttr_trace_info_t info;
    ttr_view_hops_t *hops;

    if (!ttr_path_trace(store, trace, &info))
        return NULL;
    hops = g_new0(ttr_view_hops_t, 1);
    hops->trace = info;
    hops->probes = ttr_path_probes(store, trace);
    hops->answered_by = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    hops->hops = g_ptr_array_new_with_free_func(hop_free);
    collect_hops(hops, store);
    return hops;
}

void
ttr_view_hops_free(ttr_view_hops_t *hops)
{
    if (hops == NULL)
        return;
    g_ptr_array_unref(hops->hops);
    g_array_unref(hops->answered_by);
    g_array_unref(hops->probes);
    g_free(hops);
}

const ttr_view_hop_t *
ttr_view_hops_last_answered(const ttr_view_hops_t *hops)
{
    for (guint i = hops->hops->len; i > 0; i--) {
        const ttr_view_hop_t *hop = g_ptr_array_index(hops->hops, i - 1);

        if (hop->is_on_path && hop->responders->len > 0)
            return hop;
    }
    return NULL;
}

static void
append_interface(GString *text, const ttr_interface_t *interface)
{
    static const char *const roles[] = {"in", "sub-IP", "out", "next hop"};
    char digits[TTR_TEXT_ADDRESS_MAX];

    g_string_append_printf(text, "%s%s:", text->len == 0 ? "" : "; ", roles[interface->role & 3]);
    if (interface->name[0] != '\0')
        g_string_append_printf(text, " %s", interface->name);
    if (interface->has_index)
        g_string_append_printf(text, " index %u", interface->index);
    if (interface->family != 0) {
        ttr_text_address(interface->family, &interface->address, digits);
        g_string_append_printf(text, " %s", digits);
    }
    if (interface->has_mtu)
        g_string_append_printf(text, " MTU %u", interface->mtu);
}

char *
ttr_view_extension_text(const ttr_extension_t *extension)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < extension->mpls_count; i++) {
        const ttr_mpls_t *mpls = &extension->mpls[i];

        g_string_append_printf(text, "%sL=%u,E=%u,S=%u,T=%u", i == 0 ? "MPLS:" : "/", mpls->label, mpls->exp,
                               mpls->bottom, mpls->ttl);
    }
    for (size_t i = 0; i < extension->interface_count; i++)
        append_interface(text, &extension->interfaces[i]);
    return g_string_free(text, text->len == 0);
}
