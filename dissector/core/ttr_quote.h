/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads an ICMP or ICMPv6 error message: what it says, the TCP packet that it quotes, and the RFC 4884
 * extension objects behind the quote. Pure: bytes in, values out. Any sequence of bytes is a legal input.
 */
#ifndef TTR_QUOTE_H
#define TTR_QUOTE_H

#include <stddef.h>

#include "ttr_header.h"
#include "ttr_types.h"

/* One MPLS label stack entry (RFC 4950 section 3.1, RFC 3032 section 2.1). */
typedef struct ttr_mpls {
    uint32_t label;  /* 20 bits */
    uint8_t exp;     /* traffic class, 3 bits */
    uint8_t bottom;  /* bottom of stack, 1 bit */
    uint8_t ttl;
} ttr_mpls_t;

#define TTR_MPLS_MAX 8
#define TTR_INTERFACE_NAME_MAX 64
#define TTR_OBJECTS_MAX 8

/* RFC 5837: the interface that an object speaks of; `role` is the C-Type's upper two bits. */
typedef struct ttr_interface {
    uint8_t role;               /* 0 incoming, 1 sub-IP component of incoming, 2 outgoing, 3 next hop */
    uint8_t family;             /* of `address`; 0: none was given */
    bool has_index;
    bool has_mtu;
    uint32_t index;
    uint32_t mtu;               /* bytes */
    ttr_address_t address;
    char name[TTR_INTERFACE_NAME_MAX]; /* as sent: not NUL within, not necessarily UTF-8; "" : none was given */
} ttr_interface_t;

/* An extension object as it stood in the message (RFC 4884 section 7). */
typedef struct ttr_object {
    uint8_t class_num;
    uint8_t c_type;
    uint16_t length;            /* bytes of the object's data, without its header of 4 */
} ttr_object_t;

/* What the extension structure held. Counts are bounded; what does not fit is dropped from the end. */
typedef struct ttr_extension {
    uint8_t object_count;
    uint8_t mpls_count;
    uint8_t interface_count;
    ttr_object_t objects[TTR_OBJECTS_MAX];
    ttr_mpls_t mpls[TTR_MPLS_MAX];
    ttr_interface_t interfaces[2];
} ttr_extension_t;

/* The quoted TCP packet. What its IP header says is always there, the rest when the flag beside it says so. */
typedef struct ttr_quote {
    uint8_t family;
    uint8_t ttl;                /* quoted TTL or hop limit */
    uint8_t tos;                /* quoted TOS or traffic class */
    bool are_ports_cut;         /* fewer than 4 bytes of TCP are there: they are 0; never over IPv6, which has no ID */
    bool has_seq;               /* 8 bytes of TCP were quoted: seq is known; always, unless the capture is cut */
    bool has_flags;             /* 14 bytes of TCP were quoted, and not zeros for padding: ack and flags are known */
    bool has_checksum;          /* 18 bytes of TCP were quoted, likewise */
    uint16_t ip_id;             /* IPv4 */
    uint16_t length;            /* IPv4: total length; IPv6: payload length; as quoted, bytes */
    uint32_t flow_label;        /* IPv6 */
    ttr_address_t source;
    ttr_address_t target;
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
    uint32_t ack;
    uint16_t tcp_flags;
    uint16_t checksum;
    uint32_t tsval;             /* of the time stamp option, when the options were quoted; 0: none is known */
    ttr_header_t header;        /* all behind seq, as far as it was quoted and is not padding (header.known) */
} ttr_quote_t;

typedef struct ttr_icmp {
    uint8_t type;
    uint8_t code;
    ttr_kind_t kind;
    uint32_t mtu;               /* next-hop MTU of "fragmentation needed" and "packet too big", else 0 */
    ttr_quote_t quote;
    ttr_extension_t extension;
    bool is_extension_wrong;    /* an extension structure stands there whose checksum is wrong: nothing of it is kept */
} ttr_icmp_t;

typedef enum {
    TTR_QUOTE_TCP,              /* an error that quotes a first TCP fragment: its ports, or over IPv4 an IP ID at least */
    TTR_QUOTE_NOT_AN_ERROR,     /* not one of the messages that report a dropped packet */
    TTR_QUOTE_NOT_TCP,          /* quotes something else, or a later fragment */
    TTR_QUOTE_SHORT             /* ends before that */
} ttr_quote_result_t;

/* Reads the ICMP message (family 4) or ICMPv6 message (family 6) that starts at `data`, of which `captured`
 * bytes are there, out of `length` on the wire. Fills *icmp when TTR_QUOTE_TCP is returned; what it holds
 * otherwise is undefined. Redirects and source quenches are no errors in this sense: the packet went on.
 *
 * RFC 792 and RFC 4443 (formats), RFC 4884 section 4 and 5 (length field, 128 octets, compatibility). Where the
 * extension stands, ttr_extension_find() says: most routers that append one announce another length than they pad to.
 * An extension ends the quote at what was announced or at 128 bytes, whichever is less; but an announced length
 * that is too small for the quoted IP header and 8 bytes of TCP ends nothing.
 */
ttr_quote_result_t ttr_quote_parse(uint8_t family, const uint8_t *data, size_t captured, size_t length,
                                   ttr_icmp_t *icmp);

#endif
