/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * parse_packet() and session_take() on any bytes. Input: one byte that chooses link type and family, then packets,
 * each behind one byte with its length in units of 2. Between them the session sends its probes, and a first byte of
 * 0xff answers the last one, so that the fuzzer has something to change.
 */
#include <string.h>

#include "fuzz_check.h"
#include "parse.h"
#include "session.h"

static const uint16_t links[] = {0, 1, 9, 101, 108, 113, 228, 229, 276, 105};

typedef struct trace {
    session_t *session;
    session_action_t action;    /* the last probe */
    uint32_t frame;
    uint32_t sent;
    uint32_t answered;
    int64_t now_ns;
} trace_t;

static session_t *
new_session(uint8_t family, options_mode_t mode, pacer_t *pacer)
{
    static const uint16_t ports[] = {50000, 50001, 50002, 50003};
    session_config_t config = {
        .form = {.family = family, .source = {{192, 0, 2, 1}}, .target = {{203, 0, 113, 9}}, .dport = 80, .mtu = 1500},
        .schedule = {.family = family, .first_ttl = 1, .last_ttl = 8, .probes = 2, .rounds = 0, .gap_limit = 8,
                     .interval_ns = 1000000000, .timeout_ns = 1000000000},
        .mode = mode, .ports = ports, .port_count = 4, .random_seq = 0xfffffffc,
    };

    return session_new(&config, pacer, 0);
}

static void
take(trace_t *trace, uint16_t link_type, const uint8_t *data, size_t size)
{
    ttr_observation_t observation = {.frame = ++trace->frame, .time_ns = trace->now_ns};
    schedule_answer_t answer = {0};
    uint8_t *copy = malloc(size);   /* of the exact size: ASan sees the first byte that is read beyond it */

    if (size > 0)
        memcpy(copy, data, size);
    if (parse_packet(link_type, copy, size, &observation)) {
        FUZZ_CHECK(observation.ip.family == TTR_FAMILY_IPV4 || observation.ip.family == TTR_FAMILY_IPV6);
        if (session_is_member(trace->session, &observation) &&
            session_take(trace->session, &observation, &answer)) {
            FUZZ_CHECK(answer.ttl >= 1 && answer.ttl <= 8);
            trace->answered++;
        }
    }
    free(copy);
}

/* At most so many as are due now. */
static void
send_probes(trace_t *trace)
{
    for (int i = 0; i < 4; i++) {
        session_next(trace->session, &trace->action, trace->now_ns);
        if (trace->action.what.kind == SCHEDULE_WAIT)
            FUZZ_CHECK(trace->action.what.until_ns > trace->now_ns);
        if (trace->action.what.kind != SCHEDULE_SEND)
            return;
        FUZZ_CHECK(trace->action.what.ttl >= 1 && trace->action.what.ttl <= 8);
        FUZZ_CHECK(trace->action.length >= 40 && trace->action.length <= PACKET_MAX);
        session_sent(trace->session, &trace->action, trace->now_ns);
        trace->sent++;
        take(trace, PARSE_LINK_RAW, trace->action.packet, trace->action.length);
    }
}

/* A time exceeded of 198.51.100.1 that quotes the last probe whole, with one byte of it changed. */
static void
answer_last(trace_t *trace, uint8_t at, uint8_t value)
{
    static const uint8_t head[28] = {0x45, 0, 0, 0, 0, 1, 0, 0, 64, 1, 0, 0, 198, 51, 100, 1, 192, 0, 2, 1, 11};
    uint8_t bytes[28 + PACKET_MAX];
    size_t size = 28 + trace->action.length;

    if (trace->action.length == 0)
        return;
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + 28, trace->action.packet, trace->action.length);
    bytes[2] = (uint8_t)(size >> 8);
    bytes[3] = (uint8_t)size;
    bytes[at % size] ^= value;
    take(trace, PARSE_LINK_RAW, bytes, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pacer_t *pacer = pacer_new(1000);
    trace_t trace = {0};
    session_summary_t summary;

    if (size < 1) {
        pacer_free(pacer);
        return 0;
    }
    trace.session = new_session((data[0] & 0x80) != 0 ? 6 : 4, (options_mode_t)((data[0] >> 4 & 7) % 3), pacer);
    for (size_t at = 1; at < size;) {
        size_t length = (size_t)data[at] * 2;

        trace.now_ns += 50000000;
        send_probes(&trace);
        if (data[at] == 0xff && at + 2 < size) {
            answer_last(&trace, data[at + 1], data[at + 2]);
            at += 3;
            continue;
        }
        at++;
        length = length < size - at ? length : size - at;
        take(&trace, links[(data[0] & 15) % (sizeof links / sizeof links[0])], data + at, length);
        at += length;
    }
    session_summary(trace.session, &summary);
    FUZZ_CHECK(summary.sent == trace.sent && summary.answered == trace.answered && summary.answered <= summary.sent);
    session_free(trace.session);
    pacer_free(pacer);
    return 0;
}
