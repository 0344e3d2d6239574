/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_frames.h"

#include "ttr_note.h"

enum { MS = 1000000 };

unit_frames_t
unit_frames_new(uint32_t bound)
{
    ttr_config_t config = ttr_config_default();

    config.has_exact_keys = true;
    if (bound != 0)
        config.candidate_bound = bound;
    return (unit_frames_t){.store = ttr_store_new(&config)};
}

ttr_address_t
unit_frames_host(uint8_t number)
{
    return (ttr_address_t){{192, 0, 2, number}};
}

static ttr_observation_t
next_frame(const unit_frames_t *frames, ttr_observed_t what)
{
    uint32_t frame = frames->frame + 1;

    return (ttr_observation_t){
        .frame = frame,
        .time_ns = (int64_t)frame * MS,
        .what = what,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)frame, .length = 40},
    };
}

ttr_observation_t
unit_frames_segment(const unit_frames_t *frames, const unit_segment_t *segment)
{
    ttr_observation_t observation = next_frame(frames, TTR_OBSERVED_TCP);

    observation.ip.ttl = segment->ttl;
    observation.ip.source = unit_frames_host(segment->from);
    observation.ip.target = unit_frames_host(segment->to);
    observation.tcp = (ttr_tcp_t){
        .sport = segment->sport != 0 ? segment->sport : 40000,
        .dport = segment->dport != 0 ? segment->dport : 80,
        .flags = segment->flags != 0 ? segment->flags : TTR_TCP_SYN,
        .seq = segment->seq,
        .ack = segment->ack,
        .payload = segment->payload,
        .window = segment->window,
    };
    return observation;
}

ttr_observation_t
unit_frames_exceeded(const unit_frames_t *frames, uint8_t router, const ttr_observation_t *probe)
{
    ttr_observation_t observation = next_frame(frames, TTR_OBSERVED_ICMP);

    observation.ip.source = (ttr_address_t){{198, 51, 100, router}};
    observation.ip.target = probe->ip.source;
    observation.icmp = (ttr_icmp_t){
        .type = 11,
        .kind = TTR_KIND_TIME_EXCEEDED,
        .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = probe->ip.id, .length = 40, .source = probe->ip.source, .target = probe->ip.target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true, .seq = probe->tcp.seq},
    };
    return observation;
}

bool
unit_frames_add(unit_frames_t *frames, const ttr_observation_t *observation)
{
    frames->frame = observation->frame;
    ttr_store_observe(frames->store, observation);
    return ttr_note_is_there(frames->store, observation->frame, observation->layer);
}

bool
unit_frames_send(unit_frames_t *frames, unit_segment_t segment)
{
    ttr_observation_t observation = unit_frames_segment(frames, &segment);

    return unit_frames_add(frames, &observation);
}

uint32_t
unit_frames_stored(const unit_frames_t *frames, uint32_t first)
{
    uint32_t count = 0;

    for (uint32_t frame = first; frame <= frames->frame; frame++)
        count += ttr_note_is_there(frames->store, frame, 0) ? 1 : 0;
    return count;
}
