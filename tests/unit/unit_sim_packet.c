/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The path simulator's packets: checksums, fields, flows, quotes, extensions, NATs, neighbours, the queue.
 */
#include <string.h>

#include "sim_nat.h"
#include "sim_neighbour.h"
#include "sim_queue.h"
#include "sim_reply.h"
#include "unit_sim.h"

static const unit_sim_probe_t probe_ipv4 = {.destination = "203.0.113.9",
                                            .source_port = 40001,
                                            .destination_port = 80,
                                            .seq = 0x01020304,
                                            .ip_id = 0x1234,
                                            .ttl = 3,
                                            .flags = SIM_SYN};
static const unit_sim_probe_t probe_ipv6 = {.destination = "2001:db8:3::9",
                                            .source_port = 40001,
                                            .destination_port = 80,
                                            .seq = 0x01020304,
                                            .ttl = 3,
                                            .flags = SIM_SYN};

/* RFC 1071, section 3: the sum of these bytes is ddf2. */
static void
test_checksum(void)
{
    const uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

    g_assert_cmphex(sim_checksum(data, sizeof data, 0), ==, 0xffff ^ 0xddf2);
    g_assert_cmphex(sim_checksum(data + 2, 6, 0x0001), ==, 0xffff ^ 0xddf2);
    g_assert_cmphex(sim_checksum(data, 3, 0), ==, 0xffff ^ (0x0001 + 0xf200));
    g_assert_cmphex(sim_checksum(data, 0, 0), ==, 0xffff);
}

static void
test_cut_packets_are_none(void)
{
    const sim_packet_t packets[] = {unit_sim_packet(&probe_ipv4), unit_sim_packet(&probe_ipv6)};
    sim_packet_t packet;

    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        for (size_t length = 0; length < packets[i].length; length++)
            g_assert_false(sim_packet_set(&packet, packets[i].bytes, length));
        g_assert_true(sim_packet_set(&packet, packets[i].bytes, packets[i].length));
    }
}

static void
test_changes_keep_checksums_good(void)
{
    const sim_address_t address = {.family = 4, .bytes = {198, 51, 100, 77}};
    sim_packet_t packet = unit_sim_packet(&probe_ipv4);

    sim_packet_set_ttl(&packet, 1);
    g_assert_true(unit_sim_checksums_good(&packet));
    sim_packet_set_ip_id(&packet, 0xffff);
    g_assert_true(unit_sim_checksums_good(&packet));
    sim_packet_set_source(&packet, address, 20007);
    g_assert_true(unit_sim_checksums_good(&packet));
    g_assert_cmpuint(sim_packet_fields(&packet).ttl, ==, 1);
    g_assert_cmphex(sim_packet_fields(&packet).ip_id, ==, 0xffff);
    g_assert_cmpuint(sim_packet_fields(&packet).source_port, ==, 20007);
    g_assert_cmpuint(sim_packet_fields(&packet).source.bytes[3], ==, 77);
}

static void
test_flow_is_the_five_tuple(void)
{
    unit_sim_probe_t probe = probe_ipv4;
    sim_packet_t packet = unit_sim_packet(&probe);
    uint32_t hash = sim_packet_flow_hash(&packet, 1, false);

    probe.ttl = 9;
    probe.seq = 1;
    probe.ip_id = 2;
    probe.flags = SIM_ACK;
    packet = unit_sim_packet(&probe);
    g_assert_cmphex(sim_packet_flow_hash(&packet, 1, false), ==, hash);
    g_assert_cmphex(sim_packet_flow_hash(&packet, 2, false), !=, hash);
    probe.source_port++;
    packet = unit_sim_packet(&probe);
    g_assert_cmphex(sim_packet_flow_hash(&packet, 1, false), !=, hash);
    probe.source_port--;
    probe.destination = "203.0.113.10";
    packet = unit_sim_packet(&probe);
    g_assert_cmphex(sim_packet_flow_hash(&packet, 1, false), !=, hash);
}

static void
test_flow_label_counts_when_asked(void)
{
    sim_packet_t packet = unit_sim_packet(&probe_ipv6);
    uint32_t without = sim_packet_flow_hash(&packet, 1, false);
    uint32_t with = sim_packet_flow_hash(&packet, 1, true);

    packet.bytes[3] = 0x77;
    g_assert_cmphex(sim_packet_flow_hash(&packet, 1, false), ==, without);
    g_assert_cmphex(sim_packet_flow_hash(&packet, 1, true), !=, with);
}

