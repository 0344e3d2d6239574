/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_settings.h"

#include <epan/packet.h>
#include <epan/prefs.h>

#include "ttr_wsversion.h"

enum {
    CANDIDATE_TTL_MAX = 255,
    SECONDS_MAX = 86400,
    CANDIDATE_BOUND_MIN = 1000,
    CANDIDATE_BOUND_MAX = 100000000
};

#define NS_PER_SECOND INT64_C(1000000000)

static guint candidate_ttl;
static guint reply_limit;           /* seconds */
static guint run_gap;               /* seconds */
static guint candidate_bound;
static ttr_ws_bool_t info_column = TRUE;

void
ttr_settings_register(int proto)
{
    module_t *module = prefs_register_protocol(proto, NULL);
    ttr_config_t defaults = ttr_config_default();

    candidate_ttl = defaults.candidate_ttl;
    reply_limit = (guint)(defaults.reply_limit_ns / NS_PER_SECOND);
    run_gap = (guint)(defaults.run_gap_ns / NS_PER_SECOND);
    candidate_bound = defaults.candidate_bound;
    prefs_register_uint_preference(
        module, "candidate_ttl", "Highest TTL that begins a trace",
        "A TCP segment with a higher TTL or hop limit can join a trace, but not begin one (1 to 255).", 10,
        &candidate_ttl);
    prefs_register_uint_preference(
        module, "reply_limit", "Answers are late after (s)",
        "An answer that takes longer is noted as late (1 to 86400 seconds).", 10, &reply_limit);
    prefs_register_uint_preference(
        module, "run_gap", "A new trace begins after a silence of (s)",
        "A silence this long between two probes ends a trace (1 to 86400 seconds).", 10, &run_gap);
    prefs_register_uint_preference(
        module, "candidate_bound", "Possible probes kept at most",
        "How many segments and ICMP errors are kept between hosts that have no trace yet; those of the hosts that were "
        "silent longest are dropped (1000 to 100000000).",
        10, &candidate_bound);
    prefs_register_bool_preference(
        module, "info_column", "Append hop and reply to the Info column",
        "Whether the Info column of probes and replies names the hop and the frame of the other one.", &info_column);
}

ttr_config_t
ttr_settings_config(void)
{
    return (ttr_config_t){
        .candidate_ttl = (uint8_t)CLAMP(candidate_ttl, 1u, (guint)CANDIDATE_TTL_MAX),
        .reply_limit_ns = (int64_t)CLAMP(reply_limit, 1u, (guint)SECONDS_MAX) * NS_PER_SECOND,
        .run_gap_ns = (int64_t)CLAMP(run_gap, 1u, (guint)SECONDS_MAX) * NS_PER_SECOND,
        .candidate_bound = CLAMP(candidate_bound, (guint)CANDIDATE_BOUND_MIN, (guint)CANDIDATE_BOUND_MAX),
    };
}

bool
ttr_settings_has_info_column(void)
{
    return info_column;
}
