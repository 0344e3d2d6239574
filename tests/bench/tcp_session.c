/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tcp_session.h"

#include "content.h"

#include <string.h>

enum { RESPONSE_SEGMENTS_MAX = 12, RESET_PERCENT = 5, TLS_LAST_RECORD = 200 };

typedef enum {
    STEP_SYN,
    STEP_SYN_ACK,
    STEP_HANDSHAKE_ACK,
    STEP_REQUEST,
    STEP_RESPONSE,
    STEP_RESPONSE_ACK,
    STEP_CLOSE,
    STEP_SERVER_FIN,
    STEP_LAST_ACK
} step_t;

static void
put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* SYNs carry MSS, SACK permitted, time stamps, window scale; all others NOP, NOP, time stamps. */
static size_t
put_options(uint8_t *options, bool is_syn, bool has_echo, uint32_t now_ms)
{
    static const uint8_t on_syn[20] = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7};
    static const uint8_t on_others[12] = {1, 1, 8, 10};
    size_t length = is_syn ? sizeof on_syn : sizeof on_others;
    size_t stamps = is_syn ? 8 : 4;

    memcpy(options, is_syn ? on_syn : on_others, length);
    put32(options + stamps, now_ms);
    if (has_echo)
        put32(options + stamps + 4, now_ms - 1);
    return length;
}

/* One segment from `from` to `to`, and both sequence numbers moved on. */
static void
build_segment(endpoint_t *from, const endpoint_t *to, uint8_t flags, int64_t now_us, span_t payload, packet_t *packet)
{
    uint8_t options[20];
    ip_fields_t ip = {
        .source = from->address, .target = to->address, .ttl = from->ttl, .id = from->id++, .dont_fragment = true};
    tcp_fields_t tcp = {
        .sport = from->port,
        .dport = to->port,
        .seq = from->seq,
        .ack = flags & TCP_ACK ? to->seq : 0,
        .flags = flags,
        .window = flags & TCP_SYN ? 64240 : 501,
        .payload = payload,
    };

    tcp.options.bytes = options;
    tcp.options.length = put_options(options, flags & TCP_SYN, flags & TCP_ACK, (uint32_t)(now_us / 1000) + 1000000);
    packet_tcp(packet, &ip, &tcp);
    from->seq += (uint32_t)payload.length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
}

/* Random bytes behind a fixed beginning: with a random one, dissectors that guess take it for theirs now and then. */
static size_t
opaque_content(rng_t *rng, uint8_t *content, size_t length)
{
    rng_fill(rng, content, length);
    memcpy(content, "opaq", 4);
    return length;
}

static size_t
request_content(const session_t *session, rng_t *rng, uint8_t *content)
{
    size_t length = rng_between(rng, 40, 500);

    if (session->kind == SESSION_HTTP)
        return content_http_request(rng, content);
    if (session->kind == SESSION_TLS)
        return session->exchange == 0 ? content_tls_client_hello(rng, content)
                                      : content_tls_data(rng, content, length);
    return opaque_content(rng, content, length);
}

/* The first segment of an HTTP response announces the others, which are full. Each segment of TLS is one record. */
static size_t
response_content(const session_t *session, rng_t *rng, uint8_t *content)
{
    bool is_first = session->segment == 0;
    bool is_last = session->segment + 1 == session->segments;

    if (session->kind == SESSION_HTTP && is_first)
        return content_http_response(content, (size_t)(session->segments - 1) * CONTENT_MAX);
    if (session->kind == SESSION_TLS && is_first && session->exchange == 0)
        return content_tls_server_hello(rng, content);
    if (session->kind == SESSION_TLS)
        return content_tls_data(rng, content, is_last ? TLS_LAST_RECORD : CONTENT_MAX);
    return opaque_content(rng, content, CONTENT_MAX);
}

/* The client acknowledges each second segment and the last. */
static step_t
step_after_segment(const session_t *session)
{
    bool is_last = session->segment == session->segments;

    return is_last || session->segment % 2 == 0 ? STEP_RESPONSE_ACK : STEP_RESPONSE;
}

static step_t
step_after_ack(session_t *session)
{
    if (session->segment < session->segments)
        return STEP_RESPONSE;
    session->exchange++;
    return session->exchange < session->exchanges ? STEP_REQUEST : STEP_CLOSE;
}

static void
send_request(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    uint8_t content[CONTENT_MAX];
    span_t payload = {content, request_content(session, rng, content)};

    build_segment(&session->client, &session->server, TCP_PSH | TCP_ACK, now_us, payload, packet);
    session->segment = 0;
    session->segments = rng_between(rng, 1, RESPONSE_SEGMENTS_MAX);
    session->step = STEP_RESPONSE;
}

static void
send_response(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    uint8_t content[CONTENT_MAX];
    span_t payload = {content, response_content(session, rng, content)};

    build_segment(&session->server, &session->client, TCP_ACK, now_us, payload, packet);
    session->segment++;
    session->step = (int)step_after_segment(session);
}

/* Segments without content; false when the connection is over. */
static bool
send_control(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    static const struct {
        uint8_t flags;
        bool is_from_server;
        step_t next;
    } controls[] = {
        [STEP_SYN] = {TCP_SYN, false, STEP_SYN_ACK},
        [STEP_SYN_ACK] = {TCP_SYN | TCP_ACK, true, STEP_HANDSHAKE_ACK},
        [STEP_HANDSHAKE_ACK] = {TCP_ACK, false, STEP_REQUEST},
        [STEP_RESPONSE_ACK] = {TCP_ACK, false, STEP_RESPONSE},
        [STEP_CLOSE] = {TCP_FIN | TCP_ACK, false, STEP_SERVER_FIN},
        [STEP_SERVER_FIN] = {TCP_FIN | TCP_ACK, true, STEP_LAST_ACK},
        [STEP_LAST_ACK] = {TCP_ACK, false, STEP_LAST_ACK},
    };
    step_t step = (step_t)session->step;
    bool is_reset = step == STEP_CLOSE && rng_chance(rng, RESET_PERCENT);
    endpoint_t *from = controls[step].is_from_server ? &session->server : &session->client;
    endpoint_t *to = controls[step].is_from_server ? &session->client : &session->server;

    build_segment(from, to, is_reset ? TCP_RST | TCP_ACK : controls[step].flags, now_us, (span_t){NULL, 0}, packet);
    session->step = (int)(step == STEP_RESPONSE_ACK ? step_after_ack(session) : controls[step].next);
    return step != STEP_LAST_ACK && !is_reset;
}

bool
tcp_session_next(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet)
{
    if (session->step == STEP_REQUEST) {
        send_request(session, rng, now_us, packet);
        return true;
    }
    if (session->step == STEP_RESPONSE) {
        send_response(session, rng, now_us, packet);
        return true;
    }
    return send_control(session, rng, now_us, packet);
}
