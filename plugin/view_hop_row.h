/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row of the hop table: what is known of a hop, or of one of its responders, as the items of Wireshark's table.
 */
#ifndef VIEW_HOP_ROW_H
#define VIEW_HOP_ROW_H

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "ttr_dissector.h"
#include "ttr_hop_list.h"

/* In the order in which one reads a path. What need not be there in every row, and what is a fraction, is text: it is
 * filled up with blanks from the left, so that it stands right and sorts as the number that it is. */
enum {
    TTR_COLUMN_HOP,
    TTR_COLUMN_ADDRESS,         /* "2 responders" in the row of a hop that has several; empty when nobody answered */
    TTR_COLUMN_NAME,
    TTR_COLUMN_LOSS,            /* percent, of the hop: nobody can say whose probe was lost. Text; probes in flight count not */
    TTR_COLUMN_SENT,            /* to the hop. Text */
    TTR_COLUMN_RECEIVED,        /* by the hop, or by this one of its responders */
    TTR_COLUMN_LAST,            /* from here to jitter: ms. Text; empty when nobody answered */
    TTR_COLUMN_AVERAGE,
    TTR_COLUMN_BEST,
    TTR_COLUMN_WORST,
    TTR_COLUMN_DEVIATION,
    TTR_COLUMN_JITTER,
    TTR_COLUMN_STATE,           /* states of the port, marks such as !A; "no answer" */
    TTR_COLUMN_NOTES,
    TTR_COLUMN_LABELS,          /* MPLS labels and interfaces of the last answer */
    TTR_COLUMN_AS,
    TTR_COLUMN_COUNTRY,
    TTR_COLUMN_TRACE,
    TTR_COLUMN_TARGET,
    TTR_COLUMN_PORT,
    TTR_COLUMN_COUNT
};

/* How many rows a hop has: its own, and where several answered one for each of them. */
guint ttr_hop_row_count(const ttr_hop_t *hop);

/* Fills the row with this index, below that number, of the hop in this place of the list. The row owns its strings, all
 * of which are there: g_free() them. */
void ttr_hop_row_fill(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store,
                      const ttr_hops_t *hops, guint place, guint index);

/* Puts what is to be noted of the trace as a whole behind the row's own notes. */
void ttr_hop_row_add_trace_notes(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store,
                                 uint32_t trace);

#endif
