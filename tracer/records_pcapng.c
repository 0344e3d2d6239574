/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pcapng (draft-ietf-opsawg-pcapng). Where the draft leaves open what a reader does, this does as wiretap does:
 *   - a simple packet is of the section's first interface, and has no time: 1970 begins;
 *   - time stamps are cut to whole nanoseconds;
 *   - blocks that are not known are stepped over, and entries of system logs count as frames.
 */
#include <string.h>

#include "records_private.h"
#include "ttr_bytes.h"

enum {
    BLOCK_HEADER = 8,
    BLOCK_MIN = 12,             /* with the length once more at the end */
    BLOCK_MAX = 16 << 20,       /* of a block that is looked into, and by wiretap of any */
    OPTION_HEADER = 4
};

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_CUSTOM = 0xbad
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define NS_PER_SECOND UINT64_C(1000000000)
#define SECONDS_MAX (INT64_MAX / (int64_t)NS_PER_SECOND - 1)

/* A block without its header and the length at its end. */
typedef struct block {
    uint32_t type;
    const uint8_t *data;
    size_t size;
} block_t;

static size_t
padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

static bool
is_known(uint32_t type)
{
    return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_OLD_PACKET ||
           type == BLOCK_SIMPLE_PACKET || type == BLOCK_PACKET;
}

/* A section's header says the byte order that its own length is in. */
static bool
take_byte_order(records_t *records, const uint8_t *header)
{
    for (int is_big = 0; is_big <= 1; is_big++) {
        records->is_big = is_big != 0;
        if (records_u32(records, header + BLOCK_HEADER) == BYTE_ORDER_MAGIC)
            return true;
    }
    return false;
}

/* Looks at the next block's type and length. */
static records_result_t
look_at_header(records_t *records, uint32_t *type, uint32_t *length)
{
    const uint8_t *header = source_look(records->source, BLOCK_HEADER);

    if (header == NULL && source_left(records->source) == 0 && !source_has_failed(records->source))
        return RECORDS_END;
    if (header == NULL)
        return records_cut(records, "a block's header");
    *type = records_u32(records, header);
    if (*type == BLOCK_SECTION) {           /* the same in both byte orders */
        header = source_look(records->source, BLOCK_MIN);
        if (header == NULL)
            return records_cut(records, "a section's header");
        if (!take_byte_order(records, header))
            return records_broken(records, "it has a section header without the byte order");
    }
    *length = records_u32(records, header + 4);
    if (*length < BLOCK_MIN || *length > BLOCK_MAX)
        return records_broken(records, "it has a block of %u bytes, which must be %d to %d", *length, BLOCK_MIN,
                              BLOCK_MAX);
    *length = (uint32_t)padded(*length);
    return RECORDS_PACKET;
}

static records_result_t
check_end(records_t *records, const uint8_t *block, uint32_t length)
{
    uint32_t again = records_u32(records, block + length - 4);

    if (padded(again) != length)
        return records_broken(records, "it has a block of %u bytes whose end says %u", length, again);
    return RECORDS_PACKET;
}

/* The value of an option of `size` bytes at least, NULL when there is none. */
static const uint8_t *
find_option(const records_t *records, const uint8_t *options, size_t left, uint16_t code, size_t size)
{
    const uint8_t *found = NULL;

    while (left >= OPTION_HEADER) {
        uint16_t its_code = records_u16(records, options);
        size_t its_size = records_u16(records, options + 2);

        if (its_code == 0 || its_size > left - OPTION_HEADER)
            break;
        if (its_code == code && its_size == size && found == NULL)
            found = options + OPTION_HEADER;
        its_size = MIN(padded(its_size), left - OPTION_HEADER);
        options += OPTION_HEADER + its_size;
        left -= OPTION_HEADER + its_size;
    }
    return found;
}

/* if_tsresol: a power of 10, or with the top bit of 2. False: more than 64 bits hold. */
static bool
take_resolution(uint8_t resolution, uint64_t *units)
{
    uint8_t exponent = resolution & 0x7f;

    if ((resolution & 0x80) != 0) {
        if (exponent > 63)
            return false;
        *units = UINT64_C(1) << exponent;
        return true;
    }
    if (exponent > 19)
        return false;
    for (*units = 1; exponent > 0; exponent--)
        *units *= 10;
    return true;
}

