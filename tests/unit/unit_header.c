/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a quote says behind the sequence number, and how much of it is a quote at all: bytes by hand from RFC 792, RFC 4884
 * and RFC 9293.
 */
#include <glib.h>

#include "ttr_header.h"
#include "ttr_quote.h"

enum { ICMP = 8,
       IP = 20,
       TCP_MSS = 24,
       PADDED = 128 };

/* Time exceeded; IP length 44, DF, TTL 1, TCP; 192.0.2.1 > 203.0.113.9; 40000 > 80, SYN, window 64240, checksum 0x1234, MSS
 * 1460. Behind it room for padding. */
static const uint8_t message[ICMP + PADDED] = {
    11, 0, 0, 0, 0, 0, 0, 0,
    0x45, 0, 0, 44, 0, 7, 0x40, 0, 1, 6, 0, 0, 192, 0, 2, 1, 203, 0, 113, 9,
    0x9c, 0x40, 0, 80, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0, 0x60, 0x02, 0xfa, 0xf0, 0x12, 0x34, 0, 0,
    2, 4, 0x05, 0xb4};

static ttr_quote_t
parse(const uint8_t *bytes, size_t size)
{
    ttr_icmp_t icmp;

    g_assert_cmpint(ttr_quote_parse(TTR_FAMILY_IPV4, bytes, size, size, &icmp), ==, TTR_QUOTE_TCP);
    return icmp.quote;
}

static void
test_whole(void)
{
    ttr_quote_t quote = parse(message, ICMP + IP + TCP_MSS);

    g_assert_cmpuint(quote.header.known, ==, TCP_MSS);
    g_assert_cmpuint(quote.header.size, ==, TCP_MSS);
    g_assert_cmphex(quote.header.flags, ==, 0x002);
    g_assert_cmpuint(quote.header.window, ==, 64240);
    g_assert_cmpuint(quote.header.mss, ==, 1460);
    g_assert_cmpuint(quote.header.window_scale, ==, 0);
    g_assert_cmpuint(quote.header.marks, ==, TTR_HEADER_DONT_FRAGMENT);
}

/* How many bytes of TCP are a quote. */
static void
test_known(void)
{
    static const struct {
        const char *name;
        size_t quoted;          /* bytes of TCP as in the message, */
        size_t padding;         /* and zeros behind them */
        uint8_t known;
    } cases[] = {
        {"as much as RFC 792 asks for", 8, 0, 8},
        {"a part of the ack says nothing", 10, 0, 8},
        {"up to the flags", 14, 0, 14},
        {"the whole header", 24, 0, 24},
        {"8 bytes, filled up to 128", 8, PADDED - IP - 8, 8},
        {"16 bytes, filled up to 128", 16, PADDED - IP - 16, 16},
        {"the whole packet, filled up to 128", 24, PADDED - IP - 24, 24},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[sizeof message] = {0};

        g_test_message("%s", cases[i].name);
        memcpy(bytes, message, ICMP + IP + cases[i].quoted);
        g_assert_cmpuint(parse(bytes, ICMP + IP + cases[i].quoted + cases[i].padding).header.known, ==, cases[i].known);
    }
}

/* The first of several fragments, RFC 791: its length is not the packet's. */
static void
test_fragment(void)
{
    uint8_t bytes[sizeof message];

    memcpy(bytes, message, sizeof bytes);
    bytes[ICMP + 6] = 0x20;
    g_assert_cmpuint(parse(bytes, ICMP + IP + TCP_MSS).header.marks, ==, TTR_HEADER_FRAGMENT);
}

static void
test_table(void)
{
    ttr_headers_t *headers = ttr_headers_new(1);
    ttr_header_t header = {.window = 64240};
    uint16_t first = ttr_headers_number(headers, &header);
    uint32_t others = 0;

    g_assert_cmpuint(first, !=, TTR_HEADER_NONE);
    g_assert_null(ttr_headers_row(headers, TTR_HEADER_NONE));
    g_assert_null(ttr_headers_row(headers, TTR_HEADER_OTHER));
    for (uint32_t ack = 1; ack < 40000; ack++) {
        header.ack = ack;
        others += ttr_headers_number(headers, &header) == TTR_HEADER_OTHER ? 1 : 0;
    }
    g_assert_cmpuint(others, ==, 40000 - 32768);
    header.ack = 0;
    g_assert_cmpuint(ttr_headers_number(headers, &header), ==, first);
    g_assert_cmpuint(ttr_headers_row(headers, first)->window, ==, 64240);
    g_assert_cmpuint(ttr_headers_memory(headers), <=, 4u << 20);
    ttr_headers_free(headers);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/header/whole", test_whole);
    g_test_add_func("/header/known", test_known);
    g_test_add_func("/header/fragment", test_fragment);
    g_test_add_func("/header/table", test_table);
    return g_test_run();
}
