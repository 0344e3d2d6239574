/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_output_near.h"

#include "ttr_near.h"

static bool
has_traces(const ttr_store_t *store)
{
    uint32_t count = ttr_path_trace_count(store);
    ttr_trace_ends_t ends;

    for (uint32_t trace = 0; trace < count; trace++) {
        if (ttr_path_ends(store, trace, &ends))
            return true;
    }
    return false;
}

char *
ttr_output_near(const ttr_store_t *store)
{
    GString *text;
    ttr_near_t near;

    if (has_traces(store))
        return NULL;
    near = ttr_near_find(store);
    text = g_string_new("there is no TCP traceroute in this capture");
    if (near.foreign_errors > 0)
        g_string_append_printf(text,
                               "; %" G_GUINT64_FORMAT " ICMP %s TCP segments that are not in it with a TTL of %u or less",
                               near.foreign_errors, near.foreign_errors == 1 ? "error quotes" : "errors quote",
                               near.highest_ttl);
    if (near.series > 0)
        g_string_append_printf(text, "; %u series of segments %s one TTL only", near.series,
                               near.series == 1 ? "has" : "have");
    return g_string_free(text, FALSE);
}
