/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_answers.h"

#include "ttr_note.h"

#define START_NS INT64_C(1700000000000000000)
#define MS_NS INT64_C(1000000)

static const ttr_address_t source = {{203, 0, 113, 1}};
static const ttr_address_t target = {{192, 0, 2, 9}};

unit_answers_t
unit_answers_new(void)
{
    const ttr_config_t config = ttr_config_default();

    return (unit_answers_t){.store = ttr_store_new(&config)};
}

void
unit_answers_free(unit_answers_t *answers)
{
    ttr_store_free(answers->store);
}

ttr_observation_t
unit_answers_probe(int64_t at_ms, uint8_t ttl, uint16_t id, uint32_t seq)
{
    return (ttr_observation_t){
        .time_ns = START_NS + at_ms * MS_NS,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = ttl, .id = id, .length = 40, .source = source, .target = target},
        .tcp = {.sport = 40000, .dport = 80, .seq = seq, .flags = TTR_TCP_SYN},
    };
}

ttr_observation_t
unit_answers_quote(const ttr_observation_t *probe, int64_t at_ms, uint8_t router)
{
    return (ttr_observation_t){
        .time_ns = START_NS + at_ms * MS_NS,
        .what = TTR_OBSERVED_ICMP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .id = (uint16_t)(at_ms + 1), .length = 68, .source = {{198, 51, 100, router}}, .target = source},
        .icmp = {.type = 11, .kind = TTR_KIND_TIME_EXCEEDED, .quote = {.family = TTR_FAMILY_IPV4, .ttl = 1, .ip_id = probe->ip.id, .length = 40, .source = source, .target = target, .sport = probe->tcp.sport, .dport = probe->tcp.dport, .has_seq = true, .seq = probe->tcp.seq}},
    };
}

ttr_observation_t
unit_answers_segment(const ttr_observation_t *probe, int64_t at_ms, uint16_t flags)
{
    return (ttr_observation_t){
        .time_ns = START_NS + at_ms * MS_NS,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 60, .length = 44, .source = target, .target = source},
        .tcp = {.sport = probe->tcp.dport, .dport = probe->tcp.sport, .seq = 7000, .ack = probe->tcp.seq + 1, .flags = flags},
    };
}

uint32_t
unit_answers_observe(unit_answers_t *answers, ttr_observation_t observation)
{
    observation.frame = ++answers->frame;
    ttr_store_observe(answers->store, &observation);
    return observation.frame;
}

uint32_t
unit_answers_observe_both(unit_answers_t *answers, ttr_observation_t probe)
{
    int64_t at_ms = (probe.time_ns - START_NS) / MS_NS;
    uint32_t frame = unit_answers_observe(answers, probe);

    unit_answers_observe(answers, unit_answers_quote(&probe, at_ms + 20, probe.ip.ttl));
    return frame;
}

void
unit_answers_check(const unit_answers_t *answers, uint32_t reply, uint32_t probe, const char *match)
{
    ttr_reply_info_t info;
    ttr_note_t note;

    if (probe == 0) {
        g_assert_false(ttr_note_find(answers->store, reply, 0, &note) && note.role == TTR_NOTE_REPLY);
        return;
    }
    g_assert_true(ttr_note_find(answers->store, reply, 0, &note));
    g_assert_cmpint(note.role, ==, TTR_NOTE_REPLY);
    g_assert_true(ttr_path_reply(answers->store, note.id, &info));
    g_assert_cmpuint(info.probe_frame, ==, probe);
    g_assert_cmpstr(ttr_match_name(info.match), ==, match);
}
