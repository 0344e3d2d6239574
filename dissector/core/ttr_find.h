/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The analyses, one file each: ttr_find_NAME.c. Each reads the survey and appends its findings, and where it says so it
 * reads those that are there already. Private to the core.
 */
#ifndef TTR_FIND_H
#define TTR_FIND_H

#include "ttr_survey.h"

/* ttr_diagnosis.c: one sentence of what the others found. The caller frees it. */
char *ttr_diagnosis_of(const ttr_survey_t *survey, const GArray *findings, const GArray *hops);

/* ttr_find_tool.c: who sent the probes. */
void ttr_find_tool(const ttr_survey_t *survey, ttr_tool_t *tool);

/* ttr_find_changes.c: changed fields, NAT and DNAT. */
void ttr_find_changes(const ttr_survey_t *survey, GArray *findings);

/* ttr_find_ecn.c: how SYNs arrived that ask for accurate ECN. */
void ttr_find_ecn(const ttr_survey_t *survey, GArray *findings);

/* ttr_find_silence.c: silent hops, limits, loss; and the figures of the hops (ttr_hop_figures_t). Reads whether the path
 * changed. */
void ttr_find_silence(const ttr_survey_t *survey, GArray *findings, GArray *figures);

/* ttr_find_answerers.c: another box in the target's name, two boxes, refusals, carrier-grade NAT. */
void ttr_find_answerers(const ttr_survey_t *survey, GArray *findings);

/* ttr_find_balance.c: balancers and changes of the path; loops. */
void ttr_find_balance(const ttr_survey_t *survey, GArray *findings);
void ttr_find_loop(const ttr_survey_t *survey, GArray *findings);

/* ttr_find_delay.c: where delay comes in, and who answers slowly. */
void ttr_find_delay(const ttr_survey_t *survey, GArray *findings);

/* ttr_find_ports.c: this port beside others of the same target. Reads what was refused. */
void ttr_find_ports(const ttr_survey_t *survey, GArray *findings);

#endif
