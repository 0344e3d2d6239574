/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * packet_build(): every field where its RFC puts it, checksums by a sum of its own, and SYNs that real systems sent,
 * byte for byte. tracer_packet CAPTURE-FOLDER
 */
#include <string.h>

#include "packet.h"
#include "parse.h"
#include "pcap_file.h"

static const char *captures;

typedef struct form_case {
    const char *name;
    uint8_t family;
    options_packet_t kind;
    options_tcp_t tcp_options;
    uint8_t dscp;
    bool dont_fragment;
    uint16_t length;
    uint16_t mtu;
    size_t expected_length;
    size_t expected_tcp_header;
    uint8_t expected_flags;     /* 14th byte of the TCP header */
    uint16_t expected_mss;      /* 0: none */
    uint16_t expected_window;   /* whole segments below 65536 */
} form_case_t;

static const form_case_t forms[] = {
    {"syn", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 0, 1500, 60, 40, 0x02, 1460, 64240},
    {"syn_in_ipv6", 6, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 0, 1500, 80, 40, 0x02, 1440, 64800},
    {"syn_with_mss_alone", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_MSS, 0, true, 0, 1500, 44, 24, 0x02, 1460, 64240},
    {"syn_with_mss_alone_in_ipv6", 6, OPTIONS_PACKET_SYN, OPTIONS_TCP_MSS, 0, true, 0, 9000, 64, 24, 0x02, 8940, 62580},
    {"mss_alone_and_a_payload", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_MSS, 0, true, 70, 1500, 70, 24, 0x02, 1460, 64240},
    {"syn_without_options", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_NONE, 0, false, 0, 1500, 40, 20, 0x02, 0, 64240},
    {"syn_without_options_in_ipv6", 6, OPTIONS_PACKET_SYN, OPTIONS_TCP_NONE, 0, false, 0, 1500, 60, 20, 0x02, 0, 64800},
    {"syn_that_asks_for_ecn", 4, OPTIONS_PACKET_ECN, OPTIONS_TCP_SYSTEM, 0, true, 0, 1500, 60, 40, 0xc2, 1460, 64240},
    {"ack_has_no_options", 4, OPTIONS_PACKET_ACK, OPTIONS_TCP_SYSTEM, 0, true, 0, 1500, 40, 20, 0x10, 0, 64240},
    {"ack_in_ipv6", 6, OPTIONS_PACKET_ACK, OPTIONS_TCP_MSS, 0, true, 0, 1500, 60, 20, 0x10, 0, 64800},
    {"highest_dscp", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 63, true, 0, 1500, 60, 40, 0x02, 1460, 64240},
    {"highest_dscp_in_ipv6", 6, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 63, true, 0, 1500, 80, 40, 0x02, 1440, 64800},
    {"one_byte_of_payload", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 61, 1500, 61, 40, 0x02, 1460, 64240},
    {"odd_length", 4, OPTIONS_PACKET_ACK, OPTIONS_TCP_NONE, 10, false, 999, 1500, 999, 20, 0x10, 0, 64240},
    {"longest", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 1500, 1500, 1500, 40, 0x02, 1460, 64240},
    {"longest_in_ipv6", 6, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 1500, 1500, 1500, 40, 0x02, 1440, 64800},
    {"too_long_is_cut", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 65535, 1500, 1500, 40, 0x02, 1460, 64240},
    {"too_short_for_headers", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 59, 1500, 60, 40, 0x02, 1460, 64240},
    {"device_that_knows_no_mtu", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 0, 0, 60, 40, 0x02, 1460, 64240},
    {"device_with_a_small_mtu", 4, OPTIONS_PACKET_SYN, OPTIONS_TCP_SYSTEM, 0, true, 0, 1280, 60, 40, 0x02, 1240, 64480},
};

static const packet_probe_t probes[] = {
    {.ttl = 1, .ip_id = 1, .sport = 1, .seq = 0, .ack = 0, .flow_label = 1},
    {.ttl = 255, .ip_id = 65535, .sport = 65535, .seq = UINT32_MAX, .ack = UINT32_MAX, .flow_label = 0xfffff},
    {.ttl = 17, .ip_id = 0x1234, .sport = 0xabcd, .seq = 0x01020304, .ack = 0x05060708, .flow_label = 0xfedcba98},
    {.ttl = 64, .ip_id = 0xff00, .sport = 50000, .seq = 0xfffefdfc, .ack = 0x80000000, .flow_label = 0x12345},
};

