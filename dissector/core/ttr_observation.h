/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An observation: what one frame says, as plain values. No pointers, so that it may be kept, copied and made up.
 */
#ifndef TTR_OBSERVATION_H
#define TTR_OBSERVATION_H

#include "ttr_header.h"
#include "ttr_quote.h"
#include "ttr_types.h"

/* Times further from 1970 than this (1823, 2116) are taken as this, so that differences of times are numbers. */
#define TTR_TIME_MAX_NS (INT64_MAX / 2)

/* How many kinds of options are kept one by one. Kernels and tools send ten at most. */
#define TTR_KINDS_MAX 16

/* The IP header nearest to the TCP segment or ICMP message. */
typedef struct ttr_ip {
    uint8_t family;             /* TTR_FAMILY_IPV4 or TTR_FAMILY_IPV6 */
    uint8_t ttl;                /* or hop limit */
    uint8_t tos;                /* or traffic class */
    bool dont_fragment;         /* IPv4 */
    uint16_t id;                /* IPv4 */
    uint32_t flow_label;        /* IPv6 */
    uint32_t length;            /* of the whole IP packet, bytes */
    ttr_address_t source;
    ttr_address_t target;
} ttr_ip_t;

typedef struct ttr_tcp {
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
    uint32_t ack;
    uint16_t flags;             /* TTR_TCP_* */
    uint16_t window;
    uint16_t checksum;
    uint32_t length;            /* of the segment with its header, bytes on the wire */
    uint32_t payload;           /* of these behind the header */
    ttr_header_t header;        /* of a SYN: all behind seq, but for what the IP header says */
    uint16_t sum;               /* the Internet checksum's sum over the segment without its pseudo header, if has_sum */
    bool has_sum;               /* the whole segment is there, and short */
    uint32_t options;           /* a hash over the kinds of options in their order: 0 when there are none */
    uint8_t kind_count;         /* of the kinds below */
    uint8_t kinds[TTR_KINDS_MAX]; /* the first kinds of options, in their order */
    uint32_t tsval;             /* of the time stamp option (RFC 7323), 0 when there is none */
    uint32_t tsecr;             /* the same: the echo */
    bool has_sack;
    uint32_t sack_left;         /* first SACK block (RFC 2018: it holds the segment that caused this ACK) */
    uint32_t sack_right;
} ttr_tcp_t;

typedef enum {
    TTR_OBSERVED_TCP,
    TTR_OBSERVED_ICMP
} ttr_observed_t;

typedef struct ttr_observation {
    uint32_t frame;             /* from 1, rising */
    uint8_t layer;              /* tells apart several packets in one frame; the same in every pass */
    int64_t time_ns;            /* capture time since 1970, nanoseconds; see TTR_TIME_MAX_NS */
    uint32_t point;             /* capture point, see ttr_point.h; 0: unknown */
    ttr_observed_t what;
    ttr_ip_t ip;
    union {
        ttr_tcp_t tcp;
        ttr_icmp_t icmp;
    };
} ttr_observation_t;

#endif
