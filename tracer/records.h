/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The packets of a capture file: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), as Wireshark's
 * wiretap reads them. Pure: any sequence of bytes is a legal file.
 *
 * Not libpcap: it refuses a pcapng file whose interfaces differ in link type or snap length, does not say which
 * interface a packet came from, cuts a packet at the snap length that the file's header claims, and takes the seconds
 * of a pcap file for signed. Wireshark does none of these.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "source.h"

#define RECORDS_LINK_NONE UINT32_MAX

/* What counts as a frame. */
typedef struct record {
    int64_t time_ns;            /* since 1970; 0 where the file says none */
    uint32_t link_type;         /* LINKTYPE_*; RECORDS_LINK_NONE: no packet, see `kind` */
    uint32_t interface;         /* pcapng: number of its interface in its section; pcap: 0 */
    const char *kind;           /* static: what it is when it is no packet */
    size_t captured;            /* bytes in `data` */
    size_t length;              /* on the wire */
    const uint8_t *data;        /* borrowed until the next call */
} record_t;

typedef enum {
    RECORDS_PACKET,             /* *record is filled */
    RECORDS_END,                /* the file ended where a record may end */
    RECORDS_BROKEN              /* records_error() says how */
} records_result_t;

typedef struct records records_t;

/* Reads the file's first bytes. Never NULL: what is wrong, records_next() says. `source` is borrowed.
 * The caller frees it with records_free(), for which NULL is legal. */
records_t *records_new(source_t *source);
void records_free(records_t *records);

/* The next record. After anything but RECORDS_PACKET it says the same again. */
records_result_t records_next(records_t *records, record_t *record);

/* Half a sentence: what is wrong with the file. Borrowed; "" as long as nothing is. */
const char *records_error(const records_t *records);

#endif