static unsigned
u16(const uint8_t *at)
{
    return at[0] * 256u + at[1];
}

static uint32_t
u32(const uint8_t *at)
{
    return u16(at) * 65536u + u16(at + 2);
}

/* All the words of RFC 1071 together, the checksum too, carry on carry: a right one makes them 0xffff. */
static unsigned
ones_sum(unsigned sum, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? data[i] * 256u : data[i];
        sum = sum > 0xffff ? sum - 0xffff : sum;
    }
    return sum;
}

static size_t
ip_header(const uint8_t *packet)
{
    return packet[0] >> 4 == 4 ? (packet[0] & 15) * 4u : 40;
}

static unsigned
tcp_sum(const uint8_t *packet, size_t length)
{
    size_t header = ip_header(packet);
    bool is_ipv4 = packet[0] >> 4 == 4;
    unsigned sum = ones_sum(6 + (unsigned)(length - header), packet + (is_ipv4 ? 12 : 8), is_ipv4 ? 8 : 32);

    return ones_sum(sum, packet + header, length - header);
}

static void
check_ipv4(const form_case_t *test, const packet_probe_t *probe, const uint8_t *packet)
{
    g_assert_cmphex(packet[0], ==, 0x45);
    g_assert_cmpuint(packet[1], ==, test->dscp * 4u);
    g_assert_cmpuint(u16(packet + 2), ==, test->expected_length);
    g_assert_cmpuint(u16(packet + 4), ==, probe->ip_id);
    g_assert_cmphex(u16(packet + 6), ==, test->dont_fragment ? 0x4000 : 0);
    g_assert_cmpuint(packet[8], ==, probe->ttl);
    g_assert_cmpuint(packet[9], ==, 6);
    g_assert_cmphex(ones_sum(0, packet, 20), ==, 0xffff);
    g_assert_cmpmem(packet + 12, 8, "\xc0\x00\x02\x01\xcb\x00\x71\x09", 8);
}

