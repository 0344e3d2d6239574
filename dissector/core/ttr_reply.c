/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one reply shows by itself.
 */
#include "ttr_change.h"

uint8_t
ttr_reply_distance(uint8_t ttl)
{
    enum { UNIX = 64,
           WINDOWS = 128,
           ROUTER = 255 };

    return (uint8_t)((ttl <= UNIX ? UNIX : ttl <= WINDOWS ? WINDOWS
                                                          : ROUTER) -
                     ttl + 1);
}

/* The error that a reply is; NULL: it is a segment, or gone. */
static const ttr_error_t *
error_of(const ttr_store_t *store, uint32_t reply_id)
{
    ttr_reply_info_t info;

    if ((reply_id & TTR_IS_ERROR) == 0 || !ttr_path_reply(store, reply_id, &info))
        return NULL;
    return ttr_store_error(store, reply_id & ~TTR_IS_ERROR);
}

uint8_t
ttr_reply_quoted_bytes(const ttr_store_t *store, uint32_t reply_id)
{
    const ttr_error_t *error = error_of(store, reply_id);
    const ttr_header_t *header = error == NULL ? NULL : ttr_headers_row(store->headers, error->header);

    return header == NULL ? 0 : header->known;
}

/* As much of a survey as comparing one quote takes. The caller frees it with g_free(). */
static ttr_survey_t *
survey_of_one(const ttr_store_t *store, const ttr_sighting_t *probe)
{
    const ttr_flow_t *flow = ttr_store_flow(store, probe->flow);
    const ttr_pair_t *pair = ttr_store_pair(store, flow->pair);
    ttr_survey_t *survey = g_new0(ttr_survey_t, 1);

    survey->store = store;
    survey->pair = pair;
    survey->info.family = pair->family;
    survey->info.source = probe->is_from_low ? pair->low : pair->high;
    survey->info.target = probe->is_from_low ? pair->high : pair->low;
    return survey;
}

uint32_t
ttr_reply_changes(const ttr_store_t *store, uint32_t reply_id, uint64_t from[TTR_FIELDS], uint64_t to[TTR_FIELDS])
{
    ttr_survey_reply_t reply = {.error = error_of(store, reply_id)};
    ttr_survey_probe_t probe = {.reply_count = 1};
    const ttr_flow_t *flow;
    ttr_survey_t *survey;
    uint32_t changed;

    if (reply.error == NULL || !ttr_path_reply(store, reply_id, &reply.info) || reply.info.match == TTR_MATCH_ORDER)
        return 0;
    probe.segment = ttr_store_sighting(store, reply.info.probe);
    flow = ttr_store_flow(store, probe.segment->flow);
    probe.sport = probe.segment->is_from_low ? flow->low_port : flow->high_port;
    probe.dport = probe.segment->is_from_low ? flow->high_port : flow->low_port;
    survey = survey_of_one(store, probe.segment);
    changed = ttr_change_of(survey, &probe, &reply).changed;
    for (unsigned field = TTR_FIELD_DSCP; field < TTR_FIELDS; field++) {
        if ((changed >> field & 1) == 0)
            continue;
        from[field] = ttr_change_sent(survey, &probe, (ttr_field_t)field);
        to[field] = ttr_change_quoted(survey, &probe, &reply, (ttr_field_t)field);
    }
    g_free(survey);
    return changed;
}
