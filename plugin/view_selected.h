/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a frame is in the model, for menus on a packet.
 */
#ifndef VIEW_SELECTED_H
#define VIEW_SELECTED_H

#include <stdbool.h>

#include "ttr_dissector.h"

/* A frame can hold several packets, one in the other: the outermost that is in a trace counts. False when none is, or `store` is NULL. */
bool view_selected_note(const ttr_store_t *store, uint32_t frame, ttr_note_t *note);

/* The display filter for its trace. The caller frees it. */
char *view_selected_filter(const ttr_note_t *note);

#endif
