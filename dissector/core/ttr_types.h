/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of the model: addresses, kinds of replies, ways of matching, states of a port.
 * The names are public interface: they are the values of the fields tcptraceroute.kind, .match and .state.
 */
#ifndef TTR_TYPES_H
#define TTR_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The model of one capture: ttr_store.h changes it, ttr_path.h and ttr_note.h read it. */
typedef struct ttr_store ttr_store_t;

/* An IPv4 address fills the first 4 bytes, the rest is 0; the family stands beside it. Network byte order. */
typedef struct ttr_address {
    uint8_t bytes[16];
} ttr_address_t;

/* The same for both directions between two hosts: a sum over the last 4 bytes of their IPv4 or IPv6 addresses, which
 * `a_tail` and `b_tail` point to. Ordinary segments pay for it, so it is no more than two loads. */
static inline uint32_t
ttr_address_sum(const uint8_t *a_tail, const uint8_t *b_tail)
{
    uint32_t a;
    uint32_t b;

    memcpy(&a, a_tail, sizeof a);
    memcpy(&b, b_tail, sizeof b);
    return a + b;
}

#define TTR_FAMILY_IPV4 4
#define TTR_FAMILY_IPV6 6

/* TCP flags as in the header's 13th and 14th byte (RFC 9293 section 3.1, RFC 3168 for ECE and CWR, RFC 9768 for AE). */
#define TTR_TCP_FIN 0x001
#define TTR_TCP_SYN 0x002
#define TTR_TCP_RST 0x004
#define TTR_TCP_PSH 0x008
#define TTR_TCP_ACK 0x010
#define TTR_TCP_URG 0x020
#define TTR_TCP_ECE 0x040
#define TTR_TCP_CWR 0x080
#define TTR_TCP_AE 0x100

/* What a reply is. */
typedef enum {
    TTR_KIND_TIME_EXCEEDED,  /* ICMP type 11, ICMPv6 type 3 */
    TTR_KIND_UNREACHABLE,    /* ICMP type 3, ICMPv6 type 1 */
    TTR_KIND_PACKET_TOO_BIG, /* ICMPv6 type 2 */
    TTR_KIND_SYN_ACK,
    TTR_KIND_RST,
    TTR_KIND_SYN,            /* SYN without ACK: simultaneous open (RFC 9293 section 3.5) */
    TTR_KIND_ACK,            /* a pure ACK, as a challenge ACK is (RFC 5961 section 4.2) */
    TTR_KIND_OTHER_TCP,
    TTR_KIND_OTHER_ICMP
} ttr_kind_t;

/* What tied a reply to its probe. */
typedef enum {
    TTR_MATCH_IP_ID,     /* quote: IP ID, ports and seq agree */
    TTR_MATCH_PORTS_SEQ, /* quote: ports and seq agree; IPv6, or the IP ID was changed on the way */
    TTR_MATCH_IP_ID_SEQ, /* quote: IP ID and seq agree; a port or an address was changed */
    TTR_MATCH_IP_ID_ONLY,/* quote: IP ID, addresses and ports agree; the seq was changed */
    TTR_MATCH_SEQ_ONLY,  /* quote: the seq agrees; IP ID and a port or an address were changed */
    TTR_MATCH_PORTS,     /* quote: addresses and ports agree and are this probe's alone; seq and ID were changed or not quoted */
    TTR_MATCH_ACK,       /* TCP: ack == seq + 1 + payload */
    TTR_MATCH_SEQ,       /* TCP: a RST whose seq is the probe's ack */
    TTR_MATCH_SACK,      /* TCP: a SACK block covers the probe */
    TTR_MATCH_ORDER      /* several probes fit equally, and the order of sending decides */
} ttr_match_t;

/* State of the target's port. */
typedef enum {
    TTR_STATE_UNKNOWN,
    TTR_STATE_OPEN,
    TTR_STATE_CLOSED,
    TTR_STATE_FILTERED,
    TTR_STATE_UNFILTERED
} ttr_state_t;

/* Names as the contract spells them; static, never NULL. */
const char *ttr_kind_name(ttr_kind_t kind);
const char *ttr_match_name(ttr_match_t match);
const char *ttr_state_name(ttr_state_t state);

/* Is this an ICMP or ICMPv6 error, rather than a TCP segment? */
bool ttr_kind_is_icmp(ttr_kind_t kind);

#endif
