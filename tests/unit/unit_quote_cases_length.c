/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_quote_cases.h"

enum {
    AT_IPV4 = 8 + 20,
    AT_IPV6 = 8 + 40
};

/* One object with one label, as most of the packets have it. */
#define LABEL .object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{16001, 2, 1, 1}}

#define IPV4(case_name, packet_name, ...) \
    {case_name, packet_name, TTR_QUOTE_TCP, AT_IPV4, {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}, __VA_ARGS__}}
#define IPV4_SHORT(case_name, packet_name, ...) \
    {case_name, packet_name, TTR_QUOTE_TCP, AT_IPV4, \
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4_START, .length = 40}, __VA_ARGS__}}
#define IPV6(case_name, packet_name, ...) \
    {case_name, packet_name, TTR_QUOTE_TCP, AT_IPV6, {EXCEEDED_IPV6, .quote = {QUOTE_IPV6(20)}, __VA_ARGS__}}

const unit_quote_case_t unit_quote_cases_length[] = {
    IPV4("where_17_words_are_announced_128_is_looked_at", "ipv4_17_words_extension_at_128", .extension = {LABEL}),
    IPV4("length_of_1_word_loses_nothing", "ipv4_1_word", .extension = {0}),
    IPV4_SHORT("length_of_6_words_loses_nothing", "ipv4_6_words", .extension = {0}),
    IPV4("length_below_the_headers_loses_nothing_before_an_extension", "ipv4_3_words_extension_at_128",
         .extension = {LABEL}),
    IPV4_SHORT("zeros_behind_7_words_are_no_tcp", "ipv4_7_words_zeros_extension_at_128", .extension = {LABEL}),
    IPV4_SHORT("what_lies_behind_the_announced_length_is_no_quote", "ipv4_7_words_more_bytes_extension_at_128",
               .extension = {LABEL}),
    IPV4_SHORT("zeros_behind_8_bytes_of_tcp_are_no_flags", "ipv4_8_tcp_bytes_zeros", .extension = {0}),
    IPV4("announced_structure_needs_no_checksum", "ipv4_checksum_0_announced", .extension = {LABEL}),
    IPV4("two_objects_without_checksum", "ipv4_checksum_0_and_two_objects",
         .extension = {.object_count = 2, .objects = {{1, 1, 4}, {3, 1, 4}}, .mpls_count = 1,
                       .mpls = {{16001, 2, 1, 1}}}),
    IPV4("structure_elsewhere_needs_one", "ipv4_checksum_0_at_128", .extension = {0}),
    IPV4("structure_that_none_announces_needs_one", "ipv4_checksum_0_no_length", .extension = {0}),
    IPV4("announced_structure_with_wrong_checksum_is_told", "ipv4_wrong_checksum_announced",
         .is_extension_wrong = true),
    IPV4("structure_at_128_with_wrong_checksum_is_told", "ipv4_wrong_checksum_at_128", .is_extension_wrong = true),
    IPV4("length_beyond_the_end_is_ignored", "ipv4_255_words_extension_at_128", .extension = {LABEL}),
    IPV4("length_above_128_bytes_is_followed", "ipv4_40_words_extension_at_160", .extension = {LABEL}),
    IPV4("right_checksum_at_128_beats_none_where_announced", "ipv4_17_words_checksum_0_there_right_at_128",
         .extension = {.object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{77, 0, 1, 1}}}),
    IPV4("an_octet_of_the_quote_is_no_version", "ipv4_17_words_quote_begins_with_2", .extension = {0}),
    IPV4("node_id_is_kept_as_an_object", "ipv4_node_id",
         .extension = {.object_count = 2, .objects = {{5, 6, 16}, {1, 1, 4}}, .mpls_count = 1,
                       .mpls = {{16001, 2, 1, 1}}}),
    IPV4("object_of_length_0_ends_the_list", "ipv4_object_length_0", .extension = {0}),
    IPV6("icmpv6_counts_in_8_bytes", "ipv6_16_units_extension_at_128", .extension = {LABEL}),
    IPV6("where_8_units_are_announced_128_is_looked_at", "ipv6_8_units_extension_at_128", .extension = {LABEL}),
    IPV6("length_of_1_unit_loses_nothing", "ipv6_1_unit", .extension = {0}),
    IPV6("length_of_the_ipv6_header_loses_nothing", "ipv6_5_units_extension_at_128", .extension = {LABEL}),
    IPV6("icmpv6_structure_needs_no_checksum_either", "ipv6_checksum_0_announced", .extension = {LABEL}),
    IPV6("icmpv6_structure_with_wrong_checksum_is_told", "ipv6_wrong_checksum_announced", .is_extension_wrong = true),
    {"zeros_behind_8_bytes_of_tcp_over_ipv6_are_no_flags", "ipv6_8_tcp_bytes_zeros", TTR_QUOTE_TCP, AT_IPV6,
     {EXCEEDED_IPV6, .quote = {QUOTE_IPV6_START, .length = 20}, .extension = {LABEL}}},
};

const size_t unit_quote_cases_length_count = sizeof unit_quote_cases_length / sizeof unit_quote_cases_length[0];
