/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <math.h>
#include <string.h>

#include "ttr_format.h"
#include "ttr_hop_list.h"
#include "ttr_insight.h"
#include "ttr_markup.h"
#include "ttr_statistics.h"
#include "ttr_text.h"

#define FIGURES "  Loss%   Snt    Last     Avg    Best   Worst"
#define HISTORY "  Loss%   Snt"
#define LOST (-1.0)
#define IN_FLIGHT (-2.0)

enum {
    NUMBER_COLUMNS = 4,         /* of the hop */
    HOST_MIN = 16,
    HOST_MAX = 46,
    HISTORY_MIN = 8,            /* fewer are not worth a column */
    HISTORY_GAP = 2,
    LEVELS = 8,
    AROUND = 4                  /* lines that are no hop: title, heading, an empty one, what the trace proves */
};

/* One TTL. */
typedef struct row {
    uint8_t ttl;
    char *host;                 /* owned: who answered last, and what it said; NULL: nobody */
    ttr_statistics_t statistics;
    GArray *round_trips;        /* owned: double, ms, in order of sending; LOST, IN_FLIGHT */
} row_t;

static void
row_free(void *data)
{
    row_t *row = data;

    g_free(row->host);
    g_array_unref(row->round_trips);
    g_free(row);
}

static row_t *
row_new(uint8_t ttl)
{
    row_t *row = g_new0(row_t, 1);

    row->ttl = ttl;
    row->round_trips = g_array_new(FALSE, FALSE, sizeof(double));
    ttr_statistics_init(&row->statistics);
    return row;
}

/* "NAME !A", "ADDRESS [open]" */
static char *
host_text(const table_t *table, const ttr_reply_info_t *reply)
{
    const char *name = ttr_format_host_name(table->names, reply->family, &reply->responder);
    char digits[TTR_TEXT_ADDRESS_MAX];
    char mark[TTR_MARK_MAX];
    g_autofree char *plain = NULL;
    const char *state = reply->state == TTR_STATE_UNKNOWN || ttr_kind_is_icmp(reply->kind) ? NULL : ttr_state_name(reply->state);

    ttr_text_address(reply->family, &reply->responder, digits);
    ttr_path_mark(reply, mark);
    plain = name == NULL ? g_strdup(digits) : ttr_markup_plain(name);
    if (state != NULL)
        return g_strdup_printf("%s [%s]", plain, state);
    return g_strdup_printf("%s%s%s", plain, mark[0] == '\0' ? "" : " ", mark);
}

static void
row_add(row_t *row, const table_t *table, const ttr_probe_info_t *probe)
{
    double round_trip = probe->is_in_flight ? IN_FLIGHT : LOST;
    ttr_reply_info_t reply;

    ttr_statistics_add_sent(&row->statistics);
    if (probe->is_in_flight)
        ttr_statistics_add_in_flight(&row->statistics);
    if (ttr_path_reply(table->store, probe->first_reply, &reply)) {
        ttr_statistics_add_rtt(&row->statistics, reply.rtt_ns);
        round_trip = (double)reply.rtt_ns / 1e6;
        g_free(row->host);
        row->host = host_text(table, &reply);
    }
    g_array_append_val(row->round_trips, round_trip);
}

/* The hops up to the target, by TTL. The caller frees the array. */
static GPtrArray *
collect(const table_t *table, const ttr_trace_info_t *trace)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    GArray *probes = ttr_path_last_stretch(table->store, trace);
    row_t *row = NULL;

    for (guint i = 0; i < probes->len; i++) {
        ttr_probe_info_t probe;

        ttr_path_probe(table->store, g_array_index(probes, uint32_t, i), &probe);
        if (!ttr_hops_is_on_path(trace, probe.ttl))
            break;
        if (row == NULL || row->ttl != probe.ttl) {
            row = row_new(probe.ttl);
            g_ptr_array_add(rows, row);
        }
        row_add(row, table, &probe);
    }
    g_array_unref(probes);
    return rows;
}

/* Silent hops behind the last that answered are not worth a line each. */
static void
drop_silent_end(GPtrArray *rows)
{
    guint last = rows->len;

    while (last > 0 && ((const row_t *)g_ptr_array_index(rows, last - 1))->host == NULL)
        last--;
    if (last + 1 < rows->len)
        g_ptr_array_set_size(rows, (int)last + 1);
}

/* Cut or padded to so many columns. */
static void
append_padded(GString *out, const char *text, unsigned columns)
{
    const char *end = text;
    unsigned count = 0;

    for (; *end != '\0' && count < columns; count++)
        end = g_utf8_next_char(end);
    g_string_append_len(out, text, end - text);
    g_string_append_printf(out, "%*s", (int)(columns - count), "");
}

/* What is at hand: how many columns the hosts and the history get. */
typedef struct layout {
    unsigned host;
    unsigned history;           /* 0: none */
} layout_t;

static layout_t
lay_out(const table_t *table, const GPtrArray *rows)
{
    unsigned fixed = NUMBER_COLUMNS + (unsigned)strlen(table->has_history ? HISTORY : FIGURES);
    unsigned left = table->width > fixed ? table->width - fixed : 0;
    unsigned wanted = HOST_MIN;
    layout_t layout;

    for (guint i = 0; i < rows->len; i++) {
        const row_t *row = g_ptr_array_index(rows, i);

        wanted = MAX(wanted, row->host == NULL ? 0 : (unsigned)g_utf8_strlen(row->host, -1));
    }
    layout.host = MIN(MIN(wanted, (unsigned)HOST_MAX), left);
    layout.history = left - layout.host;
    layout.history = layout.history < HISTORY_GAP + HISTORY_MIN ? 0 : layout.history - HISTORY_GAP;
    if (layout.history == 0)
        layout.host = left;
    return layout;
}