static sim_icmp_t
time_exceeded(uint8_t family, int quote)
{
    sim_icmp_t icmp = {.from = {.family = family}, .to = {.family = family}, .ttl = 250, .tos = 0xc0, .ip_id = 9};

    icmp.quote = quote;
    icmp.extension_length = true;
    return icmp;
}

/* ICMP time exceeded, quote of 8 bytes: 20 + 8 + 20 + 8; ICMPv6, whole: 40 + 8 + 40 + 20. */
static void
test_quote_lengths(void)
{
    const sim_packet_t ipv4 = unit_sim_packet(&probe_ipv4);
    const sim_packet_t ipv6 = unit_sim_packet(&probe_ipv6);
    sim_icmp_t icmp = time_exceeded(4, 8);
    sim_packet_t reply;

    sim_reply_icmp(&icmp, &ipv4, &reply);
    g_assert_cmpuint(reply.length, ==, 56);
    g_assert_cmpmem(reply.bytes + 28, 28, ipv4.bytes, 28);
    g_assert_cmphex(sim_get32(reply.bytes + 20) >> 16, ==, 0x0b00);
    g_assert_true(unit_sim_checksums_good(&reply));
    icmp = time_exceeded(6, SIM_QUOTE_FULL);
    sim_reply_icmp(&icmp, &ipv6, &reply);
    g_assert_cmpuint(reply.length, ==, 108);
    g_assert_cmpmem(reply.bytes + 48, 60, ipv6.bytes, 60);
    g_assert_cmphex(sim_get32(reply.bytes + 40) >> 16, ==, 0x0300);
    g_assert_true(unit_sim_checksums_good(&reply));
}

static void
test_quote_never_exceeds_its_limit(void)
{
    sim_packet_t packet = unit_sim_packet(&probe_ipv4);
    const sim_icmp_t icmp = time_exceeded(4, SIM_QUOTE_FULL);
    sim_packet_t reply;

    memset(packet.bytes + packet.length, 0x55, 1400);
    packet.length += 1400;
    sim_reply_icmp(&icmp, &packet, &reply);
    g_assert_cmpuint(reply.length, ==, 576);
    g_assert_true(unit_sim_checksums_good(&reply));
}

/* RFC 4884: length field 32 words of 32 bit (IPv4), 16 of 64 bit (IPv6), padding to 128 bytes, version 2.
 * RFC 4950: class 1, type 1; label 24001 S 0 TTL 1 is 05dc1001, label 17 TC 5 S 1 TTL 254 is 00011bfe.
 */
static void
test_extension(void)
{
    static const uint8_t object[] = {0x00, 0x0c, 0x01, 0x01, 0x05, 0xdc, 0x10, 0x01, 0x00, 0x01, 0x1b, 0xfe};
    const sim_label_t labels[] = {{24001, 0, 1}, {17, 5, 254}};
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(sim_label_t));
    const sim_packet_t packets[] = {unit_sim_packet(&probe_ipv4), unit_sim_packet(&probe_ipv6)};

    g_array_append_vals(list, labels, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        sim_icmp_t icmp = time_exceeded(packets[i].family, SIM_QUOTE_FULL);
        size_t header = packets[i].family == 4 ? 20 : 40;
        sim_packet_t reply;
        const uint8_t *message = reply.bytes + header;
        const uint8_t *extension = message + 8 + 128;

        icmp.labels = list;
        sim_reply_icmp(&icmp, &packets[i], &reply);
        g_assert_cmpuint(reply.length, ==, header + 8 + 128 + 4 + 12);
        g_assert_cmpuint(message[5], ==, packets[i].family == 4 ? 32 : 0);
        g_assert_cmpuint(message[4], ==, packets[i].family == 4 ? 0 : 16);
        g_assert_cmpuint(message[8 + packets[i].length], ==, 0);
        g_assert_cmpuint(extension[0], ==, 0x20);
        g_assert_cmpmem(extension + 4, 12, object, sizeof object);
        g_assert_cmphex(sim_checksum(extension, 16, 0), ==, 0);
        g_assert_true(unit_sim_checksums_good(&reply));
    }
}

