/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_talk.h"

#define FIRST_SEQ 2654435761u   /* times the frame: random to look at, and never twice */

static ttr_address_t
address(uint32_t number)
{
    return (ttr_address_t){{(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
}

unit_talk_t
unit_talk_new(void)
{
    const ttr_config_t config = ttr_config_default();

    return (unit_talk_t){.store = ttr_store_new(&config), .now_ns = 1000 * UNIT_SECOND};
}

static void
add_options(ttr_tcp_t *tcp)
{
    static const uint8_t kinds[] = {2, 4, 8, 1, 3};

    tcp->options = 24813;       /* any hash but 0 */
    tcp->kind_count = sizeof kinds;
    memcpy(tcp->kinds, kinds, sizeof kinds);
    tcp->tsval = 1000;
}

static void
observe(unit_talk_t *talk, const ttr_observation_t *observation)
{
    ttr_store_observe(talk->store, observation);
    talk->now_ns += UNIT_MS;
}

ttr_observation_t
unit_talk_send(unit_talk_t *talk, unit_segment_t segment)
{
    uint32_t frame = ++talk->frame;
    ttr_observation_t sent = {
        .frame = frame,
        .time_ns = talk->now_ns,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = segment.ttl, .length = 40 + segment.payload, .dont_fragment = segment.dont_fragment, .source = address(UNIT_SOURCE), .id = segment.ip_id != 0 ? segment.ip_id : (uint16_t)frame, .target = address(segment.target != 0 ? segment.target : UNIT_TARGET)},
        .tcp = {.sport = segment.sport != 0 ? segment.sport : 40000, .dport = segment.dport != 0 ? segment.dport : 80, .seq = segment.seq != 0 ? segment.seq : frame * FIRST_SEQ, .ack = segment.ack, .flags = segment.flags != 0 ? segment.flags : TTR_TCP_SYN, .window = 5840, .payload = segment.payload},
    };

    if (segment.has_options)
        add_options(&sent.tcp);
    observe(talk, &sent);
    return sent;
}

void
unit_talk_error(unit_talk_t *talk, const ttr_observation_t *probe, uint32_t from, uint8_t type, uint8_t code)
{
    ttr_observation_t error = {
        .frame = ++talk->frame,
        .time_ns = talk->now_ns,
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)talk->frame, .length = 68, .source = address(from), .target = probe->ip.source},
        .icmp = {.type = type, .code = code, .kind = type == 11 ? TTR_KIND_TIME_EXCEEDED : TTR_KIND_UNREACHABLE, .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = probe->ip.id, .length = 40, .source = probe->ip.source, .target = probe->ip.target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true, .seq = probe->tcp.seq}},
    };

    observe(talk, &error);
}

void
unit_talk_expire(unit_talk_t *talk, const ttr_observation_t *probe)
{
    unit_talk_error(talk, probe, UNIT_ROUTER + probe->ip.ttl, 11, 0);
}

void
unit_talk_answer(unit_talk_t *talk, const ttr_observation_t *probe, uint16_t flags)
{
    bool is_to_ack = (probe->tcp.flags & TTR_TCP_ACK) != 0;
    uint32_t size = probe->tcp.payload + ((probe->tcp.flags & TTR_TCP_SYN) != 0 ? 1 : 0);
    ttr_observation_t answer = {
        .frame = ++talk->frame,
        .time_ns = talk->now_ns,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)talk->frame, .length = 40, .source = probe->ip.target, .target = probe->ip.source},
        .tcp = {.sport = probe->tcp.dport, .dport = probe->tcp.sport, .flags = flags, .seq = is_to_ack ? probe->tcp.ack : 7000, .ack = (flags & TTR_TCP_ACK) != 0 ? probe->tcp.seq + size : 0},
    };

    observe(talk, &answer);
}

void
unit_talk_wait(unit_talk_t *talk, int64_t ns)
{
    talk->now_ns += ns;
    ttr_store_pass(talk->store, talk->now_ns);
}
