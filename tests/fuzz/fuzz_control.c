/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reader of the control pipe on any bytes, given whole and given in pieces: the messages are the same. Input: one
 * byte with the size of the pieces, then what came from the pipe.
 */
#include <string.h>

#include "control.h"
#include "fuzz_check.h"

/* Number, command, length and content of all messages, in one array. */
static GByteArray *
read_all(const uint8_t *data, size_t size, size_t piece)
{
    control_reader_t *reader = control_reader_new();
    GByteArray *said = g_byte_array_new();
    control_message_t message;

    for (size_t at = 0; at < size; at += piece) {
        control_reader_add(reader, data + at, piece < size - at ? piece : size - at);
        while (control_reader_next(reader, &message)) {
            gsize length;
            const uint8_t *payload = g_bytes_get_data(message.payload, &length);
            const uint8_t head[4] = {message.number, message.command, (uint8_t)(length >> 8), (uint8_t)length};

            FUZZ_CHECK(length <= 65535 && length + 6 <= size);
            g_byte_array_append(said, head, sizeof head);
            if (length > 0)
                g_byte_array_append(said, payload, (guint)length);
        }
    }
    control_reader_free(reader);
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
