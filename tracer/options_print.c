/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of options as Wireshark's dialog, as help and as man page.
 */
#include <string.h>

#include "options_table.h"

#define HELP_WIDTH 96
#define HELP_INDENT 24

static const char *
extcap_type(options_type_t type)
{
    switch (type) {
    case OPTIONS_TYPE_INTEGER: return "integer";
    case OPTIONS_TYPE_DECIMAL: return "double";
    case OPTIONS_TYPE_BOOLEAN: return "boolean";
    case OPTIONS_TYPE_CHOICE:  return "selector";
    case OPTIONS_TYPE_STRING:  return "string";
    case OPTIONS_TYPE_FILE:    return "fileselect";
    case OPTIONS_TYPE_DEVICE:  return "selector";
    }
    return "string";
}

static void
print_value(GString *out, size_t number, const char *value, const char *display, bool is_default)
{
    g_string_append_printf(out, "value {arg=%zu}{value=%s}{display=%s}{default=%s}\n", number, value, display,
                           is_default ? "true" : "false");
}

static void
print_devices(GString *out, size_t number, char *const *devices)
{
    print_value(out, number, "auto", "Automatic", true);
    print_value(out, number, "any", "Capture on all devices", false);
    for (; *devices != NULL; devices++)
        print_value(out, number, *devices, *devices, false);
}

static void
print_values(GString *out, size_t number, char *const *devices)
{
    const options_row_t *row = &options_table[number];

    if (row->type == OPTIONS_TYPE_DEVICE)
        print_devices(out, number, devices);
    for (const options_choice_t *choice = row->choices; choice->value != NULL; choice++)
        print_value(out, number, choice->value, choice->display, strcmp(choice->value, row->standard) == 0);
}

static bool
has_range(const options_row_t *row)
{
    return row->type == OPTIONS_TYPE_INTEGER || row->type == OPTIONS_TYPE_DECIMAL;
}

static void
print_argument(GString *out, size_t number)
{
    const options_row_t *row = &options_table[number];

    g_string_append_printf(out, "arg {number=%zu}{call=--%s}{display=%s}{tooltip=%s}{type=%s}{group=%s}", number,
                           row->name, row->display, row->help, extcap_type(row->type), row->group);
    if (has_range(row))
        g_string_append_printf(out, "{range=%.10g,%.10g}", row->min, row->max);
    if (row->choices[0].value == NULL && row->type != OPTIONS_TYPE_DEVICE && *row->standard != '\0' && !row->is_automatic)
        g_string_append_printf(out, "{default=%s}", row->standard);
    if (row->is_required)
        g_string_append(out, "{required=true}");
    if (row->validation != NULL)
        g_string_append_printf(out, "{validation=%s}", row->validation);
    if (row->placeholder != NULL)
        g_string_append_printf(out, "{placeholder=%s}", row->placeholder);
    if (row->type == OPTIONS_TYPE_FILE)
        g_string_append(out, "{mustexist=true}");
    if (row->type == OPTIONS_TYPE_DEVICE)
        g_string_append(out, "{reload=true}{placeholder=Look again}");
    g_string_append_c(out, '\n');
}

void
options_print_config(GString *out, char *const *devices)
{
    for (size_t i = 0; i < options_table_size; i++)
        print_argument(out, i);
    for (size_t i = 0; i < options_table_size; i++)
        print_values(out, i, devices);
}

void
options_print_reload(GString *out, const char *option, char *const *devices)
{
    const options_row_t *row;

    while (*option == '-')
        option++;
    row = options_table_find(option, strlen(option));
    if (row != NULL)
        print_values(out, (size_t)(row - options_table), devices);
}

/* "A|B|C" */
static char *
choice_names(const options_choice_t *choices)
{
    GString *name = g_string_new(NULL);

    for (const options_choice_t *choice = choices; choice->value != NULL; choice++)
        g_string_append_printf(name, "%s%s", choice == choices ? "" : "|", choice->value);
    return g_string_free(name, FALSE);
}

