/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hop table of the Statistics menu, and `-z tcptraceroute,hops`: a row for each trace and hop, and for each
 * of its responders where there are several. Wireshark shows fractions with six decimals, and has no empty number that
 * tshark prints too: see view_hop_row.h. Wireshark has one table for all windows, and
 * for all `-z` of one command line: two of those with different filters both print what either lets pass.
 */
#include "views.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "view_hints.h"
#include "view_hop_row.h"
#include "view_tapped.h"

#define TITLE "TCP Traceroute Hops"

static stat_tap_table_item columns[] = {
    [TTR_COLUMN_HOP] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Hop", "%u"},
    [TTR_COLUMN_ADDRESS] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address", "%s"},
    [TTR_COLUMN_NAME] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Name", "%s"},
    [TTR_COLUMN_LOSS] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Loss %", "%s"},
    [TTR_COLUMN_SENT] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Sent", "%s"},
    [TTR_COLUMN_RECEIVED] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Received", "%u"},
    [TTR_COLUMN_LAST] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Last ms", "%s"},
    [TTR_COLUMN_AVERAGE] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Average ms", "%s"},
    [TTR_COLUMN_BEST] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Best ms", "%s"},
    [TTR_COLUMN_WORST] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Worst ms", "%s"},
    [TTR_COLUMN_DEVIATION] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "StDev ms", "%s"},
    [TTR_COLUMN_JITTER] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Jitter ms", "%s"},
    [TTR_COLUMN_STATE] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%s"},
    [TTR_COLUMN_NOTES] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Notes", "%s"},
    [TTR_COLUMN_LABELS] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Labels", "%s"},
    [TTR_COLUMN_AS] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "AS", "%s"},
    [TTR_COLUMN_COUNTRY] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Country", "%s"},
    [TTR_COLUMN_TRACE] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Trace", "%u"},
    [TTR_COLUMN_TARGET] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Target", "%s"},
    [TTR_COLUMN_PORT] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Port", "%u"},
};

G_STATIC_ASSERT(G_N_ELEMENTS(columns) == TTR_COLUMN_COUNT);

static stat_tap_table_ui ui;        /* below: it names functions that need it */
static ttr_tapped_t *tapped;        /* owned; lives as long as the program */

/* Rows that the table let go of while two windows were open: the items of the other window still point to them.
 * Owned. */
static GPtrArray *retired;

static void
free_row(void *data)
{
    stat_tap_table_item_type *row = data;

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (columns[i].type == TABLE_ITEM_STRING)
            g_free((char *)row[i].value.string_value);
    }
    g_free(row);
}

/* The window that asked for this clears its items right after it. */
static void
reset_table(stat_tap_table *table)
{
    ttr_tapped_forget(tapped);
    for (guint i = 0; i < table->num_elements; i++)
        g_ptr_array_add(retired, table->elements[i]);
    g_free(table->elements);
    table->elements = NULL;
    table->num_elements = 0;
    if (ui.refcount <= 1)
        g_ptr_array_set_size(retired, 0);
}

static void
free_item(stat_tap_table *table G_GNUC_UNUSED, guint row G_GNUC_UNUSED, guint column, stat_tap_table_item_type *item)
{
    if (columns[column].type != TABLE_ITEM_STRING)
        return;
    g_free((char *)item->value.string_value);
    item->value.string_value = NULL;
}

static stat_tap_table *
the_table(void)
{
    return ui.tables == NULL || ui.tables->len == 0 ? NULL : g_array_index(ui.tables, stat_tap_table *, 0);
}

/* A window that drew the table before shows the rows that are new behind the others. */
static void
add_trace(void *view G_GNUC_UNUSED, const ttr_store_t *store, uint32_t trace)
{
    stat_tap_table *table = the_table();
    ttr_hops_t *hops = table == NULL ? NULL : ttr_hops_new(store, trace);
    stat_tap_table_item_type row[TTR_COLUMN_COUNT];
    bool is_first = true;

    if (hops == NULL)
        return;
    for (guint i = 0; i < hops->hops->len; i++) {
        const ttr_hop_t *hop = g_ptr_array_index(hops->hops, i);

        if (!hop->is_on_path)
            break;
        for (guint index = 0; index < ttr_hop_row_count(hop); index++) {
            ttr_hop_row_fill(row, store, hops, i, index);
            if (is_first)
                ttr_hop_row_add_trace_notes(row, store, trace);
            is_first = false;
            stat_tap_init_table_row(table, table->num_elements, TTR_COLUMN_COUNT, row);
        }
    }
    ttr_hops_free(hops);
}

/* Only windows are counted. */
static tap_packet_status
take(void *tapdata G_GNUC_UNUSED, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED,
     const void *data, tap_flags_t flags G_GNUC_UNUSED)
{
    ttr_tapped_take(tapped, data, ui.refcount > 0);
    return TAP_PACKET_REDRAW;
}

/* Of a command line. */
static void
see_filter(const char *argument G_GNUC_UNUSED, const char **filter, char **error G_GNUC_UNUSED)
{
    view_hints_watch_filter(*filter);
}

/* A window resets the table before it fills it, and Wireshark dies when there is none. */
static void
init(stat_tap_table_ui *table_ui)
{
    if (tapped == NULL) {
        tapped = ttr_tapped_new(add_trace, NULL);
        retired = g_ptr_array_new_with_free_func(free_row);
    }
    ttr_tapped_begin(tapped);
    if (table_ui->refcount == 0)
        view_hints_watch();
    if (the_table() == NULL)
        stat_tap_add_table(table_ui, stat_tap_init_table(TITLE, TTR_COLUMN_COUNT, 0, NULL));
}

static stat_tap_table_ui ui = {
    .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
    .title = TITLE,
    .tap_name = TTR_TAP_NAME,
    .cli_string = "tcptraceroute,hops",
    .stat_tap_init_cb = init,
    .packet_func = take,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = free_item,
    .stat_filter_check_cb = see_filter,
    .nfields = TTR_COLUMN_COUNT,
    .fields = columns,
};

void
view_hop_table_register(void)
{
    register_stat_tap_table_ui(&ui);
}
