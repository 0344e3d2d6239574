/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ttr_quote_parse() on packets of all sorts, whole and cut at every byte. `unit_quote --dump DIRECTORY` writes the
 * packets as fuzzing seeds: one byte with the family, 4 or 6, then the message.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "unit_packets.h"
#include "unit_quote_cases.h"

/* Fails with the name of the case and the field. */
#define CHECK_FIELD(name, there, expected, field)                                              \
    do {                                                                                       \
        if ((there)->field != (expected)->field)                                               \
            g_error("%s: " #field " is 0x%lx, not 0x%lx", name, (unsigned long)(there)->field, \
                    (unsigned long)(expected)->field);                                         \
    } while (0)
#define CHECK_BYTES(name, there, expected, field)                                   \
    do {                                                                            \
        if (memcmp(&(there)->field, &(expected)->field, sizeof(there)->field) != 0) \
            g_error("%s: " #field " differs", name);                                \
    } while (0)

static void
check_quote(const char *name, const ttr_quote_t *there, const ttr_quote_t *expected)
{
    CHECK_FIELD(name, there, expected, family);
    CHECK_FIELD(name, there, expected, ttl);
    CHECK_FIELD(name, there, expected, tos);
    CHECK_FIELD(name, there, expected, has_flags);
    CHECK_FIELD(name, there, expected, has_checksum);
    CHECK_FIELD(name, there, expected, ip_id);
    CHECK_FIELD(name, there, expected, length);
    CHECK_FIELD(name, there, expected, flow_label);
    CHECK_BYTES(name, there, expected, source);
    CHECK_BYTES(name, there, expected, target);
    CHECK_FIELD(name, there, expected, sport);
    CHECK_FIELD(name, there, expected, dport);
    CHECK_FIELD(name, there, expected, seq);
    CHECK_FIELD(name, there, expected, ack);
    CHECK_FIELD(name, there, expected, tcp_flags);
    CHECK_FIELD(name, there, expected, checksum);
    CHECK_FIELD(name, there, expected, tsval);
}

static void
check_interface(const char *name, const ttr_interface_t *there, const ttr_interface_t *expected)
{
    CHECK_FIELD(name, there, expected, role);
    CHECK_FIELD(name, there, expected, family);
    CHECK_FIELD(name, there, expected, has_index);
    CHECK_FIELD(name, there, expected, has_mtu);
    CHECK_FIELD(name, there, expected, index);
    CHECK_FIELD(name, there, expected, mtu);
    CHECK_BYTES(name, there, expected, address);
    CHECK_BYTES(name, there, expected, name);
}

static void
check_extension(const char *name, const ttr_extension_t *there, const ttr_extension_t *expected)
{
    CHECK_FIELD(name, there, expected, object_count);
    CHECK_FIELD(name, there, expected, mpls_count);
    CHECK_FIELD(name, there, expected, interface_count);
    for (int i = 0; i < expected->object_count; i++) {
        CHECK_FIELD(name, there, expected, objects[i].class_num);
        CHECK_FIELD(name, there, expected, objects[i].c_type);
        CHECK_FIELD(name, there, expected, objects[i].length);
    }
    for (int i = 0; i < expected->mpls_count; i++) {
        CHECK_FIELD(name, there, expected, mpls[i].label);
        CHECK_FIELD(name, there, expected, mpls[i].exp);
        CHECK_FIELD(name, there, expected, mpls[i].bottom);
        CHECK_FIELD(name, there, expected, mpls[i].ttl);
    }
    for (int i = 0; i < expected->interface_count; i++)
        check_interface(name, &there->interfaces[i], &expected->interfaces[i]);
}

/* Parses a copy that is not a byte longer than it must be, so that a sanitizer sees who reads beyond. */
static ttr_quote_result_t
parse(uint8_t family, const uint8_t *data, size_t captured, size_t length, ttr_icmp_t *icmp)
{
    uint8_t *copy = g_malloc(captured + 1);
    uint8_t *end = copy + 1;
    ttr_quote_result_t result;

    if (captured > 0)
        memcpy(end, data, captured);
    result = ttr_quote_parse(family, end, captured, length, icmp);
    g_free(copy);
    return result;
}

static void
test_case(gconstpointer data)
{
    const unit_quote_case_t *test = data;
    const unit_packet_t *packet = unit_packets_find(test->packet);
    ttr_icmp_t icmp;
    ttr_quote_result_t result = parse(packet->family, packet->data, packet->size, packet->size, &icmp);

    if (result != test->result)
        g_error("%s: result is %d, not %d", test->name, (int)result, (int)test->result);
    if (result != TTR_QUOTE_TCP)
        return;
    CHECK_FIELD(test->name, &icmp, &test->icmp, type);
    CHECK_FIELD(test->name, &icmp, &test->icmp, code);
    CHECK_FIELD(test->name, &icmp, &test->icmp, kind);
    CHECK_FIELD(test->name, &icmp, &test->icmp, mtu);
    CHECK_FIELD(test->name, &icmp, &test->icmp, is_extension_wrong);
    check_quote(test->name, &icmp.quote, &test->icmp.quote);
    check_extension(test->name, &icmp.extension, &test->icmp.extension);
}

/* Flags and checksum are there as soon as their bytes are. Where the whole packet has none of them, the cut one may:
 * what ended the quote is not there. */
static bool
are_flags_right(const ttr_quote_t *quote, const unit_quote_case_t *test, size_t size)
{
    const ttr_quote_t *whole = &test->icmp.quote;

    if (!whole->has_flags)
        return !quote->has_flags || size >= test->tcp_at + 14;
    return quote->has_flags == (size >= test->tcp_at + 14) && quote->has_checksum == (size >= test->tcp_at + 18);
}

/* Cut at every byte: never a TCP quote before its ports are there, and then always one, with the seq from 8 bytes on. What was captured
 * may be less than what was sent; the parser must not care which of the two ends first. */
static void
test_cut(gconstpointer data)
{
    const unit_quote_case_t *test = data;
    const unit_packet_t *packet = unit_packets_find(test->packet);

    for (size_t size = 0; size <= packet->size; size++) {
        size_t lengths[] = {packet->size, size};

        for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
            ttr_icmp_t icmp;
            ttr_quote_result_t result = parse(packet->family, packet->data, size, lengths[i], &icmp);
            bool are_ports_there = size >= test->tcp_at + 4;
            bool is_long_enough = test->result == TTR_QUOTE_TCP && size >= test->tcp_at &&
                                  (are_ports_there || packet->family == TTR_FAMILY_IPV4);
            bool has_seq = size >= test->tcp_at + 8;

            if ((result == TTR_QUOTE_TCP) != is_long_enough)
                g_error("%s: result of %zu bytes is %d", test->name, size, (int)result);
            if (!is_long_enough)
                continue;
            if (icmp.quote.sport != (are_ports_there ? 40000 : 0) || icmp.quote.dport != (are_ports_there ? 80 : 0) ||
                icmp.quote.are_ports_cut == are_ports_there || icmp.quote.has_seq != has_seq ||
                icmp.quote.seq != (has_seq ? 0x5eed0001 : 0) ||
                !are_flags_right(&icmp.quote, test, size))
                g_error("%s: %zu bytes are read otherwise", test->name, size);
        }
    }
}

