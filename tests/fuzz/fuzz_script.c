/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz_script.h"

#include <glib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define FUZZ_TIME_MAX TTR_TIME_MAX_NS

static uint8_t
take(fuzz_script_t *script)
{
    return script->next < script->end ? *script->next++ : 0;
}

void
fuzz_script_init(fuzz_script_t *script, const uint8_t *data, size_t size, ttr_config_t *config)
{
    static const uint32_t bounds[] = {250000, 1, 5, 40};
    static const uint8_t ttls[] = {32, 5, 255, 1};
    uint8_t settings;

    memset(script, 0, sizeof *script);
    script->next = data;
    script->end = data + size;
    script->now_ns = INT64_C(1700000000) * SECOND;
    settings = take(script);
    *config = ttr_config_default();
    config->candidate_bound = bounds[settings & 3];
    config->candidate_ttl = ttls[settings >> 2 & 3];
    if ((settings & 0x10) != 0)
        config->reply_limit_ns = 100 * MS;
    if ((settings & 0x20) != 0)
        config->run_gap_ns = SECOND;
    config->has_exact_keys = (settings & 0x40) != 0;
}

/* Of 16 possible addresses two senders, two targets and some routers. */
static void
set_address(ttr_address_t *address, uint8_t family, uint8_t which)
{
    memset(address, 0, sizeof *address);
    if (family == TTR_FAMILY_IPV4) {
        const uint8_t bytes[4] = {192, 0, 2, which};

        memcpy(address->bytes, bytes, sizeof bytes);
    } else {
        const uint8_t bytes[4] = {0x20, 0x01, 0x0d, 0xb8};

        memcpy(address->bytes, bytes, sizeof bytes);
        address->bytes[15] = which;
    }
}

static void
advance(fuzz_script_t *script, uint8_t how)
{
    static const int64_t steps[16] = {
        0, 1000, MS, 10 * MS, 25 * MS, 100 * MS, 950 * MS, SECOND, 2 * SECOND, 3 * SECOND, 11 * SECOND, 29 * SECOND,
        31 * SECOND, 60 * SECOND, -5 * MS, -40 * SECOND
    };

    if (script->now_ns > FUZZ_TIME_MAX - 60 * SECOND || script->now_ns < -FUZZ_TIME_MAX + 60 * SECOND)
        return;
    script->now_ns += steps[how & 15];
}

/* A time stamp out of any order, as a pcapng file may have; the adapter cuts them at this. */
static void
jump(fuzz_script_t *script, uint8_t where)
{
    static const int64_t times[8] = {
        0, -1, FUZZ_TIME_MAX, -FUZZ_TIME_MAX, FUZZ_TIME_MAX / 2, -FUZZ_TIME_MAX / 2, FUZZ_TIME_MAX / 5,
        1700000000 * SECOND
    };

    script->now_ns = times[where & 7];
}

/* A frame of its own for the next packet, or one more layer of the same frame. */
static void
stamp(fuzz_script_t *script, ttr_observation_t *observation, bool is_same_frame)
{
    if (is_same_frame && script->frame > 0 && script->layer < 200) {
        script->layer++;
    } else {
        script->frame++;
        script->layer = 0;
    }
    observation->frame = script->frame;
    observation->layer = script->layer;
    observation->time_ns = script->now_ns;
}

static void
remember(fuzz_script_t *script, const ttr_observation_t *observation)
{
    script->probes[script->sent++ % FUZZ_SCRIPT_MEMORY] = *observation;
}

static const ttr_observation_t *
recall(const fuzz_script_t *script, uint8_t back)
{
    unsigned known = MIN(script->sent, FUZZ_SCRIPT_MEMORY);

    if (known == 0)
        return NULL;
    return &script->probes[(script->sent - 1 - back % known) % FUZZ_SCRIPT_MEMORY];
}

