/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One series, several runs after each other: a run begins where the order of TTLs begins again, or after a long
 * silence, unless something continues over the break: a flow with its counter, a port counter, or an even rhythm of
 * rounds.
 */
#include "ttr_run_facts.h"

enum {
    WRAP_PORT = 60000,          /* a port counter behind it may wrap */
    JUMP_PORTS = 256,           /* a port counter that jumps by more, up or down, is another one */
    JUMP_SEQ = 1 << 16,         /* the same for seqs */
    TTLS_FEW = 3                /* packets that show no order yet */
};

/* The run that is being followed. */
typedef struct ttr_current {
    uint32_t first;             /* its first packet, by place in the series */
    ttr_ttls_t ttls;
    bool has_fall;              /* a TTL was lower than the one before */
    bool has_seqs;              /* more than one */
    bool has_returns;           /* a TTL came again after others */
} ttr_current_t;

/* The place of a packet in its series, with what is known there. */
typedef struct ttr_place {
    const ttr_facts_t *facts;
    const ttr_current_t *current;
    const ttr_packet_t *first;  /* of the current run */
    const ttr_packet_t *last;
    const ttr_packet_t *here;
    uint32_t at;
} ttr_place_t;

static bool
counts_ports(const ttr_facts_t *facts)
{
    return facts->sport == TTR_PATTERN_COUNTS || facts->dport == TTR_PATTERN_COUNTS;
}

/* A port counter that jumps, and not because it wraps, while the TTLs begin again: something else begins. */
static bool
has_port_jump(const ttr_place_t *place)
{
    const ttr_facts_t *facts = place->facts;
    ttr_field_t port = facts->sport == TTR_PATTERN_COUNTS ? TTR_FIELD_SPORT : TTR_FIELD_DPORT;
    uint32_t last = ttr_run_field(place->last, port);
    uint16_t step = (uint16_t)(ttr_run_field(place->here, port) - last);

    return counts_ports(facts) && !facts->is_fixed && !facts->is_even && !facts->has_rounds && step > JUMP_PORTS &&
           step < UINT16_MAX + 1 - JUMP_PORTS && last < WRAP_PORT &&
           place->here->segment->ttl <= place->first->segment->ttl;
}

/* Is this port that of the run's first packet again? */
static bool
comes_back(const ttr_place_t *place, ttr_pattern_t pattern, ttr_field_t port)
{
    uint32_t here = ttr_run_field(place->here, port);

    return pattern == TTR_PATTERN_COUNTS && here == ttr_run_field(place->first, port) &&
           here < ttr_run_field(place->last, port);
}

static bool
may_wrap(const ttr_place_t *place, ttr_pattern_t pattern, ttr_field_t port)
{
    return pattern == TTR_PATTERN_COUNTS && ttr_run_field(place->last, port) >= WRAP_PORT;
}

/* The port counter begins again, and not because it wraps; nor because a tool that goes down from its first TTL asks
 * those again that were not answered, each from the port that it has (nmap). */
static bool
has_counter_again(const ttr_place_t *place)
{
    const ttr_facts_t *facts = place->facts;

    if (facts->is_fixed || facts->has_rounds || (facts->is_even && !facts->goes_on) ||
        place->here->segment->ttl != place->first->segment->ttl ||
        place->last->segment->ttl < place->first->segment->ttl)
        return false;
    if (may_wrap(place, facts->sport, TTR_FIELD_SPORT) || may_wrap(place, facts->dport, TTR_FIELD_DPORT))
        return false;
    return comes_back(place, facts->sport, TTR_FIELD_SPORT) || comes_back(place, facts->dport, TTR_FIELD_DPORT);
}

/* Does the packet go on with the sweep after a long silence? It has the next number of a program that numbers its
 * probes, which was paused; or its TTL comes next; or in a flow that stays it has not
 * been sent yet by a tool that sends TTLs in random order. */
static bool
continues(const ttr_place_t *place)
{
    const ttr_current_t *current = place->current;
    uint8_t ttl = place->here->segment->ttl;
    uint8_t last = place->last->segment->ttl;

    if (place->facts->is_numbered && ttr_facts_number_on(place->facts, place->last, place->here))
        return true;
    if (!place->facts->is_fixed)
        return ttl == last + 1 && ttr_ttls_count(&current->ttls) >= 2;
    if (ttl == last || ttl == last + 1)
        return true;
    return !ttr_ttls_has(&current->ttls, ttl) && (current->has_fall || place->at - current->first < TTLS_FEW);
}

static bool
has_silence(const ttr_place_t *place)
{
    return place->here->time_ns - place->last->time_ns > place->facts->silence_ns && !continues(place);
}

/* The TTLs begin again with new flows. */
static bool
has_sweep_again(const ttr_place_t *place)
{
    const ttr_facts_t *facts = place->facts;

    return !facts->is_fixed && !facts->is_even && !facts->has_rounds &&
           !ttr_facts_step_on(facts, place->last, place->here) && facts->previous[place->at] <= place->current->first;
}

/* The TTLs begin again in the same flow: with another counter of seqs, with the seqs of the first sweep, or with
 * another seq than the one of all probes before. With the same one, too, where all attempts of each TTL had been sent
 * (tcptraceroute). */
static bool
has_seq_again(const ttr_place_t *place)
{
    const ttr_facts_t *facts = place->facts;
    uint32_t step = place->here->segment->seq - place->last->segment->seq;

    if (!facts->is_fixed)
        return false;
    if (!place->current->has_seqs)
        return step != 0 || (facts->has_rows && !place->current->has_returns);
    if (facts->seq == TTR_PATTERN_COUNTS && step - JUMP_SEQ - 1 < UINT32_MAX - 2 * (uint32_t)JUMP_SEQ)
        return true;
    return facts->seq != TTR_PATTERN_ONE && facts->has_seqs_again &&
           place->here->segment->seq == place->first->segment->seq;
}

static bool
begins_run(const ttr_facts_t *facts, const ttr_current_t *current, uint32_t at)
{
    ttr_packet_t *const *packets = facts->series->packets;
    ttr_place_t place = {facts, current, packets[current->first], packets[at - 1], packets[at], at};

    return has_port_jump(&place) || has_counter_again(&place) || has_silence(&place) ||
           (facts->is_start[at] && (has_sweep_again(&place) || has_seq_again(&place)));
}

static void
note(ttr_current_t *current, const ttr_series_t *series, uint32_t at)
{
    const ttr_sighting_t *here = series->packets[at]->segment;

    if (at > current->first) {
        uint8_t last = series->packets[at - 1]->segment->ttl;

        current->has_fall = current->has_fall || here->ttl < last;
        current->has_returns = current->has_returns || (here->ttl != last && ttr_ttls_has(&current->ttls, here->ttl));
        current->has_seqs = current->has_seqs || here->seq != series->packets[current->first]->segment->seq;
    }
    ttr_ttls_add(&current->ttls, here->ttl);
}

static void
add_part(const ttr_series_t *series, uint32_t first, uint32_t end, GArray *parts)
{
    ttr_series_t part = {series->packets + first, end - first, series->kind};

    g_array_append_val(parts, part);
}

void
ttr_split_time(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_current_t current = {0};
    ttr_facts_t facts;

    if (series->count == 0)
        return;
    facts = ttr_facts_of(work, series);
    for (uint32_t i = 0; i < series->count; i++) {
        if (i > 0 && begins_run(&facts, &current, i)) {
            add_part(series, current.first, i, parts);
            current = (ttr_current_t){.first = i};
        }
        note(&current, series, i);
    }
    add_part(series, current.first, series->count, parts);
}
