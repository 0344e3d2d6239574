/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Figures of the hops, and why probes of them are unanswered. What the sender's own TCP sent again counts as sent, but
 * proves nothing: it was sent because of the silence. Where the path changed, hops are not compared.
 */
#include "ttr_find.h"
#include "ttr_silence.h"

#define PERCENT 100.0

/* The hops as ttr_silence.c takes them. */
typedef struct laid_out {
    const ttr_survey_t *survey;
    ttr_silence_probe_t *probes;    /* owned: of all hops */
    ttr_silence_hop_t *hops;        /* owned */
    uint8_t ttls[TTR_SURVEY_TTLS];  /* of each */
    uint32_t count;
} laid_out_t;

static void
lay_out_hop(laid_out_t *out, uint8_t ttl, ttr_silence_probe_t *probes)
{
    const ttr_survey_t *survey = out->survey;
    ttr_silence_hop_t *hop = &out->hops[out->count];

    hop->probes = probes;
    for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
        const ttr_survey_probe_t *probe = ttr_survey_probe_of(survey, ttl, i);

        if (probe->is_in_flight || probe->segment->is_retransmission)
            continue;
        probes[hop->count++] = (ttr_silence_probe_t){probe->segment->time_ns, probe->reply_count > 0};
        hop->lost += probe->reply_count == 0 ? 1 : 0;
    }
    hop->is_one = !survey->hops[ttl].has_others;
    hop->is_target = survey->info.is_reached && ttl == survey->info.path_length;
    out->ttls[out->count] = ttl;
    if (hop->count > 0)
        out->count++;
}

/* How far the path can be judged: behind a box that refuses for it nobody else answers. */
static uint8_t
last_judged(const ttr_survey_t *survey, const GArray *findings)
{
    for (guint i = 0; i < findings->len && !survey->info.is_reached; i++) {
        const ttr_finding_t *finding = &g_array_index(findings, ttr_finding_t, i);

        if (finding->kind == TTR_FINDING_REFUSED)
            return MIN(finding->at_hop, survey->last_ttl);
    }
    return survey->last_ttl;
}

static laid_out_t
lay_out(const ttr_survey_t *survey, uint8_t last)
{
    laid_out_t out = {
        .survey = survey,
        .probes = g_new0(ttr_silence_probe_t, survey->probe_count),
        .hops = g_new0(ttr_silence_hop_t, TTR_SURVEY_TTLS),
    };

    for (unsigned ttl = 1; ttl <= last; ttl++) {
        if (survey->hops[ttl].count > 0)
            lay_out_hop(&out, (uint8_t)ttl, out.probes + survey->hops[ttl].first);
    }
    return out;
}

/* The first unanswered probes of a hop. */
static void
add_lost_frames(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t ttl)
{
    for (uint32_t i = 0; i < survey->hops[ttl].count && finding->frame_count < TTR_FINDING_FRAMES_MAX; i++) {
        const ttr_survey_probe_t *probe = ttr_survey_probe_of(survey, ttl, i);

        if (probe->reply_count == 0 && !probe->is_in_flight)
            ttr_finding_add_frame(finding, probe->segment->frame);
    }
}

static void
add_hop_finding(const laid_out_t *out, uint32_t at, GArray *findings)
{
    const ttr_silence_hop_t *hop = &out->hops[at];
    ttr_finding_kind_t kind = hop->silence == TTR_SILENCE_SILENT       ? TTR_FINDING_SILENT
                              : hop->silence == TTR_SILENCE_RATE_LIMIT ? TTR_FINDING_RATE_LIMIT
                                                                       : TTR_FINDING_ANSWERS_ONLY;
    ttr_finding_t finding = ttr_finding_new(out->survey, kind, hop->silence == TTR_SILENCE_SILENT);

    ttr_finding_put_at(&finding, out->survey, out->ttls[at]);
    finding.count = hop->lost;
    finding.of = hop->count;
    if (hop->silence == TTR_SILENCE_RATE_LIMIT) {
        finding.has_range = true;
        finding.low = hop->interval_s;
        finding.high = hop->burst;
    } else if (hop->silence == TTR_SILENCE_ANSWERS_ONLY) {
        finding.has_range = true;
        finding.high = PERCENT * hop->passes_high;
    }
    add_lost_frames(&finding, out->survey, out->ttls[at]);
    g_array_append_val(findings, finding);
}

