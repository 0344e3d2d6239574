/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Quotes whose ports and seq are those of probes, and whose IP ID is nobody's: it was changed on the way, or the probe is
 * not in the capture. Which ways of changing it there are: Malone and Luckie, "Analysis of ICMP Quotations", PAM 2007.
 */
#include "ttr_answers.h"

static bool
has_id(const ttr_packet_t *packet, const void *id)
{
    return packet->segment->id_or_label == *(const uint32_t *)id;
}

/* The only packet with this ID; NULL: none or several. */
static ttr_packet_t *
only_with_id(const ttr_candidates_t *same, uint32_t id)
{
    ttr_candidates_t fit = *same;

    ttr_candidates_keep(&fit, has_id, &id);
    return fit.count == 1 ? fit.packets[0] : NULL;
}

static uint32_t
id_of(const ttr_packet_t *packet)
{
    return packet->segment->id_or_label;
}

/* The probe whose ID is quoted byte-swapped, or plus one; NULL: none. */
static ttr_packet_t *
find_garbled(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *same, const ttr_run_t *run)
{
    uint32_t id = quoted->error->id_or_label;
    ttr_packet_t *probe = only_with_id(same, (id & 0xff) << 8 | id >> 8);

    if (probe != NULL && !ttr_responder_of(matcher, run, quoted->responder)->keeps_id)
        return probe;
    probe = only_with_id(same, (id - 1) & 0xffff);
    if (probe != NULL && ttr_candidates_differ(same, id_of) && !ttr_ids_come_back(matcher, run, probe, quoted))
        return probe;
    return NULL;
}

void
ttr_match_changed_id(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *same, ttr_run_t *run)
{
    ttr_packet_t *probe;

    if (quoted->error->id_or_label != 0 && ttr_is_missing_id(run, quoted->error->id_or_label))
        return;
    probe = find_garbled(matcher, quoted, same, run);
    if (probe != NULL) {
        ttr_quoted_tie(quoted, probe, TTR_MATCH_PORTS_SEQ, true);
        return;
    }
    if (same->count != 1) {
        ttr_tie_by_order(matcher, quoted, same, run);
        return;
    }
    probe = same->packets[0];
    if (probe->time_ns > quoted->event->time_ns)        /* two clocks are no excuse here */
        return;
    if (probe->segment->id_or_label != 0 && ttr_ids_come_back(matcher, run, probe, quoted))
        return;
    if (ttr_names_one(probe, TTR_NUMBERS_FLOW_SEQ, quoted->event->time_ns))
        ttr_quoted_tie(quoted, probe, TTR_MATCH_PORTS_SEQ, true);
    else
        ttr_quoted_tie(quoted, probe, TTR_MATCH_ORDER, false);
}
