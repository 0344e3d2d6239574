/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What each packet says, worked out by hand from the RFCs.
 */
#ifndef UNIT_QUOTE_CASES_H
#define UNIT_QUOTE_CASES_H

#include "ttr_quote.h"

typedef struct unit_quote_case {
    const char *name;           /* a sentence */
    const char *packet;         /* name in unit_packets.h */
    ttr_quote_result_t result;
    size_t tcp_at;              /* first byte of the quoted TCP header, TTR_QUOTE_TCP only */
    ttr_icmp_t icmp;            /* what must come out, TTR_QUOTE_TCP only */
} unit_quote_case_t;

extern const unit_quote_case_t unit_quote_cases_ipv4[];
extern const size_t unit_quote_cases_ipv4_count;
extern const unit_quote_case_t unit_quote_cases_extension[];
extern const size_t unit_quote_cases_extension_count;
extern const unit_quote_case_t unit_quote_cases_length[];
extern const size_t unit_quote_cases_length_count;
extern const unit_quote_case_t unit_quote_cases_ipv6[];
extern const size_t unit_quote_cases_ipv6_count;

/* The quoted SYN, as far as 8 bytes of TCP tell it. */
#define QUOTE_IPV4_START \
    .family = TTR_FAMILY_IPV4, .ttl = 1, .tos = 0x08, .ip_id = 0x1234, .source = {{203, 0, 113, 1}}, \
    .target = {{192, 0, 2, 9}}, .sport = 40000, .dport = 80, .seq = 0x5eed0001
#define QUOTE_IPV6_START \
    .family = TTR_FAMILY_IPV6, .ttl = 1, .tos = 0x20, .flow_label = 0x12345, \
    .source = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, \
    .target = {{0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}}, .sport = 40000, .dport = 80, \
    .seq = 0x5eed0001

/* The same with the rest of the TCP header. */
#define QUOTE_IPV4(quoted_length) \
    QUOTE_IPV4_START, .length = (quoted_length), .has_flags = true, .tcp_flags = TTR_TCP_SYN, .has_checksum = true, \
    .checksum = 0x9f88
#define QUOTE_IPV6(quoted_length) \
    QUOTE_IPV6_START, .length = (quoted_length), .has_flags = true, .tcp_flags = TTR_TCP_SYN, .has_checksum = true, \
    .checksum = 0x420f

#define EXCEEDED_IPV4 .type = 11, .kind = TTR_KIND_TIME_EXCEEDED
#define EXCEEDED_IPV6 .type = 3, .kind = TTR_KIND_TIME_EXCEEDED

#endif
