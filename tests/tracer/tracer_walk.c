/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * walk.h: an encapsulation a row, grouped by header; every frame cut at every byte; layers, fragments, and what is
 * counted. What Wireshark makes of more of them: tests/reader.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "fragments.h"
#include "walk.h"

/* 192.0.2.1.50000 > 203.0.113.9.80: Flags [S], seq 0x01020304, win 1024, ttl 7, id 0x1234, DF, tos 0x28 */
#define TCP "\xc3\x50\x00\x50\x01\x02\x03\x04\x00\x00\x00\x00\x50\x02\x04\x00\xaa\xbb\x00\x00"
#define IPV4 "\x45\x28\x00\x28\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00\x02\x01\xcb\x00\x71\x09"
#define ADDRESSES6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define IPV6(next, length) "\x62\x8a\xbc\xde\x00" length next "\x07" ADDRESSES6
#define MACS "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
#define ETHERNET MACS "\x08\x00"
/* 198.18.0.1 > 198.18.0.2, so long, carrying that */
#define OUTER(length, protocol) \
    "\x45\x00\x00" length "\x42\x42\x00\x00\x3f" protocol "\x00\x00\xc6\x12\x00\x01\xc6\x12\x00\x02"
#define UDP(port, length) "\xc7\xa7" port "\x00" length "\x00\x00"
#define LABEL "\x00\x01\x11\x40"

typedef struct walk_case {
    const char *name;
    uint32_t link_type;
    const char *bytes;
    size_t size;
    uint8_t layer;              /* of the segment; 0: there is none */
    uint8_t family;
    size_t needed;              /* bytes in front of the segment */
} walk_case_t;

#define BYTES(text) (text), sizeof(text) - 1

static const walk_case_t cases[] = {
    {"raw", 101, BYTES(IPV4 TCP), 1, 4, 20},
    {"raw_ipv6", 101, BYTES(IPV6("\x06", "\x14") TCP), 1, 6, 40},
    {"ethernet", 1, BYTES(ETHERNET IPV4 TCP), 1, 4, 34},
    {"ethernet_padded", 1, BYTES(ETHERNET IPV4 TCP "\0\0\0\0\0\0"), 1, 4, 34},
    {"vlan", 1, BYTES(MACS "\x81\x00\x00\x05\x08\x00" IPV4 TCP), 1, 4, 38},
    {"vlan_in_vlan", 1, BYTES(MACS "\x88\xa8\x00\x07\x81\x00\x00\x05\x08\x00" IPV4 TCP), 1, 4, 42},
    {"llc_snap", 1, BYTES(MACS "\x00\x30\xaa\xaa\x03\0\0\0\x08\x00" IPV4 TCP), 1, 4, 42},
    {"llc_other", 1, BYTES(MACS "\x00\x2b\x42\x42\x03" IPV4 TCP), 0, 0, 0},
    {"pppoe", 1, BYTES(MACS "\x88\x64\x11\x00\x00\x07\x00\x2a\x00\x21" IPV4 TCP), 1, 4, 42},
    {"mpls", 1, BYTES(MACS "\x88\x47" LABEL IPV4 TCP), 1, 4, 38},
    {"pseudowire", 1, BYTES(MACS "\x88\x47" LABEL "\0\0\0\0" "\x02\xab\xcd\xef\0\x01\x02\xab\xcd\xef\0\x02\x08\0" IPV4 TCP), 1,
     4, 56},
    {"arp", 1, BYTES(MACS "\x08\x06" IPV4 TCP), 0, 0, 0},
    {"ppp", 9, BYTES("\xff\x03\x00\x21" IPV4 TCP), 1, 4, 24},
    {"ppp_compressed", 9, BYTES("\x21" IPV4 TCP), 1, 4, 21},
    {"c_hdlc", 104, BYTES("\x0f\x00\x08\x00" IPV4 TCP), 1, 4, 24},
    {"null", 0, BYTES("\x02\0\0\0" IPV4 TCP), 1, 4, 24},
    {"loop", 108, BYTES("\0\0\0\x02" IPV4 TCP), 1, 4, 24},
    {"sll", 113, BYTES("\x00\x04\x00\x01\x00\x06\x02\0\0\0\0\x01\0\0\x08\x00" IPV4 TCP), 1, 4, 36},
    {"sll2", 276, BYTES("\x08\x00\0\0\0\0\0\x02\x00\x01\x04\x06\x02\0\0\0\0\x01\0\0" IPV4 TCP), 1, 4, 40},
    {"nflog", 239, BYTES("\x02\0\0\x05\x2c\x00\x09\x00" IPV4 TCP), 1, 4, 28},
    {"ip_in_ip", 101, BYTES(OUTER("\x3c", "\x04") IPV4 TCP), 2, 4, 40},
    {"gre", 101, BYTES(OUTER("\x40", "\x2f") "\x00\x00\x08\x00" IPV4 TCP), 2, 4, 44},
    {"gre_with_key", 101, BYTES(OUTER("\x44", "\x2f") "\x20\x00\x08\x00\0\0\0\x07" IPV4 TCP), 2, 4, 48},
    {"erspan_1", 101, BYTES(OUTER("\x4e", "\x2f") "\x00\x00\x88\xbe" ETHERNET IPV4 TCP), 2, 4, 58},
    {"erspan_2", 101, BYTES(OUTER("\x5a", "\x2f") "\x10\x00\x88\xbe\0\0\0\x01\x10\x05\0\0\0\0\0\0" ETHERNET IPV4 TCP), 2, 4, 70},
    {"vxlan", 101, BYTES(OUTER("\x5a", "\x11") UDP("\x12\xb5", "\x46") "\x08\0\0\0\0\0\x07\0" ETHERNET IPV4 TCP), 2, 4, 70},
    {"geneve", 101, BYTES(OUTER("\x4c", "\x11") UDP("\x17\xc1", "\x38") "\0\0\x08\x00\0\0\x07\0" IPV4 TCP), 2, 4, 56},
    {"gtp", 101, BYTES(OUTER("\x4c", "\x11") UDP("\x08\x68", "\x38") "\x30\xff\0\x28\0\0\0\x07" IPV4 TCP), 2, 4, 56},
    {"udp_of_another_port", 101, BYTES(OUTER("\x44", "\x11") UDP("\x00\x35", "\x30") IPV4 TCP), 0, 0, 0},
    {"hop_by_hop", 229, BYTES(IPV6("\x00", "\x1c") "\x06\0\x01\x04\0\0\0\0" TCP), 1, 6, 48},
    {"first_fragment", 101, BYTES("\x45\0\0\x28\x12\x34\x20\0\x07\x06\0\0\xc0\0\x02\x01\xcb\0\x71\x09" TCP), 0, 0, 0},
};

