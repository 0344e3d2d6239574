/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which series does a segment belong to? Same sender, target and fingerprint, close in time, and the same flow,
 * target port or source port, whichever the tool keeps. docs/decisions/0002-recognition.md says how two tools that
 * run at once are told apart.
 */
#include "ttr_model.h"
#include "ttr_series_private.h"

enum {
    WALK_MAX = 8,               /* series looked at under one key */
    SYN_MIN_RTO_NS = 900000000, /* a TCP repeats its SYN after 1 s (RFC 6298 section 2.1); less some slack */
    COUNT_STEP_MAX = 8,         /* probes that a capture may lack between two of one counter */
    SPLIT_FLOWS_MAX = 16        /* more flows than this with one TTL: one tool that looks for load balancers */
};

/* A series too old to be joined? Captures may be out of order, so the distance counts, not its sign. */
static bool
is_over(const ttr_store_t *store, const ttr_series_t *series, int64_t now)
{
    int64_t silence = now > series->last_ns ? now - series->last_ns : series->last_ns - now;

    return silence > store->config.run_gap_ns;
}

/* The sender's own TCP repeats a SYN: same ports, seq and TTL, with the time stamp of the moment; without time
 * stamps the pause tells, or the next IP ID (a kernel repeats within milliseconds after a challenge ACK, too). Raw
 * senders that repeat a seq (tcptraceroute, scamper) have no options, or one time stamp for all probes. */
bool
ttr_series_is_retransmission(const ttr_probe_t *earlier, const ttr_observation_t *observation)
{
    const ttr_tcp_t *tcp = &observation->tcp;

    if (tcp->options == 0 || earlier->seq != tcp->seq || earlier->ttl != observation->ip.ttl ||
        ttr_probe_carries(tcp->flags) != TTR_CARRIES_SYN || earlier->copy_of != TTR_NO_ID ||
        (observation->ip.id != 0 && observation->ip.id == earlier->ip_id))
        return false;
    if (tcp->tsval != 0 || earlier->tsval != 0)
        return tcp->tsval != earlier->tsval;
    return observation->time_ns - earlier->time_ns >= SYN_MIN_RTO_NS ||
           (observation->ip.id != 0 && (uint16_t)(earlier->ip_id + 1) == observation->ip.id);
}

/* The same packet sent again, as nping -c 2 does: says nothing of what the sender varies with the TTL. */
static bool
is_to_the_letter(const ttr_probe_t *earlier, const ttr_observation_t *observation)
{
    return earlier->seq == observation->tcp.seq && earlier->checksum == observation->tcp.checksum &&
           earlier->ttl == observation->ip.ttl && earlier->ip_id == observation->ip.id &&
           earlier->flow_label == observation->ip.flow_label;
}

/* Do seq and IP ID go on counting together from the last probe, whatever its flow? One program numbers its probes so
 * (tcptracedump); a few may be missing in the capture. */
static bool
counts_on(const ttr_store_t *store, const ttr_series_t *series, const ttr_observation_t *observation)
{
    const ttr_probe_t *last;
    uint32_t step;

    if (series->last_probe == TTR_NO_ID)
        return false;
    last = ttr_store_probe(store, series->last_probe);
    step = observation->tcp.seq - last->seq;
    if (step == 0 || step > COUNT_STEP_MAX)
        return false;
    return series->family == TTR_FAMILY_IPV6 || observation->ip.id == (uint16_t)(last->ip_id + step);
}

/* Does this segment, which fits a series, begin another run of the tool? After a silence always; else when the
 * TTLs start again in a way in which no tool goes on: see each rule. */
static bool
begins_new_run(const ttr_store_t *store, const ttr_series_t *series, const ttr_observation_t *observation)
{
    const ttr_tcp_t *tcp = &observation->tcp;

    if (is_over(store, series, observation->time_ns))
        return true;
    if (observation->ip.ttl != series->first_ttl_sent || series->ttl_count < 2 ||
        series->last_ttl == observation->ip.ttl)
        return false;
    if (counts_on(store, series, observation))
        return false;
    /* All attempts of a TTL were sent in a row (tcptraceroute, traceroute): that TTL was done. */
    if (series->first_run >= 2 && series->attempts[observation->ip.ttl] == series->first_run && series->ttl_count >= 3)
        return true;
    /* A source port counter begins again with another seq (mtr, trippy). */
    if (series->flavour == TTR_FLAVOUR_TARGET_PORT && series->has_rising_sport && tcp->sport == series->sport &&
        tcp->seq != series->first_seq && series->ttl_count >= 3 && series->first_run == 1)
        return true;
    /* A counter or constant in seq jumps (lft, tcptraceroute -q 1, RIPE Atlas). */
    if (series->flavour == TTR_FLAVOUR_FLOW && series->has_counting_seq && series->probe_count >= 3 &&
        tcp->seq - series->first_seq + 0x10000u > 0x20000u)
        return true;
    /* The time stamp that was the same for all probes is another one (traceroute -T). */
    return series->has_same_tsval && series->first_tsval != 0 && series->probe_count >= 3 &&
           tcp->tsval != series->first_tsval;
}

