/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200, RFC 4302, RFC 5533).
 */
#include <string.h>

#include "ttr_bytes.h"
#include "walk_private.h"

enum {
    IPV4_HEADER = 20,
    IPV4_DONT_FRAGMENT = 0x4000,
    IPV4_MORE = 0x2000,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_HEADER = 40,
    IPV6_OFFSET_MASK = 0xfff8,
    FRAGMENT_HEADER = 8
};

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_SHIM = 140
};

/* Hands over TCP and ICMP, and walks into everything else. */
static void
take(walk_t *walk, ttr_ip_t *ip, uint8_t protocol, bytes_t bytes)
{
    uint8_t icmp = ip->family == TTR_FAMILY_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    uint32_t header = ip->family == TTR_FAMILY_IPV4 ? IPV4_HEADER : IPV6_HEADER;
    walk_packet_t packet;

    walk->layer++;
    if (protocol != PROTOCOL_TCP && protocol != icmp) {
        walk_tunnel(walk, protocol, bytes);
        return;
    }
    /* Of a packet put together from fragments the last one's header is known, and the sum of all lengths. */
    ip->length = MAX(ip->length, header + (uint32_t)bytes.length);
    packet = (walk_packet_t){
        .ip = *ip,
        .is_tcp = protocol == PROTOCOL_TCP,
        .layer = walk->layer,
        .is_cooked = walk->is_cooked,
        .device = walk->device,
        .link = walk->link,
        .bytes = bytes,
    };
    walk->take(walk->user, &packet);
}

/* Where a source route goes on (RFC 791 section 3.1), its end is the target: the offset of that address, else 0. */
static size_t
route_end(const uint8_t *header, size_t size)
{
    enum { END = 0,
           NOP = 1,
           LOOSE = 131,
           STRICT = 137,
           ROUTE_HEADER = 3 };
    size_t at = IPV4_HEADER;

    while (at < size && header[at] != END) {
        size_t length = 1;

        if (header[at] != NOP) {
            if (at + 2 > size || header[at + 1] < 2 || header[at + 1] > size - at)
                return 0;
            length = header[at + 1];
        }
        if ((header[at] == LOOSE || header[at] == STRICT) && length >= ROUTE_HEADER + 4)
            return header[at + 2] <= length ? at + length - 4 : 0;
        at += length;
    }
    return 0;
}

static void
read_ipv4(const uint8_t *data, size_t header, ttr_ip_t *ip)
{
    size_t end = header > IPV4_HEADER ? route_end(data, header) : 0;

    *ip = (ttr_ip_t){
        .family = TTR_FAMILY_IPV4,
        .tos = data[1],
        .length = ttr_bytes_u16(data + 2),
        .id = ttr_bytes_u16(data + 4),
        .dont_fragment = (ttr_bytes_u16(data + 6) & IPV4_DONT_FRAGMENT) != 0,
        .ttl = data[8],
    };
    memcpy(ip->source.bytes, data + 12, 4);
    memcpy(ip->target.bytes, data + (end != 0 ? end : 16), 4);
}

/* Puts a fragment to the others of its packet. True when *bytes is a payload to be walked into: the whole packet's, or
 * that of a first fragment which the capture cuts off, since nothing can be put together then. */
static bool
reassemble(walk_t *walk, const fragments_key_t *key, size_t offset, bool has_more, bytes_t *bytes)
{
    fragments_piece_t piece = {.offset = offset, .is_last = !has_more, .data = bytes->data, .size = bytes->length};
    size_t size;

    if (bytes->captured < bytes->length || bytes->length == 0)
        return offset == 0;
    bytes->data = fragments_add(walk->fragments, key, &piece, &size);
    if (bytes->data == NULL)
        return false;
    bytes->captured = size;
    bytes->length = size;
    return true;
}

static void
key_of(const walk_t *walk, const ttr_ip_t *ip, uint32_t id, uint8_t protocol, fragments_key_t *key)
{
    memset(key, 0, sizeof *key);
    key->source = ip->source;
    key->target = ip->target;
    key->id = id;
    key->vlan = walk->vlan;
    key->family = ip->family;
    key->protocol = protocol;
}

/* Steps over an extension header of the usual form: its size stands in its second byte. */
static bool
skip_extension(uint8_t *protocol, bytes_t *bytes)
{
    size_t size;
    uint8_t next;

    if (!bytes_hold(bytes, 2))
        return false;
    next = bytes->data[0];
    size = *protocol == PROTOCOL_AUTHENTICATION ? ((size_t)bytes->data[1] + 2) * 4 : ((size_t)bytes->data[1] + 1) * 8;
    *protocol = next;
    return bytes_skip(bytes, size);
}

