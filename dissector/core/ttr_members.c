/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The probes of a series: taken in and counted, told from copies, moved, disowned; and the bound on those that
 * may never become a trace.
 */
#include <string.h>

#include "ttr_model.h"
#include "ttr_series_private.h"

enum {
    COPY_WINDOW_NS = 20000000,      /* two interfaces or a mirror port deliver within this */
    LOOP_WINDOW_NS = 2000000000,    /* a packet that loops comes by again within this */
    COPY_WALK_MAX = 16,
    KEPT_MAX = 512,                 /* records of a series that is not recognised: it is closed then */
    KEPT_PER_PROBE_MAX = 8,         /* copies and replies of one candidate, each */
    SYN_SAME_TTL_MAX = 64,          /* candidates kept of a series with one TTL */
    OTHER_SAME_TTL_MAX = 10,        /* -q 10 is the most that traceroute sends per hop */
    IN_SESSION_PAYLOAD_MAX = 64,    /* tools that probe within a connection send no more */
    EXPIRE_STEP = 4
};

static void
reserve_attempts(ttr_store_t *store, ttr_series_t *series, uint8_t ttl)
{
    uint16_t size = (uint16_t)MAX(16, (ttl + 8) & ~7);

    if (ttl < series->attempts_size)
        return;
    series->attempts = g_renew(uint32_t, series->attempts, size);
    memset(series->attempts + series->attempts_size, 0, (size - series->attempts_size) * sizeof *series->attempts);
    store->attempts_bytes += (size_t)(size - series->attempts_size) * sizeof *series->attempts;
    series->attempts_size = size;
}

static void
account_first(ttr_series_t *series, const ttr_probe_t *probe)
{
    series->sport = probe->sport;
    series->dport = probe->dport;
    series->first_ttl_sent = probe->ttl;
    series->first_seq = probe->seq;
    series->first_tsval = probe->tsval;
    series->has_same_tsval = series->has_counting_seq = series->has_rising_sport = true;
    series->has_order_broken = false;
}

/* Counts a probe, the latest of its series, into the figures of the series. */
static void
account(ttr_store_t *store, ttr_series_t *series, ttr_probe_t *probe)
{
    reserve_attempts(store, series, probe->ttl);
    if (series->probe_count == 0)
        account_first(series, probe);
    if (probe->is_exceeded && !probe->is_looping)
        series->exceeded_count++;
    if (series->attempts[probe->ttl] == 0)
        series->ttl_count++;
    probe->attempt = ++series->attempts[probe->ttl];
    series->probe_count++;
    series->max_ttl = MAX(series->max_ttl, probe->ttl);
    if (series->probe_count > 1 && probe->ttl != series->last_ttl && probe->ttl != series->last_ttl + 1)
        series->has_order_broken = true;
    series->last_ttl = probe->ttl;
    if (probe->ttl == series->first_ttl_sent && series->ttl_count == 1 && !probe->is_retransmission &&
        series->first_run < UINT16_MAX)
        series->first_run++;
    if (probe->tsval != series->first_tsval)
        series->has_same_tsval = false;
    if (probe->seq - series->first_seq + 0x10000u > 0x20000u)
        series->has_counting_seq = false;
    if (series->probe_count > 1 && probe->sport <= series->last_sport && !probe->is_retransmission)
        series->has_rising_sport = false;
    if (!probe->is_retransmission)
        series->last_sport = probe->sport;
}

/* Counts all probes of a series anew, after some were taken out. */
static void
recount(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    if (series->attempts_size > 0)
        memset(series->attempts, 0, series->attempts_size * sizeof *series->attempts);
    series->probe_count = 0;
    series->ttl_count = series->max_ttl = 0;
    series->first_run = series->exceeded_count = series->kept_count = 0;
    series->last_probe = TTR_NO_ID;
    for (uint32_t probe = series->first_probe; probe != TTR_NO_ID; probe = ttr_store_probe(store, probe)->next) {
        ttr_probe_t *record = ttr_store_probe(store, probe);

        series->last_probe = probe;
        series->kept_count++;
        record->attempt = 0;
        if (record->copy_of == TTR_NO_ID && !record->is_ordinary)
            account(store, series, record);
    }
}

static void
append(ttr_store_t *store, uint32_t id, uint32_t probe)
{
    ttr_series_t *series = ttr_store_series(store, id);

    ttr_store_probe(store, probe)->series = id;
    ttr_store_probe(store, probe)->next = TTR_NO_ID;
    if (series->last_probe != TTR_NO_ID)
        ttr_store_probe(store, series->last_probe)->next = probe;
    else
        series->first_probe = probe;
    series->last_probe = probe;
}

