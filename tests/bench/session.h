/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One exchange of ordinary traffic between a client and a server, a frame at a time, as seen between the two.
 */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "packet.h"
#include "rng.h"

typedef enum {
    SESSION_HTTP,
    SESSION_TLS,
    SESSION_OPAQUE, /* TCP on a port that no dissector claims */
    SESSION_DNS,
    SESSION_ECHO,
    SESSION_UDP_ERROR, /* a query, and the ICMP error that quotes it */
    SESSION_TCP_ERROR  /* a SYN, and the ICMP error that quotes it */
} session_kind_t;

/* What one end sends with. */
typedef struct {
    address_t address;
    uint16_t port;
    uint8_t ttl; /* as it is where the capture is taken */
    uint16_t id;
    uint32_t seq; /* of the next byte */
} endpoint_t;

typedef struct {
    session_kind_t kind;
    endpoint_t client;
    endpoint_t server;
    int step;            /* its meaning depends on the kind */
    uint32_t exchange;   /* TCP: which request and response this is, from 0 */
    uint32_t exchanges;  /* TCP: how many there will be */
    uint32_t segment;    /* TCP: which segment of the response is next, from 0 */
    uint32_t segments;   /* TCP: how many the response has */
    packet_t sent;       /* what an ICMP error is to quote */
} session_t;

void session_begin(session_t *session, rng_t *rng);

/* Builds the next frame; false when that was the last one. */
bool session_next(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet);

#endif
