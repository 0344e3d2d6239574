/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_signature.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ttr_interned.h"

enum { COUNTS_MAX = 8 };

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

/* Sorts a copy: no two alike? */
static bool
is_unique(const uint32_t *numbers, uint32_t count, uint32_t *scratch)
{
    memcpy(scratch, numbers, count * sizeof *numbers);
    qsort(scratch, count, sizeof *scratch, compare_numbers);
    for (uint32_t i = 1; i < count; i++) {
        if (scratch[i] == scratch[i - 1])
            return false;
    }
    return true;
}

/* `mask`: how wide the numbers are. */
static ttr_numbers_t
numbers_of(const uint32_t *numbers, uint32_t count, uint32_t mask, uint32_t *scratch)
{
    ttr_numbers_t found = {.first = numbers[0], .least = numbers[0], .most = numbers[0]};
    bool is_plus_one = true;
    bool is_counting = true;
    bool is_down = true;

    for (uint32_t i = 1; i < count; i++) {
        uint32_t step = (numbers[i] - numbers[i - 1]) & mask;

        is_plus_one = is_plus_one && step == 1;
        is_down = is_down && step == mask;
        is_counting = is_counting && step >= 1 && step <= COUNTS_MAX;
        found.least = MIN(found.least, numbers[i]);
        found.most = MAX(found.most, numbers[i]);
    }
    if (found.least == found.most)
        found.run = TTR_RUN_CONSTANT;
    else if (is_plus_one)
        found.run = TTR_RUN_PLUS_ONE;
    else if (is_counting)
        found.run = TTR_RUN_COUNTS;
    else if (is_down)
        found.run = TTR_RUN_DOWN;
    else
        found.run = is_unique(numbers, count, scratch) ? TTR_RUN_UNIQUE : TTR_RUN_VARIES;
    return found;
}

/* The probes that the tool itself sent, and room for their numbers. */
typedef struct series {
    const ttr_survey_t *survey;
    const ttr_survey_probe_t **probes;
    uint32_t count;
    uint32_t *numbers;
    uint32_t *scratch;
} series_t;

static uint32_t
of_probe(const series_t *series, const ttr_survey_probe_t *probe, size_t at)
{
    const ttr_sighting_t *segment = probe->segment;
    ttr_header_t header;

    switch (at) {
    case 0:  return segment->flags;
    case 1:  return segment->shape;
    case 2:  ttr_survey_header(series->survey, segment, &header); return header.mss;
    case 3:  return segment->window;
    case 4:  return segment->tsval;
    case 5:  return segment->dont_fragment;
    case 6:  return segment->tos;
    case 7:  return segment->payload;
    case 8:  return segment->id_or_label;
    case 9:  return probe->sport;
    case 10: return probe->dport;
    case 11: return segment->seq;
    case 12: return segment->ack;
    case 13: return (segment->id_or_label - segment->ttl) & 0xffff;
    case 14: return (uint32_t)(probe->sport - segment->ttl) & 0xffff;
    case 15: return segment->seq - segment->ttl;
    case 16: return segment->seq >> 16;
    default: return segment->ttl;
    }
}

static void
take_numbers(const series_t *series, ttr_signature_t *signature)
{
    ttr_numbers_t *const to[] = {
        &signature->flags,
        &signature->options,
        &signature->mss,
        &signature->window,
        &signature->tsval,
        &signature->df,
        &signature->tos,
        &signature->payload,
        &signature->id,
        &signature->sport,
        &signature->dport,
        &signature->seq,
        &signature->ack,
        &signature->id_less_ttl,
        &signature->sport_less_ttl,
        &signature->seq_less_ttl,
        &signature->seq_high,
        &signature->ttl,
    };
    const uint32_t wide[] = {[4] = UINT32_MAX, [11] = UINT32_MAX, [12] = UINT32_MAX, [15] = UINT32_MAX, [17] = 0};

    for (size_t at = 0; at < G_N_ELEMENTS(to); at++) {
        uint32_t mask = at < G_N_ELEMENTS(wide) && wide[at] != 0 ? wide[at] : 0xffff;

        if (at == 8 && signature->family == TTR_FAMILY_IPV6)
            mask = 0xfffff;
        for (uint32_t i = 0; i < series->count; i++)
            series->numbers[i] = of_probe(series, series->probes[i], at);
        *to[at] = numbers_of(series->numbers, series->count, mask, series->scratch);
    }
}

