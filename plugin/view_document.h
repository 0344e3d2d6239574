/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For the views that print one document of all traces, not one trace after the other: `-z COMMAND[,FILTER]`, with the
 * same choice as view_selection.h makes.
 */
#ifndef VIEW_DOCUMENT_H
#define VIEW_DOCUMENT_H

#include "ttr_dissector.h"

typedef struct ttr_document {
    const char *command;        /* what follows -z, up to the filter */
    /* Prints the document to stdout, also when nothing was chosen. `traces`: indices (uint32_t), ascending. `store` is
     * NULL only when `traces` is empty. */
    void (*print)(const ttr_store_t *store, const GArray *traces);
} ttr_document_t;

/* Registers the view with Wireshark; *document must live as long as the program. From register_tap_listener. */
void ttr_document_register(ttr_document_t *document);

#endif
