/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_quote_cases.h"

enum { TCP_AT = 8 + 20 };

const unit_quote_case_t unit_quote_cases_ipv4[] = {
    {"eight_bytes_of_tcp_give_ports_and_seq_only", "ipv4_quote_of_28_bytes", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4_START, .length = 40}}},
    {"twenty_bytes_of_tcp_give_flags_and_checksum", "ipv4_quote_of_40_bytes", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}}},
    {"time_stamp_of_the_quoted_tcp_is_read", "ipv4_quote_of_60_bytes", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4_START, .length = 60, .has_flags = true, .tcp_flags = TTR_TCP_SYN,
                               .has_checksum = true, .checksum = 0x033e, .tsval = 0x00123456}}},
    {"options_of_the_quoted_ip_header_are_skipped", "ipv4_quote_with_ip_options", TTR_QUOTE_TCP, 8 + 28,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(48)}}},
    {"zeros_behind_a_padded_quote_are_no_extension", "ipv4_quote_padded_with_zeros", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}}},
    {"zeros_beyond_128_bytes_are_no_extension", "ipv4_long_quote_of_zeros", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(148)}}},
    {"later_fragment_has_no_tcp_header", "ipv4_later_fragment", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"first_fragment_has_one", "ipv4_first_fragment", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}}},
    {"quote_of_udp_is_not_tcp", "ipv4_quote_of_udp", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"total_length_with_swapped_bytes_is_kept_as_quoted", "ipv4_total_length_byte_swapped", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(0x2800)}}},
    {"total_length_of_zero_hides_nothing", "ipv4_total_length_zero", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(0)}}},
    {"total_length_less_the_header_hides_nothing", "ipv4_total_length_without_header", TTR_QUOTE_TCP, TCP_AT,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(20)}}},
    {"quoted_header_of_16_bytes_is_none", "ipv4_quoted_ihl_of_4", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"ipv6_in_an_icmp_message_is_none", "ipv4_quoted_version_6", TTR_QUOTE_NOT_TCP, 0, {0}},
    {"fragmentation_needed_has_the_next_hop_mtu", "ipv4_fragmentation_needed", TTR_QUOTE_TCP, TCP_AT,
     {.type = 3, .code = 4, .kind = TTR_KIND_UNREACHABLE, .mtu = 1400, .quote = {QUOTE_IPV4(1500)}}},
    {"prohibited_is_an_unreachable", "ipv4_prohibited", TTR_QUOTE_TCP, TCP_AT,
     {.type = 3, .code = 13, .kind = TTR_KIND_UNREACHABLE, .quote = {QUOTE_IPV4(40)}}},
    {"parameter_problem_is_another_error", "ipv4_parameter_problem", TTR_QUOTE_TCP, TCP_AT,
     {.type = 12, .kind = TTR_KIND_OTHER_ICMP, .quote = {QUOTE_IPV4(40)}}},
    {"redirect_is_no_error", "ipv4_redirect", TTR_QUOTE_NOT_AN_ERROR, 0, {0}},
    {"source_quench_is_no_error", "ipv4_source_quench", TTR_QUOTE_NOT_AN_ERROR, 0, {0}},
    {"echo_reply_is_no_error", "ipv4_echo_reply", TTR_QUOTE_NOT_AN_ERROR, 0, {0}},
};

const size_t unit_quote_cases_ipv4_count = sizeof unit_quote_cases_ipv4 / sizeof unit_quote_cases_ipv4[0];
