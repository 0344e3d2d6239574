/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which probe does a segment answer? Numbers first, the order of sending where they fit several probes.
 */
#include "ttr_answers.h"

#include "ttr_answer_fit.h"
#include "ttr_hash.h"

/* Beyond twice the shortest round trip of a flow a probe does not wait any more, and some. */
#define GHOST_MARGIN_NS (20 * TTR_MS_NS)

/* Timers of a kernel are not exact: by an eighth, and by this. */
#define TIMER_MARGIN_NS (50 * TTR_MS_NS)

/* The same answer: flags, seq and ack. */
typedef struct ttr_answer_sort {
    uint32_t seq;
    uint32_t ack;
    uint16_t flags;
    ttr_packet_t *probe;        /* the last one that got this very answer */
    int64_t first_ns;
} ttr_answer_sort_t;

/* A flow while its answers are matched in order of time. */
typedef struct ttr_flow_match {
    ttr_work_t *work;
    ttr_range_t sent;
    ttr_run_t *run;
    GHashTable *sorts;          /* owned: ttr_answer_sort_t */
    GHashTable *openings;       /* owned: by seq of a SYN/ACK, the latest probe that it answers */
    ttr_held_t held;
    int64_t established_ns;     /* the connection that a probe opened goes on; INT64_MAX: it does not */
    int64_t shortest_rtt_ns;    /* INT64_MAX: none yet */
    bool has_several_seqs;
    bool is_opened;             /* a SYN came back */
} ttr_flow_match_t;

/* An answer, and what was found for it so far. */
typedef struct ttr_found {
    ttr_packet_t *answer;
    ttr_kind_t kind;
    uint16_t flags;             /* those that tell what it is */
    bool has_fit;               /* its numbers are those of packets */
    bool is_too_late;           /* a RST without numbers, after a SYN/ACK, when no probe waits any more */
    ttr_match_t key;
    ttr_candidates_t own;
} ttr_found_t;

static guint
hash_of_sort(gconstpointer key)
{
    const ttr_answer_sort_t *sort = key;

    return (guint)ttr_hash_add(ttr_hash_add(sort->flags, sort->seq), sort->ack);
}

static gboolean
is_same_sort(gconstpointer a, gconstpointer b)
{
    const ttr_answer_sort_t *first = a;
    const ttr_answer_sort_t *second = b;

    return first->flags == second->flags && first->seq == second->seq && first->ack == second->ack;
}

static ttr_answer_sort_t *
sort_of(const ttr_flow_match_t *flow, const ttr_found_t *found)
{
    const ttr_sighting_t *segment = found->answer->segment;
    ttr_answer_sort_t sought = {.seq = segment->seq, .ack = segment->ack, .flags = found->flags};

    return g_hash_table_lookup(flow->sorts, &sought);
}

static void
note_sort(ttr_flow_match_t *flow, const ttr_found_t *found, ttr_packet_t *probe)
{
    ttr_answer_sort_t *sort = sort_of(flow, found);

    if (sort == NULL) {
        sort = TTR_ARENA_ONE(flow->work->arena, ttr_answer_sort_t);
        sort->seq = found->answer->segment->seq;
        sort->ack = found->answer->segment->ack;
        sort->flags = found->flags;
        sort->first_ns = found->answer->time_ns;
        g_hash_table_add(flow->sorts, sort);
    }
    sort->probe = probe;
}

static void
note_opening(ttr_flow_match_t *flow, const ttr_packet_t *syn_ack, ttr_packet_t *probe)
{
    gpointer seq = GUINT_TO_POINTER(syn_ack->segment->seq);
    const ttr_packet_t *known = g_hash_table_lookup(flow->openings, seq);

    if (known == NULL || known->order < probe->order)
        g_hash_table_insert(flow->openings, seq, probe);
}

/* The latest probe whose SYN/ACK a RST takes back: its seq is that of the SYN/ACK, or the next. NULL: none. */
static ttr_packet_t *
opened_by(const ttr_flow_match_t *flow, const ttr_found_t *found)
{
    uint32_t seq = found->answer->segment->seq;
    ttr_packet_t *same = g_hash_table_lookup(flow->openings, GUINT_TO_POINTER(seq));
    ttr_packet_t *next = g_hash_table_lookup(flow->openings, GUINT_TO_POINTER(seq - 1));

    if ((found->flags & (TTR_TCP_SYN | TTR_TCP_RST)) != TTR_TCP_RST)
        return NULL;
    return same == NULL || (next != NULL && next->order > same->order) ? next : same;
}

static void
tie(ttr_flow_match_t *flow, const ttr_found_t *found, ttr_packet_t *probe)
{
    ttr_work_tie(flow->work, probe, found->answer, found->key);
    probe->last_answer->is_hop_sure = found->key != TTR_MATCH_ORDER;
    if (found->kind == TTR_KIND_SYN_ACK)
        note_opening(flow, found->answer, probe);
}

