/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_quote_cases.h"

/* Behind the ICMP header and a quoted IPv4 header without options. */
#define EXTENSION(case_name, packet_name, ...) \
    {case_name, packet_name, TTR_QUOTE_TCP, 8 + 20, \
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}, .extension = {__VA_ARGS__}}}

const unit_quote_case_t unit_quote_cases_extension[] = {
    EXTENSION("extension_stands_behind_the_announced_length", "ipv4_extension_after_128_bytes",
              .object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{24015, 0, 1, 1}}),
    EXTENSION("without_length_an_extension_at_128_is_believed", "ipv4_extension_without_length",
              .object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{16, 5, 1, 254}}),
    {"without_length_and_with_a_wrong_checksum_it_is_told", "ipv4_extension_with_bad_checksum", TTR_QUOTE_TCP, 8 + 20,
     {EXCEEDED_IPV4, .quote = {QUOTE_IPV4(40)}, .is_extension_wrong = true}},
    EXTENSION("extension_may_stand_behind_less_than_128_bytes", "ipv4_extension_after_68_bytes",
              .object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{77, 1, 1, 2}}),
    EXTENSION("stack_of_three_labels_keeps_its_order", "ipv4_mpls_stack_of_three",
              .object_count = 1, .objects = {{1, 1, 12}}, .mpls_count = 3,
              .mpls = {{24001, 0, 0, 1}, {1048575, 7, 0, 255}, {3, 2, 1, 64}}),
    EXTENSION("interface_has_index_address_name_and_mtu", "ipv4_interface_with_all_parts",
              .object_count = 1, .objects = {{2, 0x0f, 28}}, .interface_count = 1,
              .interfaces = {{.role = 0, .family = TTR_FAMILY_IPV4, .has_index = true, .has_mtu = true, .index = 7,
                              .mtu = 9000, .address = {{198, 51, 100, 1}}, .name = "ge-0/0/1"}}),
    EXTENSION("two_interfaces_have_their_roles", "ipv4_two_interfaces",
              .object_count = 2, .objects = {{2, 0x8c, 24}, {2, 0xc4, 8}}, .interface_count = 2,
              .interfaces = {{.role = 2, .family = TTR_FAMILY_IPV6, .has_index = true, .index = 9,
                              .address = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}}},
                             {.role = 3, .family = TTR_FAMILY_IPV4, .address = {{198, 51, 100, 2}}}}),
    EXTENSION("name_that_is_cut_leaves_index_and_address", "ipv4_interface_with_cut_name",
              .object_count = 1, .objects = {{2, 0x0f, 24}}, .interface_count = 1,
              .interfaces = {{.family = TTR_FAMILY_IPV4, .has_index = true, .index = 7,
                              .address = {{198, 51, 100, 1}}}}),
    EXTENSION("address_that_is_cut_leaves_the_index", "ipv4_interface_with_cut_address",
              .object_count = 1, .objects = {{2, 0x0c, 10}}, .interface_count = 1,
              .interfaces = {{.has_index = true, .index = 7}}),
    EXTENSION("object_beyond_the_end_is_dropped", "ipv4_object_beyond_the_end",
              .object_count = 1, .objects = {{1, 1, 4}}, .mpls_count = 1, .mpls = {{5, 0, 1, 1}}),
    EXTENSION("unknown_object_is_listed_and_stepped_over", "ipv4_unknown_object",
              .object_count = 2, .objects = {{3, 1, 4}, {1, 1, 4}}, .mpls_count = 1, .mpls = {{9, 0, 1, 1}}),
    EXTENSION("structure_of_another_version_is_empty", "ipv4_extension_of_version_1", .object_count = 0),
    EXTENSION("labels_are_bounded_and_the_first_ones_stay", "ipv4_ten_labels",
              .object_count = 1, .objects = {{1, 1, 40}}, .mpls_count = 8,
              .mpls = {{100, 0, 0, 1}, {101, 0, 0, 1}, {102, 0, 0, 1}, {103, 0, 0, 1}, {104, 0, 0, 1}, {105, 0, 0, 1},
                       {106, 0, 0, 1}, {107, 0, 0, 1}}),
};

const size_t unit_quote_cases_extension_count =
    sizeof unit_quote_cases_extension / sizeof unit_quote_cases_extension[0];
