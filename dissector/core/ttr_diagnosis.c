/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace in one sentence: state, length and time first, then at most three clauses of what was found, in a fixed order.
 * What three probes a hop cannot show is said where nothing else was found to say.
 */
#include "ttr_find.h"

enum { CLAUSES_MAX = 4,
       ONE_MS = 1000000 };

typedef struct sentence {
    GString *text;
    uint32_t clauses;
    const ttr_survey_t *survey;
    const GArray *findings;
    const GArray *hops;
} sentence_t;

/* Begins a clause; false when the sentence is long enough. */
static bool
begin(sentence_t *sentence)
{
    if (sentence->clauses >= CLAUSES_MAX)
        return false;
    if (sentence->clauses++ > 0)
        g_string_append(sentence->text, "; ");
    return true;
}

static const ttr_finding_t *
find(const sentence_t *sentence, ttr_finding_kind_t kind)
{
    for (guint i = 0; i < sentence->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(sentence->findings, ttr_finding_t, i);

        if (finding->kind == kind)
            return finding;
    }
    return NULL;
}

static void
add_decimal(GString *text, double number, const char *format)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(text, g_ascii_formatd(digits, sizeof digits, format, number));
}

/* The least RTT of the target's hop. */
static void
add_time(sentence_t *sentence)
{
    const ttr_survey_t *survey = sentence->survey;
    int64_t least_ns = INT64_MAX;

    for (uint32_t i = 0; i < survey->hops[survey->info.path_length].count; i++) {
        const ttr_survey_reply_t *reply = ttr_survey_answer(survey, ttr_survey_probe_of(survey, survey->info.path_length, i));

        if (reply != NULL)
            least_ns = MIN(least_ns, reply->info.rtt_ns);
    }
    g_string_append_printf(sentence->text, " at hop %u", survey->info.path_length);
    if (least_ns == INT64_MAX || least_ns < 0)
        return;
    g_string_append(sentence->text, ", ");
    add_decimal(sentence->text, (double)least_ns / 1e6, least_ns < ONE_MS ? "%.3f" : "%.1f");
    g_string_append(sentence->text, " ms");
}

/* The last hop that answered; 0: none. */
static uint8_t
last_answered(const ttr_survey_t *survey)
{
    for (unsigned ttl = TTR_SURVEY_TTLS - 1; ttl > 0; ttl--) {
        if (survey->hops[ttl].answered > 0)
            return (uint8_t)ttl;
    }
    return 0;
}

static void
add_unreached(sentence_t *sentence)
{
    const ttr_finding_t *loop = find(sentence, TTR_FINDING_LOOP);
    uint8_t last = last_answered(sentence->survey);

    g_string_append_printf(sentence->text, "port %u: ", sentence->survey->info.dport);
    if (loop != NULL)
        g_string_append_printf(sentence->text, "not reached, routers hand the probes round from hop %u on", loop->after_hop);
    else if (last == 0)
        g_string_append(sentence->text, "no probe was answered");
    else if (last < sentence->survey->info.last_ttl)
        g_string_append_printf(sentence->text, "silent behind hop %u", last);
    else
        g_string_append_printf(sentence->text, "not reached within %u hop%s", last, last == 1 ? "" : "s");
}

static void
add_state(sentence_t *sentence)
{
    const ttr_trace_info_t *trace = &sentence->survey->info;
    const ttr_finding_t *refused = find(sentence, TTR_FINDING_REFUSED);
    char *words;

    begin(sentence);
    if (trace->state == TTR_STATE_FILTERED && refused != NULL) {
        words = ttr_finding_text(refused);
        g_string_append_printf(sentence->text, "port %u refused: %s", trace->dport, words);
        g_free(words);
    } else if (!trace->is_reached) {
        add_unreached(sentence);
    } else {
        g_string_append_printf(sentence->text, "port %u %s", trace->dport, ttr_state_name(trace->state));
        add_time(sentence);
    }
}

/* The finding's own sentence, if there is one of this kind. */
static void
add_kind(sentence_t *sentence, ttr_finding_kind_t kind)
{
    const ttr_finding_t *finding = find(sentence, kind);
    char *words;

    if (finding == NULL || !begin(sentence))
        return;
    words = ttr_finding_text(finding);
    g_string_append(sentence->text, words);
    g_free(words);
}

