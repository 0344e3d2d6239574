/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Quotes that need what the certain ones taught, in order of time. A quote of a probe that is not in the capture has to
 * stay without one.
 */
#include "ttr_answers.h"

enum {
    FIREWALL_MIN = 3,           /* so many quotes with a foreign seq are a firewall that changes all; fewer are lost probes */
    FOREIGN_IDS_MIN = 2         /* so many IDs that nobody sent show that a responder garbles them */
};

/* A quote that was tied by its flow alone, until it is known whether a firewall is there. */
typedef struct ttr_waiting_tie {
    ttr_run_t *run;
    ttr_packet_t *probe;
    ttr_packet_t *event;
} ttr_waiting_tie_t;

static const ttr_deferred_t *
deferred_of(const ttr_matcher_t *matcher, const ttr_side_t *side)
{
    return &matcher->deferred[side == &matcher->work->sides[1] ? 1 : 0];
}

bool
ttr_seqs_come_back(const ttr_run_t *run, const ttr_packet_t *probe)
{
    return ttr_facts_of(run)->top_seq_ttl >= probe->segment->ttl;
}

/* The probe that its run sent last before this time? */
static bool
is_latest(const ttr_packet_t *probe, int64_t time_ns)
{
    ttr_range_t sent = ttr_range_between((ttr_range_t){probe->run->probes, probe->run->count}, INT64_MIN / 2, time_ns);

    return sent.count > 0 && sent.packets[sent.count - 1] == probe;
}

/* It shows so itself, or those behind it do, unless it never does. An ID of 0 was erased by this responder, which says
 * nothing of the path. A sequence number that the tool gave to one probe alone says more than any ID. */
bool
ttr_ids_come_back(ttr_matcher_t *matcher, const ttr_run_t *run, const ttr_packet_t *probe, const ttr_quoted_t *quoted)
{
    const ttr_facts_t *facts = ttr_facts_of(run);
    const ttr_responder_t *responder = ttr_responder_of(matcher, run, quoted->responder);
    int64_t time_ns = quoted->event->time_ns;
    bool is_repeated = probe->segment->shape != 0 && time_ns - probe->time_ns >= TTR_REPETITION_NS;

    if (quoted->is_ipv4 && quoted->error->id_or_label == 0)
        return false;
    if (responder->keeps_id)
        return true;
    if (!is_repeated && ttr_number_gap(run, TTR_NUMBERS_FLOW_SEQ) == TTR_GAP_NONE)
        return false;
    if (facts->top_id_ttl < probe->segment->ttl)
        return false;
    return responder->foreign_ids < FOREIGN_IDS_MIN &&
           !(facts->is_order_known && facts->is_sequential && probe->answers == NULL && is_latest(probe, time_ns));
}

void
ttr_tie_by_order(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *same, ttr_run_t *run)
{
    ttr_packet_t *probe = ttr_pick_by_order(matcher->work, same, quoted->event->time_ns, run);

    if (probe == NULL)
        probe = ttr_pick_again(same, quoted->event);
    if (probe != NULL && !ttr_ids_come_back(matcher, run, probe, quoted))
        ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, false);
}

static bool
names_itself(const ttr_packet_t *packet, const void *time_ns)
{
    return ttr_names_one(packet, TTR_NUMBERS_QUOTED, *(const int64_t *)time_ns);
}

/* All numbers fit: of one probe, long before the next with the same ones, or of several. */
static void
match_fitting(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *fit, ttr_run_t *run)
{
    ttr_candidates_t just = *fit;
    int64_t time_ns = quoted->event->time_ns;
    int64_t gap = ttr_number_gap(run, TTR_NUMBERS_QUOTED);
    ttr_packet_t *probe;

    ttr_candidates_keep(&just, names_itself, &time_ns);
    if (just.count == 1) {
        ttr_quoted_tie(quoted, just.packets[0], quoted->is_ipv4 ? TTR_MATCH_IP_ID : TTR_MATCH_PORTS_SEQ, true);
        return;
    }
    if (quoted->is_ipv4 && fit->packets[0]->segment->id_or_label != 0 && gap != TTR_GAP_NONE && gap >= TTR_SECOND_NS / 2)
        return;                 /* the one that it names is not in the capture */
    just = *fit;
    ttr_quoted_narrow_to_sum(quoted, &just);
    probe = ttr_pick_by_order(matcher->work, &just, time_ns, run);
    if (probe == NULL)
        probe = ttr_pick_again(&just, quoted->event);
    if (probe != NULL)
        ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, ttr_names_hop(probe));
}

