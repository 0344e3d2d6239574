/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The messages between Wireshark's toolbar and an extcap: 'T', 3 bytes of length, control number, command, payload
 * (doc/README.extcap in Wireshark's source). Pure.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "options.h"

typedef enum {
    CONTROL_TARGET,
    CONTROL_MODE,
    CONTROL_PAUSE,
    CONTROL_NEXT_ROUND,
    CONTROL_STATUS,
    CONTROL_LOG,
    CONTROL_HELP
} control_number_t;

typedef enum {
    CONTROL_INITIALIZED = 0,
    CONTROL_SET = 1,
    CONTROL_ADD = 2,
    CONTROL_REMOVE = 3,
    CONTROL_ENABLE = 4,
    CONTROL_DISABLE = 5,
    CONTROL_STATUS_BAR = 6,
    CONTROL_INFORMATION = 7,
    CONTROL_WARNING = 8,
    CONTROL_ERROR = 9
} control_command_t;

typedef struct control_message {
    uint8_t number;             /* control_number_t, but any number may come */
    uint8_t command;            /* control_command_t, likewise */
    GBytes *payload;            /* borrowed until the next control_reader_next() */
} control_message_t;

typedef struct control_reader control_reader_t;

/* Collects what comes from the pipe, in pieces of any size. The caller frees it with control_reader_free(). */
control_reader_t *control_reader_new(void);
void control_reader_free(control_reader_t *reader);
void control_reader_add(control_reader_t *reader, const void *data, size_t length);

/* The next whole message; false when there is none yet. Bytes that begin no message are skipped. */
bool control_reader_next(control_reader_t *reader, control_message_t *message);

/* Appends one message. Text longer than 32768 bytes is cut. */
void control_write(GByteArray *out, control_number_t number, control_command_t command, const char *text);

/* The sentences about the toolbar that answer --extcap-interfaces. Appended. */
void control_print_toolbar(GString *out);

#endif
