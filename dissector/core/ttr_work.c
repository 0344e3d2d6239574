/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all stages of a compute need: packets made, sorted, tied; and what stands behind numbers in the evidence.
 */
#include "ttr_compute.h"
#include "ttr_interned.h"
#include "ttr_pair.h"
#include "ttr_sort.h"

static ttr_packet_t *
make(ttr_work_t *work, uint32_t id)
{
    ttr_packet_t *packet = TTR_ARENA_ONE(work->arena, ttr_packet_t);

    packet->id = id;
    packet->seen = &packet->id;
    packet->seen_count = 1;
    return packet;
}

ttr_packet_t *
ttr_work_segment(ttr_side_t *side, uint32_t sighting)
{
    ttr_packet_t *packet = make(side->work, sighting);

    packet->side = side;
    packet->segment = ttr_store_sighting(side->work->store, sighting);
    packet->time_ns = packet->segment->time_ns;
    return packet;
}

ttr_packet_t *
ttr_work_error(ttr_work_t *work, uint32_t error)
{
    ttr_packet_t *packet = make(work, error);

    packet->error = ttr_store_error(work->store, error);
    packet->side = &work->sides[packet->error->is_from_low ? 1 : 0];
    packet->time_ns = packet->error->time_ns;
    return packet;
}

static uint32_t
frame_of(const ttr_packet_t *packet)
{
    return packet->segment != NULL ? packet->segment->frame : packet->error->frame;
}

static uint8_t
layer_of(const ttr_packet_t *packet)
{
    return packet->segment != NULL ? packet->segment->layer : packet->error->layer;
}

static int
compare_packets(const void *a, const void *b)
{
    const ttr_packet_t *first = *(ttr_packet_t *const *)a;
    const ttr_packet_t *second = *(ttr_packet_t *const *)b;

    if (first->time_ns != second->time_ns)
        return first->time_ns < second->time_ns ? -1 : 1;
    if (frame_of(first) != frame_of(second))
        return frame_of(first) < frame_of(second) ? -1 : 1;
    return layer_of(first) < layer_of(second) ? -1 : layer_of(first) > layer_of(second);
}

void
ttr_work_sort(ttr_packet_t **packets, uint32_t count)
{
    ttr_sort(packets, count, sizeof(ttr_packet_t *), compare_packets);
    for (uint32_t i = 0; i < count; i++)
        packets[i]->order = i;
}

ttr_run_t *
ttr_work_add_run(ttr_side_t *side, ttr_packet_t **probes, uint32_t count, ttr_run_kind_t kind)
{
    ttr_run_t *run = TTR_ARENA_ONE(side->work->arena, ttr_run_t);

    run->side = side;
    run->probes = probes;
    run->count = count;
    run->kind = kind;
    for (uint32_t i = 0; i < count; i++)
        probes[i]->run = run;
    g_ptr_array_add(side->runs, run);
    return run;
}

ttr_kind_t
ttr_work_kind(const ttr_packet_t *event)
{
    const ttr_sighting_t *segment = event->segment;

    if (segment == NULL)
        return (ttr_kind_t)event->error->kind;
    if ((segment->flags & TTR_TCP_RST) != 0)
        return TTR_KIND_RST;
    switch (segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_FIN)) {
    case TTR_TCP_SYN | TTR_TCP_ACK: return TTR_KIND_SYN_ACK;
    case TTR_TCP_SYN:               return TTR_KIND_SYN;
    case TTR_TCP_ACK:               return segment->payload == 0 ? TTR_KIND_ACK : TTR_KIND_OTHER_TCP;
    default:                        return TTR_KIND_OTHER_TCP;
    }
}