/* "changed on the way: dscp (hops 1-2), mss (hops 1-2)". */
static void
add_changes(sentence_t *sentence)
{
    bool is_first = true;

    if (find(sentence, TTR_FINDING_CHANGED) == NULL || !begin(sentence))
        return;
    g_string_append(sentence->text, "changed on the way: ");
    for (guint i = 0; i < sentence->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(sentence->findings, ttr_finding_t, i);

        if (finding->kind != TTR_FINDING_CHANGED)
            continue;
        g_string_append_printf(sentence->text, "%s%s (hops %u-%u)", is_first ? "" : ", ", ttr_field_name(finding->field),
                               finding->after_hop, finding->at_hop);
        is_first = false;
    }
}

/* "no answer from hops 2, 3". */
static void
add_silent(sentence_t *sentence)
{
    const char *before = NULL;

    for (guint i = 0; i < sentence->findings->len; i++) {
        const ttr_finding_t *finding = &g_array_index(sentence->findings, ttr_finding_t, i);

        if (finding->kind != TTR_FINDING_SILENT || (before == NULL && !begin(sentence)))
            continue;
        g_string_append_printf(sentence->text, "%s%u", before == NULL ? "never an answer from hop " : before,
                               finding->at_hop);
        before = ", ";
    }
}

/* What a hop's own probes leave open: the first whose silence is unclear, or how much loss would not show. */
static void
add_limits(sentence_t *sentence)
{
    uint32_t most = 0;
    double high = 0;

    for (guint i = 0; i < sentence->hops->len; i++) {
        const ttr_hop_figures_t *hop = &g_array_index(sentence->hops, ttr_hop_figures_t, i);

        if (hop->silence == TTR_SILENCE_UNCLEAR && hop->lost + hop->in_flight < hop->sent) {
            if (!begin(sentence))
                return;
            g_string_append_printf(sentence->text, "%u of %u probes of hop %u unanswered, too few to tell why (", hop->lost,
                                   hop->sent - hop->in_flight, hop->ttl);
            add_decimal(sentence->text, hop->loss_low, "%.0f");
            g_string_append_c(sentence->text, '-');
            add_decimal(sentence->text, hop->loss_high, "%.0f");
            g_string_append(sentence->text, " %)");
            return;
        }
        if (hop->lost == 0 && hop->sent - hop->in_flight > most) {
            most = hop->sent - hop->in_flight;
            high = hop->loss_high;
        }
    }
    if (most == 0 || find(sentence, TTR_FINDING_LOSS) != NULL || !begin(sentence))
        return;
    g_string_append_printf(sentence->text, "%u %s a hop: loss up to ", most, most == 1 ? "probe" : "probes");
    add_decimal(sentence->text, high, "%.0f");
    g_string_append(sentence->text, " % may not show");
}

char *
ttr_diagnosis_of(const ttr_survey_t *survey, const GArray *findings, const GArray *hops)
{
    static const ttr_finding_kind_t first[] = {
        TTR_FINDING_ECN_ARRIVAL, TTR_FINDING_ANSWERED_BY, TTR_FINDING_TWO_BOXES, TTR_FINDING_SYN_PROXY, TTR_FINDING_OTHER_RESET, TTR_FINDING_PORT_REFUSED,
        TTR_FINDING_PORT_DROPPED, TTR_FINDING_PATHS_DIFFER, TTR_FINDING_NAT, TTR_FINDING_DNAT, TTR_FINDING_TRANSLATED,
        TTR_FINDING_SHARED_NAT};
    static const ttr_finding_kind_t second[] = {
        TTR_FINDING_LOSS, TTR_FINDING_DELAY_STEP, TTR_FINDING_SLOW_ANSWERS, TTR_FINDING_RATE_LIMIT,
        TTR_FINDING_ANSWERS_ONLY, TTR_FINDING_PATH_CHANGED, TTR_FINDING_PER_PACKET, TTR_FINDING_PER_FLOW,
        TTR_FINDING_BALANCED};
    sentence_t sentence = {.text = g_string_new(NULL), .survey = survey, .findings = findings, .hops = hops};

    add_state(&sentence);
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        add_kind(&sentence, first[i]);
    add_changes(&sentence);
    for (size_t i = 0; i < G_N_ELEMENTS(second); i++)
        add_kind(&sentence, second[i]);
    add_silent(&sentence);
    add_limits(&sentence);
    return g_string_free(sentence.text, FALSE);
}
