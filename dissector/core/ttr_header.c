/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_header.h"

#include <glib.h>
#include <string.h>

#include "ttr_hash.h"

enum {
    ROWS_MAX = 32768,
    ENTRY_BYTES = 32            /* about what a GHashTable and a GPtrArray need for one */
};

/* A header in the table; the hash table has no owner to ask for the seed. */
typedef struct row {
    ttr_header_t header;
    uint32_t hash;
    uint16_t number;
} row_t;

struct ttr_headers {
    uint64_t seed;
    const row_t *last;          /* the one that was asked for last */
    GHashTable *numbers;        /* row (borrowed) -> itself */
    GPtrArray *rows;            /* owned: row_t by number - 1 */
};

static guint
hash_of(const void *row)
{
    return ((const row_t *)row)->hash;
}

static gboolean
is_equal(const void *a, const void *b)
{
    return memcmp(&((const row_t *)a)->header, &((const row_t *)b)->header, sizeof(ttr_header_t)) == 0;
}

static uint32_t
mix(uint64_t seed, const ttr_header_t *header)
{
    uint32_t words[sizeof *header / sizeof(uint32_t)];

    memcpy(words, header, sizeof words);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        seed = ttr_hash_add(seed, words[i] + ((uint64_t)i << 32));
    return (uint32_t)seed;
}

ttr_headers_t *
ttr_headers_new(uint64_t seed)
{
    ttr_headers_t *headers = g_new0(ttr_headers_t, 1);

    headers->seed = seed;
    headers->numbers = g_hash_table_new(hash_of, is_equal);
    headers->rows = g_ptr_array_new_with_free_func(g_free);
    return headers;
}

void
ttr_headers_free(ttr_headers_t *headers)
{
    g_hash_table_destroy(headers->numbers);
    g_ptr_array_unref(headers->rows);
    g_free(headers);
}

uint16_t
ttr_headers_number(ttr_headers_t *headers, const ttr_header_t *header)
{
    row_t wanted = {.header = *header};
    row_t *row;

    if (headers->last != NULL && memcmp(&headers->last->header, header, sizeof *header) == 0)
        return headers->last->number;
    wanted.hash = mix(headers->seed, header);
    row = g_hash_table_lookup(headers->numbers, &wanted);
    if (row == NULL) {
        if (headers->rows->len >= ROWS_MAX)
            return TTR_HEADER_OTHER;
        wanted.number = (uint16_t)(headers->rows->len + 1);
        row = g_new(row_t, 1);
        *row = wanted;
        g_ptr_array_add(headers->rows, row);
        g_hash_table_add(headers->numbers, row);
    }
    headers->last = row;
    return row->number;
}

const ttr_header_t *
ttr_headers_row(const ttr_headers_t *headers, uint16_t number)
{
    if (number == TTR_HEADER_NONE || number > headers->rows->len)
        return NULL;
    return &((const row_t *)g_ptr_array_index(headers->rows, number - 1))->header;
}

size_t
ttr_headers_memory(const ttr_headers_t *headers)
{
    return headers->rows->len * (sizeof(row_t) + ENTRY_BYTES);
}