static bool
is_unanswered_within(const ttr_candidates_t *list, int64_t time_ns, int64_t window_ns)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->packets[i]->answers == NULL && time_ns - list->packets[i]->time_ns <= window_ns)
            return true;
    }
    return false;
}

/* May be answered by a segment without its numbers. */
static bool
asks_weakly(const ttr_packet_t *packet, const void *user)
{
    const ttr_found_t *found = user;

    return packet->run != NULL && ((packet->segment->flags & (TTR_TCP_SYN | TTR_TCP_FIN)) != 0 ||
                                   (found->flags & TTR_TCP_RST) != 0 || packet->segment->payload > 0);
}

/* No number fits: what may answer a probe all the same. */
static bool
find_weakly(ttr_flow_match_t *flow, ttr_found_t *found, const ttr_candidates_t *before)
{
    int64_t time_ns = found->answer->time_ns;

    if (!ttr_fit_weakly(before, found->answer->segment, found->flags))
        return false;
    found->own = *before;
    ttr_candidates_keep(&found->own, asks_weakly, found);
    found->key = TTR_MATCH_ORDER;
    /* The ack of a SYN/ACK names the SYN that it answers: one of its own is not in the capture. */
    if (found->kind == TTR_KIND_SYN_ACK || time_ns > flow->established_ns)
        return false;
    found->is_too_late = (found->flags & TTR_TCP_RST) != 0 && g_hash_table_size(flow->openings) > 0 &&
                         !is_unanswered_within(&found->own, time_ns, ttr_window(flow->work, flow->run));
    return true;
}

static bool
is_echoed(const ttr_packet_t *packet, const void *tsecr)
{
    return packet->segment->tsval == *(const uint32_t *)tsecr;
}

static bool
have_all_stamps(const ttr_candidates_t *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->packets[i]->segment->tsval == 0)
            return false;
    }
    return true;
}

/* RFC 7323 section 3.2: a SYN/ACK says by its echo which transmission it answers. */
static void
narrow_by_echo(ttr_found_t *found)
{
    uint32_t tsecr = found->answer->segment->tsecr;
    ttr_candidates_t echoed = found->own;

    if (found->kind != TTR_KIND_SYN_ACK || tsecr == 0 || found->own.count == 0)
        return;
    ttr_candidates_keep(&echoed, is_echoed, &tsecr);
    if (echoed.count > 0)
        found->own = echoed;
    else if (have_all_stamps(&found->own))
        found->key = TTR_MATCH_ORDER;
}

/* The sender's packets that the answer may be to; false: it is to no probe. */
static bool
find_own(ttr_flow_match_t *flow, ttr_found_t *found)
{
    const ttr_sighting_t *segment = found->answer->segment;
    int64_t time_ns = found->answer->time_ns;
    ttr_candidates_t before;

    ttr_sent_before(flow->sent, time_ns, TTR_ANSWER_LIMIT_NS, &before);
    /* A probe and its answer may pass two clocks; an ACK proves nothing by being early. */
    while ((found->flags & (TTR_TCP_SYN | TTR_TCP_RST)) == 0 && before.count > 0 &&
           before.packets[before.count - 1]->time_ns > time_ns)
        before.count--;
    if (before.count == 0)
        return false;
    found->key = ttr_fit_numbers(&before, flow->work, segment, found->flags, flow->is_opened, &flow->held, &found->own);
    found->has_fit = found->own.count > 0;
    ttr_candidates_keep_probes(&found->own);
    if (found->has_fit && found->own.count == 0)        /* an ordinary segment explains it */
        return false;
    if (found->has_fit && time_ns > flow->established_ns && (found->flags & TTR_TCP_SYN) == 0 &&
        (found->own.packets[0]->segment->flags & TTR_TCP_SYN) != 0)
        return false;
    if (!found->has_fit && !find_weakly(flow, found, &before))
        return false;
    narrow_by_echo(found);
    return true;
}

/* The target resets a connection that its own SYN/ACK half opened; also tells whether there is nothing more to do. */
static bool
tie_reset(ttr_flow_match_t *flow, ttr_found_t *found)
{
    ttr_packet_t *probe = opened_by(flow, found);

    if (probe == NULL || (!found->has_fit && !found->is_too_late && (found->flags & TTR_TCP_ACK) != 0))
        return found->is_too_late;
    if (!found->has_fit)
        found->key = TTR_MATCH_ORDER;
    tie(flow, found, probe);
    return true;
}

/* The target repeats its own SYN/ACK (RFC 6298: 1, 3, 7, 15 s after the first; some stacks 2, 4, 8): the probe that waits
 * was sent longer ago than answers take in this flow, and the time fits the timer. */
static bool
is_ghost(const ttr_flow_match_t *flow, const ttr_found_t *found, const ttr_packet_t *probe, int64_t first_ns)
{
    static const int64_t seconds[] = {1, 2, 3, 4, 6, 7, 8, 14, 15, 16, 31};
    int64_t time_ns = found->answer->time_ns;

    if ((found->flags & TTR_TCP_SYN) == 0 || flow->shortest_rtt_ns == INT64_MAX ||
        time_ns - probe->time_ns <= 2 * flow->shortest_rtt_ns + GHOST_MARGIN_NS)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(seconds); i++) {
        int64_t timer_ns = seconds[i] * TTR_SECOND_NS;
        int64_t off_ns = time_ns - first_ns - timer_ns;

        if (MAX(off_ns, -off_ns) <= timer_ns / 8 + TIMER_MARGIN_NS)
            return true;
    }
    return false;
}

