/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * parse_packet(): every link type, tags, extension headers, fragments; every packet cut at every byte. Bytes are
 * written here as the RFCs have them. Packets of real captures: check_parse.py.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

/* 192.0.2.1.50000 > 203.0.113.9.80: Flags [S], seq 0x01020304, win 1024, ttl 7, id 0x1234, DF, tos 0x28 */
#define TCP "\xc3\x50\x00\x50\x01\x02\x03\x04\x00\x00\x00\x00\x50\x02\x04\x00\xaa\xbb\x00\x00"
#define IPV4 "\x45\x28\x00\x28\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00\x02\x01\xcb\x00\x71\x09"
#define ADDRESSES6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define IPV6(next, length) "\x62\x8a\xbc\xde\x00" length next "\x07" ADDRESSES6
#define IPV6_TCP IPV6("\x06", "\x14") TCP
/* 198.51.100.2 > 192.0.2.1: time exceeded, quotes IPV4 TCP */
#define ICMP "\x45\xc0\x00\x44\x00\x01\x00\x00\x40\x01\x00\x00\xc6\x33\x64\x02\xc0\x00\x02\x01" \
             "\x0b\x00\x00\x00\x00\x00\x00\x00" IPV4 TCP
#define ICMPV6 "\x60\x00\x00\x00\x00\x44\x3a\x40\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02" \
               "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x03\x00\x00\x00\x00\x00\x00\x00" IPV6_TCP
#define MACS "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
#define SLL "\x00\x04\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"
#define SLL2 "\x00\x00\x00\x00\x00\x02\x00\x01\x04\x06\x02\x00\x00\x00\x00\x01\x00\x00"
#define HOPOPTS(next) next "\x00\x01\x04\x00\x00\x00\x00"
#define ROUTING(next) next "\x02\x00\x00\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define AH(next) next "\x04\x00\x00\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0"

typedef struct packet_case {
    const char *name;
    uint16_t link_type;
    const char *bytes;
    size_t size;
    char expected;              /* 't' TCP, 'i' ICMP error, '-' neither */
    uint8_t family;
    size_t needed;              /* bytes of it that must be there; what is cut before is no packet */
} packet_case_t;

#define BYTES(text) (text), sizeof(text) - 1