static void
test_nat_and_back(void)
{
    const sim_nat_t nat = {.changes_port = true, .port_base = 20000, .ip_id = SIM_ID_SWAP};
    const sim_packet_t probe = unit_sim_packet(&probe_ipv4);
    sim_packet_t packet = probe;
    sim_nat_step_t step = sim_nat_apply(&nat, &packet);

    g_assert_cmpuint(sim_packet_fields(&packet).source_port, ==, 20001);
    g_assert_cmphex(sim_packet_fields(&packet).ip_id, ==, 0x3412);
    g_assert_true(unit_sim_checksums_good(&packet));
    sim_nat_undo(&step, &packet);
    g_assert_cmpuint(sim_packet_fields(&packet).source_port, ==, 40001);
    g_assert_cmphex(sim_packet_fields(&packet).ip_id, ==, 0x3412);
    g_assert_true(unit_sim_checksums_good(&packet));
}

static void
test_nat_that_leaves_quotes(void)
{
    const sim_nat_t nat = {.changes_port = true, .port_base = 20000, .leaves_quotes = true};
    sim_packet_t packet = unit_sim_packet(&probe_ipv4);
    sim_nat_step_t step = sim_nat_apply(&nat, &packet);

    sim_nat_undo(&step, &packet);
    g_assert_cmpuint(sim_packet_fields(&packet).source_port, ==, 20001);
}

static void
test_arp(void)
{
    /* ARP, Request who-has 192.0.2.254 tell 192.0.2.1, length 28 */
    static const uint8_t request[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00,
                                      0x01, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,
                                      0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0xc0, 0x00, 0x02, 0x01, 0x00,
                                      0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x02, 0xfe};
    static const uint8_t reply[] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0xfe, 0x08, 0x06,
                                    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0xfe,
                                    0xc0, 0x00, 0x02, 0xfe, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0xc0, 0x00, 0x02, 0x01};
    uint8_t answer[SIM_NEIGHBOUR_MAX];
    size_t length = sim_neighbour_answer(request, sizeof request, answer);

    g_assert_cmpmem(answer, length, reply, sizeof reply);
    g_assert_cmpuint(sim_neighbour_answer(request, sizeof request - 1, answer), ==, 0);
    g_assert_cmpuint(sim_neighbour_answer(reply, sizeof reply, answer), ==, 0);
}

static void
test_queue_is_in_order_of_time(void)
{
    static const int64_t times[] = {50, 10, 30, 10, 90, 20, 30, 10};
    sim_queue_t *queue = sim_queue_new();
    sim_pending_t before = {.due_ns = 0, .id = 0};
    sim_pending_t pending;

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        sim_queue_push(queue, &(sim_pending_t){.due_ns = times[i], .id = i + 1});
    g_assert_false(sim_queue_pop(queue, 9, &pending));
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_assert_true(sim_queue_pop(queue, 90, &pending));
        g_assert_cmpint(pending.due_ns, ==, times[pending.id - 1]);
        g_assert_cmpint(pending.due_ns, >=, before.due_ns);
        if (pending.due_ns == before.due_ns)
            g_assert_cmpuint(pending.id, >, before.id);
        before = pending;
    }
    g_assert_false(sim_queue_pop(queue, INT64_MAX, &pending));
    g_assert_cmpint(sim_queue_due(queue), ==, INT64_MAX);
    sim_queue_free(queue);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checksum/is_that_of_rfc_1071", test_checksum);
    g_test_add_func("/packet/cut_ones_are_none", test_cut_packets_are_none);
    g_test_add_func("/packet/changes_keep_checksums_good", test_changes_keep_checksums_good);
    g_test_add_func("/flow/is_the_five_tuple", test_flow_is_the_five_tuple);
    g_test_add_func("/flow/label_counts_when_asked", test_flow_label_counts_when_asked);
    g_test_add_func("/reply/quotes_as_much_as_asked", test_quote_lengths);
    g_test_add_func("/reply/quote_never_exceeds_its_limit", test_quote_never_exceeds_its_limit);
    g_test_add_func("/reply/extension_is_that_of_rfc_4884_and_4950", test_extension);
    g_test_add_func("/nat/translates_and_back_but_for_the_id", test_nat_and_back);
    g_test_add_func("/nat/may_leave_quotes", test_nat_that_leaves_quotes);
    g_test_add_func("/neighbour/arp_is_answered", test_arp);
    g_test_add_func("/queue/is_in_order_of_time", test_queue_is_in_order_of_time);
    return g_test_run();
}
