/* SPDX-License-Identifier: GPL-2.0-or-later */
#define WS_LOG_DOMAIN "tcptraceroute"

#include "ttr_file.h"

#include <wireshark.h>
#include <epan/packet.h>
#include <wsutil/wslog.h>

#include "ttr_settings.h"

enum { INSIGHTS_MAX = 256 };    /* that are kept: frames of so many traces may stand between each other */

static int protocol;
static ttr_store_t *store;          /* owned */
static ttr_config_t config;
static bool has_warned;
static bool has_second_pass;
static GHashTable *insights;        /* owned: trace -> ttr_insight_t, owned, NULL for none; NULL: none was asked for */

static void
free_insight(void *data)
{
    ttr_insight_free(data);
}

static void
end_file(void)
{
    g_clear_pointer(&insights, g_hash_table_destroy);
    ttr_store_free(store);
    store = NULL;
}

static void
begin_file(void)
{
    end_file();
    has_warned = false;
    has_second_pass = false;
    config = ttr_settings_config();
    if (proto_is_protocol_enabled(find_protocol_by_id(protocol)))
        store = ttr_store_new(&config);
}

void
ttr_file_register(int proto)
{
    protocol = proto;
    register_init_routine(begin_file);
    register_cleanup_routine(end_file);
    register_shutdown_routine(end_file);
}

ttr_store_t *
ttr_file_store(void)
{
    return store;
}

const ttr_insight_t *
ttr_file_insight(uint32_t trace)
{
    gpointer key = GUINT_TO_POINTER(trace);
    gpointer known;

    if (insights == NULL)
        insights = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_insight);
    if (g_hash_table_lookup_extended(insights, key, NULL, &known))
        return known;
    if (g_hash_table_size(insights) >= INSIGHTS_MAX)
        g_hash_table_remove_all(insights);
    known = ttr_insight_new(store, trace);
    g_hash_table_insert(insights, key, known);
    return known;
}

void
ttr_file_see_again(void)
{
    has_second_pass = true;
}

bool
ttr_file_has_second_pass(void)
{
    return has_second_pass;
}

void
ttr_file_observe(const ttr_observation_t *observation)
{
    g_clear_pointer(&insights, g_hash_table_destroy);   /* which it may contradict */
    ttr_store_observe(store, observation);
    if (has_warned || ttr_path_dropped_count(store) == 0)
        return;
    has_warned = true;
    ws_warning("frame %u: more than %u segments may be probes of a traceroute; the oldest are dropped, and early "
               "probes may be missing (preference tcptraceroute.candidate_bound)",
               observation->frame, config.candidate_bound);
}