static const packet_case_t cases[] = {
    {"raw", PARSE_LINK_RAW, BYTES(IPV4 TCP), 't', 4, 34},
    {"raw_ipv6", PARSE_LINK_RAW, BYTES(IPV6_TCP), 't', 6, 54},
    {"ipv4", PARSE_LINK_IPV4, BYTES(IPV4 TCP), 't', 4, 34},
    {"ipv6", PARSE_LINK_IPV6, BYTES(IPV6_TCP), 't', 6, 54},
    {"null", PARSE_LINK_NULL, BYTES("\x02\x00\x00\x00" IPV4 TCP), 't', 4, 38},
    {"null_of_bsd_ipv6", PARSE_LINK_NULL, BYTES("\x1e\x00\x00\x00" IPV6_TCP), 't', 6, 58},
    {"loop", PARSE_LINK_LOOP, BYTES("\x00\x00\x00\x02" IPV4 TCP), 't', 4, 38},
    {"ppp", PARSE_LINK_PPP, BYTES("\x00\x21" IPV4 TCP), 't', 4, 36},
    {"sll", PARSE_LINK_SLL, BYTES(SLL "\x08\x00" IPV4 TCP), 't', 4, 50},
    {"sll2", PARSE_LINK_SLL2, BYTES("\x08\x00" SLL2 IPV4 TCP), 't', 4, 54},
    {"sll2_ipv6", PARSE_LINK_SLL2, BYTES("\x86\xdd" SLL2 IPV6_TCP), 't', 6, 74},
    {"ethernet", PARSE_LINK_ETHERNET, BYTES(MACS "\x08\x00" IPV4 TCP), 't', 4, 48},
    {"ethernet_ipv6", PARSE_LINK_ETHERNET, BYTES(MACS "\x86\xdd" IPV6_TCP), 't', 6, 68},
    {"ethernet_padded", PARSE_LINK_ETHERNET, BYTES(MACS "\x08\x00" IPV4 TCP "\0\0\0\0\0\0"), 't', 4, 48},
    {"vlan", PARSE_LINK_ETHERNET, BYTES(MACS "\x81\x00\x00\x05\x08\x00" IPV4 TCP), 't', 4, 52},
    {"vlan_in_vlan", PARSE_LINK_ETHERNET, BYTES(MACS "\x88\xa8\x00\x07\x81\x00\x00\x05\x86\xdd" IPV6_TCP), 't', 6, 76},
    {"old_vlan_in_vlan", PARSE_LINK_ETHERNET, BYTES(MACS "\x91\x00\x00\x07\x81\x00\x00\x05\x08\x00" IPV4 TCP), 't', 4,
     56},
    {"arp", PARSE_LINK_ETHERNET, BYTES(MACS "\x08\x06" IPV4 TCP), '-', 0, 0},
    {"arp_in_vlan", PARSE_LINK_ETHERNET, BYTES(MACS "\x81\x00\x00\x05\x08\x06" IPV4 TCP), '-', 0, 0},
    {"link_type_of_wifi", 105, BYTES(IPV4 TCP), '-', 0, 0},
    {"ip_version_5", PARSE_LINK_RAW, BYTES("\x55\x28\x00\x28\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00\x02\x01"
                                           "\xcb\x00\x71\x09" TCP), '-', 0, 0},
    {"udp", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x28\x12\x34\x40\x00\x07\x11\x00\x00\xc0\x00\x02\x01\xcb\x00\x71\x09"
                                  TCP), '-', 0, 0},
    {"icmp_in_ipv6", PARSE_LINK_RAW, BYTES(IPV6("\x01", "\x14") TCP), '-', 0, 0},
    {"icmpv6_in_ipv4", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x28\x12\x34\x40\x00\x07\x3a\x00\x00\xc0\x00\x02\x01"
                                             "\xcb\x00\x71\x09" TCP), '-', 0, 0},
    {"header_length_of_4_words", PARSE_LINK_RAW, BYTES("\x44\x28\x00\x28\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00\x02"
                                                       "\x01\xcb\x00\x71\x09" TCP), '-', 0, 0},
    {"total_length_below_the_header", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x13\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00"
                                                            "\x02\x01\xcb\x00\x71\x09" TCP), '-', 0, 0},
    {"total_length_ends_in_the_ports", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x17\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00"
                                                             "\x02\x01\xcb\x00\x71\x09" TCP), '-', 0, 0},
    {"ip_options", PARSE_LINK_RAW, BYTES("\x46\x28\x00\x2c\x12\x34\x40\x00\x07\x06\x00\x00\xc0\x00\x02\x01\xcb\x00\x71"
                                         "\x09\x94\x04\x00\x00" TCP), 't', 4, 38},
    {"first_fragment", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x28\x12\x34\x20\x00\x07\x06\x00\x00\xc0\x00\x02\x01\xcb\x00"
                                             "\x71\x09" TCP), 't', 4, 34},
    {"later_fragment", PARSE_LINK_RAW, BYTES("\x45\x28\x00\x28\x12\x34\x20\x01\x07\x06\x00\x00\xc0\x00\x02\x01\xcb\x00"
                                             "\x71\x09" TCP), '-', 0, 0},
    {"hop_by_hop", PARSE_LINK_RAW, BYTES(IPV6("\x00", "\x1c") HOPOPTS("\x06") TCP), 't', 6, 62},
    {"destination_options", PARSE_LINK_RAW, BYTES(IPV6("\x3c", "\x1c") HOPOPTS("\x06") TCP), 't', 6, 62},
    {"routing", PARSE_LINK_RAW, BYTES(IPV6("\x2b", "\x2c") ROUTING("\x06") TCP), 't', 6, 78},
    {"authentication", PARSE_LINK_RAW, BYTES(IPV6("\x33", "\x2c") AH("\x06") TCP), 't', 6, 78},
    {"all_headers_in_a_row", PARSE_LINK_RAW,
     BYTES(IPV6("\x00", "\x54") HOPOPTS("\x2b") ROUTING("\x2c") "\x33\x00\x00\x01\x00\x00\x00\x09" AH("\x06") TCP),
     't', 6, 118},
    {"first_fragment_ipv6", PARSE_LINK_RAW, BYTES(IPV6("\x2c", "\x1c") "\x06\x00\x00\x01\x00\x00\x00\x09" TCP), 't', 6,
     62},
    {"later_fragment_ipv6", PARSE_LINK_RAW, BYTES(IPV6("\x2c", "\x1c") "\x06\x00\x00\x08\x00\x00\x00\x09" TCP), '-', 0,
     0},
    {"header_longer_than_the_packet", PARSE_LINK_RAW, BYTES(IPV6("\x00", "\x1c") "\x06\xff\0\0\0\0\0\0" TCP), '-', 0,
     0},
    {"no_next_header", PARSE_LINK_RAW, BYTES(IPV6("\x3b", "\x14") TCP), '-', 0, 0},
    {"time_exceeded", PARSE_LINK_RAW, BYTES(ICMP), 'i', 4, 48},
    {"time_exceeded_ipv6", PARSE_LINK_RAW, BYTES(ICMPV6), 'i', 6, 92},
    {"time_exceeded_on_ethernet", PARSE_LINK_ETHERNET, BYTES(MACS "\x08\x00" ICMP), 'i', 4, 62},
};

