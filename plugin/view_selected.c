/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_selected.h"

#include <glib.h>

bool
view_selected_note(const ttr_store_t *store, uint32_t frame, ttr_note_t *note)
{
    for (unsigned layer = 0; store != NULL && layer <= UINT8_MAX; layer++) {
        if (ttr_note_find(store, frame, (uint8_t)layer, note) && note->trace != TTR_NO_TRACE)
            return true;
    }
    return false;
}

char *
view_selected_filter(const ttr_note_t *note)
{
    return g_strdup_printf("tcptraceroute.trace == %u", note->trace);
}
