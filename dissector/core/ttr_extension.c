/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_extension.h"

#include <glib.h>
#include <string.h>

#include "ttr_bytes.h"

enum {
    HEADER_SIZE = 4,            /* version, reserved, checksum (RFC 4884 section 7) */
    OBJECT_HEADER_SIZE = 4,     /* length, class, c-type (RFC 4884 section 7.1) */
    VERSION = 2,
    RESERVED = 0x0fff,          /* of the header's first 16 bits: senders set them to 0 */
    QUOTE_PADDED_SIZE = 128,    /* RFC 4884 section 4: quotes are padded to this before an extension */
    CLASS_MPLS = 1,             /* RFC 4950 */
    CLASS_INTERFACE = 2,        /* RFC 5837 */
    AFI_IPV4 = 1,               /* RFC 5837 section 4.2, IANA address family numbers */
    AFI_IPV6 = 2
};

/* The Internet checksum (RFC 1071) over `size` bytes, 0xffff when the sum that they contain is right. */
static uint16_t
checksum_sum(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2)
        sum += ttr_bytes_u16(data + i);
    if (size % 2 != 0)
        sum += (uint32_t)data[size - 1] << 8;
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* What stands at a place where an extension structure may stand. */
typedef enum {
    NOTHING,                    /* no structure of version 2, or one that the capture cut: its checksum cannot be told */
    RIGHT,
    WITHOUT_CHECKSUM,
    WRONG                       /* looks like a structure in all but its checksum */
} structure_t;

/* Any byte of a quote can be 0x20: with a wrong checksum, only what begins with a whole object is a structure. */
static bool
begins_with_object(const uint8_t *data, size_t size)
{
    size_t length = ttr_bytes_u16(data + HEADER_SIZE);

    return (ttr_bytes_u16(data) & RESERVED) == 0 && length >= OBJECT_HEADER_SIZE && length <= size - HEADER_SIZE;
}

/* What stands at `place` of a quote; 0: no such place. The structure reaches to the end of the message. */
static structure_t
look_at(const uint8_t *quote, size_t captured, size_t length, size_t place)
{
    const uint8_t *data = quote + place;

    if (place == 0 || captured < place + HEADER_SIZE + OBJECT_HEADER_SIZE || data[0] >> 4 != VERSION)
        return NOTHING;
    if (ttr_bytes_u16(data + 2) == 0)
        return WITHOUT_CHECKSUM;
    if (captured < length)
        return NOTHING;
    if (checksum_sum(data, captured - place) == 0xffff)
        return RIGHT;
    return begins_with_object(data, captured - place) ? WRONG : NOTHING;
}

size_t
ttr_extension_find(const uint8_t *quote, size_t captured, size_t length, size_t announced, bool *is_wrong)
{
    structure_t there = look_at(quote, captured, length, announced);
    structure_t padded = look_at(quote, captured, length, QUOTE_PADDED_SIZE);

    *is_wrong = false;
    if (there == RIGHT)
        return announced;
    if (padded == RIGHT)
        return QUOTE_PADDED_SIZE;
    if (there == WITHOUT_CHECKSUM)
        return announced;
    *is_wrong = there == WRONG || padded == WRONG;
    return 0;
}

static void
parse_mpls(const uint8_t *data, size_t size, ttr_extension_t *extension)
{
    for (size_t i = 0; i + 4 <= size && extension->mpls_count < TTR_MPLS_MAX; i += 4) {
        uint32_t entry = ttr_bytes_u32(data + i);
        ttr_mpls_t *mpls = &extension->mpls[extension->mpls_count++];

        mpls->label = entry >> 12;
        mpls->exp = (entry >> 9) & 7;
        mpls->bottom = (entry >> 8) & 1;
        mpls->ttl = entry & 0xff;
    }
}

/* An address sub-object; returns its size, 0 when it is cut short or of an unknown family. */
static size_t
parse_interface_address(const uint8_t *data, size_t size, ttr_interface_t *interface)
{
    size_t length;

    if (size < 4)
        return 0;
    switch (ttr_bytes_u16(data)) {
    case AFI_IPV4: length = 4; break;
    case AFI_IPV6: length = 16; break;
    default:       return 0;
    }
    if (size < 4 + length)
        return 0;
    interface->family = length == 4 ? TTR_FAMILY_IPV4 : TTR_FAMILY_IPV6;
    memcpy(interface->address.bytes, data + 4, length);
    return 4 + length;
}

/* A name sub-object: an octet of length, which counts itself, then the name; returns its size or 0. */
static size_t
parse_interface_name(const uint8_t *data, size_t size, ttr_interface_t *interface)
{
    if (size < 1 || data[0] < 1 || data[0] > size)
        return 0;
    for (size_t i = 1; i < data[0] && i < TTR_INTERFACE_NAME_MAX && data[i] != '\0'; i++)
        interface->name[i - 1] = (char)data[i];
    return data[0];
}

/* RFC 5837 section 4: the C-Type says which parts follow, in this order. Stops at the first one that is cut. */
static void
parse_interface(uint8_t c_type, const uint8_t *data, size_t size, ttr_extension_t *extension)
{
    enum {
        HAS_MTU = 1,
        HAS_NAME = 2,
        HAS_ADDRESS = 4,
        HAS_INDEX = 8
    };
    ttr_interface_t *interface;
    size_t used;

    if (extension->interface_count >= G_N_ELEMENTS(extension->interfaces))
        return;
    interface = &extension->interfaces[extension->interface_count++];
    interface->role = c_type >> 6;
    if ((c_type & HAS_INDEX) != 0) {
        if (size < 4)
            return;
        interface->has_index = true;
        interface->index = ttr_bytes_u32(data);
        data += 4;
        size -= 4;
    }
    if ((c_type & HAS_ADDRESS) != 0) {
        used = parse_interface_address(data, size, interface);
        if (used == 0)
            return;
        data += used;
        size -= used;
    }
    if ((c_type & HAS_NAME) != 0) {
        used = parse_interface_name(data, size, interface);
        if (used == 0)
            return;
        data += used;
        size -= used;
    }
    if ((c_type & HAS_MTU) != 0 && size >= 4) {
        interface->has_mtu = true;
        interface->mtu = ttr_bytes_u32(data);
    }
}

static void
parse_object(const uint8_t *data, size_t length, ttr_extension_t *extension)
{
    ttr_object_t *object;

    if (extension->object_count >= TTR_OBJECTS_MAX)
        return;
    object = &extension->objects[extension->object_count++];
    object->class_num = data[2];
    object->c_type = data[3];
    object->length = (uint16_t)(length - OBJECT_HEADER_SIZE);
    if (object->class_num == CLASS_MPLS && object->c_type == 1)
        parse_mpls(data + OBJECT_HEADER_SIZE, object->length, extension);
    else if (object->class_num == CLASS_INTERFACE)
        parse_interface(object->c_type, data + OBJECT_HEADER_SIZE, object->length, extension);
}

void
ttr_extension_parse(const uint8_t *data, size_t size, ttr_extension_t *extension)
{
    memset(extension, 0, sizeof *extension);
    if (size < HEADER_SIZE || data[0] >> 4 != VERSION)
        return;
    data += HEADER_SIZE;
    size -= HEADER_SIZE;
    while (size >= OBJECT_HEADER_SIZE) {
        size_t length = ttr_bytes_u16(data);

        if (length < OBJECT_HEADER_SIZE || length > size)
            return;
        parse_object(data, length, extension);
        data += length;
        size -= length;
    }
}
