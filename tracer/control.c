/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <string.h>

enum {
    HEADER = 6,
    PAYLOAD_MAX = 65535,        /* nothing that a toolbar sends is longer */
    TEXT_MAX = 32768
};

struct control_reader {
    GByteArray *bytes;          /* owned: what is not read yet */
    GBytes *payload;            /* owned: of the message handed out last */
};

control_reader_t *
control_reader_new(void)
{
    control_reader_t *reader = g_new0(control_reader_t, 1);

    reader->bytes = g_byte_array_new();
    return reader;
}

void
control_reader_free(control_reader_t *reader)
{
    if (reader == NULL)
        return;
    g_byte_array_unref(reader->bytes);
    g_clear_pointer(&reader->payload, g_bytes_unref);
    g_free(reader);
}

void
control_reader_add(control_reader_t *reader, const void *data, size_t length)
{
    g_byte_array_append(reader->bytes, data, (guint)length);
}

static size_t
payload_length(const guint8 *header)
{
    size_t length = ((size_t)header[1] << 16) | ((size_t)header[2] << 8) | header[3];

    return length < 2 ? SIZE_MAX : length - 2;  /* control number and command count as well */
}

/* Drops bytes up to one that may begin a message. */
static void
skip_to_message(GByteArray *bytes)
{
    guint at = 0;

    while (at < bytes->len &&
           (bytes->data[at] != 'T' || (bytes->len - at >= HEADER && payload_length(bytes->data + at) > PAYLOAD_MAX)))
        at++;
    if (at > 0)
        g_byte_array_remove_range(bytes, 0, at);
}

bool
control_reader_next(control_reader_t *reader, control_message_t *message)
{
    GByteArray *bytes = reader->bytes;
    size_t length;

    g_clear_pointer(&reader->payload, g_bytes_unref);
    skip_to_message(bytes);
    if (bytes->len < HEADER)
        return false;
    length = payload_length(bytes->data);
    if (bytes->len < HEADER + length)
        return false;
    reader->payload = g_bytes_new(bytes->data + HEADER, length);
    *message = (control_message_t){
        .number = bytes->data[4],
        .command = bytes->data[5],
        .payload = reader->payload,
    };
    g_byte_array_remove_range(bytes, 0, (guint)(HEADER + length));
    return true;
}

void
control_write(GByteArray *out, control_number_t number, control_command_t command, const char *text)
{
    size_t length = MIN(strlen(text), (size_t)TEXT_MAX);
    size_t counted = length + 2;
    guint8 header[HEADER] = {
        'T',
        (guint8)(counted >> 16),
        (guint8)(counted >> 8),
        (guint8)counted,
        (guint8)number,
        (guint8)command,
    };

    g_byte_array_append(out, header, HEADER);
    g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

void
control_print_toolbar(GString *out)
{
    g_string_append_printf(out,
                           "control {number=%d}{type=string}{display=Target}{tooltip=Host to trace instead; Enter starts}"
                           "{placeholder=host or address}\n"
                           "control {number=%d}{type=selector}{display=Mode}{tooltip=Which source ports to send from}\n"
                           "control {number=%d}{type=button}{display=Pause}{tooltip=Send no probes until pressed again}\n"
                           "control {number=%d}{type=button}{display=Next round}{tooltip=Begin the next round now}\n"
                           "control {number=%d}{type=button}{display=Ready}{tooltip=Hops, round trip and state of the port}\n"
                           "control {number=%d}{type=button}{role=logger}{display=Log}{tooltip=Each hop as it answers}\n"
                           "control {number=%d}{type=button}{role=help}{display=Help}{tooltip=How to read a TCP path}\n",
                           CONTROL_TARGET, CONTROL_MODE, CONTROL_PAUSE, CONTROL_NEXT_ROUND, CONTROL_STATUS, CONTROL_LOG, CONTROL_HELP);
    g_string_append_printf(out,
                           "value {control=%d}{value=fixed}{display=Fixed flow}{default=true}\n"
                           "value {control=%d}{value=classic}{display=Classic}\n"
                           "value {control=%d}{value=multipath}{display=Multipath}\n",
                           CONTROL_MODE, CONTROL_MODE, CONTROL_MODE);
}
