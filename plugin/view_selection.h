/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the text views share: `-z COMMAND[,FILTER]`, and which traces FILTER chooses. A trace is shown, whole, when
 * one of its frames passes, and all are shown without a filter.
 */
#ifndef VIEW_SELECTION_H
#define VIEW_SELECTION_H

#include "ttr_dissector.h"

typedef struct ttr_view {
    const char *command;        /* what follows -z, up to the filter */
    /* One of the two. Prints one trace to stdout; `is_first`: nothing was printed before it. */
    void (*print)(const ttr_store_t *store, uint32_t trace, bool is_first);
    /* For a view that is one document: prints all to stdout, also when nothing was chosen. `traces`: indices
     * (uint32_t), ascending. `store` is NULL only when there are none. */
    void (*print_all)(const ttr_store_t *store, const GArray *traces);
} ttr_view_t;

/* Registers the view with Wireshark; *view must live as long as the program. From register_tap_listener. */
void ttr_view_register(ttr_view_t *view);

#endif
