/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ttr_quote_parse() on any bytes. Input: one byte of settings, then the ICMP message.
 * Settings: bit 1 IPv6 (so that 4 and 6 name the families), bit 0 the wire length is shorter than what was
 * captured (padding of a short frame), bits 3 to 7 how much more was on the wire, in units of 8 bytes.
 */
#include <string.h>

#include "fuzz_check.h"
#include "ttr_quote.h"

enum {
    ICMP_HEADER = 8,
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_PORTS = 4,
    TCP_PORTS_AND_SEQ = 8,
    TCP_TO_FLAGS = 14,
    TCP_TO_CHECKSUM = 18
};

static bool
is_zero(const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

static void
check_interface(const ttr_interface_t *interface)
{
    FUZZ_CHECK(interface->role <= 3);
    FUZZ_CHECK(memchr(interface->name, '\0', sizeof interface->name) != NULL);
    FUZZ_CHECK(interface->family == 0 || interface->family == TTR_FAMILY_IPV4 || interface->family == TTR_FAMILY_IPV6);
    if (interface->family != TTR_FAMILY_IPV6)
        FUZZ_CHECK(is_zero(interface->address.bytes + 4, 12));
    if (interface->family == 0)
        FUZZ_CHECK(is_zero(&interface->address, sizeof interface->address));
    FUZZ_CHECK(interface->has_index || interface->index == 0);
    FUZZ_CHECK(interface->has_mtu || interface->mtu == 0);
}

static void
check_extension(const ttr_extension_t *extension, size_t room)
{
    size_t used = 4;

    FUZZ_CHECK(extension->object_count <= TTR_OBJECTS_MAX);
    FUZZ_CHECK(extension->mpls_count <= TTR_MPLS_MAX);
    FUZZ_CHECK(extension->interface_count <= 2);
    FUZZ_CHECK(extension->interface_count <= extension->object_count);
    FUZZ_CHECK(extension->object_count > 0 || (extension->mpls_count == 0 && extension->interface_count == 0));
    for (int i = 0; i < extension->object_count; i++)
        used += 4u + extension->objects[i].length;
    FUZZ_CHECK(extension->object_count == 0 || used <= room);
    for (int i = 0; i < extension->mpls_count; i++) {
        FUZZ_CHECK(extension->mpls[i].label <= 0xfffff);
        FUZZ_CHECK(extension->mpls[i].exp <= 7);
        FUZZ_CHECK(extension->mpls[i].bottom <= 1);
    }
    for (int i = 0; i < extension->interface_count; i++)
        check_interface(&extension->interfaces[i]);
}

/* What must be in the message for this result: headers at their smallest, then as much TCP as is said to be there. */
static void
check_quote(const ttr_quote_t *quote, uint8_t family, size_t size)
{
    size_t headers = ICMP_HEADER + (family == TTR_FAMILY_IPV4 ? IPV4_HEADER : IPV6_HEADER);

    FUZZ_CHECK(quote->family == family);
    FUZZ_CHECK(size >= headers + (quote->are_ports_cut ? 0 : TCP_PORTS));
    FUZZ_CHECK(!quote->are_ports_cut || (quote->ip_id != 0 && quote->sport == 0 && quote->dport == 0 && !quote->has_seq));
    FUZZ_CHECK(!quote->has_seq || size >= headers + TCP_PORTS_AND_SEQ);
    FUZZ_CHECK(quote->has_seq || (quote->seq == 0 && !quote->has_flags));
    FUZZ_CHECK(!quote->has_flags || size >= headers + TCP_TO_FLAGS);
    FUZZ_CHECK(!quote->has_checksum || (quote->has_flags && size >= headers + TCP_TO_CHECKSUM));
    FUZZ_CHECK(quote->has_flags || (quote->ack == 0 && quote->tcp_flags == 0));
    FUZZ_CHECK(quote->has_checksum || quote->checksum == 0);
    FUZZ_CHECK(quote->tcp_flags <= 0x1ff);
    FUZZ_CHECK(quote->flow_label <= 0xfffff);
    if (family == TTR_FAMILY_IPV4) {
        FUZZ_CHECK(quote->flow_label == 0);
        FUZZ_CHECK(is_zero(quote->source.bytes + 4, 12) && is_zero(quote->target.bytes + 4, 12));
    } else {
        FUZZ_CHECK(quote->ip_id == 0);
    }
}

/* IPv4 has but one header in front of TCP: the values can be read a second time, in the plainest way. */
static void
check_ipv4_bytes(const ttr_quote_t *quote, const uint8_t *message, size_t size)
{
    const uint8_t *ip = message + ICMP_HEADER;
    size_t header = (size_t)(ip[0] & 0x0f) * 4;
    const uint8_t *tcp = ip + header;

    FUZZ_CHECK(ip[0] >> 4 == 4 && header >= IPV4_HEADER && ip[9] == 6);
    FUZZ_CHECK(((ip[6] << 8 | ip[7]) & 0x1fff) == 0);
    FUZZ_CHECK(ICMP_HEADER + header + (quote->are_ports_cut ? 0 : TCP_PORTS) <= size);
    FUZZ_CHECK(quote->ttl == ip[8] && quote->tos == ip[1]);
    FUZZ_CHECK(quote->ip_id == (ip[4] << 8 | ip[5]) && quote->length == (ip[2] << 8 | ip[3]));
    FUZZ_CHECK(memcmp(quote->source.bytes, ip + 12, 4) == 0 && memcmp(quote->target.bytes, ip + 16, 4) == 0);
    if (quote->are_ports_cut)
        return;
    FUZZ_CHECK(quote->sport == (tcp[0] << 8 | tcp[1]) && quote->dport == (tcp[2] << 8 | tcp[3]));
    if (!quote->has_seq)
        return;
    FUZZ_CHECK(ICMP_HEADER + header + TCP_PORTS_AND_SEQ <= size);
    FUZZ_CHECK((quote->seq >> 16) == (uint32_t)(tcp[4] << 8 | tcp[5]));
    FUZZ_CHECK((quote->seq & 0xffff) == (uint32_t)(tcp[6] << 8 | tcp[7]));
}

static void
check_kind(const ttr_icmp_t *icmp, uint8_t family, const uint8_t *message)
{
    bool is_ipv4 = family == TTR_FAMILY_IPV4;

    FUZZ_CHECK(icmp->type == message[0] && icmp->code == message[1]);
    FUZZ_CHECK(ttr_kind_is_icmp(icmp->kind));
    FUZZ_CHECK((icmp->kind == TTR_KIND_TIME_EXCEEDED) == (icmp->type == (is_ipv4 ? 11 : 3)));
    FUZZ_CHECK((icmp->kind == TTR_KIND_UNREACHABLE) == (icmp->type == (is_ipv4 ? 3 : 1)));
    FUZZ_CHECK((icmp->kind == TTR_KIND_PACKET_TOO_BIG) == (!is_ipv4 && icmp->type == 2));
    FUZZ_CHECK((icmp->kind == TTR_KIND_OTHER_ICMP) == (icmp->type == (is_ipv4 ? 12 : 4)));
    if (icmp->mtu != 0)
        FUZZ_CHECK(icmp->kind == TTR_KIND_PACKET_TOO_BIG || (icmp->type == 3 && icmp->code == 4));
}

/* The same bytes give the same values, whatever was in the result before: nothing is left unwritten. */
static void
check_repeated(uint8_t family, const uint8_t *message, size_t captured, size_t length, const ttr_icmp_t *first)
{
    ttr_icmp_t second;

    memset(&second, 0x55, sizeof second);
    FUZZ_CHECK(ttr_quote_parse(family, message, captured, length, &second) == TTR_QUOTE_TCP);
    FUZZ_CHECK(memcmp(first, &second, sizeof second) == 0);
}

static void
parse(uint8_t family, const uint8_t *message, size_t captured, size_t length)
{
    size_t size = captured < length ? captured : length;
    ttr_icmp_t icmp;

    memset(&icmp, 0xaa, sizeof icmp);
    switch (ttr_quote_parse(family, message, captured, length, &icmp)) {
    case TTR_QUOTE_NOT_AN_ERROR:
    case TTR_QUOTE_NOT_TCP:
    case TTR_QUOTE_SHORT:
        return;
    case TTR_QUOTE_TCP:
        check_kind(&icmp, family, message);
        check_quote(&icmp.quote, family, size);
        check_extension(&icmp.extension, size - ICMP_HEADER);
        FUZZ_CHECK(!icmp.is_extension_wrong || icmp.extension.object_count == 0);
        if (family == TTR_FAMILY_IPV4)
            check_ipv4_bytes(&icmp.quote, message, size);
        check_repeated(family, message, captured, length, &icmp);
        return;
    }
    FUZZ_CHECK(!"a result that the header does not know");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *message;
    size_t length;

    if (size < 1)
        return 0;
    size--;
    length = size + (size_t)(data[0] >> 3) * 8;
    if ((data[0] & 1) != 0)
        length /= 2;
    message = malloc(size);     /* of the exact size: ASan sees the first byte that is read beyond it */
    if (size > 0)
        memcpy(message, data + 1, size);
    parse((data[0] & 2) != 0 ? TTR_FAMILY_IPV6 : TTR_FAMILY_IPV4, message, size, length);
    free(message);
    return 0;
}