/* The checksum of a structure that the capture cut cannot be told: nothing of it shows, and it is not called wrong. */
static void
test_cut_extension(gconstpointer data)
{
    const unit_quote_case_t *test = data;
    const unit_packet_t *packet = unit_packets_find(test->packet);

    for (size_t size = test->tcp_at + 4; size < packet->size; size++) {
        ttr_icmp_t icmp;

        g_assert_true(parse(packet->family, packet->data, size, packet->size, &icmp) == TTR_QUOTE_TCP);
        if (icmp.is_extension_wrong || icmp.extension.object_count > 0)
            g_error("%s: the first %zu bytes are believed", test->name, size);
    }
}

/* One without checksum where it is announced shows the objects that are whole. */
static void
test_cut_without_checksum(void)
{
    const unit_packet_t *packet = unit_packets_find("ipv4_checksum_0_and_two_objects");
    ttr_icmp_t icmp;

    for (size_t size = packet->size - 8; size < packet->size; size++) {
        g_assert_true(parse(packet->family, packet->data, size, packet->size, &icmp) == TTR_QUOTE_TCP);
        g_assert_cmpuint(icmp.extension.object_count, ==, 1);
        g_assert_false(icmp.is_extension_wrong);
    }
}

/* Every byte in turn with every value: whatever comes out, nothing is read beyond the end (sanitizers), and counts
 * stay within their arrays. */
