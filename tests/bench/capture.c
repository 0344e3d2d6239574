/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define START_SECONDS 1700000000u /* a fixed date: the file must be the same every time */

typedef struct {
    uint32_t magic;
    uint16_t major;
    uint16_t minor;
    int32_t zone;
    uint32_t accuracy;
    uint32_t snap_length;
    uint32_t link_type;
} pcap_header_t;

typedef struct {
    uint32_t seconds;
    uint32_t microseconds;
    uint32_t captured;
    uint32_t length;
} pcap_record_t;

typedef struct {
    int64_t time_us;
    uint64_t serial; /* ties keep the order of queueing */
    size_t length;
    uint8_t bytes[];
} queued_t;

struct capture {
    FILE *file;        /* owned */
    GSequence *queue;  /* owned; of queued_t, by time */
    uint64_t serial;
    uint64_t frames;
    bool failed;
};

static const uint8_t ethernet_addresses[12] = {0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01};

static void
put(capture_t *capture, const void *bytes, size_t length)
{
    if (fwrite(bytes, 1, length, capture->file) != length)
        capture->failed = true;
}

capture_t *
capture_open(const char *path)
{
    pcap_header_t header = {0xa1b2c3d4, 2, 4, 0, 0, 262144, 1};
    FILE *file = fopen(path, "wb");
    capture_t *capture;

    if (file == NULL)
        return NULL;
    capture = g_new0(capture_t, 1);
    capture->file = file;
    capture->queue = g_sequence_new(g_free);
    put(capture, &header, sizeof header);
    return capture;
}

static void
write_frame(capture_t *capture, int64_t time_us, const uint8_t *bytes, size_t length)
{
    uint32_t total = (uint32_t)(length + sizeof ethernet_addresses + 2);
    pcap_record_t record = {
        START_SECONDS + (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), total, total};
    bool is_v6 = bytes[0] >> 4 == 6;
    uint8_t ether_type[2] = {is_v6 ? 0x86 : 0x08, is_v6 ? 0xdd : 0x00};

    put(capture, &record, sizeof record);
    put(capture, ethernet_addresses, sizeof ethernet_addresses);
    put(capture, ether_type, sizeof ether_type);
    put(capture, bytes, length);
    capture->frames++;
}

void
capture_write(capture_t *capture, int64_t time_us, const packet_t *packet)
{
    write_frame(capture, time_us, packet->bytes, packet->length);
}

static gint
compare_queued(gconstpointer left, gconstpointer right, gpointer unused)
{
    const queued_t *a = left;
    const queued_t *b = right;

    (void)unused;
    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

void
capture_queue(capture_t *capture, int64_t time_us, const packet_t *packet)
{
    queued_t *queued = g_malloc(sizeof *queued + packet->length);

    queued->time_us = time_us;
    queued->serial = capture->serial++;
    queued->length = packet->length;
    memcpy(queued->bytes, packet->bytes, packet->length);
    g_sequence_insert_sorted(capture->queue, queued, compare_queued, NULL);
}

void
capture_flush(capture_t *capture, int64_t until_us)
{
    while (!g_sequence_is_empty(capture->queue)) {
        GSequenceIter *first = g_sequence_get_begin_iter(capture->queue);
        const queued_t *queued = g_sequence_get(first);

        if (queued->time_us >= until_us)
            return;
        write_frame(capture, queued->time_us, queued->bytes, queued->length);
        g_sequence_remove(first);
    }
}

bool
capture_close(capture_t *capture)
{
    bool written;

    capture_flush(capture, INT64_MAX);
    written = fclose(capture->file) == 0 && !capture->failed;
    g_sequence_free(capture->queue);
    g_free(capture);
    return written;
}

uint64_t
capture_frames(const capture_t *capture)
{
    return capture->frames;
}
