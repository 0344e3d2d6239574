/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of the public interface.
 */
#include "ttr_insight.h"

const char *
ttr_finding_kind_name(ttr_finding_kind_t kind)
{
    static const char *const names[] = {
        [TTR_FINDING_CHANGED] = "changed",
        [TTR_FINDING_NAT] = "nat",
        [TTR_FINDING_DNAT] = "dnat",
        [TTR_FINDING_TRANSLATED] = "translated",
        [TTR_FINDING_SILENT] = "silent",
        [TTR_FINDING_RATE_LIMIT] = "rate-limit",
        [TTR_FINDING_ANSWERS_ONLY] = "answers-only",
        [TTR_FINDING_LOSS] = "loss",
        [TTR_FINDING_REFUSED] = "refused",
        [TTR_FINDING_ANSWERED_BY] = "answered-by",
        [TTR_FINDING_TWO_BOXES] = "two-boxes",
        [TTR_FINDING_SYN_PROXY] = "syn-proxy",
        [TTR_FINDING_OTHER_RESET] = "other-reset",
        [TTR_FINDING_SHARED_NAT] = "shared-nat",
        [TTR_FINDING_PER_PACKET] = "per-packet",
        [TTR_FINDING_PER_FLOW] = "per-flow",
        [TTR_FINDING_BALANCED] = "balanced",
        [TTR_FINDING_PATH_CHANGED] = "path-changed",
        [TTR_FINDING_LOOP] = "loop",
        [TTR_FINDING_SLOW_ANSWERS] = "slow-answers",
        [TTR_FINDING_DELAY_STEP] = "delay-step",
        [TTR_FINDING_PORT_DROPPED] = "port-dropped",
        [TTR_FINDING_PORT_REFUSED] = "port-refused",
        [TTR_FINDING_PATHS_DIFFER] = "paths-differ",
        [TTR_FINDING_ECN_ARRIVAL] = "ecn-arrival",
    };

    return names[kind];
}

const char *
ttr_field_name(ttr_field_t field)
{
    static const char *const names[TTR_FIELDS] = {
        [TTR_FIELD_NONE] = "",
        [TTR_FIELD_DSCP] = "dscp",
        [TTR_FIELD_ECN] = "ecn",
        [TTR_FIELD_IP_ID] = "ip-id",
        [TTR_FIELD_DF] = "df",
        [TTR_FIELD_LENGTH] = "length",
        [TTR_FIELD_FLOW_LABEL] = "flow-label",
        [TTR_FIELD_SOURCE] = "source",
        [TTR_FIELD_TARGET] = "target",
        [TTR_FIELD_SPORT] = "sport",
        [TTR_FIELD_DPORT] = "dport",
        [TTR_FIELD_SEQ] = "seq",
        [TTR_FIELD_ACK] = "ack",
        [TTR_FIELD_FLAGS] = "flags",
        [TTR_FIELD_WINDOW] = "window",
        [TTR_FIELD_URGENT] = "urgent",
        [TTR_FIELD_CHECKSUM] = "checksum",
        [TTR_FIELD_MSS] = "mss",
        [TTR_FIELD_WINDOW_SCALE] = "window-scale",
        [TTR_FIELD_TIMESTAMPS] = "timestamps",
        [TTR_FIELD_OPTIONS] = "options",
    };

    return names[field];
}

const char *
ttr_silence_name(ttr_silence_t silence)
{
    static const char *const names[] = {
        [TTR_SILENCE_NONE] = "",
        [TTR_SILENCE_SILENT] = "silent",
        [TTR_SILENCE_BEYOND] = "beyond",
        [TTR_SILENCE_RATE_LIMIT] = "rate-limit",
        [TTR_SILENCE_ANSWERS_ONLY] = "answers-only",
        [TTR_SILENCE_LOSS] = "loss",
        [TTR_SILENCE_UNCLEAR] = "unclear",
    };

    return names[silence];
}
