/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whose numbers does a segment repeat? Private to the core.
 */
#ifndef TTR_ANSWER_FIT_H
#define TTR_ANSWER_FIT_H

#include "ttr_answer_sack.h"
#include "ttr_answers.h"

/* Of the packets that the other host had sent before, those whose numbers the segment repeats; returns the key.
 * `flags`: the segment's SYN, ACK, RST, FIN. `is_opened`: a SYN came back before. `held`: what SACK blocks of the flow
 * held so far; those of this segment are added. */
ttr_match_t ttr_fit_numbers(const ttr_candidates_t *before, const ttr_work_t *work, const ttr_sighting_t *segment,
                            uint16_t flags, bool is_opened, ttr_held_t *held, ttr_candidates_t *fit);

/* No number fits: can the segment be an answer to a probe all the same? A challenge ACK (RFC 5961 section 4), a RST without
 * numbers, a SYN. */
bool ttr_fit_weakly(const ttr_candidates_t *before, const ttr_sighting_t *segment, uint16_t flags);

#endif