static records_result_t
take_interface(records_t *records, const block_t *block)
{
    enum { FIXED = 8,
           OPTION_RESOLUTION = 9,
           OPTION_OFFSET = 14 };
    records_interface_t interface = {.units = 1000000};
    const uint8_t *value;

    if (block->size < FIXED)
        return records_broken(records, "it has an interface block of %zu bytes", block->size + BLOCK_MIN);
    interface.link_type = records_u16(records, block->data);
    interface.snap_length = records_u32(records, block->data + 4);
    value = find_option(records, block->data + FIXED, block->size - FIXED, OPTION_RESOLUTION, 1);
    if (value != NULL && !take_resolution(*value, &interface.units))
        return records_broken(records, "it has an interface with time stamps of an unknown unit (if_tsresol %u)",
                              *value);
    value = find_option(records, block->data + FIXED, block->size - FIXED, OPTION_OFFSET, 8);
    if (value != NULL) {
        uint64_t first = records_u32(records, value);
        uint64_t second = records_u32(records, value + 4);

        interface.offset_s = (int64_t)(records->is_big ? first << 32 | second : second << 32 | first);
    }
    g_array_append_val(records->interfaces, interface);
    return RECORDS_END;
}

/* The whole nanoseconds in `fraction`, a number of `units`-ths of a second and less than `units`. The product with 10^9
 * need not fit into 64 bits (picoseconds do not): hence three digits at a time. */
static int64_t
fraction_ns(uint64_t fraction, uint64_t units)
{
    enum { THOUSAND = 1000,
           STEPS = 3 };         /* of a thousand each: 10^9 */
    int64_t ns = 0;

    for (; units > UINT64_MAX / THOUSAND; units /= 2)   /* finer than some 10^-16 s */
        fraction /= 2;
    for (int step = 0; step < STEPS; step++) {
        fraction *= THOUSAND;
        ns = ns * THOUSAND + (int64_t)(fraction / units);
        fraction %= units;
    }
    return ns;
}

static int64_t
time_of(const records_interface_t *interface, uint64_t stamp)
{
    int64_t seconds = (int64_t)(stamp / interface->units + (uint64_t)interface->offset_s);

    return CLAMP(seconds, -SECONDS_MAX, SECONDS_MAX) * (int64_t)NS_PER_SECOND +
           fraction_ns(stamp % interface->units, interface->units);
}

/* Fills *record from a block that holds `captured` bytes of a packet behind `fixed` bytes. */
static records_result_t
take_packet(records_t *records, const block_t *block, size_t fixed, uint32_t captured, record_t *record)
{
    const records_interface_t *interface;

    if (record->interface >= records->interfaces->len)
        return records_broken(records, "it has a packet of interface %u, of which it says nothing",
                              record->interface);
    interface = &g_array_index(records->interfaces, records_interface_t, record->interface);
    if (captured > records_packet_max(interface->link_type))
        return records_broken(records, "it has a packet of %u bytes, more than the %u that there can be", captured,
                              records_packet_max(interface->link_type));
    if (captured > block->size - fixed)
        return records_broken(records, "it has a packet of %u bytes in a block of %zu", captured,
                              block->size + BLOCK_MIN);
    record->link_type = interface->link_type;
    record->captured = captured;
    record->data = block->data + fixed;
    return RECORDS_PACKET;
}

/* Enhanced packet blocks, and packet blocks, whose interface has 16 bits. */
static records_result_t
take_stamped(records_t *records, const block_t *block, record_t *record)
{
    enum { FIXED = 20 };
    const uint8_t *data = block->data;
    records_result_t result;
    uint64_t stamp;

    if (block->size < FIXED)
        return records_broken(records, "it has a packet block of %zu bytes", block->size + BLOCK_MIN);
    record->interface = block->type == BLOCK_PACKET ? records_u32(records, data) : records_u16(records, data);
    record->length = records_u32(records, data + 16);
    stamp = (uint64_t)records_u32(records, data + 4) << 32 | records_u32(records, data + 8);
    result = take_packet(records, block, FIXED, records_u32(records, data + 12), record);
    if (result == RECORDS_PACKET)
        record->time_ns = time_of(&g_array_index(records->interfaces, records_interface_t, record->interface), stamp);
    return result;
}

