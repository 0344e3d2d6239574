/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads pcap files as tcpdump writes them on this machine.
 */
#ifndef PCAP_FILE_H
#define PCAP_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct pcap_file {
    uint8_t *bytes;             /* owned */
    gsize size;
    gsize next;
    uint16_t link_type;
    /* the packet read last */
    const uint8_t *data;        /* borrowed */
    uint32_t captured;
    uint32_t length;
} pcap_file_t;

/* False when it is no such file. */
bool pcap_file_open(pcap_file_t *file, const char *path);
void pcap_file_close(pcap_file_t *file);

/* The next packet; false at the end. */
bool pcap_file_read(pcap_file_t *file);

#endif
