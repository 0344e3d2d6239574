/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_session.h"

#include <string.h>

#include "fake_wire.h"
#include "parse.h"
#include "ttr_path.h"

enum {
    REMEMBERED = 4096,
    PORTS = 512
};

#define STAMPS_NS (1000000 * FAKE_SECOND)   /* the capture's clock is so far ahead of the loop's */

static bool
capture(wire_t *wire, const uint8_t *packet, size_t length, schedule_answer_t *answer)
{
    ttr_observation_t observation = {.frame = ++wire->frame, .time_ns = wire->run->now_ns + STAMPS_NS};

    g_assert_true(parse_packet(PARSE_LINK_RAW, packet, length, &observation));
    if (!session_is_member(wire->session, &observation))
        return false;
    if (wire->file != NULL)
        ttr_store_observe(wire->file, &observation);
    if (wire->kept != NULL)
        g_array_append_val(wire->kept, observation);
    return session_take(wire->session, &observation, answer);
}

static schedule_action_t
next_of_session(void *machine, int64_t now_ns)
{
    wire_t *wire = machine;

    session_next(wire->session, &wire->action, now_ns);
    return wire->action.what;
}

/* design.md: the IPv4 ID is the probe's number, never 0; a flow keeps its label, which is not 0 either. */
static void
check_numbers(wire_t *wire, const uint8_t *packet)
{
    uint32_t label = (packet[1] & 0x0fu) << 16 | (uint32_t)packet[2] << 8 | packet[3];
    uint32_t *known = &wire->labels[packet[40] << 8 | packet[41]];

    if (packet[0] >> 4 == 4) {
        if (++wire->ip_id == 0)
            wire->ip_id = 1;
        g_assert_cmpuint(packet[4] << 8 | packet[5], ==, wire->ip_id);
        return;
    }
    g_assert_cmpuint(label, !=, 0);
    wire->flows += *known == 0;
    *known = *known == 0 ? label : *known;
    g_assert_cmpuint(label, ==, *known);
}

static void
sent_of_session(void *machine, const schedule_action_t *action, int64_t now_ns)
{
    wire_t *wire = machine;
    remembered_t *sent = &wire->sent[wire->count++ % REMEMBERED];
    schedule_answer_t none;

    g_assert_cmpuint(action->ttl, ==, wire->action.packet[wire->action.packet[0] >> 4 == 4 ? 8 : 7]);
    check_numbers(wire, wire->action.packet);
    memcpy(sent->packet, wire->action.packet, wire->action.length);
    sent->length = wire->action.length;
    session_sent(wire->session, &wire->action, now_ns);
    g_assert_false(capture(wire, sent->packet, sent->length, &none));   /* a probe is no answer */
}

static void
answered_of_session(void *machine, const schedule_answer_t *answer, uint32_t number, int64_t now_ns)
{
    wire_t *wire = machine;
    const remembered_t *sent = &wire->sent[number % REMEMBERED];
    int64_t before = wire->run->now_ns;
    uint8_t bytes[FAKE_WIRE_MAX];
    schedule_answer_t found;

    g_assert_cmpuint(wire->count - number, <=, REMEMBERED);
    wire->run->now_ns = now_ns;
    if (!capture(wire, bytes, fake_wire_answer(sent->packet, sent->length, answer, bytes), &found)) {
        wire->unmatched++;
        wire->run->now_ns = before;
        return;
    }
    g_assert_cmpint(found.kind, ==, answer->kind);
    g_assert_cmpuint(found.ttl, ==, answer->ttl);
    g_assert_cmpuint(found.flow, ==, answer->flow);
    g_assert_cmpint(found.rtt_ns, ==, answer->rtt_ns);
    if (answer->kind != SCHEDULE_TARGET)
        g_assert_cmpmem(&found.responder, 16, &answer->responder, 16);
    wire->matched++;
    /* the same once more, and the kernel's RST: no answers */
    g_assert_false(capture(wire, bytes, fake_wire_answer(sent->packet, sent->length, answer, bytes), &found));
    if (answer->kind == SCHEDULE_TARGET)
        g_assert_false(capture(wire, bytes, fake_wire_reset(sent->packet, bytes), &found));
    wire->run->now_ns = before;
}

wire_t *
wire_new_at(const schedule_config_t *schedule, options_mode_t mode, options_packet_t kind, uint16_t port)
{
    wire_t *wire = g_new0(wire_t, 1);
    uint16_t ports[PORTS];
    session_config_t config = {
        .form = {.family = schedule->family, .source = {{192, 0, 2, 1}}, .target = {{203, 0, 113, 9}}, .dport = 80,
                 .kind = kind, .mtu = 1500, .dont_fragment = true},
        .schedule = *schedule, .mode = mode, .ports = ports, .port_count = PORTS,
        .random_seq = 0xfffffff0 + (port - 40000u) * 100000,    /* goes over the end after 16 probes */
        .random_ack = 77,
    };
    fake_driver_t driver = {.machine = wire, .next = next_of_session, .sent = sent_of_session,
                            .answered = answered_of_session};

    for (int i = 0; i < PORTS; i++)
        ports[i] = (uint16_t)(port + 3 * i);
    wire->net = fake_net_new(5);
    wire->run = fake_run_new(wire->net);
    wire->pacer = pacer_new(FAKE_MS / 5);
    wire->sent = g_new(remembered_t, REMEMBERED);
    wire->session = session_new(&config, wire->pacer, wire->run->now_ns);
    fake_run_add(wire->run, &driver);
    return wire;
}

wire_t *
wire_new(const schedule_config_t *schedule, options_mode_t mode, options_packet_t kind)
{
    return wire_new_at(schedule, mode, kind, 40000);
}

void
wire_free(wire_t *wire)
{
    if (wire->kept != NULL)
        g_array_free(wire->kept, TRUE);
    session_free(wire->session);
    ttr_store_free(wire->file);
    pacer_free(wire->pacer);
    fake_run_free(wire->run);
    fake_net_free(wire->net);
    g_free(wire->sent);
    g_free(wire);
}

void
wire_check_file(const wire_t *wire, const session_summary_t *summary)
{
    ttr_trace_info_t trace;

    g_assert_cmpuint(ttr_path_trace_count(wire->file), ==, 1);
    g_assert_true(ttr_path_trace(wire->file, 0, &trace));
    g_assert_cmpuint(trace.probe_count, ==, summary->sent);
    g_assert_cmpuint(trace.answered_count, ==, summary->answered);
    g_assert_cmpint(trace.is_reached, ==, summary->is_reached);
    g_assert_cmpint(trace.state, ==, summary->state);
    g_assert_cmpuint(trace.path_length, ==, summary->is_reached ? summary->hops : 0);
}
