/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A quote against its own probe, field by field. Private to the core.
 */
#ifndef TTR_CHANGE_H
#define TTR_CHANGE_H

#include "ttr_survey.h"

/* One quote. Bits by ttr_field_t. What is not quoted, or was not captured of the probe, is in neither. */
typedef struct ttr_change {
    uint32_t known;             /* can be compared */
    uint32_t changed;           /* of these */
    uint32_t weak;              /* the probe was found without this field, so it differs or may be another's */
} ttr_change_t;

/* Of an answer that quotes its probe; `reply->error` is not NULL. */
ttr_change_t ttr_change_of(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply);

/* The field as it was sent, and as it was quoted; of addresses see ttr_change_address(). */
uint64_t ttr_change_sent(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, ttr_field_t field);
uint64_t ttr_change_quoted(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply,
                           ttr_field_t field);

/* The quoted source or target. */
ttr_address_t ttr_change_address(const ttr_survey_t *survey, const ttr_survey_reply_t *reply, ttr_field_t field);

/* Only the router that quotes does so: byte-swapped, IP ID one more, length less the IP header (Malone and Luckie, PAM
 * 2007). */
bool ttr_change_is_misquote(ttr_field_t field, uint64_t sent, uint64_t quoted);

#endif
