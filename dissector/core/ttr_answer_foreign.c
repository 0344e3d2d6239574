/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Quotes with ports that the side did not use, or with another target: something translated the probe, or it is a probe
 * of somebody else. What a translator leaves alone has to name the probe.
 */
#include "ttr_answers.h"

/* The value that a port came with first, and whether there were others. */
typedef struct ttr_only {
    ttr_address_t first;
    bool has_several;
} ttr_only_t;

static ttr_deferred_t *
deferred_of(ttr_matcher_t *matcher, const ttr_side_t *side)
{
    return &matcher->deferred[side == &matcher->work->sides[1] ? 1 : 0];
}

enum { ALL_PORTS = 0x10000 };

/* `port`: or ALL_PORTS. */
static void
note(ttr_matcher_t *matcher, GHashTable *table, uint32_t port, const ttr_address_t *value)
{
    ttr_only_t *only = g_hash_table_lookup(table, GUINT_TO_POINTER(port));

    if (only == NULL) {
        only = TTR_ARENA_ONE(matcher->work->arena, ttr_only_t);
        only->first = *value;
        g_hash_table_insert(table, GUINT_TO_POINTER(port), only);
    }
    only->has_several = only->has_several || !ttr_address_equal(&only->first, value);
}

/* Does the quote repeat numbers of a probe from a hop where this run's ports come back as they were sent? Then its port is
 * no translation of ours: another run counts as this one does. */
static bool
is_of_other_run(const ttr_quoted_t *quoted)
{
    const ttr_error_t *error = quoted->error;
    ttr_candidates_t same;

    if (!error->has_seq || error->id_or_label == 0)
        return false;
    ttr_sent_before(ttr_side_find(quoted->side, TTR_ORDER_SEQ_ID, ttr_key_seq_id(error->seq, error->id_or_label)),
                    quoted->event->time_ns, TTR_ANSWER_LIMIT_NS, &same);
    for (uint32_t i = 0; i < same.count; i++) {
        const ttr_packet_t *probe = same.packets[i];

        if (probe->run != NULL && !ttr_draws_seq(probe->run) && ttr_seqs_come_back(probe->run, probe))
            return true;
    }
    return false;
}

void
ttr_note_foreign(ttr_matcher_t *matcher, const ttr_quoted_t *quoted)
{
    ttr_deferred_t *deferred = deferred_of(matcher, quoted->side);
    const ttr_error_t *error = quoted->error;

    if (error->are_ports_cut)
        return;
    if (quoted->flow == 0 || ttr_side_find(quoted->side, TTR_ORDER_FLOW, quoted->flow).count == 0) {
        ttr_address_t port = {{(uint8_t)(error->sport >> 8), (uint8_t)error->sport}};

        note(matcher, deferred->foreign_sports, error->dport, &port);
        if (is_of_other_run(quoted))
            g_hash_table_add(deferred->other_sports, GUINT_TO_POINTER(error->sport));
    }
    if (!quoted->is_target_kept) {
        const ttr_address_t *target = ttr_work_quoted_target(matcher->work, quoted->event);

        note(matcher, deferred->foreign_targets, error->sport, target);
        note(matcher, deferred->foreign_targets, ALL_PORTS, target);
    }
}

/* What a test of a candidate needs. */
typedef struct ttr_asked {
    const ttr_quoted_t *quoted;
    const ttr_deferred_t *deferred;
} ttr_asked_t;

/* One translated target is a DNAT; many are other targets' probes. */
static bool
has_one_target(const ttr_deferred_t *deferred, uint32_t port)
{
    const ttr_only_t *only = g_hash_table_lookup(deferred->foreign_targets, GUINT_TO_POINTER(port));

    return only == NULL || !only->has_several;
}

/* May a quote whose numbers other runs have, too, be of this probe, translated? */
static bool
may_be_translated(const ttr_packet_t *packet, const ttr_asked_t *asked)
{
    uint16_t quoted = asked->quoted->error->sport;
    uint16_t sport = ttr_work_sport(packet);

    return has_one_target(asked->deferred, quoted == sport ? sport : ALL_PORTS) &&
           !g_hash_table_contains(asked->deferred->other_sports, GUINT_TO_POINTER(quoted));
}

/* By seq and IP ID. */
static bool
fits_with_id(const ttr_packet_t *packet, const void *user)
{
    const ttr_asked_t *asked = user;

    return packet->run != NULL && ttr_quoted_is_kind(packet, asked->quoted) && (ttr_draws_seq(packet->run) || may_be_translated(packet, asked)) &&
           !ttr_seqs_come_back(packet->run, packet);
}

/* By seq alone: then two at least of addresses and ports are as sent. Where the tool does not draw its seq at random,
 * nothing but the source may be translated. */
static bool
fits_with_seq(const ttr_packet_t *packet, const void *user)
{
    const ttr_quoted_t *quoted = ((const ttr_asked_t *)user)->quoted;
    bool is_sport_kept = quoted->error->sport == ttr_work_sport(packet);
    bool is_dport_kept = quoted->error->dport == ttr_work_dport(packet);
    bool is_source_nat = quoted->is_target_kept && is_dport_kept && !quoted->is_source_kept && quoted->is_receiver_source;
    int kept = quoted->is_source_kept + quoted->is_target_kept + is_sport_kept + is_dport_kept;

    return packet->run != NULL && ttr_quoted_is_kind(packet, quoted) && (ttr_draws_seq(packet->run) || is_source_nat) && kept >= 2 && !ttr_seqs_come_back(packet->run, packet);
}

