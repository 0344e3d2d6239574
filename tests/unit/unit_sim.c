/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "unit_sim.h"

sim_description_t *
unit_sim_description(const char *text)
{
    g_autoptr(GError) error = NULL;
    sim_description_t *description = sim_description_parse(text, &error);

    g_assert_no_error(error);
    g_assert_nonnull(description);
    return description;
}

/* The ones' complement sum of big-endian words, written out so as not to test the simulator's with itself. */
static uint32_t
sum_words(const uint8_t *data, size_t length)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (uint32_t)data[i] * 256 : data[i];
    return sum;
}

static uint16_t
fold(uint32_t sum)
{
    return (uint16_t)(sum % 0xffff == 0 && sum != 0 ? 0xffff : sum % 0xffff);
}

static uint32_t
sum_transport(const sim_packet_t *packet)
{
    size_t length = packet->length - packet->transport;
    uint32_t sum = sum_words(packet->bytes + packet->transport, length);

    if (packet->protocol == SIM_PROTOCOL_ICMP)
        return sum;
    sum += (uint32_t)length + packet->protocol;
    return sum + (packet->family == 4 ? sum_words(packet->bytes + 12, 8) : sum_words(packet->bytes + 8, 32));
}

bool
unit_sim_checksums_good(const sim_packet_t *packet)
{
    if (packet->family == 4 && fold(sum_words(packet->bytes, packet->transport)) != 0xffff)
        return false;
    return fold(sum_transport(packet)) == 0xffff;
}

static size_t
write_ip(const unit_sim_probe_t *probe, uint8_t *bytes)
{
    if (strchr(probe->destination, ':') != NULL) {
        const char *source = probe->source != NULL ? probe->source : "2001:db8:ffff::1";

        sim_put32(bytes, 0x60000000 | (uint32_t)probe->ecn << 20);
        sim_put16(bytes + 4, SIM_TCP_HEADER);
        bytes[6] = SIM_PROTOCOL_TCP;
        bytes[7] = probe->ttl;
        g_assert_cmpint(inet_pton(AF_INET6, source, bytes + 8), ==, 1);
        g_assert_cmpint(inet_pton(AF_INET6, probe->destination, bytes + 24), ==, 1);
        return SIM_IPV6_HEADER;
    }
    bytes[0] = 0x45;
    bytes[1] = probe->ecn;
    sim_put16(bytes + 2, SIM_IPV4_HEADER + SIM_TCP_HEADER);
    sim_put16(bytes + 4, probe->ip_id);
    bytes[8] = probe->ttl;
    bytes[9] = SIM_PROTOCOL_TCP;
    g_assert_cmpint(inet_pton(AF_INET, probe->source != NULL ? probe->source : "192.0.2.1", bytes + 12), ==, 1);
    g_assert_cmpint(inet_pton(AF_INET, probe->destination, bytes + 16), ==, 1);
    sim_put16(bytes + 10, (uint16_t)~fold(sum_words(bytes, SIM_IPV4_HEADER)));
    return SIM_IPV4_HEADER;
}

sim_packet_t
unit_sim_packet(const unit_sim_probe_t *probe)
{
    uint8_t bytes[SIM_IPV6_HEADER + SIM_TCP_HEADER] = {0};
    size_t ip = write_ip(probe, bytes);
    uint8_t *tcp = bytes + ip;
    sim_packet_t packet;

    sim_put16(tcp, probe->source_port);
    sim_put16(tcp + 2, probe->destination_port);
    sim_put32(tcp + 4, probe->seq);
    sim_put32(tcp + 8, probe->ack);
    sim_put16(tcp + 12, (uint16_t)(SIM_TCP_HEADER / 4 << 12 | probe->flags));
    g_assert_true(sim_packet_set(&packet, bytes, ip + SIM_TCP_HEADER));
    sim_put16(packet.bytes + ip + 16, (uint16_t)~fold(sum_transport(&packet)));
    g_assert_true(unit_sim_checksums_good(&packet));
    return packet;
}

void
unit_sim_begin(unit_sim_fixture_t *fixture, const char *text)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->description = unit_sim_description(text);
    fixture->network = sim_network_new(fixture->description);
}

void
unit_sim_end(unit_sim_fixture_t *fixture)
{
    sim_network_free(fixture->network);
    sim_description_free(fixture->description);
}

unit_sim_probe_t
unit_sim_syn(uint8_t family, uint8_t ttl)
{
    const unit_sim_probe_t probe = {.destination = family == 4 ? "203.0.113.9" : "2001:db8:3::9",
                                    .source_port = 40000,
                                    .destination_port = 80,
                                    .seq = 1000,
                                    .ip_id = 7,
                                    .ttl = ttl,
                                    .flags = SIM_SYN};

    return probe;
}

const char *
unit_sim_send(unit_sim_fixture_t *fixture, const unit_sim_probe_t *probe)
{
    const sim_packet_t packet = unit_sim_packet(probe);

    sim_network_receive(fixture->network, &packet, fixture->now_ns, &fixture->verdict);
    if (fixture->verdict.outcome == SIM_ANSWERED)
        g_assert_true(unit_sim_checksums_good(&fixture->verdict.reply));
    return sim_outcome_name(fixture->verdict.outcome);
}

const char *
unit_sim_send_syn(unit_sim_fixture_t *fixture, uint8_t family, uint8_t ttl)
{
    const unit_sim_probe_t probe = unit_sim_syn(family, ttl);

    return unit_sim_send(fixture, &probe);
}
