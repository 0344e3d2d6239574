/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a TCP header says behind its sequence number, as a SYN carries it or as an ICMP error quotes it. Values without
 * holes between them, so that headers are compared and interned as bytes: most of a capture share a few.
 */
#ifndef TTR_HEADER_H
#define TTR_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TTR_HEADER_DONT_FRAGMENT 1u /* IPv4: of the IP header before it */
#define TTR_HEADER_FRAGMENT 2u      /* the first of several fragments: its length says nothing */

typedef struct ttr_header {
    uint32_t ack;
    uint32_t options;       /* hash over the kinds of options in their order, see ttr_tcp_t; 0: there are none */
    uint16_t flags;         /* 12 bits, RFC 9293 section 3.1: those of ttr_types.h, and above them the reserved ones */
    uint16_t window;
    uint16_t urgent;
    uint16_t mss;           /* 0: there is no such option (RFC 9293 section 3.7.1) */
    uint8_t window_scale;   /* the shift + 1; 0: there is no such option (RFC 7323 section 2.2) */
    uint8_t size;           /* bytes, as the data offset says */
    uint8_t known;          /* bytes of the segment from its first one that are there, 255 at most: what lies behind them
                             * is not known, and 0 above */
    uint8_t marks;          /* TTR_HEADER_* */
} ttr_header_t;

/* A table of headers with small numbers. Bounded: what comes when it is full has TTR_HEADER_OTHER. Private to the core. */
#define TTR_HEADER_NONE 0u
#define TTR_HEADER_OTHER UINT16_MAX

typedef struct ttr_headers ttr_headers_t;

/* The caller frees it with ttr_headers_free(). `seed`: of the hashes, so that no capture can know which collide. */
ttr_headers_t *ttr_headers_new(uint64_t seed);
void ttr_headers_free(ttr_headers_t *headers);

/* The number of a header, the same for equal ones. */
uint16_t ttr_headers_number(ttr_headers_t *headers, const ttr_header_t *header);

/* The header with this number, NULL for the two words above. Borrowed for the life of the table. */
const ttr_header_t *ttr_headers_row(const ttr_headers_t *headers, uint16_t number);

size_t ttr_headers_memory(const ttr_headers_t *headers);

#endif
