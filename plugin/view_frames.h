/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which packets were tapped, while nobody knows yet which traces they will turn out to be part of.
 */
#ifndef VIEW_FRAMES_H
#define VIEW_FRAMES_H

#include "ttr_dissector.h"

typedef struct ttr_frames ttr_frames_t;

/* The caller frees it with ttr_frames_free(). */
ttr_frames_t *ttr_frames_new(void);
void ttr_frames_free(ttr_frames_t *frames);     /* NULL is legal */

/* Eight bytes for each packet. */
void ttr_frames_add(ttr_frames_t *frames, const ttr_note_t *note);

void ttr_frames_forget(ttr_frames_t *frames);

/* Indices (uint32_t) of the traces that these packets are part of, rising; of all traces where `frames` is NULL.
 * To be asked when all packets were seen. The caller frees the array. */
GArray *ttr_frames_traces(const ttr_frames_t *frames, const ttr_store_t *store);

#endif
