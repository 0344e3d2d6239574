/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_wire.h"

#include <string.h>

enum {
    QUOTED = 28                 /* IP header and 8 bytes (RFC 792); IPv6 quotes 60 */
};

static void
put_ipv4(uint8_t *out, size_t length, uint8_t protocol, const uint8_t *source, const uint8_t *target)
{
    static uint16_t id;

    memset(out, 0, 20);
    out[0] = 0x45;
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
    id++;
    out[4] = (uint8_t)(id >> 8);
    out[5] = (uint8_t)id;
    out[8] = 60;
    out[9] = protocol;
    memcpy(out + 12, source, 4);
    memcpy(out + 16, target, 4);
}

static void
put_ipv6(uint8_t *out, size_t length, uint8_t protocol, const uint8_t *source, const uint8_t *target)
{
    memset(out, 0, 40);
    out[0] = 0x60;
    out[4] = (uint8_t)((length - 40) >> 8);
    out[5] = (uint8_t)(length - 40);
    out[6] = protocol;
    out[7] = 60;
    memcpy(out + 8, source, 16);
    memcpy(out + 24, target, 16);
}

static void
put_tcp(uint8_t *out, const uint8_t *ports, uint8_t flags)
{
    memset(out, 0, 20);
    memcpy(out, ports, 4);
    out[12] = 0x50;
    out[13] = flags;
}

static size_t
put_icmp(const uint8_t *probe, size_t quoted, const schedule_answer_t *answer, uint8_t *out)
{
    bool is_ipv4 = probe[0] >> 4 == 4;
    size_t header = is_ipv4 ? 20 : 40;
    uint8_t *icmp = out + header;
    bool is_exceeded = answer->kind == SCHEDULE_ROUTER;

    if (is_ipv4)
        put_ipv4(out, header + 8 + quoted, 1, answer->responder.bytes, probe + 12);
    else
        put_ipv6(out, header + 8 + quoted, 58, answer->responder.bytes, probe + 8);
    memset(icmp, 0, 8);
    icmp[0] = is_exceeded ? (is_ipv4 ? 11 : 3) : (is_ipv4 ? 3 : 1);
    icmp[1] = is_exceeded ? 0 : (is_ipv4 ? 13 : 1);
    memcpy(icmp + 8, probe, quoted);
    icmp[8 + (is_ipv4 ? 8 : 7)] = 1;
    return header + 8 + quoted;
}

/* From the target when `is_answer`, else from the sender. */
static size_t
put_segment(const uint8_t *probe, bool is_answer, uint8_t flags, uint8_t *out)
{
    bool is_ipv4 = probe[0] >> 4 == 4;
    size_t header = is_ipv4 ? 20 : 40;
    const uint8_t *sender = probe + (is_ipv4 ? 12 : 8);
    const uint8_t *target = probe + (is_ipv4 ? 16 : 24);
    const uint8_t *tcp = probe + header;
    const uint8_t ports[4] = {tcp[is_answer ? 2 : 0], tcp[is_answer ? 3 : 1], tcp[is_answer ? 0 : 2],
                              tcp[is_answer ? 1 : 3]};

    if (is_ipv4)
        put_ipv4(out, 40, 6, is_answer ? target : sender, is_answer ? sender : target);
    else
        put_ipv6(out, 60, 6, is_answer ? target : sender, is_answer ? sender : target);
    put_tcp(out + header, ports, flags);
    return header + 20;
}

/* A number plus one, as TCP counts a SYN. */
static void
put_next(uint8_t *out, const uint8_t *number)
{
    memcpy(out, number, 4);
    for (int i = 3; i >= 0 && ++out[i] == 0; i--)
        continue;
}

size_t
fake_wire_answer(const uint8_t *probe, size_t length, const schedule_answer_t *answer, uint8_t out[FAKE_WIRE_MAX])
{
    size_t header = probe[0] >> 4 == 4 ? 20 : 40;
    size_t size;

    if (answer->kind != SCHEDULE_TARGET)
        return put_icmp(probe, probe[0] >> 4 == 4 ? QUOTED : MIN(length, 60), answer, out);
    size = put_segment(probe, true, 0x12, out);
    out[header + 4] = 0x77;     /* a sequence number of its own */
    put_next(out + header + 8, probe + header + 4);
    return size;
}

size_t
fake_wire_reset(const uint8_t *probe, uint8_t out[FAKE_WIRE_MAX])
{
    size_t header = probe[0] >> 4 == 4 ? 20 : 40;
    size_t size = put_segment(probe, false, 0x04, out);

    put_next(out + header + 4, probe + header + 4);
    return size;
}
