/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For the views that Wireshark itself draws: it hands them packet by packet and never says that it is about to draw.
 * A trace is tapped when one of its frames is, and is then added to the view whole, once:
 *   - in a program that prints, just before the view is drawn: only then is it known what the frames are part of;
 *   - in a window, at that frame: the file was read before, and the window takes rows at any time, at the end only.
 */
#ifndef VIEW_TAPPED_H
#define VIEW_TAPPED_H

#include "ttr_dissector.h"

typedef struct ttr_tapped ttr_tapped_t;

/* Adds one trace to the view: by index in a program that prints, in the order of their first frames in a window. */
typedef void (*ttr_tapped_add_t)(void *view, const ttr_store_t *store, uint32_t trace);

/* `view` is handed to the callback, which may not be NULL. The caller frees it with ttr_tapped_free(). */
ttr_tapped_t *ttr_tapped_new(ttr_tapped_add_t add, void *view);

/* Not from a callback of a tap. NULL is legal. */
void ttr_tapped_free(ttr_tapped_t *tapped);

/* Nothing is tapped any more. What was added stays in the view. */
void ttr_tapped_forget(ttr_tapped_t *tapped);

/* Forgets as well. To be called before the view's own listener is registered, and so not from a callback of a tap. */
void ttr_tapped_begin(ttr_tapped_t *tapped);

/* To be called for each tapped packet. */
void ttr_tapped_take(ttr_tapped_t *tapped, const ttr_note_t *note, bool is_window);

#endif
