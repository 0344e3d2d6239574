/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_quote_cases.h"

enum { TCP_AT = 8 + 40 };

const unit_quote_case_t unit_quote_cases_ipv6[] = {
    {"ipv6_quote_has_flow_label_and_traffic_class", "ipv6_full_quote", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV6, .quote = {QUOTE_IPV6(20)}}},
    {"ipv6_quote_may_end_after_ports_and_seq", "ipv6_quote_of_8_tcp_bytes", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV6, .quote = {QUOTE_IPV6_START, .length = 20}}},
    {"extension_headers_and_a_first_fragment_are_skipped", "ipv6_extension_headers", TTR_QUOTE_TCP, TCP_AT + 8 + 16 + 8,
     {EXCEEDED_IPV6, .quote = {QUOTE_IPV6(52)}}},
    {"ipv6_later_fragment_has_no_tcp_header", "ipv6_later_fragment", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"routing_and_authentication_headers_are_skipped", "ipv6_routing_and_authentication", TTR_QUOTE_TCP,
     TCP_AT + 24 + 24, {EXCEEDED_IPV6, .quote = {QUOTE_IPV6(68)}}},
    {"ipv6_quote_of_udp_is_not_tcp", "ipv6_quote_of_udp", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"unknown_header_hides_what_follows", "ipv6_unknown_header", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"ipv6_extension_stands_behind_16_double_words", "ipv6_extension_after_128_bytes", TTR_QUOTE_TCP, TCP_AT,
     {.type = 1, .code = 1, .kind = TTR_KIND_UNREACHABLE, .quote = {QUOTE_IPV6(20)},
      .extension = {.object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{24015, 0, 1, 1}}}}},
    {"packet_too_big_has_the_mtu_and_no_length", "ipv6_packet_too_big", TTR_QUOTE_TCP, TCP_AT,
     {.type = 2, .kind = TTR_KIND_PACKET_TOO_BIG, .mtu = 1280, .quote = {QUOTE_IPV6(1440)}}},
    {"ipv6_parameter_problem_is_another_error", "ipv6_parameter_problem", TTR_QUOTE_TCP, TCP_AT,
     {.type = 4, .code = 1, .kind = TTR_KIND_OTHER_ICMP, .quote = {QUOTE_IPV6(20)}}},
    {"payload_length_of_zero_hides_nothing", "ipv6_payload_length_zero", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV6, .quote = {QUOTE_IPV6(0)}}},
    {"ipv4_in_an_icmpv6_message_is_none", "ipv6_quoted_version_4", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"ipv6_echo_reply_is_no_error", "ipv6_echo_reply", TTR_QUOTE_NOT_AN_ERROR, 0, {0}},
    {"neighbour_solicitation_is_no_error", "ipv6_neighbour_solicitation", TTR_QUOTE_NOT_AN_ERROR, 0, {0}},
};

const size_t unit_quote_cases_ipv6_count = sizeof unit_quote_cases_ipv6 / sizeof unit_quote_cases_ipv6[0];
