/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a series keeps and what it counts.
 */
#include "ttr_runs.h"
#include "ttr_sort.h"

/* mtr counts source ports up from here (ui/net.c, MIN_PORT), and trippy from here; with each run anew. */
enum {
    MTR_FIRST_PORT = 33000,
    TRIPPY_FIRST_PORT = 33434
};

uint32_t
ttr_run_field(const ttr_packet_t *packet, ttr_field_t field)
{
    switch (field) {
    case TTR_FIELD_SPORT: return ttr_work_sport(packet);
    case TTR_FIELD_DPORT: return ttr_work_dport(packet);
    case TTR_FIELD_SEQ:   return packet->segment->seq;
    case TTR_FIELD_TSVAL: return packet->segment->tsval;
    }
    return 0;
}

ttr_pattern_t
ttr_run_pattern(const ttr_series_t *series, ttr_field_t field)
{
    uint64_t rises = 0;
    bool is_one = true;
    uint32_t last = ttr_run_field(series->packets[0], field);

    for (uint32_t i = 1; i < series->count; i++) {
        uint32_t here = ttr_run_field(series->packets[i], field);

        is_one = is_one && here == last;
        rises += here > last && here - last <= TTR_RUN_STEP_MAX;
        last = here;
    }
    if (is_one)
        return TTR_PATTERN_ONE;
    return rises * 10 >= UINT64_C(7) * (series->count - 1) ? TTR_PATTERN_COUNTS : TTR_PATTERN_VARIES;
}

bool
ttr_run_is_first_port(uint16_t sport)
{
    return sport == MTR_FIRST_PORT || sport == TRIPPY_FIRST_PORT;
}

bool
ttr_run_is_low(const ttr_packet_t *packet)
{
    return packet->segment->ttl <= packet->side->work->store->config.candidate_ttl;
}

bool
ttr_run_is_fixed(ttr_run_kind_t kind)
{
    return kind == TTR_RUN_FLOW || kind == TTR_RUN_FLOWS;
}

static int
compare_orders(const void *a, const void *b)
{
    uint32_t first = (*(ttr_packet_t *const *)a)->order;
    uint32_t second = (*(ttr_packet_t *const *)b)->order;

    return first < second ? -1 : first > second;
}

void
ttr_run_sort(ttr_packet_t **packets, uint32_t count)
{
    bool is_sorted = true;

    for (uint32_t i = 1; is_sorted && i < count; i++)
        is_sorted = packets[i - 1]->order < packets[i]->order;
    if (!is_sorted)
        ttr_sort(packets, count, sizeof(ttr_packet_t *), compare_orders);
}
