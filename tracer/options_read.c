/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command line of --read. The outputs have the names that they have behind "tcptraceroute," in tshark's -z.
 */
#include <string.h>

#include "options_table.h"

#define READ "read"

typedef struct read_row {
    const char *name;
    const char *value;          /* what follows; NULL: nothing, it is an output */
    const char *help;
} read_row_t;

static const read_row_t rows[] = {
    {READ, "FILE...", "Print the TCP traceroutes in these captures (pcap or pcapng, also gzipped); - is standard input"},
    {"paths", NULL, "Each trace as tcptraceroute prints one; the default"},
    {"json", NULL, "A JSON object for each trace, one a line, as scamper's sc_warts2json writes them; with several files "
                   "each begins with the key \"file\""},
    {"report", NULL, "Each trace as mtr --report prints one: loss and round-trip times of each hop"},
    {"findings", NULL, "What each trace proves about its path: a sentence, the tool, and each finding with its frames"},
    {"ports", NULL, "The ports of each target side by side, hop by hop, and where a port is dropped that others pass"},
    {"dot", NULL, "All traces as one graph, for Graphviz"},
    {"html", NULL, "All traces as one page"},
};

static const read_row_t *
find(const char *name, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
            return &rows[i];
    }
    return NULL;
}

/* The row that "--NAME" or "--NAME=VALUE" names, NULL when there is none. */
static const read_row_t *
row_of(const char *argument)
{
    return g_str_has_prefix(argument, "--") ? find(argument + 2, strcspn(argument + 2, "=")) : NULL;
}

bool
options_read_is_asked(int argc, char *const argv[])
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (row_of(argv[i]) == &rows[0])
            return true;
    }
    return false;
}

static void
note(options_t *options, const char *argument, const char *what)
{
    char *shown = g_strescape(argument, NULL);

    options_note_error(options, g_strdup_printf("%.100s: %s", shown, what));
    g_free(shown);
}

static void
add_file(options_t *options, const char *path)
{
    if (*path == '\0')
        options_note_error(options, g_strdup("--" READ ": a file has no name"));
    else
        g_ptr_array_add(options->files, g_strdup(path));
}

static void
take_row(options_t *options, const read_row_t *row, const char *argument)
{
    const char *value = strchr(argument, '=');

    if (row->value != NULL) {
        if (value != NULL)
            add_file(options, value + 1);
    } else if (value != NULL) {
        note(options, argument, "this option takes no value");
    } else if (*options->output != '\0' && strcmp(options->output, row->name) != 0) {
        options_note_error(options, g_strdup_printf("--%s: there is --%s already; one output at a time", row->name,
                                                    options->output));
    } else {
        options->output = row->name;
    }
}

static void
take_option(options_t *options, const char *argument)
{
    const read_row_t *row = row_of(argument);

    if (row != NULL)
        take_row(options, row, argument);
    else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
        options->action = OPTIONS_ACTION_HELP;
    else if (strcmp(argument, "--version") == 0)
        options->action = OPTIONS_ACTION_VERSION;
    else if (g_str_has_prefix(argument, "--") &&
             options_table_find(argument + 2, strcspn(argument + 2, "=")) != NULL)
        note(options, argument, "this option is for tracing, not for --" READ);
    else
        note(options, argument, "there is no such option; see --help");
}

/* What stands alone is a file, wherever it stands, and so is all behind "--". */
void
options_read(options_t *options, int argc, char *const argv[])
{
    bool are_files = false;

    options->action = OPTIONS_ACTION_READ;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];

        if (are_files || *argument != '-' || strcmp(argument, "-") == 0)
            add_file(options, argument);
        else if (strcmp(argument, "--") == 0)
            are_files = true;
        else
            take_option(options, argument);
    }
    if (options->action != OPTIONS_ACTION_READ)
        return;
    if (options->files->len == 0)
        options_note_error(options, g_strdup("--" READ ": a file is missing; - is standard input"));
    if (options->error != NULL)
        options->action = OPTIONS_ACTION_WRONG;
    if (*options->output == '\0')
        options->output = OPTIONS_OUTPUT;
}

bool
options_read_take_output(options_t *options, const char *argument)
{
    const read_row_t *row = row_of(argument);

    if (row == NULL || row->value != NULL)
        return false;
    take_row(options, row, argument);
    options->is_terminal = true;
    return true;
}

void
options_read_print_help(GString *out)
{
    g_string_append(out, "\nReading, and what is printed of a trace:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        options_print_help_row(out, rows[i].name, 0, rows[i].value, rows[i].help);
}

void
options_read_print_manual(GString *out)
{
    g_string_append(out, ".SS Reading\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        options_print_manual_row(out, rows[i].name, 0, rows[i].value, rows[i].help);
}