/* Ports and seq are those of probes. */
static void
match_known(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, ttr_candidates_t *same, ttr_run_t *run)
{
    ttr_candidates_t fit;

    ttr_candidates_keep_probes(same);   /* what has an ordinary TTL does not expire */
    fit = *same;
    ttr_quoted_keep_id(quoted, &fit);
    if (fit.count > 0)
        match_fitting(matcher, quoted, &fit, run);
    else if (quoted->is_ipv4)
        ttr_match_changed_id(matcher, quoted, same, run);
}

static bool
is_before_seq(const ttr_packet_t *packet, const ttr_quoted_t *quoted)
{
    uint32_t behind = quoted->error->seq - packet->segment->seq;

    return (packet->segment->flags & TTR_TCP_SYN) != 0 && packet->segment->shape != 0 && behind > 0 &&
           behind < TTR_SEQ_SMALL;
}

/* A later segment of the connection that one of these opened? */
static bool
is_of_connection(const ttr_quoted_t *quoted, const ttr_candidates_t *flow)
{
    for (uint32_t i = 0; i < flow->count; i++) {
        if (is_before_seq(flow->packets[i], quoted))
            return true;
    }
    return false;
}

/* Has the flow but one seq and one TTL, as far as the latest packets show? */
static bool
is_one_number(const ttr_quoted_t *quoted)
{
    ttr_range_t range = ttr_side_find(quoted->side, TTR_ORDER_FLOW, quoted->flow);

    for (uint32_t i = 1; i < MIN(range.count, TTR_WALK_MAX); i++) {
        if (range.packets[i]->segment->seq != range.packets[0]->segment->seq ||
            range.packets[i]->segment->ttl != range.packets[0]->segment->ttl)
            return false;
    }
    return true;
}

static bool
has_quoted_id(const ttr_packet_t *packet, const void *user)
{
    const ttr_quoted_t *quoted = user;

    return packet->segment->id_or_label == quoted->error->id_or_label;
}

static bool
is_free(const ttr_packet_t *packet, const void *user)
{
    (void)user;
    return packet->answers == NULL;
}

static bool
has_several_labels(const ttr_candidates_t *flow)
{
    for (uint32_t i = 1; i < flow->count; i++) {
        if (flow->packets[i]->segment->id_or_label != flow->packets[0]->segment->id_or_label)
            return true;
    }
    return false;
}

/* The probe that ports and flow label name, or ports alone; NULL: none. */
static ttr_packet_t *
named_by_flow(const ttr_quoted_t *quoted, const ttr_candidates_t *flow, const ttr_run_t *run)
{
    ttr_candidates_t some = *flow;

    if (is_one_number(quoted)) {
        ttr_candidates_narrow(&some, is_free, NULL);
        if (!ttr_seqs_come_back(run, flow->packets[0]))
            return some.packets[0];
        some = *flow;
    }
    if (quoted->is_ipv4 || quoted->error->id_or_label == 0)
        return NULL;
    ttr_candidates_keep(&some, has_quoted_id, quoted);
    return some.count == 1 && has_several_labels(flow) && !ttr_seqs_come_back(run, some.packets[0]) ? some.packets[0]
                                                                                                    : NULL;
}

/* Nothing but the flow is left. Its probes differ in what was changed, so the order decides, if seqs never come back from
 * there: tied for now. */
static void
match_by_flow(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *flow, GArray *waiting)
{
    ttr_run_t *run = ttr_candidates_first_run(flow);
    ttr_candidates_t probes = *flow;
    ttr_packet_t *probe;

    ttr_candidates_keep_probes(&probes);
    probe = ttr_pick_by_order(matcher->work, &probes, quoted->event->time_ns, run);
    if (probe == NULL)
        probe = ttr_pick_again(&probes, quoted->event);
    ttr_facts_of(run)->foreign_seqs++;
    if (probe != NULL && !ttr_seqs_come_back(run, probe) && !ttr_responder_of(matcher, run, quoted->responder)->keeps_id) {
        ttr_waiting_tie_t tie = {run, probe, quoted->event};

        ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, false);
        g_array_append_val(waiting, tie);
    }
}

/* The flow is known, the seq is not: it was changed on the way, or the probe is not in the capture. */
static void
match_flow(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *flow, GArray *waiting)
{
    ttr_run_t *run = ttr_candidates_first_run(flow);
    ttr_candidates_t ids = *flow;
    ttr_packet_t *probe;

    if (run == NULL || ttr_responder_of(matcher, run, quoted->responder)->keeps_seq ||
        ttr_is_missing_seq(run, quoted->error->seq))
        return;
    ttr_candidates_keep(&ids, has_quoted_id, quoted);
    if (quoted->is_ipv4 && quoted->error->id_or_label != 0 && ids.count == 1 &&
        ttr_count_id(run, quoted->error->id_or_label) <= 1 && !ttr_seqs_come_back(run, ids.packets[0])) {
        ttr_quoted_tie(quoted, ids.packets[0], TTR_MATCH_IP_ID_ONLY, true);
        return;
    }
    if (is_of_connection(quoted, flow))
        return;
    probe = named_by_flow(quoted, flow, run);
    if (probe != NULL)
        ttr_quoted_tie(quoted, probe, TTR_MATCH_PORTS, true);
    else
        match_by_flow(matcher, quoted, flow, waiting);
}

