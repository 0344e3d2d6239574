/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The classic format (draft-ietf-opsawg-pcap), in either byte order, with micro- or nanoseconds; and the variant of
 * Alexey Kuznetzov's patch, whose records have 8 bytes more.
 */
#include <string.h>

#include "records_private.h"
#include "ttr_bytes.h"

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    PATCHED_HEADER = 24,
    VERSION_MAJOR = 2,
    LINK_TYPE_MASK = 0x03ffffff /* above it: the length of the frame check sequence */
};

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MICROSECOND INT64_C(1000)

static const struct {
    uint32_t magic;
    bool has_nanoseconds;
    size_t header;
} variants[] = {
    {0xa1b2c3d4, false, RECORD_HEADER},
    {0xa1b23c4d, true, RECORD_HEADER},
    {0xa1b2cd34, false, PATCHED_HEADER},
};

/* Steps over the last record, and looks at the header of the next; NULL at the end. */
static const uint8_t *
look_at_header(records_t *records)
{
    source_skip(records->source, records->skip);
    records->skip = 0;
    return source_look(records->source, records->header);
}

static records_result_t
next_packet(records_t *records, record_t *record)
{
    const uint8_t *header = look_at_header(records);
    uint32_t fraction;
    uint32_t captured;

    if (header == NULL && source_left(records->source) == 0 && !source_has_failed(records->source))
        return RECORDS_END;
    if (header == NULL)
        return records_cut(records, "a packet's header");
    captured = records_u32(records, header + 8);
    if (captured > records_packet_max(records->link_type))
        return records_broken(records, "it has a packet of %u bytes, more than the %u that there can be", captured,
                              records_packet_max(records->link_type));
    header = source_look(records->source, records->header + captured);
    if (header == NULL)
        return records_cut(records, "a packet");
    fraction = records_u32(records, header + 4);
    *record = (record_t){
        .time_ns = records_u32(records, header) * NS_PER_SECOND +
                   fraction * (records->has_nanoseconds ? 1 : NS_PER_MICROSECOND),
        .link_type = records->link_type,
        .captured = captured,
        .length = records_u32(records, header + 12),
        .data = header + records->header,
    };
    records->skip = records->header + captured;
    return RECORDS_PACKET;
}

static records_result_t
first_packet(records_t *records, record_t *record)
{
    const uint8_t *header = source_look(records->source, FILE_HEADER);

    if (header == NULL)
        return records_cut(records, "its header");
    if (records_u16(records, header + 4) != VERSION_MAJOR)
        return records_broken(records, "it has version %u.%u of the pcap format, which nobody knows",
                              records_u16(records, header + 4), records_u16(records, header + 6));
    records->link_type = records_u32(records, header + 20) & LINK_TYPE_MASK;
    records->skip = FILE_HEADER;
    records->next = next_packet;
    return next_packet(records, record);
}

bool
records_pcap_begins(records_t *records, const uint8_t *magic)
{
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        for (int is_big = 0; is_big <= 1; is_big++) {
            records->is_big = is_big != 0;
            if (records_u32(records, magic) != variants[i].magic)
                continue;
            records->has_nanoseconds = variants[i].has_nanoseconds;
            records->header = variants[i].header;
            records->next = first_packet;
            return true;
        }
    }
    return false;
}
