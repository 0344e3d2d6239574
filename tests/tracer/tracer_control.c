/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * control.h: the messages of the toolbar in pieces of every size, between garbage, with lengths that nobody sends.
 */
#include <string.h>

#include "control.h"

/* Target "h.example", button 2, "initialized": as Wireshark writes them. */
static const uint8_t stream[] = "T\x00\x00\x0b\x00\x01h.example" "T\x00\x00\x02\x02\x01" "T\x00\x00\x02\x00\x00";

static void
check_stream(control_reader_t *reader, guint *seen)
{
    static const struct {
        uint8_t number;
        uint8_t command;
        const char *payload;
    } expected[] = {{CONTROL_TARGET, CONTROL_SET, "h.example"}, {CONTROL_PAUSE, CONTROL_SET, ""},
                    {0, CONTROL_INITIALIZED, ""}};
    control_message_t message;

    while (control_reader_next(reader, &message)) {
        gsize length;
        const char *payload = g_bytes_get_data(message.payload, &length);

        g_assert_cmpuint(*seen, <, G_N_ELEMENTS(expected));
        g_assert_cmpuint(message.number, ==, expected[*seen].number);
        g_assert_cmpuint(message.command, ==, expected[*seen].command);
        g_assert_cmpmem(payload, length, expected[*seen].payload, strlen(expected[*seen].payload));
        (*seen)++;
    }
}

/* Cut at two places, wherever they are. */
static void
test_pieces(void)
{
    const size_t size = sizeof stream - 1;

    for (size_t first = 0; first <= size; first++) {
        for (size_t second = first; second <= size; second++) {
            control_reader_t *reader = control_reader_new();
            guint seen = 0;

            control_reader_add(reader, stream, first);
            check_stream(reader, &seen);
            control_reader_add(reader, stream + first, second - first);
            check_stream(reader, &seen);
            control_reader_add(reader, stream + second, size - second);
            check_stream(reader, &seen);
            g_assert_cmpuint(seen, ==, 3);
            control_reader_free(reader);
        }
    }
}

/* Bytes that begin no message are skipped; what follows is read. */
static void
test_garbage(void)
{
    static const char *const garbage[] = {"x", "abc\n", "T\xff\xff\xff\x01\x02", "T\x01\x00\x02\x01\x02",
                                          "TT\xff\xff\xff\xff\xff", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"};

    for (size_t i = 0; i < G_N_ELEMENTS(garbage); i++) {
        control_reader_t *reader = control_reader_new();
        guint seen = 0;

        for (size_t at = 0; at < strlen(garbage[i]); at++) {
            control_reader_add(reader, garbage[i] + at, 1);
            check_stream(reader, &seen);
        }
        control_reader_add(reader, stream, sizeof stream - 1);
        check_stream(reader, &seen);
        g_assert_cmpuint(seen, ==, 3);
        control_reader_free(reader);
    }
}

/* A length that leaves no room for number and command, or is beyond 65,535 bytes of payload, begins no message. */
static void
test_lengths(void)
{
    static const struct {
        uint32_t counted;
        bool is_message;
    } lengths[] = {{0, false}, {1, false}, {2, true}, {3, true}, {65537, true}, {65538, false}, {0xffffff, false}};

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        control_reader_t *reader = control_reader_new();
        g_autofree uint8_t *bytes = g_malloc0(70000);
        uint32_t counted = lengths[i].counted;
        control_message_t message;
        bool is_read;

        bytes[0] = 'T';
        bytes[1] = (uint8_t)(counted >> 16);
        bytes[2] = (uint8_t)(counted >> 8);
        bytes[3] = (uint8_t)counted;
        control_reader_add(reader, bytes, 70000);
        is_read = control_reader_next(reader, &message);
        g_assert_true(is_read == lengths[i].is_message);
        if (is_read)
            g_assert_cmpuint(g_bytes_get_size(message.payload), ==, counted - 2);
        g_assert_false(control_reader_next(reader, &message));
        control_reader_free(reader);
    }
    control_reader_free(NULL);
}

static void
test_written(void)
{
    static const size_t lengths[] = {0, 1, 255, 256, 32768, 32769, 100000};

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        g_autofree char *text = g_strnfill(lengths[i], 'a');
        size_t length = MIN(lengths[i], (size_t)32768);

        control_write(out, CONTROL_STATUS, CONTROL_SET, text);
        g_assert_cmpuint(out->len, ==, length + 6);
        g_assert_cmpuint(out->data[0], ==, 'T');
        g_assert_cmpuint(out->data[1] * 65536u + out->data[2] * 256u + out->data[3], ==, length + 2);
        g_assert_cmpuint(out->data[4], ==, CONTROL_STATUS);
        g_assert_cmpuint(out->data[5], ==, CONTROL_SET);
        g_assert_cmpmem(out->data + 6, out->len - 6, text, length);
    }
}

/* One sentence for each control, and the modes as values of the second. */
static void
test_sentences(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;
    guint controls = 0;
    guint strings = 0;

    control_print_toolbar(out);
    lines = g_strsplit(out->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_autofree char *begin = g_strdup_printf("control {number=%u}{type=", controls);
        bool is_control = g_str_has_prefix(lines[i], begin);

        g_assert_true(is_control || g_str_has_prefix(lines[i], "value {control=1}{value="));
        controls += is_control;
        strings += strstr(lines[i], "{type=string}") != NULL;
    }
    g_assert_cmpuint(controls, ==, CONTROL_HELP + 1);
    g_assert_cmpuint(strings, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/control/cut_at_every_two_bytes", test_pieces);
    g_test_add_func("/control/garbage_before_a_message", test_garbage);
    g_test_add_func("/control/lengths", test_lengths);
    g_test_add_func("/control/written", test_written);
    g_test_add_func("/control/sentences", test_sentences);
    return g_test_run();
}
