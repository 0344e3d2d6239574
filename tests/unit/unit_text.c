/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Addresses and times as text. The C library's inet_ntop(3) is what Wireshark writes addresses with.
 */
#include <arpa/inet.h>
#include <glib.h>

#include "ttr_text.h"

enum {
    GROUPS = 8,
    RANDOM_ADDRESSES = 200000
};

static void
compare(uint8_t family, const ttr_address_t *address)
{
    char digits[TTR_TEXT_ADDRESS_MAX];
    char expected[INET6_ADDRSTRLEN];

    g_assert_nonnull(inet_ntop(family == TTR_FAMILY_IPV4 ? AF_INET : AF_INET6, address->bytes, expected,
                               sizeof expected));
    ttr_text_address(family, address, digits);
    g_assert_cmpstr(digits, ==, expected);
}

/* The examples of RFC 5952 (sections 2, 4 and 5) and RFC 4291 (section 2.5.5), so that not only two programs agree. */
static void
test_examples(void)
{
    static const struct {
        uint16_t groups[GROUPS];
        const char *digits;
    } cases[] = {
        {{0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}, "2001:db8::1:0:0:1"},
        {{0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}, "2001:db8::1"},
        {{0x2001, 0xdb8, 0, 0, 0, 0, 2, 1}, "2001:db8::2:1"},
        {{0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}, "2001:db8:0:1:1:1:1:1"},
        {{0x2001, 0, 0, 1, 0, 0, 0, 1}, "2001:0:0:1::1"},
        {{0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 0xaaaa}, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
        {{0, 0, 0, 0, 0, 0, 0, 0}, "::"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
        {{0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201}, "::ffff:192.0.2.1"},
        {{0, 0, 0, 0, 0, 0, 0xc000, 0x201}, "::192.0.2.1"},
        {{0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x221}, "64:ff9b::c000:221"},
        {{0xfe80, 0, 0, 0, 0, 0, 0, 0}, "fe80::"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char digits[TTR_TEXT_ADDRESS_MAX];
        ttr_address_t address;

        for (size_t j = 0; j < GROUPS; j++) {
            address.bytes[2 * j] = (uint8_t)(cases[i].groups[j] >> 8);
            address.bytes[2 * j + 1] = (uint8_t)cases[i].groups[j];
        }
        ttr_text_address(TTR_FAMILY_IPV6, &address, digits);
        g_assert_cmpstr(digits, ==, cases[i].digits);
        compare(TTR_FAMILY_IPV6, &address);
    }
}

/* Each combination of groups that are 0 and groups that are not, with one to four digits in them. */
static void
test_zeros(void)
{
    static const uint16_t values[] = {0x1, 0x10, 0xf00, 0xa0b0, 0xffff};

    for (unsigned zeros = 0; zeros < 1u << GROUPS; zeros++) {
        for (size_t value = 0; value < G_N_ELEMENTS(values); value++) {
            ttr_address_t address = {{0}};

            for (size_t i = 0; i < GROUPS; i++) {
                uint16_t group = (zeros >> i & 1) != 0 ? 0 : values[value];

                address.bytes[2 * i] = (uint8_t)(group >> 8);
                address.bytes[2 * i + 1] = (uint8_t)group;
            }
            compare(TTR_FAMILY_IPV6, &address);
        }
    }
}

/* Bytes that are often 0 or 255, so that runs and mapped addresses are among them. */
static void
test_random(void)
{
    for (int i = 0; i < RANDOM_ADDRESSES; i++) {
        ttr_address_t address;

        for (size_t j = 0; j < sizeof address.bytes; j++) {
            int chance = g_test_rand_int_range(0, 10);

            address.bytes[j] = (uint8_t)(chance < 5 ? 0 : chance < 7 ? 255 : g_test_rand_int_range(0, 256));
        }
        compare(TTR_FAMILY_IPV6, &address);
        memset(address.bytes + 4, 0, sizeof address.bytes - 4);
        compare(TTR_FAMILY_IPV4, &address);
    }
}

static void
test_ms(void)
{
    static const struct {
        int64_t ns;
        const char *ms;
    } cases[] = {
        {0, "0.000"}, {499, "0.000"}, {500, "0.001"}, {1234567, "1.235"}, {-1234567, "-1.235"},
        {999999500, "1000.000"}, {INT64_MAX, "9223372036854.776"}, {INT64_MIN, "-9223372036854.776"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char ms[TTR_TEXT_MS_MAX];

        ttr_text_ms(cases[i].ns, ms);
        g_assert_cmpstr(ms, ==, cases[i].ms);
    }
}

static void
test_line(void)
{
    ttr_text_t line = {.used = 0};

    ttr_text_add(&line, "hop ");
    ttr_text_add_number(&line, UINT64_MAX);
    g_assert_cmpstr(line.data, ==, "hop 18446744073709551615");
    for (int i = 0; i < TTR_TEXT_MAX; i++)
        ttr_text_add(&line, "0123456789");
    g_assert_cmpuint(line.used, ==, TTR_TEXT_MAX - 1);
    g_assert_cmpuint(strlen(line.data), ==, TTR_TEXT_MAX - 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/addresses_are_those_of_the_rfcs", test_examples);
    g_test_add_func("/text/zeros_in_ipv6_are_shortened_as_inet_ntop_does", test_zeros);
    g_test_add_func("/text/any_address_is_written_as_inet_ntop_does", test_random);
    g_test_add_func("/text/times_are_rounded_to_microseconds", test_ms);
    g_test_add_func("/text/line_that_is_full_stays_whole", test_line);
    return g_test_run();
}
