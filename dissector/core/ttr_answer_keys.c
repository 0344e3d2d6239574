/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which numbers of a run name one probe? Figures of the whole run, each found once.
 */
#include "ttr_answers.h"
#include "ttr_sort.h"

/* Within this time a kernel's time stamps go on: 1000, 250 or 100 a second (RFC 7323 section 5.4). */
#define STAMP_TIME_NS (100 * TTR_MS_NS)

enum {
    GAPS_TELLING = 3,           /* fewer gaps between equal numbers are no rule */
    ROW_MIN = 3,                /* fewer numbers are no row */
    ROW_STEP = 8,               /* a counter that other traffic of the host moves, too */
    ID_MARGIN = 8,              /* a probe that is not in the capture may be beyond either end of the row */
    SEQ_MARGIN = 64,
    CLOCK_MARGIN = 1 << 18,     /* by so much go rounds, or a clock of milliseconds, on below the TTL in a seq */
    SEQ_BELOW_TTL = 0xffffff,
    TTL_LAST = 64               /* highest TTL that tools put into a seq */
};

/* A probe with its numbers, while they are sorted. */
typedef struct ttr_numbered {
    uint64_t numbers;
    uint32_t id;
    uint32_t at;                /* in the run */
} ttr_numbered_t;

static int
compare_numbered(const void *a, const void *b)
{
    const ttr_numbered_t *first = a;
    const ttr_numbered_t *second = b;

    if (first->numbers != second->numbers)
        return first->numbers < second->numbers ? -1 : 1;
    if (first->id != second->id)
        return first->id < second->id ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

static ttr_numbered_t
numbered(const ttr_run_t *run, ttr_numbers_t numbers, uint32_t at)
{
    const ttr_sighting_t *segment = run->probes[at]->segment;
    uint32_t number = segment->seq;

    if (numbers == TTR_NUMBERS_FLOW_END)
        number += segment->payload;
    else if (numbers == TTR_NUMBERS_FLOW_ACK)
        number = segment->ack;
    return (ttr_numbered_t){ttr_key_flow_seq(segment->flow, number),
                            numbers == TTR_NUMBERS_QUOTED ? segment->id_or_label : 0, at};
}

static bool
has_same_numbers(const ttr_numbered_t *a, const ttr_numbered_t *b)
{
    return a->numbers == b->numbers && a->id == b->id;
}

/* Notes for probes [first, end) of one number whether all have one TTL. */
static void
note_ttls(const ttr_run_t *run, const ttr_numbered_t *sorted, uint32_t first, uint32_t end)
{
    bool *has_one_ttl = ttr_facts_of(run)->has_one_ttl;
    bool is_one = true;

    for (uint32_t i = first + 1; i < end; i++)
        is_one = is_one && run->probes[sorted[i].at]->segment->ttl == run->probes[sorted[first].at]->segment->ttl;
    for (uint32_t i = first; i < end; i++)
        has_one_ttl[sorted[i].at] = is_one;
}

static int64_t
find_gap(const ttr_run_t *run, ttr_numbers_t numbers, const ttr_numbered_t *sorted)
{
    int64_t shortest = TTR_GAP_NONE;
    uint32_t gaps = 0;
    uint32_t first = 0;

    for (uint32_t i = 1; i <= run->count; i++) {
        if (i < run->count && has_same_numbers(&sorted[i], &sorted[first])) {
            shortest = MIN(shortest, run->probes[sorted[i].at]->time_ns - run->probes[sorted[i - 1].at]->time_ns);
            gaps++;
            continue;
        }
        if (numbers == TTR_NUMBERS_QUOTED)
            note_ttls(run, sorted, first, i);
        first = i;
    }
    return gaps == 0 || gaps >= GAPS_TELLING ? shortest : 0;
}

int64_t
ttr_number_gap(const ttr_run_t *run, ttr_numbers_t numbers)
{
    ttr_facts_t *facts = ttr_facts_of(run);
    ttr_numbered_t *sorted;

    if (facts->is_gap_known[numbers])
        return facts->gaps[numbers];
    if (numbers == TTR_NUMBERS_QUOTED)
        facts->has_one_ttl = TTR_ARENA_ARRAY(run->side->work->arena, bool, run->count);
    sorted = g_new(ttr_numbered_t, run->count);
    for (uint32_t i = 0; i < run->count; i++)
        sorted[i] = numbered(run, numbers, i);
    ttr_sort(sorted, run->count, sizeof *sorted, compare_numbered);
    facts->gaps[numbers] = find_gap(run, numbers, sorted);
    facts->is_gap_known[numbers] = true;
    g_free(sorted);
    return facts->gaps[numbers];
}

bool
ttr_is_fixed(const ttr_run_t *run)
{
    return run->kind == TTR_RUN_FLOW || run->kind == TTR_RUN_FLOWS;
}

/* Where a kernel may have sent the SYN, it may have sent it again, with another ID; a program that makes its packets
 * does not. Where a tool's numbers come again, only its IDs name a probe, and only long before the next. */
bool
ttr_names_one(const ttr_packet_t *packet, ttr_numbers_t numbers, int64_t time_ns)
{
    const ttr_run_t *run = packet->run;
    const ttr_sighting_t *segment = packet->segment;
    bool is_syn = (segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;
    bool has_id = numbers == TTR_NUMBERS_QUOTED && run->side->work->family == TTR_FAMILY_IPV4 && segment->id_or_label != 0;
    int64_t gap;

    if (is_syn && segment->shape != 0 && !ttr_is_fixed(run) && !has_id && !ttr_facts_of(run)->has_one_stamp)
        return time_ns >= packet->time_ns && time_ns <= packet->time_ns + TTR_REPETITION_NS;
    gap = ttr_number_gap(run, numbers);
    if (gap == TTR_GAP_NONE)
        return true;
    return has_id && gap >= TTR_SECOND_NS / 2 && time_ns >= packet->time_ns &&
           time_ns <= packet->time_ns + MIN(gap / 2, TTR_SECOND_NS / 2);
}

/* The place of a probe in its run: both are in order of time, then of frames. */
static uint32_t
place_of(const ttr_packet_t *probe)
{
    const ttr_run_t *run = probe->run;
    uint32_t low = 0;
    uint32_t count = run->count;

    while (count > 0) {
        uint32_t half = count / 2;

        if (run->probes[low + half]->order < probe->order) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

bool
ttr_names_hop(const ttr_packet_t *probe)
{
    ttr_number_gap(probe->run, TTR_NUMBERS_QUOTED);
    return ttr_facts_of(probe->run)->has_one_ttl[place_of(probe)];
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a;
    uint32_t second = *(const uint32_t *)b;

    return first < second ? -1 : first > second;
}

/* The seqs of a run, or its IDs, sorted. */
static uint32_t *
sorted_numbers(const ttr_run_t *run, bool is_seq)
{
    uint32_t *numbers = TTR_ARENA_ARRAY(run->side->work->arena, uint32_t, run->count);

    for (uint32_t i = 0; i < run->count; i++)
        numbers[i] = is_seq ? run->probes[i]->segment->seq : run->probes[i]->segment->id_or_label;
    ttr_sort(numbers, run->count, sizeof *numbers, compare_numbers);
    return numbers;
}

static uint32_t
count_below(const uint32_t *numbers, uint32_t count, uint64_t limit)
{
    uint32_t low = 0;

    while (count > 0) {
        uint32_t half = count / 2;

        if (numbers[low + half] < limit) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static uint32_t
count_equal(const uint32_t *numbers, uint32_t count, uint32_t number)
{
    return count_below(numbers, count, (uint64_t)number + 1) - count_below(numbers, count, number);
}

static const uint32_t *
seqs_of(const ttr_run_t *run)
{
    ttr_facts_t *facts = ttr_facts_of(run);

    if (facts->seqs == NULL)
        facts->seqs = sorted_numbers(run, true);
    return facts->seqs;
}

uint32_t
ttr_count_seq(const ttr_run_t *run, uint32_t seq)
{
    return count_equal(seqs_of(run), run->count, seq);
}

uint32_t
ttr_count_id(const ttr_run_t *run, uint32_t id)
{
    ttr_facts_t *facts = ttr_facts_of(run);

    if (facts->ids == NULL)
        facts->ids = sorted_numbers(run, false);
    return count_equal(facts->ids, run->count, id);
}

/* At random, one for the run or one a probe? Else other processes have the same numbers. */
bool
ttr_draws_seq(const ttr_run_t *run)
{
    return !ttr_facts_of(run)->is_seq_ttl && run->probes[0]->segment->seq >= TTR_SEQ_SMALL;
}

/* With the TTL in front: does the seq go on with what counts behind it? */
static bool
is_in_row_below_ttl(const ttr_facts_t *facts, uint32_t seq)
{
    uint32_t below = seq & SEQ_BELOW_TTL;

    return seq >> 24 > 0 && seq >> 24 <= TTL_LAST && below + CLOCK_MARGIN >= facts->low_seq &&
           below <= facts->high_seq + CLOCK_MARGIN;
}

/* The seqs of this run follow a rule, and this one does, too: its probe is not in the capture. */
bool
ttr_is_missing_seq(const ttr_run_t *run, uint32_t seq)
{
    const uint32_t *seqs = seqs_of(run);
    uint32_t first = seqs[0];
    uint32_t last = seqs[run->count - 1];
    uint32_t different = 1;

    if (run->count >= ROW_MIN && ttr_facts_of(run)->is_seq_ttl && is_in_row_below_ttl(ttr_facts_of(run), seq))
        return true;
    if (last - first >= TTR_SEQ_SMALL)
        return false;
    for (uint32_t i = 1; different < ROW_MIN && i < run->count; i++)
        different += seqs[i] != seqs[i - 1] ? 1 : 0;
    return different >= ROW_MIN && (int64_t)seq >= (int64_t)first - SEQ_MARGIN && (int64_t)seq <= (int64_t)last + SEQ_MARGIN;
}

/* The IP IDs of this run count, and this one is lacking in their row: its probe is not in the capture. */
bool
ttr_is_missing_id(const ttr_run_t *run, uint32_t id)
{
    uint16_t first = (uint16_t)run->probes[0]->segment->id_or_label;
    uint16_t last = (uint16_t)run->probes[run->count - 1]->segment->id_or_label;

    if (!ttr_facts_of(run)->has_id_row || ttr_count_id(run, id) > 0)
        return false;
    return (uint16_t)(id - first + ID_MARGIN) <= (uint16_t)(last - first) + 2 * ID_MARGIN;
}

/* Seven in ten steps of a counter are small. */
static bool
counts(const ttr_run_t *run)
{
    uint32_t up = 0;
    bool is_one = true;

    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t id = run->probes[i]->segment->id_or_label;
        uint32_t before = run->probes[i > 0 ? i - 1 : 0]->segment->id_or_label;

        if (id == 0)
            return false;
        is_one = is_one && id == before;
        up += id > before && id - before <= ROW_STEP ? 1 : 0;
    }
    return !is_one && (uint64_t)up * 10 >= (uint64_t)(run->count - 1) * 7;
}

void
ttr_facts_make(ttr_run_t *run, uint32_t number, const ttr_quote_times_t *quotes)
{
    ttr_facts_t *facts = TTR_ARENA_ONE(run->side->work->arena, ttr_facts_t);
    const ttr_packet_t *first = run->probes[0];

    facts->number = number;
    facts->quotes = quotes;
    facts->has_one_stamp = run->probes[run->count - 1]->time_ns - first->time_ns > STAMP_TIME_NS;
    facts->is_seq_ttl = true;
    facts->low_seq = SEQ_BELOW_TTL;
    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_sighting_t *segment = run->probes[i]->segment;

        facts->has_one_stamp = facts->has_one_stamp && segment->tsval == first->segment->tsval;
        facts->has_labels = facts->has_labels || segment->id_or_label != first->segment->id_or_label;
        facts->is_seq_ttl = facts->is_seq_ttl && segment->seq >> 24 == segment->ttl;
        facts->low_seq = MIN(facts->low_seq, segment->seq & SEQ_BELOW_TTL);
        facts->high_seq = MAX(facts->high_seq, segment->seq & SEQ_BELOW_TTL);
    }
    facts->has_id_row = run->side->work->family == TTR_FAMILY_IPV4 && run->count >= ROW_MIN && counts(run);
    run->scratch = facts;
}
