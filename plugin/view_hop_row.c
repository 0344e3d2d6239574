/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_hop_row.h"

#include <string.h>

#include "ttr_format.h"
#include "ttr_markup.h"
#include "ttr_text.h"
#include "view_names.h"
#include "view_origin.h"

/* What is to be noted of a responder's answers, or of a hop that nobody answered. */
typedef struct findings {
    uint32_t repeated;          /* probes that the sender's own TCP sent again */
    uint32_t further;           /* answers behind the first one */
    uint32_t late;
    uint32_t changed_ids;
    uint32_t nats;
    uint32_t dnats;
    uint32_t by_order;
} findings_t;

static void
set_number(stat_tap_table_item_type *item, uint32_t number)
{
    item->type = TABLE_ITEM_UINT;
    item->value.uint_value = number;
}

/* Takes the string over. */
static void
set_words(stat_tap_table_item_type *item, char *words)
{
    item->type = TABLE_ITEM_STRING;
    item->value.string_value = words;
}

/* Blanks in front, so that the text stands right and sorts as a number; wide enough for any RTT below three hours. */
static void
set_milliseconds(stat_tap_table_item_type *item, double ms)
{
    set_words(item, g_strdup_printf("%12.3f", ms));
}

/* Appends the words behind a separator. */
static void
append(GString *text, const char *separator, const char *words)
{
    g_string_append_printf(text, "%s%s", text->len == 0 ? "" : separator, words);
}

static void
append_count(GString *text, uint32_t count, const char *what)
{
    if (count > 0)
        g_string_append_printf(text, "%s%u %s", text->len == 0 ? "" : "; ", count, what);
}

static void
find_in_answers(const ttr_store_t *store, const ttr_probe_info_t *probe, findings_t *findings)
{
    ttr_reply_info_t reply;

    if (!ttr_path_reply(store, probe->first_reply, &reply))
        return;
    findings->late += reply.is_late ? 1 : 0;
    findings->changed_ids += reply.is_id_changed ? 1 : 0;
    findings->nats += reply.is_nat ? 1 : 0;
    findings->dnats += reply.is_dnat ? 1 : 0;
    findings->by_order += reply.match == TTR_MATCH_ORDER ? 1 : 0;
    while (ttr_path_reply(store, reply.next_reply, &reply))
        findings->further += reply.copy_of == 0 ? 1 : 0;
}

/* Over the hop's probes that this responder answered, or TTR_HOPS_NOBODY did. */
static char *
notes_of(const ttr_store_t *store, const ttr_hops_t *hops, const ttr_hop_t *hop, uint32_t responder)
{
    GString *text = g_string_new(NULL);
    findings_t findings = {.repeated = 0};
    ttr_probe_info_t probe;

    for (guint i = hop->first; i < hop->first + hop->count; i++) {
        if (g_array_index(hops->answered_by, uint32_t, i) != responder)
            continue;
        ttr_path_probe(store, g_array_index(hops->probes, uint32_t, i), &probe);
        findings.repeated += probe.is_retransmission ? 1 : 0;
        find_in_answers(store, &probe, &findings);
    }
    append_count(text, findings.late, "late");
    append_count(text, findings.changed_ids, "with changed IP ID");
    append_count(text, findings.nats, "behind NAT");
    append_count(text, findings.dnats, "behind DNAT");
    append_count(text, findings.by_order, "matched by order in time");
    append_count(text, findings.further, "answered again");
    append_count(text, findings.repeated, responder == TTR_HOPS_NOBODY ? "probes repeated by the sender's TCP" : "to a probe that the sender's TCP repeated");
    return g_string_free(text, FALSE);
}