/* The capture ends before the quoted ports: the IP ID has to be one probe's alone. */
static void
match_cut(const ttr_quoted_t *quoted)
{
    uint32_t id = quoted->error->id_or_label;
    ttr_candidates_t ids;

    ttr_sent_before(ttr_side_find(quoted->side, TTR_ORDER_ID, id), quoted->event->time_ns, TTR_QUOTE_LIMIT_NS, &ids);
    ttr_candidates_keep_probes(&ids);
    if (quoted->is_target_kept && ids.count == 1 && ttr_count_id(ids.packets[0]->run, id) <= 1)
        ttr_quoted_tie(quoted, ids.packets[0], TTR_MATCH_IP_ID_ONLY, true);
}

static void
match_one(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, GArray *waiting)
{
    ttr_candidates_t same;

    if (quoted->error->are_ports_cut) {
        match_cut(quoted);
        return;
    }
    ttr_quoted_packets(quoted, &same);
    if (same.count > 0) {
        ttr_run_t *run = ttr_candidates_first_run(&same);

        if (run == NULL)
            return;
        ttr_window(matcher->work, run);     /* by what is certain so far */
        if (quoted->is_target_kept) {
            match_known(matcher, quoted, &same, run);
            return;
        }
    }
    same.count = 0;
    if (quoted->is_target_kept && quoted->flow != 0)
        ttr_sent_before(ttr_side_find(quoted->side, TTR_ORDER_FLOW, quoted->flow), quoted->event->time_ns,
                        TTR_QUOTE_LIMIT_NS, &same);
    if (same.count > 0)
        match_flow(matcher, quoted, &same, waiting);
    else
        ttr_match_foreign(matcher, quoted);
}

/* How many quotes of known flows have an ID that none of the flow's probes has, by run and responder. */
static void
count_foreign_ids(ttr_matcher_t *matcher, const ttr_quoted_t *quoted)
{
    ttr_range_t flow;
    ttr_range_t same;

    if (!quoted->is_ipv4 || quoted->error->id_or_label == 0 || quoted->flow == 0)
        return;
    flow = ttr_side_find(quoted->side, TTR_ORDER_FLOW, quoted->flow);
    same = ttr_side_find(quoted->side, TTR_ORDER_FLOW_ID, ttr_key_flow_id(quoted->flow, quoted->error->id_or_label));
    for (uint32_t i = 0; i < MIN(flow.count, TTR_WALK_MAX); i++) {
        const ttr_run_t *run = flow.packets[i]->run;
        bool is_known = false;

        if (run == NULL || ttr_facts_of(run)->counted == quoted->event)
            continue;
        ttr_facts_of(run)->counted = quoted->event;
        for (uint32_t at = 0; !is_known && at < MIN(same.count, TTR_WALK_MAX); at++)
            is_known = same.packets[at]->run == run;
        if (!is_known)
            ttr_responder_of(matcher, run, quoted->responder)->foreign_ids++;
    }
}

void
ttr_match_deferred(ttr_matcher_t *matcher, ttr_side_t *side)
{
    const ttr_deferred_t *deferred = deferred_of(matcher, side);
    GArray *waiting = g_array_new(FALSE, FALSE, sizeof(ttr_waiting_tie_t));

    for (uint32_t i = 0; i < deferred->count; i++) {
        ttr_quoted_t quoted = ttr_quoted(matcher, deferred->events[i]);

        ttr_note_foreign(matcher, &quoted);
        count_foreign_ids(matcher, &quoted);
    }
    for (uint32_t i = 0; i < deferred->count; i++) {
        ttr_quoted_t quoted = ttr_quoted(matcher, deferred->events[i]);

        match_one(matcher, &quoted, waiting);
    }
    for (guint i = 0; i < waiting->len; i++) {
        const ttr_waiting_tie_t *tie = &g_array_index(waiting, ttr_waiting_tie_t, i);

        if (ttr_facts_of(tie->run)->foreign_seqs < FIREWALL_MIN)
            ttr_work_untie(tie->probe, tie->event);
    }
    g_array_unref(waiting);
}
