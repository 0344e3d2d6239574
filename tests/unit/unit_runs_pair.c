/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_runs_pair.h"

#include <glib.h>

#include "ttr_interned.h"
#include "ttr_pair.h"

static const uint8_t kernel_kinds[] = {2, 4, 8, 1, 3};
static const uint8_t mss_kinds[] = {2};

unit_pair_t
unit_pair_new(void)
{
    const ttr_config_t config = ttr_config_default();
    ttr_observation_t first = {
        .frame = 1,
        .what = TTR_OBSERVED_TCP,
        .ip = {.family = TTR_FAMILY_IPV4, .ttl = 1, .source = {{192, 0, 2, 1}}, .target = {{203, 0, 113, 9}}},
        .tcp = {.sport = 1, .dport = 1, .flags = TTR_TCP_SYN},
    };
    unit_pair_t pair = {.store = ttr_store_new(&config), .now_ns = SECOND, .step_ns = 10 * MS, .frame = 1};

    ttr_store_observe(pair.store, &first);
    pair.id = ttr_store_flow(pair.store, ttr_store_sighting(pair.store, 1)->flow)->pair;
    pair.kernel = ttr_interned_number(pair.store->shapes, 1, kernel_kinds, sizeof kernel_kinds);
    pair.mss = ttr_interned_number(pair.store->shapes, 2, mss_kinds, sizeof mss_kinds);
    for (int i = 0; i < 2; i++)
        pair.ids[i] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return pair;
}

ttr_sighting_t *
unit_pair_send(unit_pair_t *pair, char name, uint16_t sport, uint16_t dport, uint8_t ttl)
{
    uint32_t flow = ttr_flow_find(pair->store, pair->id, sport, dport);
    uint32_t id = ttr_pool_new(&pair->store->sightings);
    ttr_sighting_t *sighting = ttr_store_sighting(pair->store, id);

    if (flow == 0)
        flow = ttr_flow_make(pair->store, pair->id, sport, dport);
    *sighting = (ttr_sighting_t){
        .time_ns = pair->now_ns,
        .frame = ++pair->frame,
        .flow = flow,
        .seq = pair->frame * 2654435761u,
        .id_or_label = pair->frame & 0xffff,
        .flags = TTR_TCP_SYN,
        .ttl = ttl,
        .tos = (uint8_t)name,
        .is_from_low = true,
    };
    g_array_append_val(pair->ids[1], id);
    pair->now_ns += pair->step_ns;
    return sighting;
}

ttr_sighting_t *
unit_pair_last(const unit_pair_t *pair)
{
    return ttr_store_sighting(pair->store, g_array_index(pair->ids[1], uint32_t, pair->ids[1]->len - 1));
}

ttr_sighting_t *
unit_pair_answer(unit_pair_t *pair, uint16_t sport, uint16_t dport, uint16_t flags, uint32_t ack)
{
    ttr_sighting_t *sighting = unit_pair_send(pair, 0, sport, dport, 60);

    g_array_append_val(pair->ids[0], g_array_index(pair->ids[1], uint32_t, pair->ids[1]->len - 1));
    g_array_set_size(pair->ids[1], pair->ids[1]->len - 1);
    sighting->is_from_low = false;
    sighting->flags = flags;
    sighting->ack = ack;
    return sighting;
}

void
unit_pair_find_runs(unit_pair_t *pair)
{
    ttr_work_t *work = &pair->work;

    *work = (ttr_work_t){.store = pair->store, .arena = ttr_arena_new(), .pair = pair->id, .family = TTR_FAMILY_IPV4};
    for (int i = 0; i < 2; i++) {
        ttr_side_t *side = &work->sides[i];

        side->work = work;
        side->other = &work->sides[1 - i];
        side->is_from_low = i == 1;
        side->packets = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, pair->ids[i]->len);
        side->packet_count = pair->ids[i]->len;
        side->runs = g_ptr_array_new();
        for (guint at = 0; at < pair->ids[i]->len; at++)
            side->packets[at] = ttr_work_segment(side, g_array_index(pair->ids[i], uint32_t, at));
        ttr_work_sort(side->packets, side->packet_count);
    }
    ttr_runs_find(work);
}

void
unit_pair_free_work(unit_pair_t *pair)
{
    for (int i = 0; i < 2; i++)
        g_ptr_array_unref(pair->work.sides[i].runs);
    ttr_arena_free(pair->work.arena);
}

void
unit_pair_free(unit_pair_t *pair)
{
    unit_pair_free_work(pair);
    for (int i = 0; i < 2; i++)
        g_array_unref(pair->ids[i]);
    ttr_store_free(pair->store);
}

static void
describe_run(const ttr_run_t *run, GString *text)
{
    uint32_t counts[UINT8_MAX + 1] = {0};
    bool is_first = true;

    for (uint32_t i = 0; i < run->count; i++) {
        g_assert_true(run->probes[i]->run == run);
        g_assert_true(i == 0 || run->probes[i - 1]->order < run->probes[i]->order);
        counts[run->probes[i]->segment->tos]++;
    }
    for (int name = 0; name <= UINT8_MAX; name++) {
        if (counts[name] == 0)
            continue;
        g_string_append_printf(text, "%s%c%u", is_first ? "" : "+", name, counts[name]);
        is_first = false;
    }
}

void
unit_pair_expect(unit_pair_t *pair, const char *expected)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *runs;

    unit_pair_find_runs(pair);
    runs = pair->work.sides[1].runs;
    for (guint i = 0; i < runs->len; i++) {
        if (i > 0)
            g_string_append_c(text, ' ');
        describe_run(g_ptr_array_index(runs, i), text);
    }
    g_assert_cmpstr(text->str, ==, expected);
    g_string_free(text, TRUE);
    unit_pair_free(pair);
}

uint32_t
unit_pair_retransmissions(const unit_pair_t *pair)
{
    const ttr_side_t *side = &pair->work.sides[1];
    uint32_t count = 0;

    for (uint32_t i = 0; i < side->packet_count; i++)
        count += side->packets[i]->is_retransmission;
    return count;
}

uint16_t
unit_pair_random_port(uint32_t at)
{
    return (uint16_t)(32768 + at * 7919 % 28000);
}

void
unit_pair_send_traceroute(unit_pair_t *pair, char name, uint8_t ttl, uint32_t tsval)
{
    ttr_sighting_t *sighting = unit_pair_send(pair, name, unit_pair_random_port(pair->frame), DPORT, ttl);

    sighting->shape = pair->kernel;
    sighting->tsval = tsval;
    sighting->window = 5840;
}

void
unit_pair_send_mtr(unit_pair_t *pair, char name, uint16_t sport, uint8_t ttl)
{
    ttr_sighting_t *sighting = unit_pair_send(pair, name, sport, DPORT, ttl);

    sighting->shape = pair->kernel;
    sighting->tsval = (uint32_t)(pair->now_ns / MS);
    sighting->window = 64240;
}

void
unit_pair_send_fixed(unit_pair_t *pair, char name, uint16_t sport, uint32_t seq, uint8_t ttl)
{
    unit_pair_send(pair, name, sport, DPORT, ttl)->seq = seq;
}
