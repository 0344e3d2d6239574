/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_types.h"

const char *
ttr_kind_name(ttr_kind_t kind)
{
    switch (kind) {
    case TTR_KIND_TIME_EXCEEDED:  return "time-exceeded";
    case TTR_KIND_UNREACHABLE:    return "unreachable";
    case TTR_KIND_PACKET_TOO_BIG: return "packet-too-big";
    case TTR_KIND_SYN_ACK:        return "syn-ack";
    case TTR_KIND_RST:            return "rst";
    case TTR_KIND_SYN:            return "syn";
    case TTR_KIND_ACK:            return "ack";
    case TTR_KIND_OTHER_TCP:      return "other-tcp";
    case TTR_KIND_OTHER_ICMP:     return "other-icmp";
    }
    return "";
}

const char *
ttr_match_name(ttr_match_t match)
{
    switch (match) {
    case TTR_MATCH_IP_ID:      return "ip-id";
    case TTR_MATCH_PORTS_SEQ:  return "ports-seq";
    case TTR_MATCH_IP_ID_SEQ:  return "ip-id-seq";
    case TTR_MATCH_IP_ID_ONLY: return "ip-id-only";
    case TTR_MATCH_SEQ_ONLY:   return "seq-only";
    case TTR_MATCH_PORTS:      return "ports";
    case TTR_MATCH_ACK:        return "ack";
    case TTR_MATCH_SEQ:        return "seq";
    case TTR_MATCH_SACK:       return "sack";
    case TTR_MATCH_ORDER:      return "order";
    }
    return "";
}

const char *
ttr_state_name(ttr_state_t state)
{
    switch (state) {
    case TTR_STATE_UNKNOWN:    return "unknown";
    case TTR_STATE_OPEN:       return "open";
    case TTR_STATE_CLOSED:     return "closed";
    case TTR_STATE_FILTERED:   return "filtered";
    case TTR_STATE_UNFILTERED: return "unfiltered";
    }
    return "";
}

bool
ttr_kind_is_icmp(ttr_kind_t kind)
{
    switch (kind) {
    case TTR_KIND_TIME_EXCEEDED:
    case TTR_KIND_UNREACHABLE:
    case TTR_KIND_PACKET_TOO_BIG:
    case TTR_KIND_OTHER_ICMP:
        return true;
    case TTR_KIND_SYN_ACK:
    case TTR_KIND_RST:
    case TTR_KIND_SYN:
    case TTR_KIND_ACK:
    case TTR_KIND_OTHER_TCP:
        return false;
    }
    return false;
}
