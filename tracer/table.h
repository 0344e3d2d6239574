/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace as a table of its hops that fits a terminal. Pure: text comes out, without control characters but the ends of
 * its lines.
 */
#ifndef TABLE_H
#define TABLE_H

#include "ttr_output.h"

typedef struct table {
    const ttr_store_t *store;           /* borrowed */
    const ttr_output_names_t *names;    /* borrowed */
    uint32_t trace;                     /* its number in the store; TTR_NO_TRACE: there is none yet */
    const char *title;                  /* borrowed: the first line, cut where it is too long */
    unsigned width;                     /* columns of the terminal */
    unsigned height;                    /* lines */
    bool is_unicode;                    /* it shows block elements */
    bool has_history;                   /* the round trips of the last probes in place of their figures */
} table_t;

/* Appends at most `height` lines of at most `width` columns, each with its end: title, a line for each hop, what the trace
 * proves. What finds no place is left out from below. */
void table_draw(GString *out, const table_t *table);

#endif