typedef struct seen {
    unsigned packets;
    walk_packet_t last;
    uint8_t bytes[64];          /* of the last */
} seen_t;

static void
take(void *user, const walk_packet_t *packet)
{
    seen_t *seen = user;

    seen->packets++;
    seen->last = *packet;
    memcpy(seen->bytes, packet->bytes.data, MIN(packet->bytes.captured, sizeof seen->bytes));
}

static void
check_segment(const walk_case_t *test, const seen_t *seen, size_t captured)
{
    g_assert_cmpuint(seen->packets, ==, 1);
    g_assert_true(seen->last.is_tcp);
    g_assert_cmpuint(seen->last.layer, ==, test->layer);
    g_assert_cmpuint(seen->last.ip.family, ==, test->family);
    g_assert_cmpuint(seen->last.ip.ttl, ==, 7);
    g_assert_cmpuint(seen->last.ip.tos, ==, 0x28);
    g_assert_cmpuint(seen->last.bytes.captured, ==, MIN(captured - test->needed, sizeof TCP - 1));
    g_assert_cmpuint(seen->last.bytes.length, ==, sizeof TCP - 1);
    g_assert_true(memcmp(seen->bytes, TCP, seen->last.bytes.captured) == 0);
}

/* Of a frame cut before its segment, nothing is seen; cut within it, what is left. */
static void
check(gconstpointer data)
{
    const walk_case_t *test = data;

    for (size_t captured = 0; captured <= test->size; captured++) {
        uint8_t *copy = malloc(captured == 0 ? 1 : captured);     /* of the exact size, for sanitizers */
        seen_t seen = {0};
        walk_t *walk = walk_new(take, &seen);

        memcpy(copy, test->bytes, captured);
        walk_frame(walk, test->link_type, copy, captured, test->size);
        if (test->layer != 0 && captured >= test->needed)
            check_segment(test, &seen, captured);
        else if (test->layer == 0 && strcmp(test->name, "first_fragment") == 0 && captured < test->size)
            g_assert_cmpuint(seen.packets, ==, captured >= 20);    /* nothing can be put together */
        else
            g_assert_cmpuint(seen.packets, ==, 0);
        walk_free(walk);
        free(copy);
    }
}

