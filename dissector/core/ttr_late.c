/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_late.h"

#include <stdlib.h>

enum { PACKETS_MIN = 3 };

/* A router takes about as long for each packet, and clocks go on alike. */
#define VARIES_NS (INT64_C(500) * 1000)

/* By how many hops the TTL of two sightings rises; 0: they are no two such sightings. */
static int
rise_of(const ttr_part_t *part)
{
    const ttr_seen_t *first = part->seen[0];
    const ttr_seen_t *second = part->seen[1];
    int rise = second->ttl - first->ttl;

    if (first->point != second->point || second->time_ns - first->time_ns > TTR_COPY_UNCERTAIN_NS)
        return 0;
    return rise > 0 && rise <= TTR_HOPS_MAX ? rise : 0;
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

/* The times between the sightings that rise so, sorted. The caller frees it. */
static GArray *
gaps_of(const GArray *alike, int hops)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; i < alike->len; i++) {
        const ttr_part_t *part = &g_array_index(alike, ttr_part_t, i);

        if (part->count == 2 && rise_of(part) == hops) {
            int64_t gap_ns = part->seen[1]->time_ns - part->seen[0]->time_ns;

            g_array_append_val(gaps, gap_ns);
        }
    }
    g_array_sort(gaps, compare_times);
    return gaps;
}

static int
usual_rise(const GArray *alike)
{
    uint32_t counts[TTR_HOPS_MAX + 1] = {0};
    int usual = 0;

    for (guint i = 0; i < alike->len; i++) {
        const ttr_part_t *part = &g_array_index(alike, ttr_part_t, i);
        int rise = part->count == 2 ? rise_of(part) : 0;

        if (rise > 0 && ++counts[rise] > counts[usual])
            usual = rise;
    }
    return usual;
}

ttr_late_t
ttr_late_find(const GArray *alike)
{
    ttr_late_t late = {.hops = usual_rise(alike)};
    guint same = 0;
    GArray *gaps;

    if (late.hops == 0)
        return late;
    gaps = gaps_of(alike, late.hops);
    late.gap_ns = g_array_index(gaps, int64_t, gaps->len / 2);
    for (guint i = 0; i < gaps->len; i++)
        same += ABS(g_array_index(gaps, int64_t, i) - late.gap_ns) <= VARIES_NS;
    g_array_unref(gaps);
    if (same < PACKETS_MIN || same * 2 < alike->len)
        late.hops = 0;
    return late;
}

bool
ttr_late_is_copy(const ttr_late_t *late, const ttr_seen_t *first, const ttr_seen_t *second)
{
    return late->hops > 0 && second->ttl - first->ttl == late->hops &&
           ABS(second->time_ns - first->time_ns - late->gap_ns) <= VARIES_NS;
}