/* The probe that is answered now; NULL: it is an answer once more. */
static ttr_packet_t *
pick(const ttr_flow_match_t *flow, ttr_found_t *found)
{
    const ttr_answer_sort_t *sort = sort_of(flow, found);
    ttr_packet_t *probe = found->own.packets[0];

    if (found->key == TTR_MATCH_ACK && !ttr_names_one(probe, TTR_NUMBERS_FLOW_END, found->answer->time_ns))
        found->key = TTR_MATCH_ORDER;   /* other probes have the same number; one of them may be missing */
    if (found->key == TTR_MATCH_SEQ && !ttr_names_one(probe, TTR_NUMBERS_FLOW_ACK, found->answer->time_ns))
        found->key = TTR_MATCH_ORDER;
    if (found->own.count == 1)
        return probe;
    probe = ttr_pick_by_order(flow->work, &found->own, found->answer->time_ns, flow->run);
    if (probe != NULL && probe->answers == NULL && sort != NULL && is_ghost(flow, found, probe, sort->first_ns))
        return NULL;
    return probe;
}

/* The same answer once more: to whom it went before; else to the latest that has an answer. */
static void
tie_again(ttr_flow_match_t *flow, const ttr_found_t *found)
{
    const ttr_answer_sort_t *sort = sort_of(flow, found);

    if (sort != NULL) {
        tie(flow, found, sort->probe);
        return;
    }
    for (uint32_t i = found->has_fit ? found->own.count : 0; i > 0; i--) {
        ttr_packet_t *probe = found->own.packets[i - 1];

        if (probe != NULL && probe->answers != NULL) {
            tie(flow, found, probe);
            return;
        }
    }
}

static void
match_one(ttr_flow_match_t *flow, ttr_packet_t *answer)
{
    uint16_t telling = TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_RST | TTR_TCP_FIN;
    ttr_found_t found = {.answer = answer, .kind = ttr_work_kind(answer), .flags = answer->segment->flags & telling};
    ttr_packet_t *probe;

    if (answer->is_loop || answer->run != NULL || !find_own(flow, &found) || tie_reset(flow, &found))
        return;
    if (found.own.count > 1) {
        ttr_keep_above_expired(flow->run, answer->time_ns, &found.own);
        found.key = TTR_MATCH_ORDER;
    }
    if (found.own.count == 0)
        return;
    probe = pick(flow, &found);
    if (probe == NULL) {
        tie_again(flow, &found);
        return;
    }
    if (probe->answers != NULL && found.own.count == 1 && found.key == TTR_MATCH_ORDER && !found.has_fit)
        return;
    tie(flow, &found, probe);
    if (probe->answers == probe->last_answer)
        flow->shortest_rtt_ns = MIN(flow->shortest_rtt_ns, answer->time_ns - probe->time_ns);
    note_sort(flow, &found, probe);
    flow->is_opened = flow->is_opened || (found.flags & TTR_TCP_SYN) != 0;
}

/* What all packets of the flow show. */
static void
look_at_sent(ttr_flow_match_t *flow)
{
    const ttr_packet_t *first = NULL;
    bool has_syn = false;

    for (uint32_t i = 0; i < flow->sent.count; i++) {
        const ttr_packet_t *packet = flow->sent.packets[i];
        uint16_t flags = packet->segment->flags;

        if (packet->run == NULL) {
            if ((flags & (TTR_TCP_SYN | TTR_TCP_RST)) == 0)
                flow->established_ns = MIN(flow->established_ns, packet->time_ns);
            continue;
        }
        if (first == NULL)
            first = packet;
        flow->has_several_seqs = flow->has_several_seqs || packet->segment->seq != first->segment->seq;
        has_syn = has_syn || (flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;
    }
    flow->run = first == NULL ? NULL : first->run;
    if (!has_syn)
        flow->established_ns = INT64_MAX;
}

void
ttr_match_flow(ttr_side_t *side, ttr_range_t sent, ttr_packet_t **answers, uint32_t count)
{
    ttr_flow_match_t flow = {
        .work = side->work,
        .sent = sent,
        .established_ns = INT64_MAX,
        .shortest_rtt_ns = INT64_MAX,
    };

    look_at_sent(&flow);
    ttr_window(flow.work, flow.run);    /* by what is certain so far */
    flow.sorts = g_hash_table_new(hash_of_sort, is_same_sort);
    flow.openings = g_hash_table_new(NULL, NULL);
    for (uint32_t i = 0; i < count; i++)
        match_one(&flow, answers[i]);
    g_hash_table_destroy(flow.sorts);
    g_hash_table_destroy(flow.openings);
}