static void
count_kind(void *user, const char *kind, uint64_t frames)
{
    g_string_append_printf(user, "%s=%u ", kind, (unsigned)frames);
}

static void
what_is_not_taken_apart_is_counted(void)
{
    seen_t seen = {0};
    walk_t *walk = walk_new(take, &seen);
    g_autoptr(GString) said = g_string_new(NULL);

    walk_frame(walk, 127, (const uint8_t *)"abc", 3, 3);
    walk_frame(walk, 4711, (const uint8_t *)"abc", 3, 3);
    walk_frame(walk, 127, (const uint8_t *)"abc", 3, 3);
    walk_count(walk, "custom block");
    walk_unread(walk, count_kind, said);
    g_assert_cmpstr(said->str, ==, "radiotap with IEEE 802.11=2 link type 4711=1 custom block=1 ");
    walk_free(walk);
}

/* IP in IP, a thousand times: it ends. */
static void
nesting_is_bounded(void)
{
    enum { DEPTH = 1000, HEADER = 20 };
    g_autofree uint8_t *packet = g_malloc0(DEPTH * HEADER);
    seen_t seen = {0};
    walk_t *walk = walk_new(take, &seen);

    for (size_t i = 0; i < DEPTH; i++) {
        size_t length = (DEPTH - i) * HEADER;

        memcpy(packet + i * HEADER, OUTER("\x00", "\x04"), HEADER);
        packet[i * HEADER + 2] = (uint8_t)(length >> 8);
        packet[i * HEADER + 3] = (uint8_t)length;
    }
    walk_frame(walk, 101, packet, DEPTH * HEADER, DEPTH * HEADER);
    g_assert_cmpuint(seen.packets, ==, 0);
    walk_free(walk);
}

/* Fragments in any order, overlapping or twice, give the packet; without one of them, nothing. */
static void
fragments_are_put_together(void)
{
    static const char payload[] = "0123456789abcdefghijklmn";
    static const struct {
        size_t offset;
        size_t size;
    } pieces[] = {{16, 8}, {0, 8}, {0, 8}, {4, 8}, {8, 8}};
    fragments_t *fragments = fragments_new();
    fragments_key_t key;
    size_t size = 0;

    memset(&key, 0, sizeof key);
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        fragments_piece_t piece = {
            .offset = pieces[i].offset, .is_last = i == 0, .size = pieces[i].size,
            .data = (const uint8_t *)payload + pieces[i].offset,
        };
        const uint8_t *whole = fragments_add(fragments, &key, &piece, &size);

        if (i + 1 < G_N_ELEMENTS(pieces))
            g_assert_null(whole);
        else
            g_assert_cmpmem(whole, size, payload, sizeof payload - 1);
    }
    fragments_free(fragments);
}

/* A hundred thousand first fragments: the oldest are forgotten, and a new packet is still put together. */
static void
fragments_are_bounded(void)
{
    static const uint8_t payload[8000];
    fragments_t *fragments = fragments_new();
    fragments_key_t key;
    size_t size = 0;

    memset(&key, 0, sizeof key);
    for (uint32_t i = 0; i < 20000; i++) {
        fragments_piece_t piece = {.data = payload, .size = sizeof payload};

        key.id = i;
        g_assert_null(fragments_add(fragments, &key, &piece, &size));
    }
    for (uint32_t i = 0; i < 2; i++) {
        fragments_piece_t piece = {.offset = sizeof payload, .is_last = true, .data = payload, .size = 8};

        key.id = i == 0 ? 0 : 19999;
        g_assert_cmpint(fragments_add(fragments, &key, &piece, &size) != NULL, ==, i == 1);
    }
    fragments_free(fragments);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/walk/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], check);
    }
    g_test_add_func("/walk/what_is_not_taken_apart_is_counted", what_is_not_taken_apart_is_counted);
    g_test_add_func("/walk/nesting_is_bounded", nesting_is_bounded);
    g_test_add_func("/walk/fragments_are_put_together", fragments_are_put_together);
    g_test_add_func("/walk/fragments_are_bounded", fragments_are_bounded);
    return g_test_run();
}