/* "N", "N.N", "WORD", "A|B|C": what to write behind the option. */
static char *
value_name(const options_row_t *row)
{
    switch (row->type) {
    case OPTIONS_TYPE_INTEGER:
    case OPTIONS_TYPE_DECIMAL:
        return g_strdup("NUMBER");
    case OPTIONS_TYPE_BOOLEAN:
        return g_strdup("true|false");
    case OPTIONS_TYPE_STRING:
        return g_ascii_strup(row->name, -1);
    case OPTIONS_TYPE_FILE:
        return g_strdup("FILE");
    case OPTIONS_TYPE_DEVICE:
        return g_strdup("auto|any|NAME");
    case OPTIONS_TYPE_CHOICE:
        return choice_names(row->choices);
    }
    return g_strdup("");
}

/* "; 1 to 255, default 30" */
static void
append_range(GString *out, const options_row_t *row)
{
    if (has_range(row))
        g_string_append_printf(out, "; %.10g to %.10g", row->min, row->max);
    if (*row->standard != '\0')
        g_string_append_printf(out, "%s default %s", has_range(row) ? "," : ";",
                               row->is_automatic ? OPTIONS_AUTOMATIC : row->standard);
}

/* Appends `words`, broken at blanks, each line behind an indent. */
static void
append_wrapped(GString *out, const char *words)
{
    char **list = g_strsplit(words, " ", -1);
    size_t column = HELP_INDENT;

    for (size_t i = 0; list[i] != NULL; i++) {
        size_t length = strlen(list[i]);

        if (i > 0 && column + 1 + length > HELP_WIDTH) {
            g_string_append_printf(out, "\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, list[i]);
        column += length;
    }
    g_string_append_c(out, '\n');
    g_strfreev(list);
}

void
options_print_help_row(GString *out, const char *name, char letter, const char *value, const char *help)
{
    char *call = letter == 0 ? g_strdup_printf("  --%s%s%s", name, value == NULL ? "" : " ", value == NULL ? "" : value)
                             : g_strdup_printf("  -%c, --%s%s%s", letter, name, value == NULL ? "" : " ",
                                               value == NULL ? "" : value);

    if (strlen(call) + 1 >= HELP_INDENT)
        g_string_append_printf(out, "%s\n%*s", call, HELP_INDENT, "");
    else
        g_string_append_printf(out, "%-*s", HELP_INDENT, call);
    g_free(call);
    append_wrapped(out, help);
}

void
options_print_help(GString *out)
{
    const char *group = "";

    for (size_t i = 0; i < options_table_size; i++) {
        const options_row_t *row = &options_table[i];
        char *value = value_name(row);
        GString *help = g_string_new(row->help);

        if (strcmp(group, row->group) != 0)
            g_string_append_printf(out, "\n%s:\n", row->group);
        group = row->group;
        append_range(help, row);
        options_print_help_row(out, row->name, 0, value, help->str);
        g_string_free(help, TRUE);
        g_free(value);
    }
}

/* A minus in troff is "\-", a point at the start of a line a command. */
static void
append_troff(GString *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-')
            g_string_append(out, "\\-");
        else if (*text == '\'')
            g_string_append(out, "\\(aq");
        else
            g_string_append_c(out, *text);
    }
}

void
options_print_manual_row(GString *out, const char *name, char letter, const char *value, const char *help)
{
    g_string_append(out, ".TP\n.BR ");
    if (letter != 0)
        g_string_append_printf(out, "\\-%c \", \" ", letter);
    g_string_append(out, "\\-\\-");
    append_troff(out, name);
    if (value != NULL) {
        g_string_append(out, " \" \\fI");
        append_troff(out, value);
        g_string_append(out, "\\fR\"");
    }
    g_string_append_c(out, '\n');
    append_troff(out, help);
    g_string_append(out, ".\n");
}

void
options_print_manual(GString *out)
{
    const char *group = "";

    for (size_t i = 0; i < options_table_size; i++) {
        const options_row_t *row = &options_table[i];
        char *value = value_name(row);
        GString *help = g_string_new(row->help);

        if (strcmp(group, row->group) != 0)
            g_string_append_printf(out, ".SS %s\n", row->group);
        group = row->group;
        append_range(help, row);
        options_print_manual_row(out, row->name, 0, value, help->str);
        g_string_free(help, TRUE);
        g_free(value);
    }
}
