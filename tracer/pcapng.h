/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little endian whatever the machine. Pure: appends whole
 * blocks to a byte array.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <glib.h>

#include "ttr_types.h"

typedef struct pcapng_interface {
    uint16_t link_type;         /* LINKTYPE_*, not DLT_* */
    uint32_t snap_length;
    const char *name;
    const char *description;
    const char *filter;         /* as libpcap has it */
} pcapng_interface_t;

typedef struct pcapng_packet {
    uint32_t interface;         /* number of the interface block, from 0 */
    int64_t time_ns;            /* since 1970; not negative */
    uint32_t captured;          /* bytes in `data` */
    uint32_t length;            /* on the wire */
    const uint8_t *data;
    const char *comment;        /* "" or NULL: none */
} pcapng_packet_t;

typedef struct pcapng_statistics {
    uint32_t interface;
    int64_t start_ns;           /* since 1970 */
    int64_t end_ns;
    uint64_t received;          /* by the interface's filter */
    uint64_t dropped;           /* by the kernel for want of room */
    uint64_t written;
} pcapng_statistics_t;

/* Section header; `application` as in "tcptracedump 0.1.0". */
void pcapng_section(GByteArray *out, const char *application);

/* Interface description with nanosecond time stamps. */
void pcapng_interface(GByteArray *out, const pcapng_interface_t *interface);

/* Enhanced packet. */
void pcapng_packet(GByteArray *out, const pcapng_packet_t *packet);

/* Name resolution block with one name; names longer than 1024 bytes are left out. */
void pcapng_name(GByteArray *out, uint8_t family, const ttr_address_t *address, const char *name);

/* Interface statistics. */
void pcapng_statistics(GByteArray *out, const pcapng_statistics_t *statistics);

#endif