static void
check_ipv6(const form_case_t *test, const packet_probe_t *probe, const uint8_t *packet)
{
    g_assert_cmphex(u32(packet), ==, 0x60000000u + test->dscp * 0x400000u + probe->flow_label % 0x100000u);
    g_assert_cmpuint(u16(packet + 4), ==, test->expected_length - 40);
    g_assert_cmpuint(packet[6], ==, 6);
    g_assert_cmpuint(packet[7], ==, probe->ttl);
    g_assert_cmpmem(packet + 8, 16, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    g_assert_cmpmem(packet + 24, 16, "\xcb\x00\x71\x09\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void
check_tcp(const form_case_t *test, const packet_probe_t *probe, const uint8_t *tcp)
{
    g_assert_cmpuint(u16(tcp), ==, probe->sport);
    g_assert_cmpuint(u16(tcp + 2), ==, 443);
    g_assert_cmpuint(u32(tcp + 4), ==, probe->seq);
    g_assert_cmpuint(u32(tcp + 8), ==, test->expected_flags == 0x10 ? probe->ack : 0);
    g_assert_cmpuint(tcp[12], ==, test->expected_tcp_header / 4 * 16);
    g_assert_cmphex(tcp[13], ==, test->expected_flags);
    g_assert_cmpuint(u16(tcp + 14), ==, test->expected_window);
    g_assert_cmpuint(u16(tcp + 18), ==, 0);
    if (test->expected_mss != 0)
        g_assert_cmphex(u32(tcp + 20), ==, 0x02040000u + test->expected_mss);
    if (test->expected_tcp_header == 40)
        g_assert_cmpmem(tcp + 24, 16, "\x04\x02\x08\x0a\x0a\x0b\x0c\x0d\0\0\0\0\x01\x03\x03\x07", 16);
}

static packet_form_t
form_of(const form_case_t *test)
{
    return (packet_form_t){
        .family = test->family,
        .source = {{192, 0, 2, 1}},
        .target = {{203, 0, 113, 9}},
        .dport = 443,
        .kind = test->kind,
        .tcp_options = test->tcp_options,
        .dscp = test->dscp,
        .dont_fragment = test->dont_fragment,
        .length = test->length,
        .mtu = test->mtu,
        .time_stamp = 0x0a0b0c0d,
    };
}

static void
test_form(gconstpointer data)
{
    const form_case_t *test = data;
    packet_form_t form = form_of(test);

    for (size_t i = 0; i < G_N_ELEMENTS(probes); i++) {
        uint8_t packet[PACKET_MAX + 1];
        size_t header = test->family == 4 ? 20 : 40;
        size_t length;

        memset(packet, 0xee, sizeof packet);
        length = packet_build(&form, &probes[i], packet);
        g_assert_cmpuint(length, ==, test->expected_length);
        g_assert_cmpuint(packet_header_length(&form), ==, header + test->expected_tcp_header);
        if (test->family == 4)
            check_ipv4(test, &probes[i], packet);
        else
            check_ipv6(test, &probes[i], packet);
        check_tcp(test, &probes[i], packet + header);
        g_assert_cmphex(tcp_sum(packet, length), ==, 0xffff);
        for (size_t at = header + test->expected_tcp_header; at < length; at++)
            g_assert_cmpuint(packet[at], ==, 0);
        g_assert_cmphex(packet[length], ==, 0xee);
    }
}

/* A SYN as Linux sends it when a program connects: 20 bytes of options in this order. */
static bool
is_linux_syn(const uint8_t *packet, size_t size)
{
    const uint8_t *tcp = packet + ip_header(packet);

    if (size != ip_header(packet) + 40 || tcp[12] != 0xa0 || (tcp[13] != 0x02 && tcp[13] != 0xc2))
        return false;
    if (u16(tcp + 14) != 65535 / u16(tcp + 22) * u16(tcp + 22))
        return false;           /* a tool that writes its own */
    return tcp[20] == 2 && tcp[24] == 4 && tcp[26] == 8 && tcp[36] == 1 && tcp[37] == 3 && u32(tcp + 32) == 0;
}

/* What the program would have been told to send this. */
static size_t
rebuild(const uint8_t *packet, uint8_t out[PACKET_MAX])
{
    bool is_ipv4 = packet[0] >> 4 == 4;
    const uint8_t *tcp = packet + ip_header(packet);
    packet_form_t form = {
        .family = packet[0] >> 4,
        .dport = (uint16_t)u16(tcp + 2),
        .kind = tcp[13] == 0xc2 ? OPTIONS_PACKET_ECN : OPTIONS_PACKET_SYN,
        .dscp = (uint8_t)((is_ipv4 ? packet[1] : u16(packet) >> 4 & 0xff) >> 2),
        .dont_fragment = is_ipv4 && (packet[6] & 0x40) != 0,
        .mtu = (uint16_t)(u16(tcp + 22) + ip_header(packet) + 20),
        .time_stamp = u32(tcp + 28),
    };
    packet_probe_t probe = {
        .ttl = packet[is_ipv4 ? 8 : 7],
        .ip_id = (uint16_t)(is_ipv4 ? u16(packet + 4) : 0),
        .sport = (uint16_t)u16(tcp),
        .seq = u32(tcp + 4),
        .flow_label = is_ipv4 ? 0 : u32(packet) & 0xfffff,
    };

    memcpy(form.source.bytes, packet + (is_ipv4 ? 12 : 8), is_ipv4 ? 4 : 16);
    memcpy(form.target.bytes, packet + (is_ipv4 ? 16 : 24), is_ipv4 ? 4 : 16);
    return packet_build(&form, &probe, out);
}

/* The same bytes, but for what the sender's system chose for itself: how far its window is scaled. The checksum is
 * compared where the capture holds a right one; most were to be filled in by the device. */
static bool
check_rebuilt(const uint8_t *packet, size_t size)
{
    uint8_t copy[PACKET_MAX];
    uint8_t built[PACKET_MAX];
    uint8_t *tcp = copy + ip_header(packet);
    bool is_sum_right = tcp_sum(packet, size) == 0xffff;
    unsigned scale = tcp[0];

    memcpy(copy, packet, size);
    scale = tcp[39];
    g_assert_cmpuint(rebuild(packet, built), ==, size);
    g_assert_cmphex(tcp_sum(built, size), ==, 0xffff);
    tcp[39] = 7;
    if (is_sum_right && scale == 7)
        g_assert_cmpmem(tcp + 16, 2, built + ip_header(packet) + 16, 2);
    memcpy(tcp + 16, built + ip_header(packet) + 16, 2);
    g_assert_cmpmem(copy, size, built, size);
    return true;
}

/* RFC 3168 section 5: ECT(1) is 1, ECT(0) is 2. RFC 9768 section 3.1.1: a SYN that asks has AE, CWR and ECE. */
static void
test_ecn(void)
{
    static const struct {
        options_ecn_t ecn;
        options_packet_t kind;
        uint8_t dscp;
        uint8_t traffic_class;
        uint16_t flags;
    } cases[] = {
        {OPTIONS_ECN_OFF, OPTIONS_PACKET_SYN, 0, 0, 0x002},
        {OPTIONS_ECN_NOT_ECT, OPTIONS_PACKET_SYN, 0, 0, 0x1c2},
        {OPTIONS_ECN_ECT_0, OPTIONS_PACKET_SYN, 0, 2, 0x1c2},
        {OPTIONS_ECN_ECT_1, OPTIONS_PACKET_SYN, 63, 253, 0x1c2},
        {OPTIONS_ECN_ECT_0, OPTIONS_PACKET_SYN, 33, 134, 0x1c2},
        {OPTIONS_ECN_ECT_0, OPTIONS_PACKET_ACK, 0, 2, 0x010},
        {OPTIONS_ECN_ECT_1, OPTIONS_PACKET_ECN, 0, 1, 0x0c2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (uint8_t family = 4; family <= 6; family += 2) {
            packet_form_t form = form_of(&forms[0]);
            uint8_t packet[PACKET_MAX];
            size_t length;

            form.family = family;
            form.kind = cases[i].kind;
            form.dscp = cases[i].dscp;
            form.ecn = cases[i].ecn;
            length = packet_build(&form, &probes[2], packet);
            g_assert_cmphex(family == 4 ? packet[1] : u16(packet) >> 4 & 0xff, ==, cases[i].traffic_class);
            g_assert_cmphex(u16(packet + ip_header(packet) + 12) & 0xfff, ==, cases[i].flags);
            g_assert_cmphex(tcp_sum(packet, length), ==, 0xffff);
            if (family == 4)
                g_assert_cmphex(ones_sum(0, packet, 20), ==, 0xffff);
            else
                g_assert_cmphex(u32(packet) & 0xfffff, ==, probes[2].flow_label & 0xfffff);
        }
    }
}

static size_t
link_header(uint16_t link_type)
{
    return link_type == PARSE_LINK_ETHERNET ? 14 : link_type == PARSE_LINK_SLL2 ? 20
                                                                                : 0;
}

static void
test_real_syns(void)
{
    g_autoptr(GDir) folder = g_dir_open(captures, 0, NULL);
    const char *name;
    int rebuilt[7] = {0};

    g_assert_nonnull(folder);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(captures, name, NULL);
        pcap_file_t file;

        if (!g_str_has_suffix(name, ".pcap"))
            continue;
        g_assert_true(pcap_file_open(&file, path));
        while (link_header(file.link_type) > 0 && pcap_file_read(&file)) {
            const uint8_t *packet = file.data + link_header(file.link_type);
            size_t size = file.captured - link_header(file.link_type);
            bool is_ipv4 = packet[0] == 0x45 && packet[9] == 6;

            if (file.captured == file.length && (is_ipv4 || (packet[0] >> 4 == 6 && packet[6] == 6)) &&
                is_linux_syn(packet, size))
                rebuilt[packet[0] >> 4] += check_rebuilt(packet, size);
        }
        pcap_file_close(&file);
    }
    g_test_message("%d IPv4 and %d IPv6 SYNs of Linux built again", rebuilt[4], rebuilt[6]);
    g_assert_cmpint(rebuilt[4], >, 100);
    g_assert_cmpint(rebuilt[6], >, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >=, 2);
    captures = argv[1];
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *path = g_strdup_printf("/packet/%s", forms[i].name);

        g_test_add_data_func(path, &forms[i], test_form);
    }
    g_test_add_func("/packet/ecn", test_ecn);
    g_test_add_func("/packet/linux_syns_of_captures", test_real_syns);
    return g_test_run();
}
