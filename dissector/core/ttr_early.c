/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_early.h"

#include "ttr_answers.h"

enum { EARLY = 32 };            /* of 10 ms; a busy capture loses some, which then are not known */

typedef struct ttr_early_segment {
    uint32_t frame;             /* 0: none */
    uint32_t point;
    int64_t time_ns;
    ttr_ip_t ip;
    ttr_tcp_t tcp;
    uint8_t layer;
} ttr_early_segment_t;

struct ttr_early {
    int64_t latest_ns;          /* time of any of them */
    guint next;                 /* place of the oldest */
    uint32_t ports[EARLY];      /* target port, source port: what the probe has the other way round */
    ttr_early_segment_t segments[EARLY];
};

void
ttr_early_init(ttr_store_t *store)
{
    store->early = g_new0(ttr_early_t, 1);
    store->early->latest_ns = -TTR_TIME_MAX_NS;
}

void
ttr_early_clear(ttr_store_t *store)
{
    g_free(store->early);
}

size_t
ttr_early_memory(const ttr_store_t *store)
{
    (void)store;
    return sizeof(ttr_early_t);
}

void
ttr_early_add(ttr_store_t *store, const ttr_observation_t *observation)
{
    ttr_early_t *early = store->early;
    const ttr_tcp_t *tcp = &observation->tcp;

    early->segments[early->next] = (ttr_early_segment_t){
        .frame = observation->frame,
        .point = observation->point,
        .time_ns = observation->time_ns,
        .ip = observation->ip,
        .tcp = *tcp,
        .layer = observation->layer,
    };
    early->ports[early->next] = (uint32_t)tcp->dport << 16 | tcp->sport;
    early->latest_ns = MAX(early->latest_ns, observation->time_ns);
    early->next = (early->next + 1) % EARLY;
}

static bool
is_answer(const ttr_early_segment_t *segment, const ttr_observation_t *probe)
{
    int64_t since = segment->time_ns - probe->time_ns;

    return segment->frame != 0 && since <= TTR_CLOCK_SLACK_NS && since >= -TTR_CLOCK_SLACK_NS &&
           segment->ip.family == probe->ip.family && ttr_address_equal(&segment->ip.source, &probe->ip.target) &&
           ttr_address_equal(&segment->ip.target, &probe->ip.source);
}

bool
ttr_early_take(ttr_store_t *store, const ttr_observation_t *probe, guint *at, ttr_observation_t *answer)
{
    ttr_early_t *early = store->early;
    uint32_t ports = (uint32_t)probe->tcp.sport << 16 | probe->tcp.dport;

    if (probe->time_ns - early->latest_ns > TTR_CLOCK_SLACK_NS)
        return false;
    while (*at < EARLY) {
        guint place = (early->next + (*at)++) % EARLY;
        ttr_early_segment_t *segment = &early->segments[place];

        if (early->ports[place] != ports || !is_answer(segment, probe))
            continue;
        answer->what = TTR_OBSERVED_TCP;
        answer->frame = segment->frame;
        answer->layer = segment->layer;
        answer->time_ns = segment->time_ns;
        answer->point = segment->point;
        answer->ip = segment->ip;
        answer->tcp = segment->tcp;
        segment->frame = 0;
        return true;
    }
    return false;
}