/* Port and ID were changed, and the seq is a counter. */
static bool
fits_with_counter(const ttr_packet_t *packet, const void *user)
{
    const ttr_asked_t *asked = user;

    return packet->run != NULL && ttr_quoted_is_kind(packet, asked->quoted) && ttr_work_dport(packet) == asked->quoted->error->dport &&
           (ttr_draws_seq(packet->run) || may_be_translated(packet, asked)) && !ttr_seqs_come_back(packet->run, packet);
}

/* Packets of the side with these numbers that pass the test. */
static void
find(const ttr_asked_t *asked, ttr_order_kind_t kind, ttr_packet_test_t test, ttr_candidates_t *found)
{
    const ttr_error_t *error = asked->quoted->error;
    uint64_t key = kind == TTR_ORDER_SEQ ? error->seq : ttr_key_seq_id(error->seq, error->id_or_label);

    ttr_sent_before(ttr_side_find(asked->quoted->side, kind, key), asked->quoted->event->time_ns, TTR_ANSWER_LIMIT_NS,
                    found);
    ttr_candidates_keep(found, test, asked);
}

static bool
match_by_seq_and_id(const ttr_asked_t *asked)
{
    const ttr_quoted_t *quoted = asked->quoted;
    ttr_candidates_t fit;
    ttr_packet_t *probe;

    if (!quoted->is_ipv4 || quoted->error->id_or_label == 0)
        return false;
    find(asked, TTR_ORDER_SEQ_ID, fits_with_id, &fit);
    if (fit.count != 1)
        return false;
    probe = fit.packets[0];
    if (!quoted->is_receiver_source || (quoted->error->sport != ttr_work_sport(probe) &&
                                        quoted->error->dport != ttr_work_dport(probe) && !quoted->is_target_kept))
        return false;
    ttr_quoted_tie(quoted, probe, TTR_MATCH_IP_ID_SEQ, true);
    return true;
}

static bool
match_by_seq(ttr_matcher_t *matcher, const ttr_asked_t *asked)
{
    const ttr_quoted_t *quoted = asked->quoted;
    ttr_candidates_t fit;
    ttr_packet_t *probe;

    if (quoted->error->seq < TTR_SEQ_SMALL)
        return false;
    find(asked, TTR_ORDER_SEQ, fits_with_seq, &fit);
    if (fit.count == 1) {
        const ttr_run_t *run = fit.packets[0]->run;
        bool is_own = run->count > 1 && ttr_count_seq(run, quoted->error->seq) == 1;

        ttr_quoted_tie(quoted, fit.packets[0], is_own ? TTR_MATCH_SEQ_ONLY : TTR_MATCH_ORDER, is_own);
        return true;
    }
    if (!ttr_candidates_one_run(&fit))
        return false;
    probe = ttr_pick_by_order(matcher->work, &fit, quoted->event->time_ns, fit.packets[0]->run);
    if (probe == NULL || ttr_ids_come_back(matcher, probe->run, probe, quoted))
        return false;
    ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, false);
    return true;
}

/* IPv6: seq, flow label and target name the probe. */
static bool
match_by_label(const ttr_asked_t *asked)
{
    const ttr_quoted_t *quoted = asked->quoted;
    ttr_candidates_t fit;

    if (quoted->is_ipv4 || quoted->error->id_or_label == 0 || !quoted->is_target_kept)
        return false;
    find(asked, TTR_ORDER_SEQ_ID, fits_with_counter, &fit);
    if (fit.count != 1 || fit.packets[0]->answers != NULL)
        return false;
    ttr_quoted_tie(quoted, fit.packets[0], TTR_MATCH_PORTS, true);
    return true;
}

/* Only where one translated port is all that is foreign here. */
static void
match_by_counter(ttr_matcher_t *matcher, const ttr_asked_t *asked)
{
    const ttr_quoted_t *quoted = asked->quoted;
    const ttr_only_t *only =
        g_hash_table_lookup(asked->deferred->foreign_sports, GUINT_TO_POINTER(quoted->error->dport));
    ttr_candidates_t fit;
    ttr_packet_t *probe;

    if (!quoted->is_target_kept || quoted->error->seq >= TTR_SEQ_SMALL || only == NULL || only->has_several)
        return;
    find(asked, TTR_ORDER_SEQ, fits_with_counter, &fit);
    if (!ttr_candidates_one_run(&fit))
        return;
    probe = ttr_pick_by_order(matcher->work, &fit, quoted->event->time_ns, fit.packets[0]->run);
    if (probe != NULL && !ttr_seqs_come_back(probe->run, probe))
        ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, false);
}

void
ttr_match_foreign(ttr_matcher_t *matcher, const ttr_quoted_t *quoted)
{
    ttr_asked_t asked = {quoted, deferred_of(matcher, quoted->side)};

    if (!quoted->error->has_seq || match_by_seq_and_id(&asked) || match_by_seq(matcher, &asked) ||
        match_by_label(&asked))
        return;
    match_by_counter(matcher, &asked);
}
