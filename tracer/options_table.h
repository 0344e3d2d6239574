/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row for each option.
 */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include "options.h"

typedef enum {
    OPTIONS_TYPE_INTEGER,       /* int */
    OPTIONS_TYPE_DECIMAL,       /* double */
    OPTIONS_TYPE_BOOLEAN,       /* bool */
    OPTIONS_TYPE_CHOICE,        /* int: the index of the choice */
    OPTIONS_TYPE_STRING,        /* char *, owned */
    OPTIONS_TYPE_FILE,          /* the same, the name of a file */
    OPTIONS_TYPE_DEVICE         /* the same, offered as a list of devices */
} options_type_t;

typedef struct options_choice {
    const char *value;
    const char *display;
} options_choice_t;

typedef struct options_row {
    const char *name;           /* without the dashes */
    options_type_t type;
    size_t offset;              /* in options_t */
    const char *group;          /* a tab of the dialog */
    const char *display;
    const char *help;           /* one sentence; must hold no brace */
    const char *standard;       /* the default, as text */
    double min;
    double max;
    options_choice_t choices[5];/* ended by a NULL value */
    const char *validation;     /* strings: regular expression that the dialog checks */
    const char *placeholder;
    bool is_required;
    bool is_automatic;          /* numbers: 0 reads "automatic", and is that in the dialog where nothing stands */
} options_row_t;

#define OPTIONS_AUTOMATIC "automatic"

extern const options_row_t options_table[];
extern const size_t options_table_size;

/* NULL when there is none. `length`: of the name. */
const options_row_t *options_table_find(const char *name, size_t length);

/* Stores the text as the row's value. False, with a sentence in *error that the caller frees, when it is not legal. */
bool options_table_set(const options_row_t *row, options_t *options, const char *text, char **error);

/* One option in --help and in the man page. `letter`: the same with one dash, or 0. `value`: what follows it, or NULL.
 * `help`: a sentence without its point. */
void options_print_help_row(GString *out, const char *name, char letter, const char *value, const char *help);
void options_print_manual_row(GString *out, const char *name, char letter, const char *value, const char *help);

#endif
