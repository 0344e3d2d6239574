/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_insight.h"

#include "ttr_find.h"

ttr_insight_t *
ttr_insight_new(const ttr_store_t *store, uint32_t index)
{
    ttr_survey_t *survey = ttr_survey_new(store, index);
    ttr_insight_t *insight;

    if (survey == NULL)
        return NULL;
    insight = g_new0(ttr_insight_t, 1);
    insight->findings = g_array_new(FALSE, FALSE, sizeof(ttr_finding_t));
    insight->hops = g_array_new(FALSE, FALSE, sizeof(ttr_hop_figures_t));
    ttr_find_tool(survey, &insight->tool);
    ttr_find_answerers(survey, insight->findings);
    ttr_find_changes(survey, insight->findings);
    ttr_find_ecn(survey, insight->findings);
    ttr_find_balance(survey, insight->findings);
    ttr_find_loop(survey, insight->findings);
    ttr_find_silence(survey, insight->findings, insight->hops);
    ttr_find_delay(survey, insight->findings);
    ttr_find_ports(survey, insight->findings);
    insight->diagnosis = ttr_diagnosis_of(survey, insight->findings, insight->hops);
    ttr_survey_free(survey);
    return insight;
}

void
ttr_insight_free(ttr_insight_t *insight)
{
    if (insight == NULL)
        return;
    g_array_unref(insight->findings);
    g_array_unref(insight->hops);
    g_free(insight->diagnosis);
    g_free(insight);
}
