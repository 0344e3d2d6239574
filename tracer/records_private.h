/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One format of capture files behind records.h.
 */
#ifndef RECORDS_PRIVATE_H
#define RECORDS_PRIVATE_H

#include <glib.h>

#include "records.h"

#define RECORDS_PACKET_MAX 262144u      /* bytes; a longer one is none (WTAP_MAX_PACKET_SIZE_STANDARD) */
#define RECORDS_PACKET_MAX_LARGE (128u << 20)   /* of link types with larger packets */

struct records {
    source_t *source;           /* borrowed */
    records_result_t (*next)(records_t *records, record_t *record);
    records_result_t result;    /* of the last call */
    char *error;                /* owned */
    bool is_big;                /* byte order of the file, or of its section */
    size_t skip;                /* bytes of the last record, still to be stepped over */

    /* pcap */
    uint32_t link_type;
    bool has_nanoseconds;
    size_t header;              /* bytes in front of each packet */

    /* pcapng */
    GArray *interfaces;         /* owned: records_interface_t of this section */
};

typedef struct records_interface {
    uint32_t link_type;
    uint32_t snap_length;       /* 0: no limit */
    uint64_t units;             /* of time, in a second */
    int64_t offset_s;           /* added to all time stamps */
} records_interface_t;

/* Is the file, whose first 4 bytes are `magic`, of this format? If so, prepares `records` to read it. */
bool records_pcap_begins(records_t *records, const uint8_t *magic);
bool records_pcapng_begins(records_t *records, const uint8_t *magic);

/* Notes the error, for records_next(). */
records_result_t records_broken(records_t *records, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The file ended within a record: cut short, or no longer readable. */
records_result_t records_cut(records_t *records, const char *what);

uint16_t records_u16(const records_t *records, const uint8_t *data);
uint32_t records_u32(const records_t *records, const uint8_t *data);

/* Most bytes that a packet of this link type has. */
uint32_t records_packet_max(uint32_t link_type);

#endif