/* How much was captured, the smallest of three lengths says: the packet's, the interface's snap length, the block's. */
static records_result_t
take_simple(records_t *records, const block_t *block, record_t *record)
{
    enum { FIXED = 4 };
    uint32_t captured;
    uint32_t snap;

    if (block->size < FIXED)
        return records_broken(records, "it has a simple packet block of %zu bytes", block->size + BLOCK_MIN);
    if (records->interfaces->len == 0)
        return records_broken(records, "it has a packet without an interface");
    record->length = records_u32(records, block->data);
    snap = g_array_index(records->interfaces, records_interface_t, 0).snap_length;
    captured = (uint32_t)record->length;
    if (snap != 0)
        captured = MIN(captured, snap);
    if (padded(captured) < block->size - FIXED)
        return records_broken(records, "it has a simple packet of %u bytes in a block of %zu", captured,
                              block->size + BLOCK_MIN);
    return take_packet(records, block, FIXED, captured, record);
}

/* RECORDS_END: the block is no record. */
static records_result_t
take_block(records_t *records, const block_t *block, record_t *record)
{
    enum { SECTION_FIXED = 16,
           MAJOR = 1 };

    switch (block->type) {
    case BLOCK_SECTION:
        if (block->size < SECTION_FIXED)
            return records_broken(records, "it has a section header of %zu bytes", block->size + BLOCK_MIN);
        if (records_u16(records, block->data + 4) != MAJOR)
            return records_broken(records, "it has version %u.%u of the pcapng format, which nobody knows",
                                  records_u16(records, block->data + 4), records_u16(records, block->data + 6));
        g_array_set_size(records->interfaces, 0);
        return RECORDS_END;
    case BLOCK_INTERFACE:
        return take_interface(records, block);
    case BLOCK_SIMPLE_PACKET:
        return take_simple(records, block, record);
    default:
        return take_stamped(records, block, record);
    }
}

/* Names what Wireshark shows as a frame though it is no packet; NULL: the block is no frame. */
static const char *
kind_of(uint32_t type)
{
    switch (type) {
    case BLOCK_JOURNAL:
        return "systemd journal entry";
    case 0x204:
    case 0x208:
    case 0x216:
    case 0x217:
    case 0x221:
    case 0x222:
    case 0x223:
        return "system call event";
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM | 0x40000000:
        return "custom block";
    default:
        return NULL;
    }
}

/* One block. RECORDS_END: it is no record, or (with *is_over) the file has ended. */
static records_result_t
next_block(records_t *records, record_t *record, bool *is_over)
{
    block_t block = {.type = 0};
    uint32_t length = 0;
    records_result_t result = look_at_header(records, &block.type, &length);
    const uint8_t *bytes;

    *is_over = result != RECORDS_PACKET;
    if (*is_over)
        return result;
    bytes = source_look(records->source, length);
    *is_over = bytes == NULL;
    if (bytes == NULL)
        return records_cut(records, "a block");
    records->skip = length;
    result = check_end(records, bytes, length);
    if (result != RECORDS_PACKET)
        return result;
    memset(record, 0, sizeof *record);
    if (!is_known(block.type)) {
        record->kind = kind_of(block.type);
        record->link_type = RECORDS_LINK_NONE;
        return record->kind == NULL ? RECORDS_END : RECORDS_PACKET;
    }
    block.data = bytes + BLOCK_HEADER;
    block.size = length - BLOCK_MIN;
    return take_block(records, &block, record);
}

static records_result_t
next_packet(records_t *records, record_t *record)
{
    records_result_t result;
    bool is_over;

    do {
        source_skip(records->source, records->skip);
        records->skip = 0;
        result = next_block(records, record, &is_over);
    } while (result == RECORDS_END && !is_over);
    return result;
}

bool
records_pcapng_begins(records_t *records, const uint8_t *magic)
{
    if (ttr_bytes_u32(magic) != BLOCK_SECTION)
        return false;
    records->next = next_packet;
    return true;
}
