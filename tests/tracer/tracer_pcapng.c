/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tracer_pcapng FILE: writes every kind of block to FILE; check_pcapng.py reads it with a reader of its own and with
 * tshark. The values stand in both.
 */
#include <stdio.h>
#include <string.h>

#include "pcapng.h"

static void
add_packets(GByteArray *out)
{
    uint8_t data[64];

    for (uint32_t size = 0; size <= 64; size++) {
        memset(data, (int)size, sizeof data);
        pcapng_packet(out, &(pcapng_packet_t){
            .interface = size % 2, .time_ns = INT64_C(1800000000123456789) + size, .captured = size,
            .length = size + 7, .data = data, .comment = size % 3 == 0 ? "" : size % 3 == 1 ? "a remark" : NULL,
        });
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree char *long_text = g_strnfill(70000, 'x');
    g_autofree char *longest_name = g_strnfill(1023, 'n');
    const ttr_address_t ipv4 = {{198, 51, 100, 7}};
    const ttr_address_t ipv6 = {{0x20, 0x01, 0x0d, 0xb8, [15] = 7}};

    if (argc != 2)
        return 2;
    pcapng_section(out, "a program 1.0");
    pcapng_interface(out, &(pcapng_interface_t){
        .link_type = 1, .snap_length = 65535, .name = "eth0", .description = "TCP path", .filter = "tcp port 80"});
    pcapng_interface(out, &(pcapng_interface_t){
        .link_type = 101, .snap_length = 1, .name = "tun0", .description = "", .filter = long_text});
    add_packets(out);
    pcapng_name(out, TTR_FAMILY_IPV4, &ipv4, "hop7.example");
    pcapng_name(out, TTR_FAMILY_IPV6, &ipv6, longest_name);
    pcapng_name(out, TTR_FAMILY_IPV4, &ipv4, long_text);    /* too long: left out */
    pcapng_statistics(out, &(pcapng_statistics_t){
        .interface = 1, .start_ns = INT64_C(1800000000000000001), .end_ns = INT64_C(1800000009000000002),
        .received = INT64_C(0x100000005), .dropped = 3, .written = 65});
    return g_file_set_contents(argv[1], (const char *)out->data, out->len, NULL) ? 0 : 1;
}