static char *
states_of(const ttr_responder_t *responder)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(responder->states); i++) {
        if (i != TTR_STATE_UNKNOWN && responder->states[i] > 0)
            append(text, ", ", ttr_state_name((ttr_state_t)i));
    }
    if (responder->marks[0] != '\0')
        append(text, " ", responder->marks);
    for (size_t i = 0; text->len == 0 && i < G_N_ELEMENTS(responder->kinds); i++) {
        if (i != TTR_KIND_TIME_EXCEEDED && responder->kinds[i] > 0)
            append(text, ", ", ttr_kind_name((ttr_kind_t)i));
    }
    return g_string_free(text, FALSE);
}

static char *
labels_of(const ttr_store_t *store, const ttr_responder_t *responder)
{
    const ttr_extension_t *extension = ttr_path_extension(store, responder->extended_reply);
    char *text = extension == NULL ? NULL : ttr_format_extension(extension);
    char *plain = ttr_markup_plain(text == NULL ? "" : text);

    g_free(text);
    return plain;
}

static void
fill_figures(stat_tap_table_item_type *row, const ttr_statistics_t *statistics)
{
    set_number(&row[TTR_COLUMN_RECEIVED], statistics->received);
    if (statistics->received == 0)
        return;
    set_milliseconds(&row[TTR_COLUMN_LAST], statistics->last);
    set_milliseconds(&row[TTR_COLUMN_AVERAGE], statistics->average);
    set_milliseconds(&row[TTR_COLUMN_BEST], statistics->best);
    set_milliseconds(&row[TTR_COLUMN_WORST], statistics->worst);
    set_milliseconds(&row[TTR_COLUMN_DEVIATION], ttr_statistics_deviation(statistics));
    set_milliseconds(&row[TTR_COLUMN_JITTER], ttr_statistics_jitter(statistics));
}

/* Sent and lost, which only the hop has. */
static void
fill_counts(stat_tap_table_item_type *row, const ttr_statistics_t *statistics)
{
    set_words(&row[TTR_COLUMN_SENT], g_strdup_printf("%8u", statistics->sent));
    if (statistics->sent > statistics->in_flight)
        set_words(&row[TTR_COLUMN_LOSS], g_strdup_printf("%6.1f", ttr_statistics_loss(statistics)));
}

static void
fill_responder(stat_tap_table_item_type *row, const ttr_store_t *store, const ttr_responder_t *responder)
{
    const char *name = ttr_format_host_name(&ttr_view_names, responder->family, &responder->address);
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(responder->family, &responder->address, digits);
    set_words(&row[TTR_COLUMN_ADDRESS], g_strdup(digits));
    set_words(&row[TTR_COLUMN_NAME], ttr_markup_plain(name == NULL ? "" : name));
    set_words(&row[TTR_COLUMN_AS], ttr_view_as(responder->family, &responder->address));
    set_words(&row[TTR_COLUMN_COUNTRY], ttr_view_country(responder->family, &responder->address));
    set_words(&row[TTR_COLUMN_STATE], states_of(responder));
    set_words(&row[TTR_COLUMN_LABELS], labels_of(store, responder));
}

static bool
has_answer_from(const ttr_hops_t *hops, guint place)
{
    for (guint i = place; i < hops->hops->len; i++) {
        if (((const ttr_hop_t *)g_ptr_array_index(hops->hops, i))->responders->len > 0)
            return true;
    }
    return false;
}

/* Did an answer say that the port is filtered? */
static bool
is_said_filtered(const ttr_hops_t *hops)
{
    for (guint i = 0; i < hops->hops->len; i++) {
        const GArray *responders = ((const ttr_hop_t *)g_ptr_array_index(hops->hops, i))->responders;

        for (guint j = 0; j < responders->len; j++) {
            if (g_array_index(responders, ttr_responder_t, j).states[TTR_STATE_FILTERED] > 0)
                return true;
        }
    }
    return false;
}

/* Where the port is filtered because nobody answered any more, the first hop of the silence says it. */
static char *
words_of_silence(const ttr_hops_t *hops, guint place)
{
    bool is_last = !has_answer_from(hops, place) && (place == 0 || has_answer_from(hops, place - 1));
    bool is_why = is_last && hops->trace.state == TTR_STATE_FILTERED && !is_said_filtered(hops);

    return g_strdup(is_why ? "filtered: no answer from here on" : "no answer");
}