void
ttr_work_tie(ttr_work_t *work, ttr_packet_t *probe, ttr_packet_t *event, ttr_match_t match)
{
    ttr_answer_t *answer = TTR_ARENA_ONE(work->arena, ttr_answer_t);

    answer->event = event;
    answer->match = match;
    answer->kind = ttr_work_kind(event);
    event->probe = probe;
    if (probe->last_answer != NULL)
        probe->last_answer->next = answer;
    else
        probe->answers = answer;
    probe->last_answer = answer;
}

void
ttr_work_untie(ttr_packet_t *probe, const ttr_packet_t *event)
{
    ttr_answer_t *previous = NULL;

    for (ttr_answer_t *answer = probe->answers; answer != NULL; answer = answer->next) {
        if (answer->event != event) {
            previous = answer;
            continue;
        }
        if (previous == NULL)
            probe->answers = answer->next;
        else
            previous->next = answer->next;
        if (probe->last_answer == answer)
            probe->last_answer = previous;
        answer->event->probe = NULL;
        return;
    }
}

uint32_t
ttr_work_flow(const ttr_side_t *side, uint16_t sport, uint16_t dport)
{
    const ttr_work_t *work = side->work;

    return side->is_from_low ? ttr_flow_find(work->store, work->pair, sport, dport)
                             : ttr_flow_find(work->store, work->pair, dport, sport);
}

uint16_t
ttr_work_sport(const ttr_packet_t *segment)
{
    const ttr_flow_t *flow = ttr_store_flow(segment->side->work->store, segment->segment->flow);

    return segment->side->is_from_low ? flow->low_port : flow->high_port;
}

uint16_t
ttr_work_dport(const ttr_packet_t *segment)
{
    const ttr_flow_t *flow = ttr_store_flow(segment->side->work->store, segment->segment->flow);

    return segment->side->is_from_low ? flow->high_port : flow->low_port;
}

const uint8_t *
ttr_work_kinds(const ttr_work_t *work, const ttr_sighting_t *segment, uint8_t *count)
{
    const ttr_interned_row_t *row = ttr_interned_row(work->store->shapes, segment->shape);

    *count = row == NULL ? 0 : row->kind_count;
    return row == NULL ? NULL : row->kinds;
}

const ttr_sack_t *
ttr_work_sack(const ttr_work_t *work, const ttr_sighting_t *segment)
{
    if ((segment->flags & TTR_TCP_SYN) != 0)
        return NULL;
    return segment->sack == 0 ? NULL : ttr_pool_get(&work->store->sacks, segment->sack);
}

const ttr_address_t *
ttr_side_source(const ttr_side_t *side)
{
    const ttr_pair_t *pair = ttr_store_pair(side->work->store, side->work->pair);

    return side->is_from_low ? &pair->low : &pair->high;
}

const ttr_address_t *
ttr_side_target(const ttr_side_t *side)
{
    return ttr_side_source(side->other);
}

static const ttr_foreign_t *
foreign_of(const ttr_work_t *work, const ttr_packet_t *error)
{
    return error->error->addresses == 0 ? NULL : ttr_store_foreign(work->store, error->error->addresses);
}

const ttr_address_t *
ttr_work_quoted_source(const ttr_work_t *work, const ttr_packet_t *error)
{
    const ttr_foreign_t *foreign = foreign_of(work, error);

    if (foreign != NULL)
        return &foreign->source;
    return error->error->is_swapped ? ttr_side_target(error->side) : ttr_side_source(error->side);
}

const ttr_address_t *
ttr_work_quoted_target(const ttr_work_t *work, const ttr_packet_t *error)
{
    const ttr_foreign_t *foreign = foreign_of(work, error);

    if (foreign != NULL)
        return &foreign->target;
    return error->error->is_swapped ? ttr_side_source(error->side) : ttr_side_target(error->side);
}

const ttr_address_t *
ttr_work_receiver(const ttr_work_t *work, const ttr_packet_t *error)
{
    const ttr_foreign_t *foreign = foreign_of(work, error);

    return foreign != NULL ? &foreign->receiver : ttr_side_source(error->side);
}
