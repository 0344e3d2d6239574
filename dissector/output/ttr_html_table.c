/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A hop that one responder or none answered is one row. Where several did, the hop has a row of its own, and behind it
 * each of them has one: who would have answered a lost probe is not known, so only the hop has sent and lost ones.
 * On a phone the rows become cards; ttr_html_style.c names the cells by their number.
 */
#include "ttr_html.h"

#include "ttr_format.h"
#include "ttr_markup.h"

static const char *const columns[] = {
    "Hop",  "Responder", "Name",  "Sent",  "Received", "Loss %",         "Last",
    "Avg", "Best",      "Worst", "StDev", "Answer",   "MPLS, interface",
};

static void
append_word(GString *out, bool *is_first, const char *words)
{
    g_string_append(out, *is_first ? "" : ", ");
    *is_first = false;
    g_string_append(out, words);
}

/* What the answers were, then their marks, then what they say of the port. */
static void
append_answers(GString *out, const ttr_responder_t *responder)
{
    bool is_first = true;

    g_string_append(out, "<td>");
    for (guint i = 0; i < G_N_ELEMENTS(responder->kinds); i++) {
        if (responder->kinds[i] > 0)
            append_word(out, &is_first, ttr_kind_name((ttr_kind_t)i));
    }
    if (responder->marks[0] != '\0') {
        g_string_append(out, " <b>");
        ttr_markup_html(out, responder->marks);
        g_string_append(out, "</b>");
    }
    for (guint i = TTR_STATE_UNKNOWN + 1; i < G_N_ELEMENTS(responder->states); i++) {
        if (responder->states[i] == 0)
            continue;
        g_string_append_c(out, ' ');
        ttr_html_state(out, (ttr_state_t)i);
    }
    g_string_append(out, "</td>");
}

static void
append_extension(GString *out, const ttr_output_context_t *context, uint32_t reply)
{
    const ttr_extension_t *extension = reply == TTR_NO_ID ? NULL : ttr_path_extension(context->store, reply);
    char *words = extension == NULL ? NULL : ttr_format_extension(extension);

    g_string_append(out, "<td>");
    if (words != NULL)
        ttr_markup_html(out, words);
    g_string_append(out, "</td>");
    g_free(words);
}

static void
append_times(GString *out, const ttr_statistics_t *statistics)
{
    const double times[] = {statistics->last, statistics->average, statistics->best, statistics->worst,
                            ttr_statistics_deviation(statistics)};

    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        g_string_append(out, "<td>");
        if (statistics->received > 0)
            ttr_html_ms(out, times[i]);
        g_string_append(out, "</td>");
    }
}

/* Sent, received and lost, of a hop. */
static void
append_counts(GString *out, const ttr_statistics_t *statistics)
{
    g_string_append_printf(out, "<td>%u</td><td>%u</td><td>", statistics->sent, statistics->received);
    ttr_markup_number(out, ttr_statistics_loss(statistics), 1);
    g_string_append(out, "</td>");
}

static void
append_responder(GString *out, const ttr_output_context_t *context, const ttr_responder_t *responder)
{
    ttr_html_address(out, responder->family, &responder->address);
    g_string_append(out, "</td><td>");
    ttr_html_name(out, context, responder->family, &responder->address);
    g_string_append(out, "</td>");
}

static void
append_hop_alone(GString *out, const ttr_output_context_t *context, const ttr_hop_t *hop)
{
    const ttr_responder_t *responder =
        hop->responders->len == 0 ? NULL : &g_array_index(hop->responders, ttr_responder_t, 0);

    g_string_append_printf(out, "<tr%s><th scope=\"row\">%u</th><td>", responder == NULL ? " class=\"silent\"" : "",
                           hop->ttl);
    if (responder == NULL)
        g_string_append(out, "* * *</td><td></td>");
    else
        append_responder(out, context, responder);
    append_counts(out, &hop->statistics);
    append_times(out, &hop->statistics);
    if (responder == NULL) {
        g_string_append(out, "<td>no answer</td><td></td>");
    } else {
        append_answers(out, responder);
        append_extension(out, context, responder->extended_reply);
    }
    g_string_append(out, "</tr>\n");
}

static void
append_hop_of_several(GString *out, const ttr_output_context_t *context, const ttr_hop_t *hop)
{
    g_string_append_printf(out, "<tr><th scope=\"row\">%u</th><td>%u responders</td><td></td>", hop->ttl,
                           hop->responders->len);
    append_counts(out, &hop->statistics);
    append_times(out, &hop->statistics);
    g_string_append(out, "<td></td><td></td></tr>\n");
    for (guint i = 0; i < hop->responders->len; i++) {
        const ttr_responder_t *responder = &g_array_index(hop->responders, ttr_responder_t, i);

        g_string_append(out, "<tr class=\"one\"><td></td><td><b>");
        ttr_html_letter(out, i);
        g_string_append(out, "</b> ");
        append_responder(out, context, responder);
        g_string_append_printf(out, "<td></td><td>%u</td><td></td>", responder->statistics.received);
        append_times(out, &responder->statistics);
        append_answers(out, responder);
        append_extension(out, context, responder->extended_reply);
        g_string_append(out, "</tr>\n");
    }
}

void
ttr_html_table(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops)
{
    g_string_append(out, "<table class=\"hops\">\n<caption>Hops: round-trip times in ms</caption>\n<thead><tr>");
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        g_string_append_printf(out, "<th scope=\"col\">%s</th>", columns[i]);
    g_string_append(out, "</tr></thead>\n<tbody>\n");
    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (!hop->is_on_path)
            break;
        if (ttr_html_has_letters(hop))
            append_hop_of_several(out, context, hop);
        else
            append_hop_alone(out, context, hop);
    }
    g_string_append(out, "</tbody></table>\n");
}
