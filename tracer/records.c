/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "records.h"

#include <string.h>

#include "records_private.h"
#include "ttr_bytes.h"

enum { MAGIC = 4 };

/* What other formats begin with, so that the error can say what the file is. */
static const struct {
    const char *magic;
    const char *name;
} others[] = {
    {"\x28\xb5\x2f\xfd", "compressed with zstd"},
    {"\x04\x22\x4d\x18", "compressed with lz4"},
    {"\xfd"
     "7zX",
     "compressed with xz"},
    {"BZh9", "compressed with bzip2"},
    {"snoo", "a snoop file"},
    {"TRSN", "a file of NetXRay or Sniffer"},
    {"XCP", "a file of NetXRay"},
    {"GMBU", "a file of Microsoft Network Monitor"},
};

static records_result_t
say_again(records_t *records, record_t *record)
{
    (void)record;
    return records->result;
}

static records_result_t
refuse(records_t *records, record_t *record)
{
    const uint8_t *magic = source_look(records->source, MAGIC);

    (void)record;
    if (source_has_failed(records->source) || (magic == NULL && source_left(records->source) > 0))
        return records_cut(records, "its first bytes");
    if (magic == NULL)
        return records_broken(records, "the file is empty");
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (memcmp(magic, others[i].magic, MAGIC) == 0)
            return records_broken(records, "the file is %s; only pcap and pcapng, plain or gzipped, are read",
                                  others[i].name);
    }
    return records_broken(records, "the file is no capture in pcap or pcapng format");
}

records_t *
records_new(source_t *source)
{
    records_t *records = g_new0(records_t, 1);
    const uint8_t *magic = source_look(source, MAGIC);

    records->source = source;
    records->interfaces = g_array_new(FALSE, FALSE, sizeof(records_interface_t));
    records->next = refuse;
    if (magic != NULL && !records_pcapng_begins(records, magic))
        records_pcap_begins(records, magic);
    return records;
}

void
records_free(records_t *records)
{
    if (records == NULL)
        return;
    g_array_unref(records->interfaces);
    g_free(records->error);
    g_free(records);
}

records_result_t
records_next(records_t *records, record_t *record)
{
    records->result = records->next(records, record);
    if (records->result != RECORDS_PACKET)
        records->next = say_again;
    return records->result;
}

const char *
records_error(const records_t *records)
{
    return records->error == NULL ? "" : records->error;
}

records_result_t
records_broken(records_t *records, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(records->error);
    records->error = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return RECORDS_BROKEN;
}

records_result_t
records_cut(records_t *records, const char *what)
{
    if (source_has_failed(records->source))
        return records_broken(records, "reading failed in %s", what);
    return records_broken(records, "the file ends in the middle of %s", what);
}

uint16_t
records_u16(const records_t *records, const uint8_t *data)
{
    return records->is_big ? ttr_bytes_u16(data) : GUINT16_SWAP_LE_BE(ttr_bytes_u16(data));
}

uint32_t
records_u32(const records_t *records, const uint8_t *data)
{
    return records->is_big ? ttr_bytes_u32(data) : GUINT32_SWAP_LE_BE(ttr_bytes_u32(data));
}

uint32_t
records_packet_max(uint32_t link_type)
{
    switch (link_type) {
    case 186:                           /* USB, as five systems capture it */
    case 189:
    case 220:
    case 231:                           /* D-Bus */
    case 249:
    case 266:
    case 279:                           /* E-Ball */
        return RECORDS_PACKET_MAX_LARGE;
    default:
        return RECORDS_PACKET_MAX;
    }
}
