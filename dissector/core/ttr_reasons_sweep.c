/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons about runs with several TTLs.
 *
 * The bounds on `order` lie between what tools show and what ordinary traffic shows: tools that send one hop after the
 * other have 1, those that send all hops at once and in disorder, or with half of the frames lost, 0.5 and more; TTLs
 * that are drawn have 0, and with few probes up to 0.2.
 */
#include "ttr_recognise.h"

/* A sweep steps by one. Two TTLs with others between them are two settings, or two senders. */
bool
ttr_reason_apart(const ttr_sweep_t *sweep)
{
    return sweep->levels == 2 && sweep->highest - sweep->lowest > 1;
}

/* Does it begin at the first hop and go on? For SYNs two TTLs are enough, since nobody sends those with TTL 1; two that
 * do not follow each other are two settings. */
static bool
begins_at_one(const ttr_sweep_t *sweep)
{
    bool is_syn = (sweep->probes[0]->segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;

    return sweep->lowest == 1 && sweep->longest_row > 1 && sweep->levels >= (is_syn ? 2 : 3);
}

/* A short path leaves no room for order: rounds of three TTLs look drawn. What begins at the first hop is a sweep all the
 * same when source ports count from probe to probe (mtr, trippy), or when no TTL up to the highest, the third at least,
 * comes more than once oftener than another. */
static bool
is_short_path(const ttr_sweep_t *sweep)
{
    bool is_even = sweep->levels >= 3 && sweep->longest_row == sweep->levels &&
                   ttr_sweep_most(sweep) - ttr_sweep_least(sweep) <= 1;

    return begins_at_one(sweep) && (sweep->counts_ports || is_even);
}

/* TTLs that a program draws, or two in turn (two paths of one ordinary sender, too long now and then); unless each comes
 * as often as every other (yarrp and others that permute a sweep). */
bool
ttr_reason_no_order(const ttr_sweep_t *sweep)
{
    return sweep->order < 0.25 && !ttr_sweep_is_balanced(sweep) && !is_short_path(sweep);
}

/* From one port to many: a tool that counts target ports rises with them (RIPE Atlas, lft); a scan with decoys does not. */
bool
ttr_reason_scan(const ttr_sweep_t *sweep)
{
    return sweep->run->kind == TTR_RUN_DPORT && sweep->order < 0.5 && !is_short_path(sweep);
}

/* Captured at or near the target, only the last TTLs of each round are left; the counter of ports still shows the tool
 * (mtr, trippy). */
bool
ttr_reason_counted(const ttr_sweep_t *sweep)
{
    return begins_at_one(sweep) && sweep->counts_ports;
}

/* Where no router answers four TTLs in a row are a sweep, unless it begins with the first. */
bool
ttr_reason_short(const ttr_sweep_t *sweep)
{
    return !begins_at_one(sweep) && sweep->longest_row < 4;
}

bool
ttr_reason_silent_no_order(const ttr_sweep_t *sweep)
{
    bool is_permutation = ttr_sweep_is_balanced(sweep) && sweep->longest_row == sweep->levels;

    return sweep->order < 0.5 && !is_permutation && !is_short_path(sweep);
}

static bool
has_tcp_answer(const ttr_packet_t *probe)
{
    for (const ttr_answer_t *answer = probe->answers; answer != NULL; answer = answer->next) {
        if (!ttr_kind_is_icmp(answer->kind))
            return true;
    }
    return false;
}

/* The target answers the lowest TTL, and yet the TTLs go up and down: ordinary connections of a far sender. */
bool
ttr_reason_lowest_arrived(const ttr_sweep_t *sweep)
{
    if (begins_at_one(sweep) || ttr_sweep_is_monotone(sweep))
        return false;
    for (uint32_t i = 0; i < sweep->count; i++) {
        if (sweep->probes[i]->segment->ttl == sweep->lowest && has_tcp_answer(sweep->probes[i]))
            return true;
    }
    return false;
}

bool
ttr_reason_silent_scan(const ttr_sweep_t *sweep)
{
    return sweep->run->kind == TTR_RUN_DPORT && !ttr_sweep_is_monotone(sweep);
}

/* Many flows of one or two TTLs each: a crowd of clients behind one address looks like it, and is in no order; where
 * ports count a little more disorder may be losses. */
bool
ttr_reason_silent_flows(const ttr_sweep_t *sweep)
{
    return !begins_at_one(sweep) && !sweep->is_flow_fixed && !ttr_sweep_is_monotone(sweep) &&
           sweep->order < (sweep->counts_ports ? 0.6 : 0.8);
}
