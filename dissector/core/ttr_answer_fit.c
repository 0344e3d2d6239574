/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a segment acknowledges: RFC 9293 section 3.10.7, RFC 2018 for SACK.
 */
#include "ttr_answer_fit.h"

/* A number to look for, and what else a test needs. */
typedef struct ttr_wanted {
    const ttr_sighting_t *segment;
    const ttr_sack_t *sack;
    const ttr_held_t *held;
} ttr_wanted_t;

static bool
has_flag(const ttr_packet_t *packet, uint16_t flags)
{
    return (packet->segment->flags & flags) != 0;
}

/* In sequence space: SYN and FIN count. */
static uint32_t
size_of(const ttr_packet_t *packet)
{
    return (uint32_t)packet->segment->payload + (has_flag(packet, TTR_TCP_SYN) ? 1 : 0) +
           (has_flag(packet, TTR_TCP_FIN) ? 1 : 0);
}

static bool
is_end_acknowledged(const ttr_packet_t *packet, const ttr_wanted_t *wanted)
{
    return wanted->segment->ack == packet->segment->seq + size_of(packet);
}

/* Data on a SYN is mostly ignored. */
static bool
is_first_acknowledged(const ttr_packet_t *packet, const void *user)
{
    const ttr_wanted_t *wanted = user;

    return has_flag(packet, TTR_TCP_SYN) && wanted->segment->ack == packet->segment->seq + 1;
}

static bool
is_syn_acknowledged(const ttr_packet_t *packet, const void *user)
{
    return has_flag(packet, TTR_TCP_SYN) && is_end_acknowledged(packet, user);
}

static bool
is_reset(const ttr_packet_t *packet, const void *user)
{
    const ttr_wanted_t *wanted = user;

    return !has_flag(packet, TTR_TCP_RST) &&
           (is_end_acknowledged(packet, wanted) || is_first_acknowledged(packet, wanted));
}

/* A RST to a segment with ACK takes its seq from there. */
static bool
is_reset_by_ack(const ttr_packet_t *packet, const void *user)
{
    const ttr_wanted_t *wanted = user;

    return has_flag(packet, TTR_TCP_ACK) && !has_flag(packet, TTR_TCP_RST) &&
           packet->segment->ack == wanted->segment->seq;
}

static bool
is_acknowledged(const ttr_packet_t *packet, const void *user)
{
    return !has_flag(packet, TTR_TCP_SYN | TTR_TCP_RST) && size_of(packet) > 0 && is_end_acknowledged(packet, user);
}

static bool
is_newly_held(const ttr_packet_t *packet, const void *user)
{
    const ttr_wanted_t *wanted = user;
    uint32_t offset = packet->segment->seq - wanted->sack->left;

    return packet->segment->payload > 0 && offset < wanted->sack->right - wanted->sack->left &&
           !ttr_held_has(wanted->held, packet->segment->seq);
}

/* RFC 2018 section 4: the first block holds what just came. New is what no earlier block held; it names a probe if it is
 * as long as the probe. */
static ttr_match_t
fit_sack(ttr_wanted_t *wanted, ttr_held_t *held, ttr_candidates_t *fit)
{
    const ttr_sack_t *sack = wanted->sack;
    uint32_t fresh = sack->right - sack->left - ttr_held_count(held, sack);

    ttr_candidates_keep(fit, is_newly_held, wanted);
    ttr_held_add(held, sack);
    if (fit->count == 0 || (fit->count == 1 && fresh == fit->packets[0]->segment->payload))
        return TTR_MATCH_SACK;
    return TTR_MATCH_ORDER;
}

/* Only SYNs, all with one seq? */
static bool
is_one_syn(const ttr_candidates_t *before)
{
    const ttr_packet_t *first = NULL;

    for (uint32_t i = 0; i < before->count; i++) {
        const ttr_packet_t *packet = before->packets[i];

        if (!has_flag(packet, TTR_TCP_SYN | TTR_TCP_RST))
            return false;
        if (!has_flag(packet, TTR_TCP_SYN))
            continue;
        if (first != NULL && first->segment->seq != packet->segment->seq)
            return false;
        if (first == NULL)
            first = packet;
    }
    return first != NULL;
}

/* The number of a SYN without its data; else with them, unless the SYN that the number names is not in the capture. */
static void
fit_syn_ack(const ttr_candidates_t *before, const ttr_wanted_t *wanted, ttr_candidates_t *fit)
{
    const ttr_run_t *run;

    ttr_candidates_keep(fit, is_first_acknowledged, wanted);
    if (fit->count > 0)
        return;
    *fit = *before;
    ttr_candidates_keep(fit, is_syn_acknowledged, wanted);
    run = ttr_candidates_first_run(fit);
    if (run != NULL && ttr_is_missing_seq(run, wanted->segment->ack - 1))
        fit->count = 0;
}

static ttr_match_t
fit_reset(const ttr_candidates_t *before, const ttr_wanted_t *wanted, uint16_t flags, ttr_candidates_t *fit)
{
    if ((flags & TTR_TCP_ACK) != 0) {
        ttr_candidates_keep(fit, is_reset, wanted);
        if (fit->count > 0)
            return TTR_MATCH_ACK;
        *fit = *before;
    }
    ttr_candidates_keep(fit, is_reset_by_ack, wanted);
    return TTR_MATCH_SEQ;
}

ttr_match_t
ttr_fit_numbers(const ttr_candidates_t *before, const ttr_work_t *work, const ttr_sighting_t *segment, uint16_t flags,
                bool is_opened, ttr_held_t *held, ttr_candidates_t *fit)
{
    ttr_wanted_t wanted = {.segment = segment, .sack = ttr_work_sack(work, segment), .held = held};

    *fit = *before;
    if ((flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN) {
        fit->count = 0;
        return TTR_MATCH_ORDER;
    }
    if ((flags & TTR_TCP_SYN) != 0) {
        fit_syn_ack(before, &wanted, fit);
        return TTR_MATCH_ACK;
    }
    if ((flags & TTR_TCP_RST) != 0)
        return fit_reset(before, &wanted, flags, fit);
    if (wanted.sack != NULL)
        return fit_sack(&wanted, held, fit);
    ttr_candidates_keep(fit, is_acknowledged, &wanted);
    if (fit->count == 0 && !is_opened && is_one_syn(before)) {
        *fit = *before;
        ttr_candidates_keep(fit, is_first_acknowledged, &wanted);
    }
    return TTR_MATCH_ACK;
}

/* A SYN gets a challenge ACK with any number; data, one with a number next to its own. */
static bool
may_be_challenged(const ttr_packet_t *packet, uint32_t ack)
{
    if (packet->run == NULL)
        return false;
    return (packet->segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN ||
           (packet->segment->payload > 0 && ack - packet->segment->seq <= 1);
}

bool
ttr_fit_weakly(const ttr_candidates_t *before, const ttr_sighting_t *segment, uint16_t flags)
{
    if ((flags & (TTR_TCP_SYN | TTR_TCP_RST)) != 0)
        return true;
    if (flags != TTR_TCP_ACK || segment->payload > 0)
        return false;
    for (uint32_t i = 0; i < before->count; i++) {
        if (may_be_challenged(before->packets[i], segment->ack))
            return true;
    }
    return false;
}
