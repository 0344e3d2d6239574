/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "scn_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

char **
scn_words_split(const char *value, GError **error)
{
    char **words = NULL;
    g_autoptr(GError) reason = NULL;

    if (!g_shell_parse_argv(value, NULL, &words, &reason)) {
        g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "says nothing that can be read: %s", reason->message);
        return NULL;
    }
    return words;
}

const char *
scn_word_value(const char *word, const char *key)
{
    size_t length = strlen(key);

    if (strncmp(word, key, length) != 0 || word[length] != '=')
        return NULL;
    return word + length + 1;
}

bool
scn_number_parse(const char *text, uint64_t max, uint64_t *number)
{
    bool is_hex = g_str_has_prefix(text, "0x");
    const char *digits = is_hex ? text + 2 : text;
    char *end;

    if (is_hex ? !g_ascii_isxdigit(digits[0]) : !g_ascii_isdigit(digits[0]))
        return false;
    errno = 0;
    *number = g_ascii_strtoull(digits, &end, is_hex ? 16 : 10);
    return errno == 0 && *end == '\0' && *number <= max;
}

bool
scn_time_parse(const char *text, int64_t *ns)
{
    int64_t unit = INT64_C(1000000000);
    char *end;

    if (!g_ascii_isdigit(text[0]))
        return false;
    if (g_str_has_suffix(text, "ms"))
        unit = 1000000;
    errno = 0;
    *ns = (int64_t)g_ascii_strtoull(text, &end, 10);
    if (errno != 0 || *ns > G_MAXINT64 / unit)
        return false;
    *ns *= unit;
    if (*end == '.') {
        for (end++; g_ascii_isdigit(*end); end++) {
            if (unit == 1)
                return false;
            unit /= 10;
            *ns += (*end - '0') * unit;
        }
    }
    return *end == '\0' || strcmp(end, "ms") == 0 || strcmp(end, "s") == 0;
}

bool
scn_address_parse(const char *text, uint8_t *family, ttr_address_t *address)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1)
        *family = TTR_FAMILY_IPV4;
    else if (inet_pton(AF_INET6, text, address->bytes) == 1)
        *family = TTR_FAMILY_IPV6;
    else
        return false;
    return true;
}

bool
scn_endpoint_parse(const char *text, uint8_t *family, ttr_address_t *address, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *host = NULL;
    uint64_t number;

    if (colon == NULL || !scn_number_parse(colon + 1, UINT16_MAX, &number))
        return false;
    *port = (uint16_t)number;
    if (text[0] == '[' && colon > text + 1 && colon[-1] == ']')
        host = g_strndup(text + 1, (gsize)(colon - text - 2));
    else
        host = g_strndup(text, (gsize)(colon - text));
    return scn_address_parse(host, family, address) && (*family == TTR_FAMILY_IPV6) == (text[0] == '[');
}

char *
scn_address_format(uint8_t family, const ttr_address_t *address)
{
    char text[INET6_ADDRSTRLEN];

    if (inet_ntop(family == TTR_FAMILY_IPV4 ? AF_INET : AF_INET6, address->bytes, text, sizeof text) == NULL)
        return g_strdup("?");
    return g_strdup(text);
}

char *
scn_milliseconds_format(int64_t ns)
{
    char *text = g_strdup_printf("%s%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, ns < 0 ? "-" : "", ABS(ns) / 1000000,
                                 ABS(ns) % 1000000);
    size_t length = strlen(text);
    char *with_unit;

    for (int i = 0; i < 3 && text[length - 1] == '0'; i++)
        text[--length] = '\0';
    with_unit = g_strconcat(text, "ms", NULL);
    g_free(text);
    return with_unit;
}
