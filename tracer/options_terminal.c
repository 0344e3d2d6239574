/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command line of a trace in a terminal: HOST [PORT], and what is only of use there. The options of the table are
 * taken besides.
 */
#include <string.h>

#include "options_table.h"

enum { WORDS_MAX = 2 };

typedef struct terminal_row {
    const char *name;
    char letter;                /* the same with one dash; 0: none */
    const char *value;          /* what follows; NULL: nothing */
    const char *means;          /* the option of the table that this is another name for; NULL: none */
    const char *standard;       /* the value that it has then; NULL: the one that follows */
    const char *help;
} terminal_row_t;

static const terminal_row_t rows[] = {
    {"write", 'w', "FILE", NULL, NULL, "Keep the packets in this file (pcapng)"},
    {"numeric", 'n', NULL, "names", "false", "Print addresses, and look up no names"},
    {"count", 'c', "NUMBER", "rounds", NULL, "How many rounds, the same as --rounds; 10 with --report, until stopped with "
                                             "--live"},
    {"live", 0, NULL, NULL, NULL, "A table of the hops that is redrawn in place, with one probe a hop and round; the keys q, "
                                  "p, r, d end it, make it pause, forget what was, and show more round trips in place of "
                                  "figures"},
};

static const terminal_row_t *
find(const char *argument)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const terminal_row_t *row = &rows[i];
        size_t length = strlen(row->name);

        if (row->letter != 0 && argument[0] == '-' && argument[1] == row->letter && argument[2] == '\0')
            return row;
        if (g_str_has_prefix(argument, "--") && strncmp(argument + 2, row->name, length) == 0 &&
            (argument[length + 2] == '\0' || argument[length + 2] == '='))
            return row;
    }
    return NULL;
}

static void
note(options_t *options, const char *argument, const char *what)
{
    g_autofree char *shown = g_strescape(argument, NULL);

    options_note_error(options, g_strdup_printf("%.100s: %s", shown, what));
}

static void
take_row(options_t *options, const terminal_row_t *row, const char *value)
{
    char *error = NULL;

    if (row->means != NULL) {
        if (!options_table_set(options_table_find(row->means, strlen(row->means)), options,
                               row->standard == NULL ? value : row->standard, &error))
            options_note_error(options, error);
    } else if (row->value != NULL) {
        g_free(options->fifo);
        options->fifo = g_strdup(value);
    } else {
        options->is_live = true;
    }
}

int
options_terminal_take(options_t *options, int argc, char *const argv[])
{
    const char *argument = argv[0];
    const terminal_row_t *row = find(argument);
    const char *value = strchr(argument, '=');

    if (row == NULL)
        return 0;
    options->is_terminal = true;
    if (row->value == NULL) {
        if (value != NULL)
            note(options, argument, "this option takes no value");
        take_row(options, row, "");
        return 1;
    }
    if (value != NULL) {
        take_row(options, row, value + 1);
        return 1;
    }
    if (argc < 2) {
        note(options, argument, "a value is missing");
        return 1;
    }
    take_row(options, row, argv[1]);
    return 2;
}

bool
options_terminal_add_word(options_t *options, const char *word)
{
    if (*word == '-' || options->words >= WORDS_MAX)
        return false;
    options->is_terminal = true;
    options->words++;
    if (options->words == 1) {
        g_free(options->target);
        options->target = g_strdup(word);
        if (strchr(word, '/') != NULL)
            note(options, word, "no host has such a name; what reads a file is --read");
    } else {
        char *error = NULL;

        if (!options_table_set(options_table_find("port", strlen("port")), options, word, &error))
            options_note_error(options, error);
    }
    return true;
}

void
options_terminal_print_help(GString *out)
{
    g_string_append(out, "\nIn a terminal:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        options_print_help_row(out, rows[i].name, rows[i].letter, rows[i].value, rows[i].help);
}

void
options_terminal_print_manual(GString *out)
{
    g_string_append(out, ".SS In a terminal\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        options_print_manual_row(out, rows[i].name, rows[i].letter, rows[i].value, rows[i].help);
}