static void
fill_trace(stat_tap_table_item_type *row, const ttr_trace_info_t *trace)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(trace->family, &trace->target, digits);
    set_number(&row[TTR_COLUMN_TRACE], trace->index);
    set_words(&row[TTR_COLUMN_TARGET], g_strdup(digits));
    set_number(&row[TTR_COLUMN_PORT], trace->dport);
}

/* Every column has an item: a number that is not there is text without a digit. */
static void
clear(stat_tap_table_item_type row[TTR_COLUMN_COUNT])
{
    memset(row, 0, TTR_COLUMN_COUNT * sizeof row[0]);
    for (int column = 0; column < TTR_COLUMN_COUNT; column++)
        row[column].type = TABLE_ITEM_STRING;
}

static void
fill_gaps(stat_tap_table_item_type row[TTR_COLUMN_COUNT])
{
    for (int column = 0; column < TTR_COLUMN_COUNT; column++) {
        if (row[column].type == TABLE_ITEM_STRING && row[column].value.string_value == NULL)
            row[column].value.string_value = g_strdup("");
    }
}

guint
ttr_hop_row_count(const ttr_hop_t *hop)
{
    return hop->responders->len > 1 ? hop->responders->len + 1 : 1;
}

static void
fill_hop(stat_tap_table_item_type *row, const ttr_store_t *store, const ttr_hops_t *hops, guint place)
{
    const ttr_hop_t *hop = g_ptr_array_index(hops->hops, place);

    fill_counts(row, &hop->statistics);
    fill_figures(row, &hop->statistics);
    switch (hop->responders->len) {
    case 0:
        set_words(&row[TTR_COLUMN_STATE], words_of_silence(hops, place));
        set_words(&row[TTR_COLUMN_NOTES], notes_of(store, hops, hop, TTR_HOPS_NOBODY));
        break;
    case 1:
        fill_responder(row, store, &g_array_index(hop->responders, ttr_responder_t, 0));
        set_words(&row[TTR_COLUMN_NOTES], notes_of(store, hops, hop, 0));
        break;
    default:
        set_words(&row[TTR_COLUMN_ADDRESS], g_strdup_printf("%u responders", hop->responders->len));
        set_words(&row[TTR_COLUMN_NOTES], notes_of(store, hops, hop, TTR_HOPS_NOBODY));
        break;
    }
}

void
ttr_hop_row_fill(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store,
                 const ttr_hops_t *hops, guint place, guint index)
{
    const ttr_hop_t *hop = g_ptr_array_index(hops->hops, place);

    clear(row);
    fill_trace(row, &hops->trace);
    set_number(&row[TTR_COLUMN_HOP], hop->ttl);
    if (index == 0) {
        fill_hop(row, store, hops, place);
    } else {
        const ttr_responder_t *responder = &g_array_index(hop->responders, ttr_responder_t, index - 1);

        fill_responder(row, store, responder);
        fill_figures(row, &responder->statistics);
        set_words(&row[TTR_COLUMN_NOTES], notes_of(store, hops, hop, index - 1));
    }
    fill_gaps(row);
}

void
ttr_hop_row_add_trace_notes(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store, uint32_t trace)
{
    stat_tap_table_item_type *item = &row[TTR_COLUMN_NOTES];
    GString *text = g_string_new(item->value.string_value);
    char **notes = ttr_path_notes(store, trace);

    for (size_t i = 0; notes[i] != NULL; i++) {
        append(text, "; ", i == 0 ? "trace: " : "");
        g_string_append(text, notes[i]);
    }
    g_strfreev(notes);
    g_free((char *)item->value.string_value);
    set_words(item, g_string_free(text, FALSE));
}
