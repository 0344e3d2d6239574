/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `-z tcptraceroute,paths`: each trace as tcptraceroute 1.5 prints one.
 */
#include "views.h"

#include <stdio.h>

#include "view_path_text.h"
#include "view_selection.h"

static void
print_trace(const ttr_store_t *store, uint32_t index, bool is_first)
{
    ttr_trace_info_t trace;
    GString *text;

    if (!ttr_path_trace(store, index, &trace))
        return;
    text = g_string_new(is_first ? "" : "\n");
    ttr_view_path_text(text, store, &trace);
    fputs(text->str, stdout);
    g_string_free(text, TRUE);
}

void
view_paths_register(void)
{
    static ttr_view_t view = {.command = "tcptraceroute,paths", .print = print_trace};

    ttr_view_register(&view);
}
