/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Small numbers for things that come again and again: lists of TCP options, and capture points. Bounded: what comes
 * when a table is full has no number of its own. Private to the core.
 */
#ifndef TTR_INTERNED_H
#define TTR_INTERNED_H

#include "ttr_evidence.h"

#define TTR_INTERNED_NONE 0u
#define TTR_INTERNED_OTHER UINT16_MAX   /* there is one, but the table is full */

typedef struct ttr_interned_row {
    uint32_t hash;
    uint8_t kind_count;
    uint8_t kinds[TTR_KINDS_MAX];
} ttr_interned_row_t;

/* The caller frees it with ttr_interned_free(). */
ttr_interned_t *ttr_interned_new(void);
void ttr_interned_free(ttr_interned_t *interned);

/* The number of what has this hash; 0 has TTR_INTERNED_NONE. */
uint16_t ttr_interned_number(ttr_interned_t *interned, uint32_t hash, const uint8_t *kinds, uint8_t kind_count);

/* What has this number; NULL for the two words above. Borrowed until the next call of ttr_interned_number(). */
const ttr_interned_row_t *ttr_interned_row(const ttr_interned_t *interned, uint16_t number);

/* Numbers 1 to this one are in use. */
uint16_t ttr_interned_count(const ttr_interned_t *interned);

size_t ttr_interned_memory(const ttr_interned_t *interned);

#endif
