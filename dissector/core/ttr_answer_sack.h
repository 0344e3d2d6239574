/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes of one flow that SACK blocks held so far, to tell what is new in a block. Private to the core.
 */
#ifndef TTR_ANSWER_SACK_H
#define TTR_ANSWER_SACK_H

#include "ttr_evidence.h"

enum { TTR_HELD_MAX = 64 };     /* stretches; of more the oldest are forgotten */

typedef struct ttr_held {
    uint32_t count;
    ttr_sack_t blocks[TTR_HELD_MAX];    /* none touches another */
} ttr_held_t;

/* Was the byte with this seq held? */
bool ttr_held_has(const ttr_held_t *held, uint32_t seq);

/* How many bytes of a block were. */
uint32_t ttr_held_count(const ttr_held_t *held, const ttr_sack_t *block);

/* Adds a block, of a long one its beginning. */
void ttr_held_add(ttr_held_t *held, const ttr_sack_t *block);

#endif
