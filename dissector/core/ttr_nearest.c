/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which sighting of an answer counts?
 */
#include "ttr_nearest.h"

#include "ttr_interned.h"
#include "ttr_point.h"

/* What one sighting says, be it of a segment or an error. */
typedef struct ttr_view {
    int64_t time_ns;
    uint16_t point;
    uint8_t ttl;
} ttr_view_t;

static ttr_view_t
view_of(const ttr_work_t *work, const ttr_packet_t *packet, uint32_t at)
{
    if (packet->segment != NULL) {
        const ttr_sighting_t *sighting = ttr_store_sighting(work->store, packet->seen[at]);

        return (ttr_view_t){sighting->time_ns, sighting->point, sighting->ttl};
    }
    const ttr_error_t *error = ttr_store_error(work->store, packet->seen[at]);

    return (ttr_view_t){error->time_ns, error->point, error->ttl};
}

bool
ttr_packets_is_cooked(const ttr_work_t *work, uint16_t point)
{
    const ttr_interned_row_t *row = ttr_interned_row(work->store->points, point);

    return row != NULL && ttr_point_is_cooked(row->hash);
}

/* Is it this point that counts: one of several that saw the packet? */
static bool
is_one_of_several(const ttr_work_t *work, const ttr_packet_t *event, uint32_t point)
{
    bool is_there = false;
    bool are_others = false;

    for (uint32_t at = 0; at < event->seen_count; at++) {
        if (view_of(work, event, at).point == point)
            is_there = true;
        else
            are_others = true;
    }
    return is_there && are_others;
}

static uint8_t
lowest_ttl(const ttr_work_t *work, const ttr_packet_t *event)
{
    uint8_t lowest = UINT8_MAX;

    for (uint32_t at = 0; at < event->seen_count; at++)
        lowest = MIN(lowest, view_of(work, event, at).ttl);
    return lowest;
}

uint32_t
ttr_packets_nearest(const ttr_work_t *work, const ttr_packet_t *event, uint32_t point)
{
    bool is_by_point;
    uint8_t lowest;
    uint32_t first = event->seen_count;
    uint32_t last = 0;

    if (event->seen_count == 1)
        return event->seen[0];
    is_by_point = is_one_of_several(work, event, point);
    lowest = lowest_ttl(work, event);
    for (uint32_t at = 0; at < event->seen_count; at++) {
        ttr_view_t view = view_of(work, event, at);

        if (is_by_point ? view.point != point : view.ttl != lowest)
            continue;
        first = MIN(first, at);
        last = at;
    }
    return event->seen[ttr_packets_is_cooked(work, view_of(work, event, first).point) ? last : first];
}

int64_t
ttr_work_rtt(const ttr_work_t *work, const ttr_packet_t *probe, const ttr_packet_t *event, uint32_t *timed_by)
{
    *timed_by = ttr_packets_nearest(work, event, probe->segment->point);
    if (event->segment != NULL)
        return ttr_store_sighting(work->store, *timed_by)->time_ns - probe->time_ns;
    return ttr_store_error(work->store, *timed_by)->time_ns - probe->time_ns;
}
