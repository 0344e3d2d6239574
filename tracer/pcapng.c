/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcapng.h"

#include <string.h>

/* Block types and options (draft-ietf-opsawg-pcapng sections 4.1 to 4.6). */
enum {
    BLOCK_SECTION = 0x0A0D0D0A,
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1A2B3C4D
};

enum {
    OPTION_END = 0,
    SECTION_APPLICATION = 4,
    INTERFACE_NAME = 2,
    COMMENT = 1,
    INTERFACE_DESCRIPTION = 3,
    INTERFACE_RESOLUTION = 9,
    INTERFACE_FILTER = 11,
    STATISTICS_START = 2,
    STATISTICS_END = 3,
    STATISTICS_RECEIVED = 4,
    STATISTICS_ACCEPTED = 6,
    STATISTICS_DROPPED = 7,
    NAME_IPV4 = 1,
    NAME_IPV6 = 2
};

#define NANOSECONDS 9           /* 10 to the power of minus this */
#define NAME_MAX_LENGTH 1024
#define TEXT_MAX_LENGTH 16384

static void
put_u16(GByteArray *out, uint16_t value)
{
    uint16_t little = GUINT16_TO_LE(value);

    g_byte_array_append(out, (const guint8 *)&little, sizeof little);
}

static void
put_u32(GByteArray *out, uint32_t value)
{
    uint32_t little = GUINT32_TO_LE(value);

    g_byte_array_append(out, (const guint8 *)&little, sizeof little);
}

/* Blocks and options are padded to 32 bits. */
static void
put_padded(GByteArray *out, const void *data, size_t length)
{
    static const guint8 zero[4];

    g_byte_array_append(out, data, (guint)length);
    g_byte_array_append(out, zero, (guint)(-length & 3));
}

static guint
begin_block(GByteArray *out, uint32_t type)
{
    guint at = out->len;

    put_u32(out, type);
    put_u32(out, 0);
    return at;
}

static void
end_block(GByteArray *out, guint at)
{
    uint32_t length = GUINT32_TO_LE(out->len - at + 4);

    memcpy(out->data + at + 4, &length, sizeof length);
    g_byte_array_append(out, (const guint8 *)&length, sizeof length);
}

static void
put_option(GByteArray *out, uint16_t code, const void *data, size_t length)
{
    put_u16(out, code);
    put_u16(out, (uint16_t)length);
    put_padded(out, data, length);
}

static void
put_text(GByteArray *out, uint16_t code, const char *text)
{
    if (text != NULL && *text != '\0')
        put_option(out, code, text, MIN(strlen(text), (size_t)TEXT_MAX_LENGTH));
}

static void
put_count(GByteArray *out, uint16_t code, uint64_t count)
{
    uint64_t little = GUINT64_TO_LE(count);

    put_option(out, code, &little, sizeof little);
}

/* Time stamps are two words, the upper one first. */
static void
put_time(GByteArray *out, int64_t time_ns)
{
    put_u32(out, (uint32_t)((uint64_t)time_ns >> 32));
    put_u32(out, (uint32_t)(uint64_t)time_ns);
}

static void
put_time_option(GByteArray *out, uint16_t code, int64_t time_ns)
{
    put_u16(out, code);
    put_u16(out, 8);
    put_time(out, time_ns);
}

/* A first byte of 0 says that text as of libpcap follows. */
static void
put_filter(GByteArray *out, const char *filter)
{
    GByteArray *value = g_byte_array_new();
    const guint8 is_text = 0;

    g_byte_array_append(value, &is_text, 1);
    g_byte_array_append(value, (const guint8 *)filter, (guint)MIN(strlen(filter), (size_t)TEXT_MAX_LENGTH));
    put_option(out, INTERFACE_FILTER, value->data, value->len);
    g_byte_array_unref(value);
}

void
pcapng_section(GByteArray *out, const char *application)
{
    guint block = begin_block(out, BLOCK_SECTION);

    put_u32(out, BYTE_ORDER_MAGIC);
    put_u16(out, 1);
    put_u16(out, 0);
    put_u32(out, UINT32_MAX);   /* the length of the section is not known */
    put_u32(out, UINT32_MAX);
    put_text(out, SECTION_APPLICATION, application);
    put_u32(out, OPTION_END);
    end_block(out, block);
}

void
pcapng_interface(GByteArray *out, const pcapng_interface_t *interface)
{
    guint block = begin_block(out, BLOCK_INTERFACE);
    const uint8_t resolution = NANOSECONDS;

    put_u16(out, interface->link_type);
    put_u16(out, 0);
    put_u32(out, interface->snap_length);
    put_text(out, INTERFACE_NAME, interface->name);
    put_text(out, INTERFACE_DESCRIPTION, interface->description);
    put_option(out, INTERFACE_RESOLUTION, &resolution, sizeof resolution);
    put_filter(out, interface->filter);
    put_u32(out, OPTION_END);
    end_block(out, block);
}

void
pcapng_packet(GByteArray *out, const pcapng_packet_t *packet)
{
    guint block = begin_block(out, BLOCK_PACKET);

    put_u32(out, packet->interface);
    put_time(out, packet->time_ns);
    put_u32(out, packet->captured);
    put_u32(out, packet->length);
    put_padded(out, packet->data, packet->captured);
    if (packet->comment != NULL && *packet->comment != '\0') {
        put_text(out, COMMENT, packet->comment);
        put_u32(out, OPTION_END);
    }
    end_block(out, block);
}

void
pcapng_name(GByteArray *out, uint8_t family, const ttr_address_t *address, const char *name)
{
    size_t address_length = family == TTR_FAMILY_IPV4 ? 4 : 16;
    size_t length = strlen(name) + 1;
    GByteArray *record;
    guint block;

    if (length > NAME_MAX_LENGTH)
        return;
    record = g_byte_array_new();
    g_byte_array_append(record, address->bytes, (guint)address_length);
    g_byte_array_append(record, (const guint8 *)name, (guint)length);
    block = begin_block(out, BLOCK_NAMES);
    put_option(out, family == TTR_FAMILY_IPV4 ? NAME_IPV4 : NAME_IPV6, record->data, record->len);
    g_byte_array_unref(record);
    put_u32(out, 0);            /* end of records */
    end_block(out, block);
}

void
pcapng_statistics(GByteArray *out, const pcapng_statistics_t *statistics)
{
    guint block = begin_block(out, BLOCK_STATISTICS);

    put_u32(out, statistics->interface);
    put_time(out, statistics->end_ns);
    put_time_option(out, STATISTICS_START, statistics->start_ns);
    put_time_option(out, STATISTICS_END, statistics->end_ns);
    put_count(out, STATISTICS_RECEIVED, statistics->received);
    put_count(out, STATISTICS_ACCEPTED, statistics->written);
    put_count(out, STATISTICS_DROPPED, statistics->dropped);
    put_u32(out, OPTION_END);
    end_block(out, block);
}