static void
walk_ipv4(walk_t *walk, bytes_t bytes)
{
    const uint8_t *data = bytes.data;
    size_t header;
    uint16_t fragment;
    fragments_key_t key;
    ttr_ip_t ip;

    if (!bytes_hold(&bytes, IPV4_HEADER))
        return;
    header = (size_t)(data[0] & 0x0f) * 4;
    if (header < IPV4_HEADER || !bytes_hold(&bytes, header))
        return;
    read_ipv4(data, header, &ip);
    if (ip.length == 0)
        ip.length = (uint32_t)bytes.length;     /* the network card will cut it up: TCP segmentation offload */
    if (ip.length < header)
        return;
    bytes_limit(&bytes, ip.length);
    bytes_skip(&bytes, header);
    fragment = ttr_bytes_u16(data + 6);
    if ((fragment & (IPV4_MORE | IPV4_OFFSET_MASK)) != 0) {
        bytes_t payload = bytes;

        payload.length = ip.length - header;    /* more than is there: nothing can be put together */
        key_of(walk, &ip, ip.id, data[9], &key);
        if (!reassemble(walk, &key, (size_t)(fragment & IPV4_OFFSET_MASK) * 8, (fragment & IPV4_MORE) != 0,
                        &payload))
            return;
        if (payload.data != bytes.data)
            bytes = payload;
    }
    take(walk, &ip, data[9], bytes);
}

void
walk_ip(walk_t *walk, bytes_t bytes)
{
    if (!walk_enter(walk) || !bytes_hold(&bytes, 1))
        return;
    if (bytes.data[0] >> 4 == TTR_FAMILY_IPV4)
        walk_ipv4(walk, bytes);
    else if (bytes.data[0] >> 4 == TTR_FAMILY_IPV6)
        walk_ipv6(walk, bytes);
}

/* A fragment header. False: there is nothing to walk into. */
static bool
skip_fragment(walk_t *walk, const ttr_ip_t *ip, uint8_t *protocol, bytes_t *bytes)
{
    const uint8_t *data = bytes->data;
    uint16_t offset;
    fragments_key_t key;

    if (!bytes_skip(bytes, FRAGMENT_HEADER))
        return false;
    *protocol = data[0];
    offset = ttr_bytes_u16(data + 2);
    if ((offset & (IPV6_OFFSET_MASK | 1)) == 0)
        return true;
    key_of(walk, ip, ttr_bytes_u32(data + 4), 0, &key);
    return reassemble(walk, &key, offset & IPV6_OFFSET_MASK, (offset & 1) != 0, bytes);
}

static bool
is_extension(uint8_t protocol)
{
    return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING || protocol == PROTOCOL_DESTINATION ||
           protocol == PROTOCOL_AUTHENTICATION || protocol == PROTOCOL_SHIM || protocol == PROTOCOL_FRAGMENT;
}

static void
read_ipv6(const uint8_t *data, ttr_ip_t *ip)
{
    uint32_t first = ttr_bytes_u32(data);

    *ip = (ttr_ip_t){
        .family = TTR_FAMILY_IPV6,
        .tos = (uint8_t)(first >> 20),
        .flow_label = first & 0xfffff,
        .length = (uint32_t)IPV6_HEADER + ttr_bytes_u16(data + 4),
        .ttl = data[7],
    };
    memcpy(ip->source.bytes, data + 8, 16);
    memcpy(ip->target.bytes, data + 24, 16);
}

void
walk_ipv6(walk_t *walk, bytes_t bytes)
{
    const uint8_t *data = bytes.data;
    uint8_t protocol;
    ttr_ip_t ip;

    if (!walk_enter(walk) || !bytes_hold(&bytes, IPV6_HEADER) || data[0] >> 4 != TTR_FAMILY_IPV6)
        return;
    read_ipv6(data, &ip);
    bytes_limit(&bytes, ip.length);
    bytes_skip(&bytes, IPV6_HEADER);
    protocol = data[6];
    while (is_extension(protocol)) {
        bool is_there = protocol == PROTOCOL_FRAGMENT ? skip_fragment(walk, &ip, &protocol, &bytes)
                                                      : skip_extension(&protocol, &bytes);

        if (!is_there || !walk_enter(walk))
            return;
    }
    take(walk, &ip, protocol, bytes);
}
