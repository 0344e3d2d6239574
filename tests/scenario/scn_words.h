/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of a scenario file: numbers, times, addresses, and how a value falls apart into words.
 * Pure: text in, values out, and values back to text in one canonical form.
 */
#ifndef SCN_WORDS_H
#define SCN_WORDS_H

#include <glib.h>

#include "ttr_types.h"

typedef enum {
    SCN_ERROR_SYNTAX
} scn_error_t;

#define SCN_ERROR (g_quark_from_static_string("scn-error"))

/* The words of a value, quoted as in a shell. NULL with *error set when a quote is not closed or there is no word. */
char **scn_words_split(const char *value, GError **error);

/* The text behind "KEY=" when `word` begins so, else NULL. Borrowed from `word`. */
const char *scn_word_value(const char *word, const char *key);

/* Decimal or 0x…, at most `max`. */
bool scn_number_parse(const char *text, uint64_t max, uint64_t *number);

/* Seconds, or what the suffix "ms" or "s" says, with up to nine (ms: six) decimals; nanoseconds. */
bool scn_time_parse(const char *text, int64_t *ns);

/* An IPv4 or IPv6 address. */
bool scn_address_parse(const char *text, uint8_t *family, ttr_address_t *address);

/* 192.0.2.1:80 or [2001:db8::1]:80. */
bool scn_endpoint_parse(const char *text, uint8_t *family, ttr_address_t *address, uint16_t *port);

/* The caller frees the text. Milliseconds have three decimals, more only if it takes more. */
char *scn_address_format(uint8_t family, const ttr_address_t *address);
char *scn_milliseconds_format(int64_t ns);

#endif