/* A copy of the exact size: sanitizers see the first byte that is read behind it. */
static bool
parse(const packet_case_t *test, size_t size, ttr_observation_t *observation)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    bool is_read;

    memcpy(copy, test->bytes, size);
    memset(observation, 0, sizeof *observation);
    is_read = parse_packet(test->link_type, copy, size, observation);
    free(copy);
    return is_read;
}

static void
check_ip(const packet_case_t *test, const ttr_ip_t *ip)
{
    g_assert_cmpuint(ip->family, ==, test->family);
    if (test->expected == 'i') {
        g_assert_cmpuint(ip->ttl, ==, 64);
        g_assert_cmpuint(ip->tos, ==, test->family == 4 ? 0xc0 : 0);
        return;
    }
    g_assert_cmpuint(ip->ttl, ==, 7);
    g_assert_cmpuint(ip->tos, ==, 0x28);
    g_assert_cmpuint(ip->id, ==, test->family == 4 ? 0x1234 : 0);
    g_assert_cmphex(ip->flow_label, ==, test->family == 4 ? 0 : 0xabcde);
    if (test->family == 4)
        g_assert_cmpmem(ip->target.bytes, 16, "\xcb\x00\x71\x09\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    else
        g_assert_cmpmem(ip->source.bytes, 16, ADDRESSES6, 16);
}

static void
check_content(const packet_case_t *test, const ttr_observation_t *observation)
{
    if (test->expected == 't') {
        g_assert_cmpint(observation->what, ==, TTR_OBSERVED_TCP);
        g_assert_cmpuint(observation->tcp.sport, ==, 50000);
        g_assert_cmpuint(observation->tcp.dport, ==, 80);
        g_assert_cmphex(observation->tcp.seq, ==, 0x01020304);
        g_assert_cmphex(observation->tcp.flags, ==, TTR_TCP_SYN);
        g_assert_cmpuint(observation->tcp.payload, ==, 0);
        return;
    }
    g_assert_cmpint(observation->what, ==, TTR_OBSERVED_ICMP);
    g_assert_cmpint(observation->icmp.kind, ==, TTR_KIND_TIME_EXCEEDED);
    if (!observation->icmp.quote.are_ports_cut) {
        g_assert_cmpuint(observation->icmp.quote.sport, ==, 50000);
        g_assert_cmpuint(observation->icmp.quote.dport, ==, 80);
    }
}

static void
test_packet(gconstpointer data)
{
    const packet_case_t *test = data;
    ttr_observation_t observation;

    for (size_t size = 0; size <= test->size; size++) {
        bool is_read = parse(test, size, &observation);

        g_assert_true(is_read == (test->expected != '-' && size >= test->needed));
        if (!is_read)
            continue;
        if (test->expected == 'i')          /* over IPv4 the quoted IP header is enough; its ports follow */
            g_assert_true(observation.icmp.quote.are_ports_cut == (test->family == 4 && size < test->needed + 4));
        check_ip(test, &observation.ip);
        check_content(test, &observation);
    }
}

static void
test_links(void)
{
    static const uint16_t known[] = {0, 1, 9, 101, 108, 113, 228, 229, 276};
    guint at = 0;

    for (uint32_t link_type = 0; link_type <= UINT16_MAX; link_type++) {
        bool is_known = at < G_N_ELEMENTS(known) && known[at] == link_type;

        at += is_known;
        g_assert_true(parse_knows_link((uint16_t)link_type) == is_known);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parse/link_types", test_links);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_packet);
    }
    return g_test_run();
}