uint32_t
ttr_series_split(ttr_store_t *store, uint32_t id, const ttr_observation_t *observation, bool by_tsval)
{
    uint32_t created = ttr_series_new(store, observation);
    ttr_series_t *series = ttr_store_series(store, id);
    uint32_t probe = series->first_probe;
    bool has_one_flow = true;

    series->first_probe = series->last_probe = TTR_NO_ID;
    while (probe != TTR_NO_ID) {
        const ttr_probe_t *record = ttr_store_probe(store, probe);
        bool moves = by_tsval ? record->tsval == observation->tcp.tsval : record->sport == observation->tcp.sport;
        uint32_t next = record->next;

        append(store, moves ? created : id, probe);
        probe = next;
    }
    ttr_series_set_flavour(store, created, by_tsval ? TTR_FLAVOUR_TARGET_PORT : TTR_FLAVOUR_FLOW);
    ttr_store_series(store, created)->last_ns = series->last_ns;
    recount(store, created);
    recount(store, id);
    for (probe = series->first_probe; probe != TTR_NO_ID; probe = ttr_store_probe(store, probe)->next)
        has_one_flow = has_one_flow && ttr_store_probe(store, probe)->sport == series->sport;
    if (has_one_flow && !by_tsval)
        ttr_series_set_flavour(store, id, TTR_FLAVOUR_FLOW);
    return created;
}

/* Is this segment the very packet of `earlier`, captured once more? An IP ID together with ports and seq names a
 * packet; where there is none (0 with DF, IPv6) the checksum and the time must do. */
static bool
is_same_packet(const ttr_probe_t *earlier, const ttr_observation_t *observation, int64_t *window_ns)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;

    if (earlier->seq != tcp->seq || earlier->ack != tcp->ack || earlier->tcp_flags != tcp->flags ||
        earlier->checksum != tcp->checksum || earlier->ip_id != ip->id || earlier->flow_label != ip->flow_label ||
        earlier->tsval != tcp->tsval || ip->ttl > earlier->ttl)
        return false;
    *window_ns = ip->ttl < earlier->ttl && ip->id != 0 ? LOOP_WINDOW_NS : COPY_WINDOW_NS;
    return true;
}

/* The probe that this segment is a copy of, or TTR_NO_ID. */
static uint32_t
find_original(const ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id = ttr_probe_flow_first(store, &ip->source, &ip->target, tcp->sport, tcp->dport);

    for (int walked = 0; id != TTR_NO_ID && walked < COPY_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);
        int64_t window_ns;

        if (!ttr_probe_is_flow(store, probe, ip->family, &ip->source, &ip->target, tcp->sport, tcp->dport) ||
            !is_same_packet(probe, observation, &window_ns))
            continue;
        if (observation->time_ns - probe->time_ns <= window_ns && observation->time_ns >= probe->time_ns)
            return probe->copy_of != TTR_NO_ID ? probe->copy_of : id;
    }
    return TTR_NO_ID;
}

/* Candidates that can't become probes any more, and those over the bound, oldest series first. */
static void
drop_candidates(ttr_store_t *store, int64_t now, uint32_t keep)
{
    int64_t limit = store->config.run_gap_ns + store->config.reply_limit_ns;

    for (int i = 0; i < EXPIRE_STEP && store->idle_first != 0 && store->idle_first != keep; i++) {
        if (now - ttr_store_series(store, store->idle_first)->last_ns <= limit)
            break;
        ttr_series_free(store, store->idle_first);
    }
    while (store->candidate_count > store->config.candidate_bound && store->idle_first != 0 && store->idle_first != keep) {
        store->dropped_count += ttr_store_series(store, store->idle_first)->kept_count;
        ttr_series_free(store, store->idle_first);
    }
}

/* Is the packet, seen again with this TTL, in a routing loop: ordinary traffic, which a router quotes when its time is
 * over? Each round takes the same off the TTL, two at least, so it was first seen less than that below the limit. */
static bool
is_loop(const ttr_store_t *store, const ttr_probe_t *first, uint8_t ttl)
{
    int step = first->ttl - ttl;

    return step >= 2 && first->ttl + step > store->config.candidate_ttl;
}

