/* SPDX-License-Identifier: GPL-2.0-or-later */
#define WS_LOG_DOMAIN "tcptraceroute"

#include "ttr_file.h"

#include <wireshark.h>
#include <epan/packet.h>
#include <wsutil/wslog.h>

#include "ttr_settings.h"

static int protocol;
static ttr_store_t *store;          /* owned */
static ttr_config_t config;
static GArray *targets;             /* owned: ttr_endpoint_t by trace */
static bool has_warned;

static void
end_file(void)
{
    ttr_store_free(store);
    store = NULL;
    if (targets != NULL)
        g_array_set_size(targets, 0);
}

static void
begin_file(void)
{
    end_file();
    has_warned = false;
    config = ttr_settings_config();
    if (proto_is_protocol_enabled(find_protocol_by_id(protocol)))
        store = ttr_store_new(&config);
}

static void
end_program(void)
{
    end_file();
    if (targets != NULL)
        g_array_unref(targets);
    targets = NULL;
}

void
ttr_file_register(int proto)
{
    protocol = proto;
    targets = g_array_new(FALSE, FALSE, sizeof(ttr_endpoint_t));
    register_init_routine(begin_file);
    register_cleanup_routine(end_file);
    register_shutdown_routine(end_program);
}

ttr_store_t *
ttr_file_store(void)
{
    return store;
}

void
ttr_file_observe(const ttr_observation_t *observation)
{
    ttr_store_observe(store, observation);
    if (has_warned || ttr_path_dropped_count(store) == 0)
        return;
    has_warned = true;
    ws_warning("frame %u: more than %u segments may be probes of a traceroute; the oldest are dropped, and early "
               "probes may be missing (preference tcptraceroute.candidate_bound)",
               observation->frame, config.candidate_bound);
}

const ttr_endpoint_t *
ttr_file_target(uint32_t trace)
{
    while (targets->len <= trace) {
        ttr_trace_info_t info = {.index = 0};
        ttr_endpoint_t target;

        ttr_path_trace(store, targets->len, &info);
        target = (ttr_endpoint_t){.family = info.family, .address = info.target};
        g_array_append_val(targets, target);
    }
    return &g_array_index(targets, ttr_endpoint_t, trace);
}
