/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text and numbers for documents that other programs read. Any bytes are legal text: what is not UTF-8, what a reader
 * would not see and what changes the direction of writing is replaced by a visible sign. Pure.
 */
#ifndef TTR_MARKUP_H
#define TTR_MARKUP_H

#include <glib.h>
#include <stdint.h>

/* Appends `words` so that they stay text within an element or a quoted attribute of HTML and XML. */
void ttr_markup_html(GString *out, const char *words);

/* Appends `words` so that they stay text within a double-quoted string of DOT, labels included. */
void ttr_markup_dot(GString *out, const char *words);

/* The words as plain text on one line. The caller frees it. */
char *ttr_markup_plain(const char *words);

/* Appends a number with so many decimals, rounded, with a point in every locale. */
void ttr_markup_number(GString *out, double number, int decimals);

#endif
