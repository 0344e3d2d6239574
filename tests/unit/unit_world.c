/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_world.h"

enum { HEADER = 40 };  /* bytes of TCP with the options below */

/* 198.51.100.TTL */
static ttr_address_t
router(uint8_t ttl)
{
    return (ttr_address_t){{198, 51, 100, ttl}};
}

static const ttr_address_t source = {{192, 0, 2, 1}};
static const ttr_address_t target = {{203, 0, 113, 9}};

unit_world_t
unit_world_new(void)
{
    ttr_config_t config = ttr_config_default();

    return (unit_world_t){ttr_store_new(&config), 0, INT64_C(1000000000) * 1000};
}

void
unit_world_observe(unit_world_t *world, ttr_observation_t *observation)
{
    observation->frame = ++world->frame;
    observation->time_ns = world->now_ns;
    world->now_ns += UNIT_WORLD_MS;
    ttr_store_observe(world->store, observation);
}

/* What a segment of HEADER bytes sums up to whose checksum is right: with the pseudo header (RFC 9293 section 3.1) to 0,
 * modulo 0xffff. 192.0 + 2.1 + 203.0 + 113.9 as words, the protocol, the length. */
static uint16_t
right_sum(void)
{
    uint32_t pseudo = 0xc000 + 0x0201 + 0xcb00 + 0x7109 + 6 + HEADER;

    return (uint16_t)(0xffff - pseudo % 0xffff);
}

/* A SYN as Linux sends it, each from a port of its own. */
ttr_observation_t
unit_world_syn(const unit_world_t *world, uint8_t ttl, uint16_t dport)
{
    static const uint8_t kinds[] = {2, 4, 8, 1, 3};
    ttr_observation_t probe = {
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = 4, .ttl = ttl, .dont_fragment = true, .id = (uint16_t)(world->frame * 7 + 1), .length = 20 + HEADER, .source = source, .target = target},
        .tcp = {.sport = (uint16_t)(40000 + world->frame), .dport = dport, .seq = 2654435761u * (world->frame + 1), .flags = TTR_TCP_SYN, .window = 64240, .length = HEADER, .options = 77, .kind_count = sizeof kinds, .tsval = 1000},
    };

    memcpy(probe.tcp.kinds, kinds, sizeof kinds);
    probe.tcp.checksum = UNIT_WORLD_SUM;
    probe.tcp.has_sum = true;
    probe.tcp.sum = right_sum();
    probe.tcp.header = (ttr_header_t){.options = 77, .flags = TTR_TCP_SYN, .window = 64240, .mss = 1460, .window_scale = 8, .size = HEADER, .known = HEADER};
    return probe;
}

/* The time exceeded that quotes it whole, as it was sent. */
static ttr_observation_t
exceeded(const ttr_observation_t *probe)
{
    ttr_observation_t error = {
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = 4, .ttl = (uint8_t)(256 - probe->ip.ttl), .length = 56 + HEADER, .source = router(probe->ip.ttl), .target = source},
        .icmp = {.type = 11, .kind = TTR_KIND_TIME_EXCEEDED},
    };

    error.icmp.quote = (ttr_quote_t){
        .family = 4, .ttl = 1, .tos = probe->ip.tos, .has_seq = true, .has_flags = true, .has_checksum = true, .ip_id = probe->ip.id, .length = (uint16_t)probe->ip.length, .source = source, .target = target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .seq = probe->tcp.seq, .checksum = probe->tcp.checksum, .tcp_flags = probe->tcp.flags, .tsval = probe->tcp.tsval, .header = probe->tcp.header};
    error.icmp.quote.header.marks = TTR_HEADER_DONT_FRAGMENT;
    return error;
}

/* The target's answer, with this TTL. */
ttr_observation_t
unit_world_answer(const ttr_observation_t *probe, uint16_t flags, uint8_t ttl)
{
    return (ttr_observation_t){
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = 4, .ttl = ttl, .length = 44, .source = target, .target = source},
        .tcp = {.sport = probe->tcp.dport, .dport = probe->tcp.sport, .seq = 99, .ack = probe->tcp.seq + 1, .flags = flags, .window = 65160, .header = {.flags = flags, .window = 65160, .size = 24, .known = 24}},
    };
}

/* A trace of three probes a hop up to `last`; from UNIT_WORLD_HOPS on the target answers. `change` is applied to each quote. */
void
unit_world_trace(unit_world_t *world, uint16_t dport, uint8_t last, uint8_t target_ttl,
      unit_world_change_t change)
{
    for (uint8_t ttl = 1; ttl <= last; ttl++) {
        for (int i = 0; i < UNIT_WORLD_PROBES; i++) {
            ttr_observation_t probe = unit_world_syn(world, ttl, dport);
            ttr_observation_t reply = ttl < UNIT_WORLD_HOPS ? exceeded(&probe) : unit_world_answer(&probe, TTR_TCP_SYN | TTR_TCP_ACK, target_ttl);

            unit_world_observe(world, &probe);
            if (ttl < UNIT_WORLD_HOPS && change != NULL)
                change(&reply, ttl);
            unit_world_observe(world, &reply);
        }
    }
}

/* The finding of this kind and field, NULL when there is none. */
const ttr_finding_t *
unit_world_find(const ttr_insight_t *insight, ttr_finding_kind_t kind, ttr_field_t field)
{
    for (guint i = 0; i < insight->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(insight->findings, ttr_finding_t, i);

        if (finding->kind == kind && finding->field == field)
            return finding;
    }
    return NULL;
}