/* A segment made of four bytes: ends and family, TTL, numbers, flags. */
static void
make_probe(fuzz_script_t *script, ttr_observation_t *observation)
{
    static const uint16_t flags[] = {TTR_TCP_SYN, TTR_TCP_ACK, TTR_TCP_SYN | TTR_TCP_ECE | TTR_TCP_CWR, TTR_TCP_FIN};
    uint8_t ends = take(script);
    uint8_t ttl = take(script);
    uint8_t numbers = take(script);
    uint8_t more = take(script);
    uint8_t family = (ends & 1) != 0 ? TTR_FAMILY_IPV6 : TTR_FAMILY_IPV4;

    memset(observation, 0, sizeof *observation);
    observation->what = TTR_OBSERVED_TCP;
    observation->ip = (ttr_ip_t){
        .family = family, .ttl = ttl < 200 ? ttl % 41 : ttl, .length = 40u + (more >> 6) * 4000u,
        .id = family == TTR_FAMILY_IPV4 ? numbers & 7 : 0, .dont_fragment = (ends & 0x80) != 0,
        .flow_label = family == TTR_FAMILY_IPV6 ? numbers >> 6 : 0,
    };
    set_address(&observation->ip.source, family, 1 + (ends >> 1 & 1));
    set_address(&observation->ip.target, family, 3 + (ends >> 2 & 1));
    observation->tcp = (ttr_tcp_t){
        .sport = (uint16_t)(40000 + (ends >> 3 & 3)), .dport = (uint16_t)(80 + (ends >> 5 & 3)),
        .seq = (numbers >> 3 & 7) * 0x4000u, .ack = (more & 4) != 0 ? 0x10000 + numbers : 0,
        .flags = (more & 0x20) != 0 ? (uint16_t)(numbers << 1 & 0x1ff) : flags[more & 3],
        .checksum = numbers, .payload = (more & 8) != 0 ? more : 0, .options = more >> 4 & 1,
        .tsval = (more & 0x40) != 0 ? numbers : 0,
    };
}

/* The next probe of a sweep: what changes from one to the next is what tools change. */
static void
sweep_on(fuzz_script_t *script, ttr_observation_t *observation)
{
    uint8_t how = script->repeat_how;

    if ((how & 1) != 0)
        observation->ip.ttl++;
    else if (observation->ip.ttl > 1)
        observation->ip.ttl--;
    observation->ip.id = observation->ip.family == TTR_FAMILY_IPV4 ? (uint16_t)(observation->ip.id + 1) : 0;
    observation->tcp.sport += (how & 2) != 0;
    observation->tcp.dport += (how & 4) != 0;
    observation->tcp.seq += (how & 8) != 0;
    observation->tcp.checksum++;
    advance(script, how >> 6);
}

static void
make_quote(fuzz_script_t *script, const ttr_observation_t *probe, uint8_t change, ttr_observation_t *error)
{
    static const ttr_kind_t kinds[] = {TTR_KIND_TIME_EXCEEDED, TTR_KIND_UNREACHABLE, TTR_KIND_TIME_EXCEEDED,
                                       TTR_KIND_OTHER_ICMP};
    uint8_t other = change == 0 ? 0 : take(script);
    ttr_quote_t *quote = &error->icmp.quote;

    memset(error, 0, sizeof *error);
    error->what = TTR_OBSERVED_ICMP;
    error->ip = (ttr_ip_t){.family = probe->ip.family, .ttl = 60, .length = 56, .target = probe->ip.source};
    set_address(&error->ip.source, probe->ip.family, (change & 0x80) != 0 ? 3 + (other & 3) : 100 + probe->ip.ttl);
    error->ip.id = other;
    error->icmp.kind = kinds[other & 3];
    error->icmp.type = (other & 1) != 0 ? 3 : 11;
    error->icmp.code = other >> 4;
    *quote = (ttr_quote_t){
        .family = probe->ip.family, .ttl = 1, .ip_id = probe->ip.id, .length = 40,
        .flow_label = probe->ip.flow_label, .source = probe->ip.source, .target = probe->ip.target,
        .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true, .seq = probe->tcp.seq,
        .has_checksum = (other & 8) != 0, .checksum = probe->tcp.checksum,
    };
    quote->ip_id = (change & 1) != 0 ? GUINT16_SWAP_LE_BE(quote->ip_id) : quote->ip_id;
    quote->ip_id += (change & 2) != 0;
    quote->sport += (change & 4) != 0;
    quote->seq += (change & 8) != 0;
    quote->dport ^= (change & 0x10) != 0;
    if ((change & 0x20) != 0)
        set_address(&quote->source, quote->family, other);
    if ((change & 0x40) != 0) {
        error->icmp.extension.object_count = 1;
        error->icmp.extension.objects[0].class_num = other;
    }
}

