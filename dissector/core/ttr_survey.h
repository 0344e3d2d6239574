/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace laid out for the analyses: probes in the order of sending and by hop, each with all its answers, copies left
 * out. Made for one ttr_insight_new(), from records alone, and changed by nobody. Private to the core.
 */
#ifndef TTR_SURVEY_H
#define TTR_SURVEY_H

#include "ttr_evidence.h"
#include "ttr_insight.h"

#define TTR_SURVEY_TTLS 256

/* One answer. */
typedef struct ttr_survey_reply {
    ttr_reply_info_t info;
    const ttr_sighting_t *segment;  /* NULL: it is an ICMP error */
    const ttr_error_t *error;       /* NULL: it is a segment */
    uint32_t responder;             /* number of its address in the survey, from 0 */
} ttr_survey_reply_t;

typedef struct ttr_survey_probe {
    const ttr_sighting_t *segment;
    uint16_t sport;
    uint16_t dport;
    uint32_t flow;                  /* id in the store */
    bool is_in_flight;
    uint32_t first_reply;           /* its answers: ttr_survey_t.replies from here … */
    uint32_t reply_count;           /* … so many, in order of time; 0: unanswered */
} ttr_survey_probe_t;

typedef struct ttr_survey_hop {
    uint32_t first;                 /* its probes: ttr_survey_t.by_ttl from here … */
    uint32_t count;                 /* … so many, in order of sending; 0: the TTL was not probed */
    uint32_t answered;              /* of these */
    uint32_t in_flight;
    uint32_t responder;             /* who answered first, by first answers; if answered > 0 */
    bool has_others;                /* and so did another */
} ttr_survey_hop_t;

typedef struct ttr_survey {
    const ttr_store_t *store;
    const ttr_trace_t *trace;
    ttr_trace_info_t info;
    const ttr_pair_t *pair;
    ttr_survey_probe_t *probes;     /* owned: in order of sending */
    uint32_t probe_count;
    ttr_survey_reply_t *replies;    /* owned */
    uint32_t reply_count;
    uint32_t *by_ttl;               /* owned: indices of probes, by TTL and then by order of sending */
    ttr_survey_hop_t hops[TTR_SURVEY_TTLS];
    uint8_t last_ttl;               /* of the path: the target's, or the highest that was probed */
    bool is_length_changed;         /* the path became longer or shorter */
    GArray *responders;             /* owned: ttr_address_t by number */
} ttr_survey_t;

/* NULL when there is no such trace. The caller frees it with ttr_survey_free(). */
ttr_survey_t *ttr_survey_new(const ttr_store_t *store, uint32_t index);
void ttr_survey_free(ttr_survey_t *survey);

/* The probe `at` of a hop, and its first answer, NULL where there is none. */
const ttr_survey_probe_t *ttr_survey_probe_of(const ttr_survey_t *survey, uint8_t ttl, uint32_t at);
const ttr_survey_reply_t *ttr_survey_answer(const ttr_survey_t *survey, const ttr_survey_probe_t *probe);

/* A probe's TCP header as far as it was captured: of a SYN all, of others what their records have. Written to *header,
 * whose `known` is 0 where nothing is. */
void ttr_survey_header(const ttr_survey_t *survey, const ttr_sighting_t *segment, ttr_header_t *header);

/* A finding of this kind, with nothing in it but the family of the trace. */
ttr_finding_t ttr_finding_new(const ttr_survey_t *survey, ttr_finding_kind_t kind, bool is_shown);

/* Puts it at a hop, with the responder's address when there is one; or between two. */
void ttr_finding_put_at(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t ttl);
void ttr_finding_put_between(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t after, uint8_t at);

/* Adds a frame, if there is room and it is not there. */
void ttr_finding_add_frame(ttr_finding_t *finding, uint32_t frame);

#endif
