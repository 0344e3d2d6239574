/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "content.h"
#include "tcp_session.h"

enum {
    CLIENTS = 20000,
    SERVERS = 400,
    V6_PERCENT = 20,
    FAR_PERCENT = 6, /* of the clients; makes about 2 % of all packets arrive with a TTL of 32 or less */
    ECHO_PAIRS_MAX = 6
};

#define CLIENT_NET 0x0a000000u /* 10.0.0.0/8 */
#define SERVER_NET 0xc6336400u /* 198.51.100.0/23: a little beyond the documentation's /24 */

static session_kind_t
choose_kind(rng_t *rng)
{
    /* Shares of sessions, not of packets: a TCP session has some 40 packets, a query two. */
    static const struct {
        session_kind_t kind;
        uint32_t up_to_percent;
    } shares[] = {
        {SESSION_HTTP, 9},  {SESSION_TLS, 20},       {SESSION_OPAQUE, 25},    {SESSION_DNS, 85},
        {SESSION_ECHO, 95}, {SESSION_UDP_ERROR, 98}, {SESSION_TCP_ERROR, 100},
    };
    uint32_t roll = (uint32_t)(rng_next(rng) % 100);
    size_t i = 0;

    while (roll >= shares[i].up_to_percent)
        i++;
    return shares[i].kind;
}

static uint16_t
choose_server_port(session_kind_t kind, rng_t *rng)
{
    switch (kind) {
    case SESSION_HTTP:
        return 80;
    case SESSION_TLS:
    case SESSION_TCP_ERROR:
        return 443;
    case SESSION_OPAQUE:
        return (uint16_t)rng_between(rng, 20000, 20050);
    case SESSION_DNS:
    case SESSION_UDP_ERROR:
    case SESSION_ECHO:
        return 53;
    }
    return 0;
}

/* A client's distance never changes: two connections of one client that come with two small TTLs
 * would be a series of probes to anybody. */
static uint8_t
client_ttl(uint32_t client)
{
    uint64_t temper = rng_hash(client);
    uint8_t initial = temper % 10 < 7 ? 64 : 128;

    if (temper / 16 % 100 < FAR_PERCENT)
        return (uint8_t)(64 - 34 - temper / 4096 % 16);
    return (uint8_t)(initial - 2 - temper / 4096 % 19);
}

static uint8_t
server_ttl(uint32_t server)
{
    static const uint8_t initials[] = {64, 64, 128, 255};
    uint64_t temper = rng_hash(~(uint64_t)server);

    return (uint8_t)(initials[temper % 4] - temper / 16 % 12);
}

static endpoint_t
make_endpoint(address_t address, uint16_t port, uint8_t ttl, rng_t *rng)
{
    endpoint_t endpoint = {
        .address = address,
        .port = port,
        .ttl = ttl,
        .id = (uint16_t)rng_next(rng),
        .seq = (uint32_t)rng_next(rng),
    };

    return endpoint;
}

void
session_begin(session_t *session, rng_t *rng)
{
    bool is_v6 = rng_chance(rng, V6_PERCENT);
    uint32_t client = rng_between(rng, 0, CLIENTS - 1);
    uint32_t server = rng_between(rng, 0, SERVERS - 1);
    address_t client_address = is_v6 ? address_v6(0x10, client + 1) : address_v4(CLIENT_NET + client * 251 + 1);
    address_t server_address = is_v6 ? address_v6(0x20, server + 1) : address_v4(SERVER_NET + server + 1);
    uint16_t client_port = (uint16_t)rng_between(rng, 32768, 60999);

    session->kind = choose_kind(rng);
    session->client = make_endpoint(client_address, client_port, client_ttl(client), rng);
    session->server =
        make_endpoint(server_address, choose_server_port(session->kind, rng), server_ttl(server), rng);
    session->step = 0;
    session->exchange = 0;
    session->exchanges = rng_between(rng, 1, 5);
}

static ip_fields_t
ip_from(endpoint_t *from, const endpoint_t *to)
{
    ip_fields_t ip = {.source = from->address, .target = to->address, .ttl = from->ttl, .id = from->id++};

    return ip;
}

static bool
next_dns(session_t *session, packet_t *packet)
{
    bool is_query = session->step++ == 0;
    endpoint_t *from = is_query ? &session->client : &session->server;
    endpoint_t *to = is_query ? &session->server : &session->client;
    ip_fields_t ip = ip_from(from, to);
    uint16_t id = (uint16_t)session->client.seq;
    uint8_t content[CONTENT_MAX];
    span_t payload = {content, 0};

    payload.length = is_query ? content_dns_query(id, content) : content_dns_response(id, content);
    packet_udp(packet, &ip, from->port, to->port, payload);
    return is_query;
}

static bool
next_echo(session_t *session, packet_t *packet)
{
    bool is_reply = session->step % 2 == 1;
    ip_fields_t ip = is_reply ? ip_from(&session->server, &session->client)
                              : ip_from(&session->client, &session->server);

    packet_echo(packet, &ip, is_reply, session->client.port, (uint16_t)(session->step / 2 + 1));
    session->step++;
    return session->step < ECHO_PAIRS_MAX * 2;
}

static void
build_error(session_t *session, rng_t *rng, packet_t *packet)
{
    static const icmp_reason_t for_syn[] = {ICMP_TIME_EXCEEDED, ICMP_HOST_UNREACHABLE, ICMP_PROHIBITED};
    bool is_udp = session->kind == SESSION_UDP_ERROR;
    ip_fields_t ip = ip_from(&session->server, &session->client);
    icmp_error_t error = {
        .reason = is_udp ? ICMP_PORT_UNREACHABLE : for_syn[rng_between(rng, 0, 2)],
        .quoted = &session->sent,
        .quoted_ttl = session->client.ttl > 8 ? (uint8_t)(session->client.ttl - 8) : 1,
        .quote_max = rng_chance(rng, 30) ? 28 : PACKET_MAX,
    };

    /* A loop uses the TTL up: what a router quotes then looks like a probe, and its sender was none. */
    if (error.reason == ICMP_TIME_EXCEEDED)
        error.quoted_ttl = 1;
    if (ip.source.is_v6)
        error.quote_max = PACKET_MAX;
    packet_icmp_error(packet, &ip, &error);
}

static bool
next_error(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    if (session->step == 1) {
        build_error(session, rng, packet);
        return false;
    }
    if (session->kind == SESSION_UDP_ERROR)
        (void)next_dns(session, packet);
    else
        (void)tcp_session_next(session, rng, now_us, packet);
    session->step = 1;
    session->sent = *packet;
    return true;
}

bool
session_next(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    switch (session->kind) {
    case SESSION_HTTP:
    case SESSION_TLS:
    case SESSION_OPAQUE:
        return tcp_session_next(session, rng, now_us, packet);
    case SESSION_DNS:
        return next_dns(session, packet);
    case SESSION_ECHO:
        return next_echo(session, packet);
    case SESSION_UDP_ERROR:
    case SESSION_TCP_ERROR:
        return next_error(session, rng, now_us, packet);
    }
    return false;
}