static void
make_answer(fuzz_script_t *script, const ttr_observation_t *probe, ttr_observation_t *answer)
{
    static const uint16_t flags[] = {TTR_TCP_SYN | TTR_TCP_ACK, TTR_TCP_RST | TTR_TCP_ACK, TTR_TCP_RST, TTR_TCP_ACK,
                                     TTR_TCP_SYN, TTR_TCP_FIN | TTR_TCP_ACK, 0, TTR_TCP_ACK | TTR_TCP_PSH};
    uint8_t how = take(script);
    uint8_t change = take(script);

    memset(answer, 0, sizeof *answer);
    answer->what = TTR_OBSERVED_TCP;
    answer->ip = (ttr_ip_t){.family = probe->ip.family, .ttl = 50 + (change & 3), .length = 44, .id = change >> 6,
                            .source = probe->ip.target, .target = probe->ip.source};
    answer->tcp = (ttr_tcp_t){
        .sport = probe->tcp.dport, .dport = probe->tcp.sport, .seq = probe->tcp.ack + (how >> 6),
        .ack = probe->tcp.seq + ((how & 8) != 0 ? 0 : 1) + ((how & 0x10) != 0 ? probe->tcp.payload : 0),
        .flags = flags[how & 7], .payload = (change & 0x20) != 0 ? 10 : 0, .has_sack = (how & 0x20) != 0,
        .sack_left = probe->tcp.seq, .sack_right = probe->tcp.seq + (change >> 2 & 7),
    };
}

/* What the sender of a probe does when its handshake was answered: mtr closes, an ordinary client sends data. */
static void
go_on(fuzz_script_t *script, ttr_observation_t *observation)
{
    uint8_t how = take(script);

    observation->tcp.flags = (how & 1) != 0 ? TTR_TCP_ACK : (how & 2) != 0 ? TTR_TCP_RST : TTR_TCP_FIN | TTR_TCP_ACK;
    observation->tcp.seq += how >> 5;
    observation->tcp.ack = 1;
    observation->tcp.payload = (how & 4) != 0 ? 100 : 0;
    observation->ip.ttl = (how & 8) != 0 ? 64 : observation->ip.ttl;
}

/* One more observation of a step that yields several: false when there is none. */
static bool
repeat(fuzz_script_t *script, ttr_observation_t *observation)
{
    const ttr_observation_t *probe = recall(script, 0);

    if (script->owes_quote) {
        script->owes_quote = false;
        make_quote(script, probe, 0, observation);
        return true;
    }
    if (script->repeat_left == 0)
        return false;
    script->repeat_left--;
    *observation = script->is_sweep ? *probe : script->last;
    if (script->is_sweep) {
        sweep_on(script, observation);
        remember(script, observation);
        script->owes_quote = (script->repeat_how & 0x10) != 0;
    } else {
        advance(script, script->repeat_how >> 6);
    }
    return true;
}

static fuzz_script_step_t
begin_step(fuzz_script_t *script, uint8_t op, ttr_observation_t *observation)
{
    const ttr_observation_t *probe = recall(script, op >> 4);

    if (probe == NULL || (op & 7) < 2) {
        make_probe(script, observation);
        remember(script, observation);
        script->is_sweep = true;
        script->repeat_how = (op & 7) == 1 ? take(script) : 0;
        script->repeat_left = (op & 7) == 1 ? 1u + (op >> 4) : 0;
        script->owes_quote = script->repeat_left > 0 && (script->repeat_how & 0x10) != 0;
        return FUZZ_SCRIPT_OBSERVATION;
    }
    switch (op & 7) {
    case 2: make_quote(script, probe, take(script), observation); break;
    case 3: make_answer(script, probe, observation); break;
    case 4:                                         /* the same packet again, perhaps a hop further */
        *observation = *probe;
        observation->ip.ttl -= MIN(observation->ip.ttl, take(script) & 3);
        break;
    case 5:                                         /* a flood of the last packet */
        *observation = script->last;
        script->is_sweep = false;
        script->repeat_how = take(script);
        script->repeat_left = 4u * (script->repeat_how & 63);
        break;
    case 6:
        *observation = *probe;
        go_on(script, observation);
        break;
    default:
        if ((op & 0x80) != 0)
            jump(script, op >> 4);
        return FUZZ_SCRIPT_CHECK;
    }
    return FUZZ_SCRIPT_OBSERVATION;
}

fuzz_script_step_t
fuzz_script_next(fuzz_script_t *script, ttr_observation_t *observation)
{
    fuzz_script_step_t step = FUZZ_SCRIPT_OBSERVATION;
    bool is_same_frame = false;

    if (script->count >= FUZZ_SCRIPT_FRAMES_MAX)
        return FUZZ_SCRIPT_END;
    if (!repeat(script, observation)) {
        uint8_t op;

        if (script->next >= script->end)
            return FUZZ_SCRIPT_END;
        op = take(script);
        is_same_frame = (op & 0x88) == 0x88;
        if ((op & 8) != 0)
            advance(script, take(script));
        step = begin_step(script, op, observation);
    }
    if (step == FUZZ_SCRIPT_OBSERVATION) {
        stamp(script, observation, is_same_frame);
        script->last = *observation;
        script->count++;
    }
    return step;
}
