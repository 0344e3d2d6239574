/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row of the hop table: what is known of one responder at one hop, as the items of Wireshark's table.
 */
#ifndef VIEW_HOP_ROW_H
#define VIEW_HOP_ROW_H

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "ttr_dissector.h"
#include "ttr_hop_list.h"

enum {
    TTR_COLUMN_TRACE,
    TTR_COLUMN_TARGET,
    TTR_COLUMN_PORT,
    TTR_COLUMN_HOP,
    TTR_COLUMN_ADDRESS,
    TTR_COLUMN_NAME,
    TTR_COLUMN_AS,
    TTR_COLUMN_COUNTRY,
    TTR_COLUMN_SENT,            /* to the hop, whoever answered */
    TTR_COLUMN_RECEIVED,        /* from this responder */
    TTR_COLUMN_LOSS,            /* of the hop, percent: nobody can say whose probe was lost */
    TTR_COLUMN_LAST,            /* from here, of this responder, ms; 0 when nobody answered, as mtr has it */
    TTR_COLUMN_AVERAGE,
    TTR_COLUMN_BEST,
    TTR_COLUMN_WORST,
    TTR_COLUMN_DEVIATION,
    TTR_COLUMN_JITTER,
    TTR_COLUMN_STATE,           /* states of the port, marks such as !A; "no answer" */
    TTR_COLUMN_LABELS,          /* MPLS labels and interfaces of the last answer */
    TTR_COLUMN_NOTES,
    TTR_COLUMN_COUNT
};

/* Fills the row of the hop's responder with this index, or of the hop itself when it has no responder. The row owns
 * its strings, all of which are there: g_free() them. */
void ttr_hop_row_fill(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store,
                      const ttr_hops_t *hops, const ttr_hop_t *hop, guint responder);

/* Puts what is to be noted of the trace as a whole behind the row's own notes. */
void ttr_hop_row_add_trace_notes(stat_tap_table_item_type row[TTR_COLUMN_COUNT], const ttr_store_t *store,
                                 uint32_t trace);

#endif
