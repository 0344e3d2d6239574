/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_trace.h"

#define SECOND_NS INT64_C(1000000000)

static const ttr_address_t source = {{203, 0, 113, 1}};
static const ttr_address_t target = {{192, 0, 2, 9}};

unit_trace_t
unit_trace_new(void)
{
    const ttr_config_t config = ttr_config_default();

    return (unit_trace_t){.store = ttr_store_new(&config)};
}

void
unit_trace_probe(unit_trace_t *trace, uint8_t ttl)
{
    unit_trace_probe_from(trace, ttl, 40000);
}

void
unit_trace_probe_from(unit_trace_t *trace, uint8_t ttl, uint16_t sport)
{
    int64_t time_ns = trace->frame == 0 ? UNIT_TRACE_START_NS : trace->probe.time_ns + SECOND_NS;
    uint32_t frame = ++trace->frame;

    trace->probe = (ttr_observation_t){
        .frame = frame,
        .time_ns = time_ns,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = (uint16_t)frame, .length = 40, .source = source,
               .target = target},
        .tcp = {.sport = sport, .dport = 80, .seq = frame * 2654435761u, .flags = TTR_TCP_SYN},
    };
    ttr_store_observe(trace->store, &trace->probe);
}

void
unit_trace_exceeded_with_label(unit_trace_t *trace, uint16_t host, int64_t rtt_ns, uint32_t label)
{
    const ttr_observation_t *probe = &trace->probe;
    ttr_observation_t reply = {
        .frame = ++trace->frame,
        .time_ns = probe->time_ns + rtt_ns,
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)trace->frame, .length = 68,
               .source = {{198, 51, (uint8_t)(host >> 8), (uint8_t)host}}, .target = source},
        .icmp = {.type = 11, .kind = TTR_KIND_TIME_EXCEEDED,
                 .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = probe->ip.id, .length = 40, .source = source,
                           .target = target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true,
                           .seq = probe->tcp.seq}},
    };

    if (label != 0)
        reply.icmp.extension = (ttr_extension_t){
            .object_count = 1, .objects = {{.class_num = 1, .c_type = 1, .length = 4}},
            .mpls_count = 1, .mpls = {{.label = label, .bottom = 1, .ttl = 1}},
        };
    ttr_store_observe(trace->store, &reply);
}

void
unit_trace_exceeded(unit_trace_t *trace, uint16_t host, int64_t rtt_ns)
{
    unit_trace_exceeded_with_label(trace, host, rtt_ns, 0);
}

void
unit_trace_open(unit_trace_t *trace, int64_t rtt_ns)
{
    const ttr_observation_t *probe = &trace->probe;
    ttr_observation_t reply = {
        .frame = ++trace->frame,
        .time_ns = probe->time_ns + rtt_ns,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .length = 44, .source = target, .target = source},
        .tcp = {.sport = probe->tcp.dport, .dport = probe->tcp.sport, .seq = 1, .ack = probe->tcp.seq + 1,
                .flags = TTR_TCP_SYN | TTR_TCP_ACK},
    };

    ttr_store_observe(trace->store, &reply);
}