/* Two tools with a constant seq each began at once, and one of them shows itself now by sending on its flow again:
 * should that flow have a series of its own? Load balancer enumeration reuses flows too, but has more of them, or
 * one seq for all with IP IDs of one counter (scamper tracelb). */
static bool
is_second_tool(const ttr_store_t *store, const ttr_series_t *series, const ttr_probe_t *earlier,
               const ttr_observation_t *observation)
{
    uint32_t others = 0;

    if (series->flavour != TTR_FLAVOUR_TARGET_PORT || series->trace != TTR_NO_TRACE || earlier->seq != observation->tcp.seq)
        return false;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (probe->sport == earlier->sport || probe->attempt == 0)
            continue;
        if (probe->seq == earlier->seq && (probe->ip_id == 0 || probe->ip_id != earlier->ip_id))
            return false;
        if (++others > SPLIT_FLOWS_MAX)
            return false;
    }
    return others > 0;
}

/* The same for two tools that have a time stamp each, the same for all their probes (traceroute -T): a kernel's own
 * time stamps differ from connection to connection. */
static bool
is_second_clock(const ttr_store_t *store, const ttr_series_t *series, const ttr_observation_t *observation)
{
    uint32_t same = 0;
    uint32_t others = 0;

    if (series->flavour != TTR_FLAVOUR_TARGET_PORT || series->trace != TTR_NO_TRACE || observation->tcp.tsval == 0)
        return false;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (probe->attempt == 0 || probe->sport == observation->tcp.sport)
            continue;
        if (probe->tsval == observation->tcp.tsval)
            same++;
        else
            others++;
    }
    return same > 0 && others > 0 && others <= SPLIT_FLOWS_MAX;
}

/* Does a series whose probes share one time stamp belong to another tool than this segment? */
static bool
has_other_clock(const ttr_series_t *series, const ttr_tcp_t *tcp)
{
    return series->flavour == TTR_FLAVOUR_TARGET_PORT && series->has_same_tsval && series->probe_count >= 2 &&
           series->first_tsval != 0 && tcp->tsval != series->first_tsval;
}

/* The series of the latest probe on this very flow, if this segment goes on with it. What only repeats a SYN
 * does so whatever became of its series since: *is_repeat says it. */
static uint32_t
find_by_flow(ttr_store_t *store, const ttr_observation_t *observation, uint32_t fingerprint, bool *is_repeat)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t id = ttr_probe_flow_first(store, &ip->source, &ip->target, tcp->sport, tcp->dport);

    for (int walked = 0; id != TTR_NO_ID && walked < 4 * WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);
        const ttr_series_t *series = ttr_store_series(store, probe->series);

        if (!ttr_probe_is_flow(store, probe, ip->family, &ip->source, &ip->target, tcp->sport, tcp->dport) ||
            series->fingerprint != fingerprint || probe->copy_of != TTR_NO_ID)
            continue;
        *is_repeat = ttr_series_is_retransmission(probe, observation);
        if (!*is_repeat && (series->is_closed || is_over(store, series, observation->time_ns)))
            return TTR_NO_ID;
        if (is_second_tool(store, series, probe, observation))
            return ttr_series_split(store, probe->series, observation, false);
        if (series->flavour == TTR_FLAVOUR_NEW && !*is_repeat && !is_to_the_letter(probe, observation))
            ttr_series_set_flavour(store, probe->series, TTR_FLAVOUR_FLOW);
        return probe->series;
    }
    return TTR_NO_ID;
}

/* Does this segment begin the next flow of a tool that went on with one flow so far, to find load balancers? Either
 * seq and IP ID are one counter over all flows, or the seq stays, and the IP IDs, or where there are none the source
 * ports, go on counting (scamper tracelb). */
static bool
is_next_flow(const ttr_store_t *store, const ttr_series_t *series, const ttr_observation_t *observation)
{
    if (counts_on(store, series, observation))
        return true;
    if (series->last_probe == TTR_NO_ID || observation->tcp.seq != series->first_seq || !series->has_counting_seq)
        return false;
    if (series->family == TTR_FAMILY_IPV6)
        return observation->tcp.sport == (uint16_t)(series->last_sport + 1);
    return observation->ip.id != 0 &&
           observation->ip.id == (uint16_t)(ttr_store_probe(store, series->last_probe)->ip_id + 1);
}

