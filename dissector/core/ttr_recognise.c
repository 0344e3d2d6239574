/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is a series a trace? Nobody labels probes, so evidence must do; what each rule keeps out stands beside it.
 * docs/decisions/0002-recognition.md has the reasons.
 */
#include "ttr_model.h"

enum {
    CONTIGUOUS_MIN = 4,             /* TTLs in a row that no scan with random TTLs hits by chance */
    FLOW_WALK_MAX = 32,
    SAME_TTL_MIN = 3,               /* probes of a trace with one TTL (tcptraceroute -f 4 -m 4) */
    SAME_TTL_MAX = 16,
    BURST_NS = 1000000000
};

static uint8_t
longest_row(const ttr_series_t *series)
{
    uint8_t longest = 0;
    uint8_t row = 0;

    for (int ttl = 0; ttl <= series->max_ttl; ttl++) {
        row = series->attempts[ttl] > 0 ? row + 1 : 0;
        longest = MAX(longest, row);
    }
    return longest;
}

/* Rule 2a: one flow, and a SYN without options once more with another TTL and the same seq, but not with the next IP
 * ID. Keeps out: a kernel's repeated SYN that comes by another route. */
static bool
is_raw_flow(const ttr_store_t *store, const ttr_series_t *series)
{
    const ttr_probe_t *last = NULL;
    int walked = 0;

    if (series->flavour != TTR_FLAVOUR_FLOW || series->carries != TTR_CARRIES_SYN || series->probe_count < SAME_TTL_MIN)
        return false;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID && walked < FLOW_WALK_MAX; walked++) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        id = probe->next;
        if (probe->attempt == 0)
            continue;
        if (last != NULL && probe->seq == last->seq && probe->tsval == last->tsval && probe->ttl != last->ttl &&
            (uint16_t)(probe->ip_id - last->ip_id) != 1)
            return true;
        last = probe;
    }
    return false;
}

/* Rule 2: without any time exceeded (one direction lost, all hops silent, capture at the target). Keeps out: scans
 * with random TTLs seen far from the scanner, hosts behind one NAT at different distances, changes of a route. */
static bool
is_sweep_of_ttls(const ttr_store_t *store, const ttr_series_t *series)
{
    bool has_ttl_1 = series->attempts_size > 1 && series->attempts[1] > 0;

    if (series->flavour == TTR_FLAVOUR_SOURCE_PORT)
        return series->ttl_count >= CONTIGUOUS_MIN && !series->has_order_broken;
    if (has_ttl_1 && series->ttl_count >= (series->carries == TTR_CARRIES_SYN ? 2 : 3))
        return true;
    return longest_row(series) >= CONTIGUOUS_MIN || is_raw_flow(store, series);
}

/* Rule 3: one TTL above 1, one flow. A TCP that got an answer to its SYN does not send it again, nor another one from the
 * same port within a second, with an IP ID that is not the next. Keeps out: repeated SYNs of ordinary connections,
 * floods and scans, which do not wait for answers. */
static bool
is_repeated_on_one_flow(const ttr_store_t *store, const ttr_series_t *series)
{
    const ttr_probe_t *last = NULL;
    uint32_t fresh = 0;

    if (series->flavour != TTR_FLAVOUR_FLOW || series->carries != TTR_CARRIES_SYN || series->max_ttl == 1)
        return false;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (probe->attempt == 0)
            continue;
        if (last != NULL) {
            bool is_next_id = (uint16_t)(probe->ip_id - last->ip_id) == 1;

            if (!last->is_answered || last->is_completed || probe->time_ns - last->time_ns > BURST_NS ||
                (probe->seq == last->seq && is_next_id))
                return false;
            fresh++;
        }
        last = probe;
    }
    return fresh >= SAME_TTL_MIN - 1;
}

/* Rule 4: one TTL, many source ports (traceroute -T -f 1 -m 1 -q 10). Raw probes have no DF or no kernel's time
 * stamps, come at once and are exceeded. Keeps out: browsers on a host with a small default TTL, BGP with TTL 1. */
static bool
is_burst_of_ports(const ttr_store_t *store, const ttr_series_t *series)
{
    const ttr_probe_t *first = ttr_store_probe(store, series->first_probe);
    const ttr_probe_t *last = ttr_store_probe(store, series->last_probe);

    if (series->flavour != TTR_FLAVOUR_TARGET_PORT || series->carries != TTR_CARRIES_SYN ||
        series->has_dont_fragment || series->family != TTR_FAMILY_IPV4)
        return false;
    return series->exceeded_count >= SAME_TTL_MIN && series->has_same_tsval && last->time_ns - first->time_ns <= BURST_NS;
}

/* Rule 5: one TTL, and a program that counts its probes in seq and, over IPv4, in IP ID, whatever the flow; ACKs count in
 * ack too (tcptracedump and a target that is the next hop). Keeps out: ordinary senders, which draw the seq of every new
 * connection by lot, and whose ACKs count on only as they send data and are not answered. */
static bool
is_numbered(const ttr_store_t *store, const ttr_series_t *series)
{
    const ttr_probe_t *last = NULL;

    if (series->carries == TTR_CARRIES_OTHER)
        return false;
    for (uint32_t id = series->first_probe; id != TTR_NO_ID; id = ttr_store_probe(store, id)->next) {
        const ttr_probe_t *probe = ttr_store_probe(store, id);

        if (probe->attempt == 0)
            continue;
        if (probe->payload > 0 || probe->is_completed)
            return false;
        if (last != NULL &&
            (probe->seq - last->seq != 1 ||
             (series->carries == TTR_CARRIES_ACK && (probe->ack - last->ack != 1 || !last->is_answered)) ||
             (series->family == TTR_FAMILY_IPV4 && (uint16_t)(probe->ip_id - last->ip_id) != 1)))
            return false;
        last = probe;
    }
    return last != NULL && last->attempt >= SAME_TTL_MIN;
}

bool
ttr_recognise(const ttr_store_t *store, const ttr_series_t *series)
{
    if (series->ttl_count >= 2) {
        /* Rule 1: two TTLs, and a router said of one probe that its time was over. */
        return series->exceeded_count >= 1 || is_sweep_of_ttls(store, series);
    }
    if (series->probe_count < SAME_TTL_MIN || series->probe_count > SAME_TTL_MAX)
        return false;
    return is_repeated_on_one_flow(store, series) || is_burst_of_ports(store, series) || is_numbered(store, series);
}
