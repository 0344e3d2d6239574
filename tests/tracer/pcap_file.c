/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcap_file.h"

#include <string.h>

enum {
    FILE_HEADER = 24,
    PACKET_HEADER = 16
};

/* Captures of tests/captures are little-endian, whatever machine reads them. */
static uint32_t
word(const pcap_file_t *file, gsize at)
{
    uint32_t value;

    memcpy(&value, file->bytes + at, sizeof value);
    return GUINT32_FROM_LE(value);
}

bool
pcap_file_open(pcap_file_t *file, const char *path)
{
    char *bytes;

    *file = (pcap_file_t){0};
    if (!g_file_get_contents(path, &bytes, &file->size, NULL))
        return false;
    file->bytes = (uint8_t *)bytes;
    if (file->size < FILE_HEADER || (word(file, 0) != 0xa1b2c3d4 && word(file, 0) != 0xa1b23c4d)) {
        pcap_file_close(file);
        return false;
    }
    file->link_type = (uint16_t)word(file, 20);
    file->next = FILE_HEADER;
    return true;
}

void
pcap_file_close(pcap_file_t *file)
{
    g_free(file->bytes);
    file->bytes = NULL;
}

bool
pcap_file_read(pcap_file_t *file)
{
    if (file->next + PACKET_HEADER > file->size)
        return false;
    file->captured = word(file, file->next + 8);
    file->length = word(file, file->next + 12);
    file->data = file->bytes + file->next + PACKET_HEADER;
    if (file->captured > file->size - file->next - PACKET_HEADER)
        return false;
    file->next += PACKET_HEADER + file->captured;
    return true;
}