/* Keeps a copy beside its original. */
static uint32_t
add_copy(ttr_store_t *store, uint32_t original, const ttr_observation_t *observation)
{
    ttr_probe_t *first = ttr_store_probe(store, original);
    bool is_candidate = ttr_store_series(store, first->series)->trace == TTR_NO_TRACE;
    uint32_t id;

    first->has_copy = true;
    if (is_candidate && !first->is_looping && is_loop(store, first, observation->ip.ttl)) {
        first->is_looping = true;
        recount(store, first->series);
    }
    if (is_candidate && first->copies == KEPT_PER_PROBE_MAX)
        return TTR_NO_ID;
    id = ttr_probe_new(store, observation, first->series);
    append(store, first->series, id);
    ttr_store_probe(store, id)->copy_of = original;
    if (is_candidate) {
        first->copies++;
        ttr_store_series(store, first->series)->kept_count++;
        store->candidate_count++;
        drop_candidates(store, observation->time_ns, first->series);
    }
    return id;
}

/* Many segments with one TTL are ordinary traffic: no more of them are kept. */
static bool
is_saturated(const ttr_series_t *series, uint8_t ttl)
{
    uint32_t most = series->carries == TTR_CARRIES_SYN ? SYN_SAME_TTL_MAX : OTHER_SAME_TTL_MAX;

    return series->trace == TTR_NO_TRACE && series->ttl_count == 1 && series->max_ttl == ttl && series->probe_count >= most;
}

/* Does this new probe repeat the SYN of an earlier one? */
static bool
repeats_earlier(const ttr_store_t *store, uint32_t probe, const ttr_observation_t *observation)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id = ttr_probe_flow_next(store, probe);

    for (int walked = 0; id != TTR_NO_ID && walked < COPY_WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *earlier = ttr_store_probe(store, id);

        if (ttr_probe_is_flow(store, earlier, ip->family, &ip->source, &ip->target, tcp->sport, tcp->dport) &&
            ttr_series_is_retransmission(earlier, observation))
            return true;
    }
    return false;
}

static void
recognise(ttr_store_t *store, uint32_t id)
{
    ttr_series_t *series = ttr_store_series(store, id);

    if (series->trace == TTR_NO_TRACE && ttr_recognise(store, series))
        ttr_series_promote(store, id);
}

uint32_t
ttr_series_add(ttr_store_t *store, const ttr_observation_t *observation)
{
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id;
    uint32_t probe;
    ttr_series_t *series;
    ttr_probe_t *record;

    if (observation->ip.ttl == 0 ||     /* RFC 1122 section 3.2.1.7: nobody sends it */
        (ttr_probe_carries(tcp->flags) == TTR_CARRIES_ACK && tcp->ack != 0 && tcp->payload > IN_SESSION_PAYLOAD_MAX))
        return TTR_NO_ID;
    id = find_original(store, observation);
    if (id != TTR_NO_ID)
        return add_copy(store, id, observation);
    id = ttr_series_find(store, observation);
    if (id == TTR_NO_ID)
        return TTR_NO_ID;
    series = ttr_store_series(store, id);
    series->last_ns = observation->time_ns;
    ttr_series_touch(store, id);
    if (is_saturated(series, observation->ip.ttl))
        return TTR_NO_ID;
    if (series->trace == TTR_NO_TRACE && series->kept_count >= KEPT_MAX) {
        ttr_series_close(store, id);
        id = ttr_series_new(store, observation);
        series = ttr_store_series(store, id);
        series->last_ns = observation->time_ns;
    }
    probe = ttr_probe_new(store, observation, id);
    record = ttr_store_probe(store, probe);
    record->is_retransmission = repeats_earlier(store, probe, observation);
    append(store, id, probe);
    account(store, series, record);
    if (series->trace != TTR_NO_TRACE)
        return probe;
    store->candidate_count++;
    series->kept_count++;
    recognise(store, id);
    drop_candidates(store, observation->time_ns, id);
    return probe;
}

void
ttr_series_exceeded(ttr_store_t *store, uint32_t probe)
{
    ttr_probe_t *record = ttr_store_probe(store, probe);
    ttr_series_t *series = ttr_store_series(store, record->series);

    if (record->is_exceeded)
        return;
    record->is_exceeded = true;
    if (record->is_looping || series->exceeded_count == UINT16_MAX)
        return;
    series->exceeded_count++;
    recognise(store, record->series);
}

void
ttr_series_disown(ttr_store_t *store, uint32_t probe)
{
    ttr_probe_t *record = ttr_store_probe(store, probe);

    record->is_ordinary = true;
    ttr_probe_uncount_pair(store, record);
    recount(store, record->series);
}

bool
ttr_series_takes_reply(ttr_store_t *store, uint32_t probe)
{
    ttr_probe_t *record = ttr_store_probe(store, probe);

    if (ttr_store_series(store, record->series)->trace != TTR_NO_TRACE)
        return true;
    if (record->replies == KEPT_PER_PROBE_MAX)
        return false;
    record->replies++;
    return true;
}