static void
test_changed_bytes(void)
{
    const unit_packet_t *packet;

    for (size_t i = 0; (packet = unit_packets_at(i)) != NULL; i++) {
        g_autofree uint8_t *changed = g_malloc(packet->size);

        memcpy(changed, packet->data, packet->size);
        for (size_t at = 0; at < packet->size; at++) {
            for (int value = 0; value < 256; value++) {
                ttr_icmp_t icmp;

                changed[at] = (uint8_t)value;
                if (parse(packet->family, changed, packet->size, packet->size, &icmp) != TTR_QUOTE_TCP)
                    continue;
                g_assert_cmpuint(icmp.extension.object_count, <=, TTR_OBJECTS_MAX);
                g_assert_cmpuint(icmp.extension.mpls_count, <=, TTR_MPLS_MAX);
                g_assert_cmpuint(icmp.extension.interface_count, <=, G_N_ELEMENTS(icmp.extension.interfaces));
            }
            changed[at] = packet->data[at];
        }
    }
}

static void
add_cases(const unit_quote_case_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *whole = g_strdup_printf("/quote/%s", cases[i].name);
        g_autofree char *cut = g_strdup_printf("/quote/cut_at_every_byte/%s", cases[i].name);

        g_test_add_data_func(whole, &cases[i], test_case);
        g_test_add_data_func(cut, &cases[i], test_cut);
    }
}

static int
dump(const char *directory)
{
    const unit_packet_t *packet;

    if (g_mkdir_with_parents(directory, 0777) != 0) {
        fprintf(stderr, "mkdir %s: failed\n", directory);
        return 1;
    }
    for (size_t i = 0; (packet = unit_packets_at(i)) != NULL; i++) {
        g_autofree char *path = g_build_filename(directory, packet->name, NULL);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autoptr(GError) error = NULL;

        g_byte_array_append(bytes, &packet->family, 1);
        g_byte_array_append(bytes, packet->data, (guint)packet->size);
        if (!g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 1;
        }
    }
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--dump") == 0)
        return dump(argv[2]);
    g_test_init(&argc, &argv, NULL);
    add_cases(unit_quote_cases_ipv4, unit_quote_cases_ipv4_count);
    add_cases(unit_quote_cases_extension, unit_quote_cases_extension_count);
    add_cases(unit_quote_cases_length, unit_quote_cases_length_count);
    for (size_t i = 0; i < unit_quote_cases_length_count; i++) {
        g_autofree char *path = g_strdup_printf("/quote/cut_by_the_capture/%s", unit_quote_cases_length[i].name);

        if (strstr(unit_quote_cases_length[i].packet, "checksum_0") != NULL)
            continue;
        g_test_add_data_func(path, &unit_quote_cases_length[i], test_cut_extension);
    }
    g_test_add_func("/quote/cut_by_the_capture/without_checksum_whole_objects_are_shown", test_cut_without_checksum);
    add_cases(unit_quote_cases_ipv6, unit_quote_cases_ipv6_count);
    g_test_add_func("/quote/any_value_of_any_byte_is_read_within_bounds", test_changed_bytes);
    return g_test_run();
}
