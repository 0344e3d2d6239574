/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * records_next() on any bytes, given whole and given in pieces: the records are the same. Input: one byte with the size
 * of the pieces, then the file.
 */
#include <glib.h>
#include <string.h>

#include "fuzz_check.h"
#include "records.h"

typedef struct input {
    const uint8_t *data;
    size_t left;
    size_t piece;
} input_t;

static long
fill(void *user, uint8_t *buffer, size_t size)
{
    input_t *input = user;
    size_t count = MIN(MIN(size, input->piece), input->left);

    if (count > 0)
        memcpy(buffer, input->data, count);
    input->data += count;
    input->left -= count;
    return (long)count;
}

static void
append(GByteArray *said, const void *data, size_t size)
{
    if (size > 0)
        g_byte_array_append(said, data, (guint)size);
}

/* All that the records say, in one array. */
static GByteArray *
read_all(const uint8_t *data, size_t size, size_t piece)
{
    input_t input = {.data = data, .left = size, .piece = piece};
    source_t *source = source_new(fill, &input);
    records_t *records = records_new(source);
    GByteArray *said = g_byte_array_new();
    records_result_t result;
    record_t record;
    size_t captured = 0;

    while ((result = records_next(records, &record)) == RECORDS_PACKET) {
        FUZZ_CHECK((record.link_type == RECORDS_LINK_NONE) == (record.kind != NULL));
        captured += record.captured;
        FUZZ_CHECK(captured <= size);
        append(said, &record.time_ns, sizeof record.time_ns);
        append(said, &record.link_type, sizeof record.link_type);
        append(said, &record.length, sizeof record.length);
        append(said, record.data, record.captured);
    }
    FUZZ_CHECK((result == RECORDS_BROKEN) == (*records_error(records) != '\0'));
    FUZZ_CHECK(records_next(records, &record) == result);
    append(said, records_error(records), strlen(records_error(records)));
    records_free(records);
    source_free(source);
    return said;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GByteArray *whole;
    GByteArray *pieces;

    if (size < 1)
        return 0;
    whole = read_all(data + 1, size - 1, size);
    pieces = read_all(data + 1, size - 1, (size_t)data[0] % 16 + 1);
    FUZZ_CHECK(whole->len == pieces->len && (whole->len == 0 || memcmp(whole->data, pieces->data, whole->len) == 0));
    g_byte_array_unref(whole);
    g_byte_array_unref(pieces);
    return 0;
}