static uint32_t
find_by_key(ttr_store_t *store, ttr_index_t *index, const ttr_observation_t *observation, uint32_t fingerprint)
{
    bool by_dport = index == &store->dport_index;
    uint16_t port = by_dport ? observation->tcp.dport : observation->tcp.sport;
    uint32_t hash = ttr_series_key_hash(&observation->ip.source, &observation->ip.target, fingerprint, port);
    uint32_t next;
    int walked = 0;

    for (uint32_t id = ttr_index_first(index, hash); id != 0 && walked < WALK_MAX; id = next, walked++) {
        const ttr_series_t *series = ttr_store_series(store, id);

        next = ttr_index_next(index, id);
        if ((by_dport ? series->dport : series->sport) != port || series->fingerprint != fingerprint ||
            series->family != observation->ip.family ||
            !ttr_address_equal(&series->source, &observation->ip.source) ||
            !ttr_address_equal(&series->target, &observation->ip.target))
            continue;
        if (is_over(store, series, observation->time_ns)) {
            ttr_series_close(store, id);
            continue;
        }
        if (by_dport && (has_other_clock(series, &observation->tcp) ||
                         (series->flavour == TTR_FLAVOUR_FLOW && !is_next_flow(store, series, observation))))
            continue;
        /* Target ports that change with the TTL staying as it is are a scan, or two tools. */
        if (!by_dport && series->flavour == TTR_FLAVOUR_NEW && series->first_ttl_sent == observation->ip.ttl)
            continue;
        ttr_series_set_flavour(store, id, by_dport ? TTR_FLAVOUR_TARGET_PORT : TTR_FLAVOUR_SOURCE_PORT);
        if (by_dport && is_second_clock(store, series, observation))
            return ttr_series_split(store, id, observation, true);
        return id;
    }
    return TTR_NO_ID;
}

/* Above the candidate limit a segment can only go on with a trace: one higher than the last, or on its very flow.
 * What a connection of the user's own sends has the system's TTL and stays out. */
static bool
may_join_above_limit(const ttr_series_t *series, uint8_t ttl)
{
    if (series->trace == TTR_NO_TRACE)
        return false;
    if (ttl <= series->max_ttl + 1)
        return true;
    return series->flavour == TTR_FLAVOUR_FLOW && series->carries == TTR_CARRIES_SYN;
}

/* A series that a segment with a TTL above the candidate limit may join? Changes nothing. */
static bool
is_awaited_above_limit(const ttr_store_t *store, const ttr_observation_t *observation, uint32_t fingerprint)
{
    const ttr_ip_t *ip = &observation->ip;
    const ttr_tcp_t *tcp = &observation->tcp;
    uint32_t hash = ttr_series_key_hash(&ip->source, &ip->target, fingerprint, tcp->dport);
    uint32_t id = ttr_probe_flow_first(store, &ip->source, &ip->target, tcp->sport, tcp->dport);

    for (int walked = 0; id != TTR_NO_ID && walked < WALK_MAX; walked++, id = ttr_probe_flow_next(store, id)) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (ttr_probe_is_flow(store, probe, ip->family, &ip->source, &ip->target, tcp->sport, tcp->dport))
            return ttr_store_series(store, probe->series)->fingerprint == fingerprint &&
                   may_join_above_limit(ttr_store_series(store, probe->series), ip->ttl);
    }
    id = ttr_index_first(&store->dport_index, hash);
    for (int walked = 0; id != 0 && walked < WALK_MAX; walked++, id = ttr_index_next(&store->dport_index, id)) {
        const ttr_series_t *series = ttr_store_series(store, id);

        if (series->dport == tcp->dport && series->fingerprint == fingerprint &&
            ttr_address_equal(&series->source, &ip->source) && ttr_address_equal(&series->target, &ip->target))
            return may_join_above_limit(series, ip->ttl);
    }
    return false;
}

/* Nobody traces there: no host answers a SYN to a group, and no router may send an error (RFC 1122, 3.2.2 and 4.2.3.10;
 * RFC 4443, 2.4). */
static bool
is_to_group(const ttr_ip_t *ip)
{
    return ip->family == TTR_FAMILY_IPV6 ? ip->target.bytes[0] == 0xff : (ip->target.bytes[0] & 0xf0) == 0xe0;
}

uint32_t
ttr_series_find(ttr_store_t *store, const ttr_observation_t *observation)
{
    uint32_t fingerprint = ttr_series_fingerprint(observation);
    bool is_repeat = false;
    uint32_t id;

    if (is_to_group(&observation->ip))
        return TTR_NO_ID;
    if (observation->ip.ttl > store->config.candidate_ttl && !is_awaited_above_limit(store, observation, fingerprint))
        return TTR_NO_ID;
    id = find_by_flow(store, observation, fingerprint, &is_repeat);
    if (id != TTR_NO_ID && is_repeat)
        return id;
    if (id == TTR_NO_ID)
        id = find_by_key(store, &store->dport_index, observation, fingerprint);
    if (id == TTR_NO_ID)
        id = find_by_key(store, &store->sport_index, observation, fingerprint);
    if (id != TTR_NO_ID && begins_new_run(store, ttr_store_series(store, id), observation)) {
        ttr_series_close(store, id);
        id = TTR_NO_ID;
    }
    if (id == TTR_NO_ID && observation->ip.ttl <= store->config.candidate_ttl)
        id = ttr_series_new(store, observation);
    return id;
}
