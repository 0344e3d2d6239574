/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_markup.h"

#include <stdbool.h>

#define REPLACEMENT 0xfffdu
#define CONTROL_PICTURES 0x2400u    /* U+2400 is the picture of NUL, U+2401 of the next one, and so on */

/* Direction marks, embeddings, overrides and isolates (Unicode Standard Annex 9), line and paragraph separator. */
static bool
is_unseen(gunichar sign)
{
    return sign == 0x061c || sign == 0x200e || sign == 0x200f || (sign >= 0x2028 && sign <= 0x202e) ||
           (sign >= 0x2066 && sign <= 0x2069) || sign == 0xfeff;
}

/* The sign itself, or what is shown in its place. */
static gunichar
visible(gunichar sign)
{
    if (sign < 0x20)
        return CONTROL_PICTURES + sign;
    if (sign == 0x7f)
        return CONTROL_PICTURES + 0x21;
    if ((sign >= 0x80 && sign < 0xa0) || is_unseen(sign))
        return REPLACEMENT;
    if ((sign >= 0xfdd0 && sign <= 0xfdef) || (sign & 0xfffe) == 0xfffe)
        return REPLACEMENT;
    return sign;
}

/* Appends `words`, each sign that `escape` knows replaced by what it says. */
static void
append(GString *out, const char *words, const char *(*escape)(gunichar sign))
{
    char *valid = g_utf8_make_valid(words, -1);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar sign = visible(g_utf8_get_char(at));
        const char *escaped = escape(sign);

        if (escaped != NULL)
            g_string_append(out, escaped);
        else
            g_string_append_unichar(out, sign);
    }
    g_free(valid);
}

static const char *
escape_html(gunichar sign)
{
    switch (sign) {
    case '&':  return "&amp;";
    case '<':  return "&lt;";
    case '>':  return "&gt;";
    case '"':  return "&quot;";
    case '\'': return "&#39;";
    default:   return NULL;
    }
}

/* Graphviz reads HTML's entities in labels, and backslashes as its own escapes. */
static const char *
escape_dot(gunichar sign)
{
    switch (sign) {
    case '&':  return "&amp;";
    case '"':  return "\\\"";
    case '\\': return "\\\\";
    default:   return NULL;
    }
}

void
ttr_markup_html(GString *out, const char *words)
{
    append(out, words, escape_html);
}

void
ttr_markup_dot(GString *out, const char *words)
{
    append(out, words, escape_dot);
}

static const char *
escape_nothing(gunichar sign G_GNUC_UNUSED)
{
    return NULL;
}

char *
ttr_markup_plain(const char *words)
{
    GString *out = g_string_new(NULL);

    append(out, words, escape_nothing);
    return g_string_free(out, FALSE);
}

void
ttr_markup_number(GString *out, double number, int decimals)
{
    const char format[] = {'%', '.', (char)('0' + decimals), 'f', '\0'};
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(out, g_ascii_formatd(digits, sizeof digits, format, number));
}
