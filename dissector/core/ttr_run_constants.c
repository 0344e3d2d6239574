/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two runs at once, told apart by what each keeps: its sequence number, or its time stamp.
 */
#include "ttr_runs.h"
#include "ttr_sort.h"

enum {
    PACKETS_MIN = 3,            /* a value that so many packets have, and with as many TTLs as below, is a constant */
    TTLS_MIN = 2,
    CLOCK_TICKS = 3,            /* a kernel's time stamp is so exact at least: timer ticks between stamp and frame */
    CLOCK_SHARE = 20            /* or 1/20 s */
};

#define SECOND_NS INT64_C(1000000000)

/* Packets with one value of the field, a part of a sorted series. */
typedef struct ttr_value {
    uint32_t first;             /* in the sorted array */
    uint32_t count;
    uint32_t order;             /* of its first packet */
    ttr_ttls_t ttls;
} ttr_value_t;

typedef struct ttr_values {
    ttr_packet_t **packets;     /* sorted by value, then by time */
    ttr_value_t *values;        /* constants, in order of their first packets */
    uint32_t count;
    uint32_t packet_count;      /* that have one of them */
    bool has_one_value;         /* be it a constant or not */
} ttr_values_t;

static int
compare_by_field(const ttr_packet_t *first, const ttr_packet_t *second, ttr_field_t field)
{
    uint32_t a = ttr_run_field(first, field);
    uint32_t b = ttr_run_field(second, field);

    if (a != b)
        return a < b ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

static int
compare_seqs(const void *a, const void *b)
{
    return compare_by_field(*(ttr_packet_t *const *)a, *(ttr_packet_t *const *)b, TTR_FIELD_SEQ);
}

static int
compare_tsvals(const void *a, const void *b)
{
    return compare_by_field(*(ttr_packet_t *const *)a, *(ttr_packet_t *const *)b, TTR_FIELD_TSVAL);
}

static int
compare_values(const void *a, const void *b)
{
    uint32_t first = ((const ttr_value_t *)a)->order;
    uint32_t second = ((const ttr_value_t *)b)->order;

    return first < second ? -1 : first > second;
}

static ttr_values_t
find_constants(ttr_work_t *work, const ttr_series_t *series, ttr_field_t field)
{
    ttr_values_t found = {.packets = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, series->count)};
    uint32_t end;

    memcpy(found.packets, series->packets, series->count * sizeof(ttr_packet_t *));
    ttr_sort(found.packets, series->count, sizeof(ttr_packet_t *),
             field == TTR_FIELD_SEQ ? compare_seqs : compare_tsvals);
    found.values = TTR_ARENA_ARRAY(work->arena, ttr_value_t, series->count / PACKETS_MIN);
    for (uint32_t first = 0; first < series->count; first = end) {
        ttr_value_t value = {.first = first, .order = found.packets[first]->order};
        uint32_t here = ttr_run_field(found.packets[first], field);

        for (end = first; end < series->count && ttr_run_field(found.packets[end], field) == here; end++)
            ttr_ttls_add(&value.ttls, found.packets[end]->segment->ttl);
        value.count = end - first;
        found.has_one_value = found.has_one_value || value.count == series->count;
        if (value.count < PACKETS_MIN || ttr_ttls_count(&value.ttls) < TTLS_MIN)
            continue;
        found.packet_count += value.count;
        found.values[found.count++] = value;
    }
    ttr_sort(found.values, found.count, sizeof *found.values, compare_values);
    return found;
}

/* Time stamps that count milliseconds, or 1/250 or 1/100 s, as a kernel's do: one offset for all connections to an
 * address (RFC 7323 section 5.4; net/core/secure_seq.c of Linux). */
static bool
is_clock(const ttr_series_t *series, int64_t hertz)
{
    int64_t start_ns = series->packets[0]->time_ns;
    int64_t lowest = INT64_MAX;
    int64_t highest = INT64_MIN;
    uint32_t count = 0;

    for (uint32_t i = 0; i < series->count; i++) {
        int64_t passed_ns = series->packets[i]->time_ns - start_ns;
        int64_t ticks = passed_ns / SECOND_NS * hertz + passed_ns % SECOND_NS * hertz / SECOND_NS;
        int64_t offset = (int64_t)series->packets[i]->segment->tsval - ticks;

        if (series->packets[i]->segment->tsval == 0)
            continue;
        lowest = MIN(lowest, offset);
        highest = MAX(highest, offset);
        count++;
    }
    return count >= 2 && highest - lowest <= MAX(CLOCK_TICKS, hertz / CLOCK_SHARE);
}

static bool
follows_clock(const ttr_series_t *series)
{
    return is_clock(series, 1000) || is_clock(series, 250) || is_clock(series, 100);
}

/* Does a new value begin where another sweep goes on? A clock went on within one sweep. */
static bool
has_sweeps(const ttr_values_t *found)
{
    for (uint32_t i = 1; i < found->count; i++) {
        const ttr_ttls_t *last = &found->values[i - 1].ttls;
        const ttr_ttls_t *here = &found->values[i].ttls;

        if (ttr_ttls_common(last, here) * 2 < MIN(ttr_ttls_count(last), ttr_ttls_count(here)))
            return false;
    }
    return true;
}

/* Is each constant a run of its own? Nearly all packets (9 of 10) must have one. */
static bool
are_runs(const ttr_series_t *series, ttr_field_t field, const ttr_values_t *found)
{
    if (found->has_one_value || found->packet_count < series->count - series->count / 10)
        return false;
    if (field == TTR_FIELD_TSVAL && (follows_clock(series) || !has_sweeps(found)))
        return false;
    /* ACK probes of one flow, with one seq after the other: the connection went on. */
    return !ttr_run_is_fixed(series->kind) || (series->packets[0]->segment->flags & TTR_TCP_ACK) == 0;
}

static void
split_by(ttr_work_t *work, const ttr_series_t *series, ttr_field_t field, GArray *parts)
{
    ttr_values_t found = find_constants(work, series, field);

    if (!are_runs(series, field, &found)) {
        g_array_append_val(parts, *series);
        return;
    }
    for (uint32_t i = 0; i < found.count; i++) {
        ttr_series_t part = {found.packets + found.values[i].first, found.values[i].count, series->kind};

        g_array_append_val(parts, part);
    }
}

void
ttr_split_seqs(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    split_by(work, series, TTR_FIELD_SEQ, parts);
}

/* A connection's time stamps go on, and are no constant. */
void
ttr_split_stamps(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    if (ttr_run_is_fixed(series->kind))
        g_array_append_val(parts, *series);
    else
        split_by(work, series, TTR_FIELD_TSVAL, parts);
}