/* The longest round trip among the last `count` of all hops. */
static double
longest(const GPtrArray *rows, unsigned count)
{
    double most = 0;

    for (guint i = 0; i < rows->len; i++) {
        const GArray *round_trips = ((const row_t *)g_ptr_array_index(rows, i))->round_trips;

        for (guint at = round_trips->len > count ? round_trips->len - count : 0; at < round_trips->len; at++)
            most = MAX(most, g_array_index(round_trips, double, at));
    }
    return most;
}

/* Lost is '?', as mtr has it, and what is in flight is not drawn yet. */
static void
append_sign(GString *out, double round_trip, double most, bool is_unicode)
{
    static const char *const blocks[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char digits[] = "12345678";
    int level;

    if (round_trip < 0) {
        g_string_append_c(out, round_trip == LOST ? '?' : ' ');
        return;
    }
    level = most <= 0 ? 0 : CLAMP((int)ceil(round_trip / most * LEVELS) - 1, 0, LEVELS - 1);
    if (is_unicode)
        g_string_append(out, blocks[level]);
    else
        g_string_append_c(out, digits[level]);
}

static void
append_history(GString *out, const table_t *table, const row_t *row, unsigned columns, double most)
{
    const GArray *round_trips = row->round_trips;
    guint first = round_trips->len > columns ? round_trips->len - columns : 0;

    g_string_append_printf(out, "%*s", HISTORY_GAP, "");
    for (guint i = first; i < round_trips->len; i++)
        append_sign(out, g_array_index(round_trips, double, i), most, table->is_unicode);
}

static void
append_row(GString *out, const table_t *table, const layout_t *layout, const row_t *row, double most)
{
    const ttr_statistics_t *statistics = &row->statistics;

    g_string_append_printf(out, "%*u ", NUMBER_COLUMNS - 1, row->ttl);
    append_padded(out, row->host == NULL ? "*" : row->host, layout->host);
    g_string_append_printf(out, " %5.1f%% %5u", ttr_statistics_loss(statistics), statistics->sent);
    if (!table->has_history && statistics->received > 0)
        g_string_append_printf(out, " %7.1f %7.1f %7.1f %7.1f", statistics->last, statistics->average, statistics->best,
                               statistics->worst);
    else if (!table->has_history)
        g_string_append_printf(out, "%*s", (int)(strlen(FIGURES) - strlen(HISTORY)), "");
    if (layout->history > 0)
        append_history(out, table, row, layout->history, most);
    g_string_append_c(out, '\n');
}

static void
append_heading(GString *out, const table_t *table, const layout_t *layout)
{
    g_string_append_printf(out, "%*s ", NUMBER_COLUMNS - 1, "Hop");
    append_padded(out, "Host", layout->host);
    g_string_append(out, table->has_history ? HISTORY : FIGURES);
    if (layout->history >= strlen("Last probes"))
        g_string_append_printf(out, "%*sLast probes", HISTORY_GAP, "");
    g_string_append_c(out, '\n');
}

/* A sentence in as many lines as it takes, at most so many. */
static void
append_sentence(GString *out, const char *sentence, unsigned width, unsigned lines)
{
    for (; *sentence != '\0' && lines > 0; lines--) {
        glong length = g_utf8_strlen(sentence, -1);
        const char *end = g_utf8_offset_to_pointer(sentence, MIN(length, (glong)width));
        const char *blank = *end == '\0' ? NULL : g_utf8_strrchr(sentence, end - sentence, ' ');

        end = blank == NULL ? end : blank;
        g_string_append_len(out, sentence, end - sentence);
        g_string_append_c(out, '\n');
        sentence = *end == ' ' ? end + 1 : end;
    }
}

static unsigned
append_rows(GString *out, const table_t *table, const ttr_trace_info_t *trace, unsigned lines)
{
    GPtrArray *rows = collect(table, trace);
    layout_t layout;
    double most;
    unsigned count;

    drop_silent_end(rows);
    layout = lay_out(table, rows);
    most = longest(rows, layout.history);
    count = MIN(rows->len, lines);
    append_heading(out, table, &layout);
    for (unsigned i = 0; i < count; i++)
        append_row(out, table, &layout, g_ptr_array_index(rows, i), most);
    g_ptr_array_unref(rows);
    return count;
}

void
table_draw(GString *out, const table_t *table)
{
    ttr_trace_info_t trace;
    ttr_insight_t *insight;
    unsigned hops;

    append_padded(out, table->title, MIN(table->width, (unsigned)g_utf8_strlen(table->title, -1)));
    g_string_append_c(out, '\n');
    if (table->height <= AROUND || !ttr_path_trace(table->store, table->trace, &trace))
        return;
    hops = append_rows(out, table, &trace, table->height - AROUND);
    insight = ttr_insight_new(table->store, table->trace);
    g_string_append_c(out, '\n');
    append_sentence(out, insight->diagnosis, table->width, table->height - AROUND + 1 - hops);
    ttr_insight_free(insight);
}