static void
take_relations(const series_t *series, ttr_signature_t *signature)
{
    enum { TWENTY = 20 };

    signature->is_id_low_ttl = signature->is_seq_top_ttl = signature->is_seq_low_zero = true;
    signature->is_seq_twenty = signature->is_ttl_rising = signature->is_whole = true;
    for (uint32_t i = 0; i < series->count; i++) {
        const ttr_sighting_t *segment = series->probes[i]->segment;
        ttr_header_t header;

        ttr_survey_header(series->survey, segment, &header);
        if ((segment->flags & TTR_TCP_SYN) != 0 && header.known < header.size)
            signature->is_whole = false;
        signature->is_id_low_ttl = signature->is_id_low_ttl && (segment->id_or_label & 0xff) == segment->ttl;
        signature->is_seq_top_ttl = signature->is_seq_top_ttl && segment->seq >> 24 == segment->ttl;
        signature->is_seq_low_zero = signature->is_seq_low_zero && (segment->seq & 0xffff) == 0;
        signature->is_seq_twenty = signature->is_seq_twenty && segment->seq / TWENTY == segment->ttl;
        if (i == 0)
            continue;
        signature->is_ttl_rising = signature->is_ttl_rising && segment->ttl >= series->probes[i - 1]->segment->ttl;
        signature->windows += segment->window != series->probes[i - 1]->segment->window ? 1 : 0;
    }
    if (series->count > 1)
        signature->is_ttl_falling_first = series->probes[1]->segment->ttl + 1 == series->probes[0]->segment->ttl;
}

static void
take_times(const series_t *series, ttr_signature_t *signature)
{
    if (series->count < 2)
        return;
    for (uint32_t i = 1; i < series->count; i++) {
        int64_t gap_us = (series->probes[i]->segment->time_ns - series->probes[i - 1]->segment->time_ns) / 1000;

        series->numbers[i - 1] = (uint32_t)CLAMP(gap_us, 0, (int64_t)UINT32_MAX);
    }
    qsort(series->numbers, series->count - 1, sizeof *series->numbers, compare_numbers);
    signature->median_gap_ns = (int64_t)series->numbers[(series->count - 1) / 2] * 1000;
}

static void
take_ttls(const series_t *series, ttr_signature_t *signature)
{
    uint32_t counts[TTR_SURVEY_TTLS] = {0};

    for (uint32_t i = 0; i < series->count; i++) {
        uint32_t count = ++counts[series->probes[i]->segment->ttl];

        signature->ttl_count += count == 1 ? 1 : 0;
        signature->most_per_ttl = MAX(signature->most_per_ttl, count);
    }
}

ttr_signature_t
ttr_signature_of(const ttr_survey_t *survey)
{
    series_t series = {
        .survey = survey,
        .probes = g_new(const ttr_survey_probe_t *, survey->probe_count),
        .numbers = g_new(uint32_t, survey->probe_count),
        .scratch = g_new(uint32_t, survey->probe_count),
    };
    ttr_signature_t signature = {.family = survey->info.family};
    const ttr_interned_row_t *row;

    for (uint32_t i = 0; i < survey->probe_count; i++) {
        if (!survey->probes[i].segment->is_retransmission)
            series.probes[series.count++] = &survey->probes[i];
    }
    signature.probe_count = series.count;
    if (series.count > 0) {
        take_numbers(&series, &signature);
        take_relations(&series, &signature);
        take_times(&series, &signature);
        take_ttls(&series, &signature);
        row = ttr_interned_row(survey->store->shapes, series.probes[0]->segment->shape);
        signature.kind_count = row == NULL ? 0 : row->kind_count;
        if (row != NULL)
            memcpy(signature.kinds, row->kinds, row->kind_count);
    }
    g_free(series.probes);
    g_free(series.numbers);
    g_free(series.scratch);
    return signature;
}

bool
ttr_signature_has_kinds(const ttr_signature_t *signature, const uint8_t *kinds, size_t count)
{
    return signature->options.run == TTR_RUN_CONSTANT && signature->kind_count == count &&
           memcmp(signature->kinds, kinds, count) == 0;
}

static void
add_run(GString *seen, const char *what, const ttr_numbers_t *numbers)
{
    static const char *const words[] = {"fixed", "+1", "counting", "-1", "unique", "varying"};

    g_string_append_printf(seen, ", %s %s", what, words[numbers->run]);
}

void
ttr_signature_describe(const ttr_signature_t *s, char text[TTR_TOOL_SEEN_MAX])
{
    GString *seen = g_string_new(NULL);

    if (s->flags.run == TTR_RUN_CONSTANT && (s->flags.first == TTR_TCP_SYN || s->flags.first == TTR_TCP_ACK))
        g_string_append(seen, s->flags.first == TTR_TCP_SYN ? "SYN" : "ACK");
    else if (s->flags.run == TTR_RUN_CONSTANT)
        g_string_append_printf(seen, "flags 0x%03" PRIx32, s->flags.first);
    else
        g_string_append(seen, "several flags");
    if (s->options.run == TTR_RUN_CONSTANT)
        g_string_append(seen, s->options.first == 0 ? " without options" : " with options");
    if (s->window.run == TTR_RUN_CONSTANT)
        g_string_append_printf(seen, ", window %" PRIu32, s->window.first);
    else
        g_string_append(seen, ", window varying");
    add_run(seen, "source port", &s->sport);
    add_run(seen, "target port", &s->dport);
    add_run(seen, "seq", &s->seq);
    add_run(seen, s->family == TTR_FAMILY_IPV4 ? "IP ID" : "flow label", &s->id);
    g_string_append_printf(seen, ", %" PRIu32 " a hop", s->most_per_ttl);
    g_strlcpy(text, seen->str, TTR_TOOL_SEEN_MAX);
    g_string_free(seen, TRUE);
}