static void
add_loss_finding(const laid_out_t *out, const ttr_silence_loss_t *loss, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(out->survey, TTR_FINDING_LOSS, false);

    ttr_finding_put_at(&finding, out->survey, out->ttls[loss->from]);
    finding.count = loss->share.hits;
    finding.of = loss->share.of;
    finding.has_range = true;
    finding.low = PERCENT * ttr_chance_low(loss->share);
    finding.high = PERCENT * ttr_chance_high(loss->share);
    finding.has_values = true;
    finding.from = out->ttls[loss->earliest];
    finding.to = out->ttls[loss->latest];
    for (uint32_t i = loss->from; i < out->count; i++)
        add_lost_frames(&finding, out->survey, out->ttls[i]);
    g_array_append_val(findings, finding);
}

static void
add_figures(const laid_out_t *out, GArray *figures)
{
    const ttr_survey_t *survey = out->survey;
    uint32_t at = 0;

    for (unsigned ttl = 1; ttl <= survey->last_ttl; ttl++) {
        const ttr_survey_hop_t *hop = &survey->hops[ttl];
        uint32_t decided = hop->count - hop->in_flight;
        ttr_share_t lost = {decided - hop->answered, decided};
        ttr_hop_figures_t figure = {
            .ttl = (uint8_t)ttl,
            .sent = hop->count,
            .lost = lost.hits,
            .in_flight = hop->in_flight,
            .loss_low = PERCENT * ttr_chance_low(lost),
            .loss_high = PERCENT * ttr_chance_high(lost),
        };

        if (hop->count == 0)
            continue;
        if (at < out->count && out->ttls[at] == ttl)
            figure.silence = out->hops[at++].silence;
        else if (lost.hits > 0)
            figure.silence = lost.hits == lost.of ? TTR_SILENCE_BEYOND : TTR_SILENCE_UNCLEAR;
        g_array_append_val(figures, figure);
    }
}

/* Is there any probe whose answer tells more than its own hop? */
static bool
is_comparable(const ttr_survey_t *survey, const GArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        if (g_array_index(findings, ttr_finding_t, i).kind == TTR_FINDING_PATH_CHANGED)
            return false;
    }
    return !survey->is_length_changed;
}

/* What compares hops is taken back. */
static void
forget_comparisons(laid_out_t *out)
{
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->hops[i].silence != TTR_SILENCE_SILENT && out->hops[i].silence != TTR_SILENCE_BEYOND &&
            out->hops[i].silence != TTR_SILENCE_NONE)
            out->hops[i].silence = TTR_SILENCE_UNCLEAR;
    }
}

void
ttr_find_silence(const ttr_survey_t *survey, GArray *findings, GArray *figures)
{
    laid_out_t out = lay_out(survey, last_judged(survey, findings));
    ttr_silence_loss_t loss = ttr_silence_judge(out.hops, out.count);

    if (!is_comparable(survey, findings)) {
        forget_comparisons(&out);
        loss.is_found = false;
    }
    for (uint32_t i = 0; i < out.count; i++) {
        if (out.hops[i].silence == TTR_SILENCE_SILENT || out.hops[i].silence == TTR_SILENCE_RATE_LIMIT ||
            out.hops[i].silence == TTR_SILENCE_ANSWERS_ONLY)
            add_hop_finding(&out, i, findings);
    }
    if (loss.is_found)
        add_loss_finding(&out, &loss, findings);
    add_figures(&out, figures);
    g_free(out.probes);
    g_free(out.hops);
}
