/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_interned.h"

enum {
    ROWS_MAX = 4096,
    ENTRY_BYTES = 24            /* about what a GHashTable needs for one */
};

struct ttr_interned {
    GHashTable *numbers;        /* owned: hash -> number */
    GArray *rows;               /* owned: ttr_interned_row_t by number - 1 */
};

ttr_interned_t *
ttr_interned_new(void)
{
    ttr_interned_t *interned = g_new0(ttr_interned_t, 1);

    interned->numbers = g_hash_table_new(NULL, NULL);
    interned->rows = g_array_new(FALSE, TRUE, sizeof(ttr_interned_row_t));
    return interned;
}

void
ttr_interned_free(ttr_interned_t *interned)
{
    g_hash_table_destroy(interned->numbers);
    g_array_unref(interned->rows);
    g_free(interned);
}

uint16_t
ttr_interned_number(ttr_interned_t *interned, uint32_t hash, const uint8_t *kinds, uint8_t kind_count)
{
    ttr_interned_row_t row = {.hash = hash, .kind_count = kind_count};
    guint number;

    if (hash == 0)
        return TTR_INTERNED_NONE;
    number = GPOINTER_TO_UINT(g_hash_table_lookup(interned->numbers, GUINT_TO_POINTER(hash)));
    if (number != 0)
        return (uint16_t)number;
    if (interned->rows->len >= ROWS_MAX)
        return TTR_INTERNED_OTHER;
    if (kind_count > 0)
        memcpy(row.kinds, kinds, kind_count);
    g_array_append_val(interned->rows, row);
    g_hash_table_insert(interned->numbers, GUINT_TO_POINTER(hash), GUINT_TO_POINTER(interned->rows->len));
    return (uint16_t)interned->rows->len;
}

const ttr_interned_row_t *
ttr_interned_row(const ttr_interned_t *interned, uint16_t number)
{
    if (number == TTR_INTERNED_NONE || number > interned->rows->len)
        return NULL;
    return &g_array_index(interned->rows, ttr_interned_row_t, number - 1);
}

uint16_t
ttr_interned_count(const ttr_interned_t *interned)
{
    return (uint16_t)interned->rows->len;
}

size_t
ttr_interned_memory(const ttr_interned_t *interned)
{
    return interned->rows->len * (sizeof(ttr_interned_row_t) + ENTRY_BYTES);
}
