/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "sim_packet.h"

uint16_t
sim_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t
sim_get32(const uint8_t *at)
{
    return (uint32_t)sim_get16(at) << 16 | sim_get16(at + 2);
}

void
sim_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void
sim_put32(uint8_t *at, uint32_t value)
{
    sim_put16(at, (uint16_t)(value >> 16));
    sim_put16(at + 2, (uint16_t)value);
}

static uint32_t
add_words(const uint8_t *data, size_t length, uint32_t sum)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += sim_get16(data + i);
    if (length % 2 == 1)
        sum += (uint32_t)data[length - 1] << 8;
    return sum;
}

uint16_t
sim_checksum(const uint8_t *data, size_t length, uint32_t sum)
{
    sum = add_words(data, length, sum);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint32_t
sim_packet_pseudo_sum(const sim_packet_t *packet, uint8_t protocol, size_t length)
{
    const uint8_t *addresses = packet->family == 4 ? packet->bytes + 12 : packet->bytes + 8;

    return add_words(addresses, packet->family == 4 ? 8 : 32, 0) + protocol + (uint32_t)length;
}

static bool
set_ipv4(sim_packet_t *packet)
{
    size_t header = (size_t)(packet->bytes[0] & 0x0f) * 4;
    size_t total = sim_get16(packet->bytes + 2);

    if (header < SIM_IPV4_HEADER || total < header || total > packet->length)
        return false;
    packet->family = 4;
    packet->length = total;
    packet->transport = header;
    packet->protocol = packet->bytes[9];
    return true;
}

static bool
set_ipv6(sim_packet_t *packet)
{
    size_t total;

    if (packet->length < SIM_IPV6_HEADER)
        return false;
    total = SIM_IPV6_HEADER + (size_t)sim_get16(packet->bytes + 4);
    if (total > packet->length)
        return false;
    packet->family = 6;
    packet->length = total;
    packet->transport = SIM_IPV6_HEADER;
    packet->protocol = packet->bytes[6];
    return true;
}

bool
sim_packet_set(sim_packet_t *packet, const uint8_t *bytes, size_t length)
{
    if (length < SIM_IPV4_HEADER || length > sizeof packet->bytes)
        return false;
    memcpy(packet->bytes, bytes, length);
    packet->length = length;
    switch (bytes[0] >> 4) {
    case 4: return set_ipv4(packet);
    case 6: return set_ipv6(packet);
    default: return false;
    }
}

static void
read_tcp(const sim_packet_t *packet, sim_fields_t *fields)
{
    const uint8_t *tcp = packet->bytes + packet->transport;
    size_t header = (size_t)(tcp[12] >> 4) * 4;
    size_t rest = packet->length - packet->transport;

    fields->seq = sim_get32(tcp + 4);
    fields->ack = sim_get32(tcp + 8);
    fields->flags = sim_get16(tcp + 12) & 0x1ff;
    fields->payload = rest > header ? (uint32_t)(rest - header) : 0;
}

sim_fields_t
sim_packet_fields(const sim_packet_t *packet)
{
    const uint8_t *ip = packet->bytes;
    const uint8_t *transport = ip + packet->transport;
    size_t rest = packet->length - packet->transport;
    sim_fields_t fields = {.source.family = packet->family, .destination.family = packet->family};

    if (packet->family == 4) {
        memcpy(fields.source.bytes, ip + 12, 4);
        memcpy(fields.destination.bytes, ip + 16, 4);
        fields.ip_id = sim_get16(ip + 4);
        fields.ttl = ip[8];
        fields.ecn = ip[1] & 3;
    } else {
        memcpy(fields.source.bytes, ip + 8, 16);
        memcpy(fields.destination.bytes, ip + 24, 16);
        fields.flow_label = sim_get32(ip) & 0xfffff;
        fields.ttl = ip[7];
        fields.ecn = ip[1] >> 4 & 3;
    }
    if ((packet->protocol == SIM_PROTOCOL_TCP || packet->protocol == SIM_PROTOCOL_UDP) && rest >= 4) {
        fields.source_port = sim_get16(transport);
        fields.destination_port = sim_get16(transport + 2);
    }
    if (packet->protocol == SIM_PROTOCOL_TCP && rest >= SIM_TCP_HEADER)
        read_tcp(packet, &fields);
    return fields;
}

static void
fix_header(sim_packet_t *packet)
{
    if (packet->family != 4)
        return;
    sim_put16(packet->bytes + 10, 0);
    sim_put16(packet->bytes + 10, sim_checksum(packet->bytes, packet->transport, 0));
}

static void
fix_transport(sim_packet_t *packet)
{
    size_t rest = packet->length - packet->transport;
    size_t where = packet->protocol == SIM_PROTOCOL_TCP ? 16 : 6;
    uint8_t *transport = packet->bytes + packet->transport;

    if (rest < where + 2)
        return;
    sim_put16(transport + where, 0);
    sim_put16(transport + where, sim_checksum(transport, rest, sim_packet_pseudo_sum(packet, packet->protocol, rest)));
}

void
sim_packet_set_ttl(sim_packet_t *packet, uint8_t ttl)
{
    packet->bytes[packet->family == 4 ? 8 : 7] = ttl;
    fix_header(packet);
}

void
sim_packet_set_ip_id(sim_packet_t *packet, uint16_t id)
{
    if (packet->family != 4)
        return;
    sim_put16(packet->bytes + 4, id);
    fix_header(packet);
}

void
sim_packet_set_ecn(sim_packet_t *packet, uint8_t ecn)
{
    uint8_t *ip = packet->bytes;

    if (packet->family == 4) {
        ip[1] = (uint8_t)((ip[1] & ~3) | ecn);
        fix_header(packet);
    } else {
        ip[1] = (uint8_t)((ip[1] & ~0x30) | ecn << 4);
    }
}

void
sim_packet_set_source(sim_packet_t *packet, sim_address_t address, uint16_t port)
{
    if (address.family == packet->family)
        memcpy(packet->bytes + (packet->family == 4 ? 12 : 8), address.bytes, packet->family == 4 ? 4 : 16);
    if (packet->protocol == SIM_PROTOCOL_TCP || packet->protocol == SIM_PROTOCOL_UDP) {
        sim_put16(packet->bytes + packet->transport, port);
        fix_transport(packet);
    }
    fix_header(packet);
}

/* FNV-1a. */
static uint32_t
add_to_hash(uint32_t hash, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ data[i]) * 16777619U;
    return hash;
}

/* Every bit of the input changes every bit of the output: two branches must not depend on the last bit alone. */
static uint32_t
mix(uint32_t hash)
{
    hash ^= hash >> 16;
    hash *= 0x85ebca6bU;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35U;
    return hash ^ hash >> 16;
}

uint32_t
sim_packet_flow_hash(const sim_packet_t *packet, uint32_t salt, bool with_flow_label)
{
    const sim_fields_t fields = sim_packet_fields(packet);
    uint8_t rest[9];
    uint32_t hash = add_to_hash(2166136261U ^ mix(salt), fields.source.bytes, sizeof fields.source.bytes);

    hash = add_to_hash(hash, fields.destination.bytes, sizeof fields.destination.bytes);
    sim_put16(rest, fields.source_port);
    sim_put16(rest + 2, fields.destination_port);
    sim_put32(rest + 4, with_flow_label ? fields.flow_label : 0);
    rest[8] = packet->protocol;
    return mix(add_to_hash(hash, rest, sizeof rest));
}

void
sim_address_text(const sim_address_t *address, char *text)
{
    text[0] = '\0';
    if (address->family != 0)
        inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, text, INET6_ADDRSTRLEN);
}
