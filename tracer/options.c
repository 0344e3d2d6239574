/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <string.h>

#include "multipath.h"
#include "options_table.h"

/* How Wireshark calls an extcap: options of the protocol, not of the trace. */
typedef struct protocol_option {
    const char *name;
    size_t text;                /* where in options_t its value goes; 0: it has none */
    bool is_action;
    options_action_t action;
} protocol_option_t;

enum { REPORT_ROUNDS = 10 };   /* as mtr --report has them */

#define TEXT(member) offsetof(options_t, member)
#define NO_TEXT 0
#define IGNORED SIZE_MAX
#define MULTIPATH_PORT_MAX (UINT16_MAX - MULTIPATH_FLOWS_MAX + 1)   /* each flow has a port of its own */

static const protocol_option_t protocol[] = {
    {"help", NO_TEXT, true, OPTIONS_ACTION_HELP},
    {"version", NO_TEXT, true, OPTIONS_ACTION_VERSION},
    {"extcap-interfaces", NO_TEXT, true, OPTIONS_ACTION_INTERFACES},
    {"extcap-dlts", NO_TEXT, true, OPTIONS_ACTION_DLTS},
    {"extcap-config", NO_TEXT, true, OPTIONS_ACTION_CONFIG},
    {"extcap-cleanup-postkill", NO_TEXT, true, OPTIONS_ACTION_CLEANUP},
    {"capture", NO_TEXT, true, OPTIONS_ACTION_CAPTURE},
    {"extcap-version", IGNORED, false, OPTIONS_ACTION_HELP},
    {"extcap-interface", TEXT(interface), false, OPTIONS_ACTION_HELP},
    {"extcap-capture-filter", TEXT(filter), false, OPTIONS_ACTION_HELP},
    {"extcap-reload-option", TEXT(reload), false, OPTIONS_ACTION_HELP},
    {"extcap-control-in", TEXT(control_in), false, OPTIONS_ACTION_HELP},
    {"extcap-control-out", TEXT(control_out), false, OPTIONS_ACTION_HELP},
    {"fifo", TEXT(fifo), false, OPTIONS_ACTION_HELP},
};

/* A place in the command line. */
typedef struct cursor {
    int argc;
    char *const *argv;
    int at;
    bool is_lenient;            /* Wireshark calls: mistakes are shown later, and what is not known is passed over */
    bool is_free;               /* neither Wireshark nor --capture: it may be a trace in a terminal */
    bool has_action;            /* it says itself what to do */
} cursor_t;

void
options_note_error(options_t *options, char *error)
{
    if (options->error == NULL)
        options->error = error;
    else
        g_free(error);
}

static void
set_text(options_t *options, size_t offset, const char *value)
{
    char **text = (char **)(void *)((char *)options + offset);

    g_free(*text);
    *text = g_strdup(value);
}

/* The value behind '=' or in the next argument; NULL when there is none. Moves the cursor past it. An argument with
 * dashes is a value only where a text is expected. */
static const char *
take_value(cursor_t *cursor, const char *inline_value, bool may_have_dashes)
{
    if (inline_value != NULL)
        return inline_value;
    if (cursor->at + 1 >= cursor->argc)
        return NULL;
    if (!may_have_dashes && g_str_has_prefix(cursor->argv[cursor->at + 1], "--"))
        return NULL;
    return cursor->argv[++cursor->at];
}

/* Where nobody waits for a pipe to be opened, that ends the program at once. */
static void
note_missing(options_t *options, const cursor_t *cursor, const char *name, size_t length)
{
    options_note_error(options, g_strdup_printf("--%.*s: a value is missing", (int)length, name));
    if (!cursor->is_lenient)
        options->action = OPTIONS_ACTION_WRONG;
}

static bool
take_protocol(options_t *options, cursor_t *cursor, const char *name, size_t length, const char *inline_value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(protocol); i++) {
        const protocol_option_t *option = &protocol[i];
        const char *value;

        if (strlen(option->name) != length || strncmp(option->name, name, length) != 0)
            continue;
        if (option->is_action) {
            options->action = option->action;
            cursor->has_action = true;
            options->is_capture |= option->action == OPTIONS_ACTION_CAPTURE;
            return true;
        }
        value = take_value(cursor, inline_value, option->text != IGNORED);
        if (value != NULL && option->text != IGNORED)
            set_text(options, option->text, value);
        if (value == NULL && option->text != IGNORED)
            note_missing(options, cursor, name, length);
        if (option->text == TEXT(filter) && options->action == OPTIONS_ACTION_HELP)
            options->action = OPTIONS_ACTION_FILTER;    /* an empty one too: all that is said is taken for an error */
        return true;
    }
    return false;
}

/* Wireshark says `--flag`, `--flag true` and `--flag=true`. */
static void
take_option(options_t *options, cursor_t *cursor, const options_row_t *row, const char *inline_value)
{
    bool is_text = row->type == OPTIONS_TYPE_STRING || row->type == OPTIONS_TYPE_FILE || row->type == OPTIONS_TYPE_DEVICE;
    const char *value = take_value(cursor, inline_value, is_text);
    char *error = NULL;

    if (value == NULL && row->type == OPTIONS_TYPE_BOOLEAN)
        value = "true";
    if (value == NULL)
        note_missing(options, cursor, row->name, strlen(row->name));
    else if (!options_table_set(row, options, value, &error))
        options_note_error(options, error);
}

/* An argument that begins with a dash is meant as an option. */
static void
note_unknown(options_t *options, const char *argument)
{
    char *shown = g_strescape(argument, NULL);

    options_note_error(options, g_strdup_printf(*argument == '-' ? "%.100s: there is no such option; see --help"
                                                                 : "%.100s: what is this? see --help",
                                                shown));
    g_free(shown);
}

static bool
take_terminal(options_t *options, cursor_t *cursor)
{
    const char *argument = cursor->argv[cursor->at];
    int taken = options_terminal_take(options, cursor->argc - cursor->at, cursor->argv + cursor->at);

    cursor->at += MAX(taken - 1, 0);
    return taken > 0 || options_terminal_add_word(options, argument) || options_read_take_output(options, argument);
}

/* False when the argument is not known. */
static bool
take_argument(options_t *options, cursor_t *cursor)
{
    const char *argument = cursor->argv[cursor->at];
    const char *name = argument + 2;
    size_t length;
    const char *inline_value;
    const options_row_t *row;

    if (strcmp(argument, "-h") == 0) {
        options->action = OPTIONS_ACTION_HELP;
        cursor->has_action = true;
        return true;
    }
    if (cursor->is_free && take_terminal(options, cursor))
        return true;
    if (!g_str_has_prefix(argument, "--"))
        return false;
    length = strcspn(name, "=");
    inline_value = name[length] == '=' ? name + length + 1 : NULL;
    if (take_protocol(options, cursor, name, length, inline_value))
        return true;
    row = options_table_find(name, length);
    if (row != NULL)
        take_option(options, cursor, row, inline_value);
    return row != NULL;
}

static void
check_probing(options_t *options)
{
    if (options->first_ttl > options->last_ttl)
        options_note_error(options, g_strdup_printf("--first-ttl %d is above --last-ttl %d", options->first_ttl,
                                                    options->last_ttl));
    if (options->mode == OPTIONS_MODE_MULTIPATH && options->source_port > MULTIPATH_PORT_MAX)
        options_note_error(options, g_strdup_printf("--source-port: %d leaves too few ports for --mode multipath; it must be 0, or "
                                                    "1024 to %d",
                                                    options->source_port, MULTIPATH_PORT_MAX));
}

static void
check_targets(options_t *options)
{
    char **targets = options_targets(options->target);

    if (targets[0] == NULL && *options->target_file == '\0')
        options_note_error(options, g_strdup_printf("%s is missing: give a host name or address",
                                                    options->is_capture ? "--target" : "the target"));
    if (g_strv_length(targets) > OPTIONS_TARGETS_MAX)
        options_note_error(options, g_strdup_printf("--target: %u targets are too many; at most %d at once",
                                                    g_strv_length(targets), OPTIONS_TARGETS_MAX));
    g_strfreev(targets);
}

/* What one option alone cannot say. */
static void
check(options_t *options)
{
    if (!options->is_capture && options->action != OPTIONS_ACTION_TERMINAL)
        return;
    check_targets(options);
    check_probing(options);
    if (!options->is_capture)
        return;
    if (*options->interface != '\0' && strcmp(options->interface, OPTIONS_INTERFACE) != 0)
        options_note_error(options, g_strdup_printf("--extcap-interface: there is no '%.100s', only " OPTIONS_INTERFACE,
                                                    options->interface));
    if (*options->fifo == '\0')
        options_note_error(options, g_strdup("--fifo is missing: name the file or pipe to write to, - for standard output"));
}

/* Who names a target wants to trace. */
static bool
is_meant_for_terminal(const options_t *options)
{
    return options->is_terminal || *options->target != '\0' || *options->target_file != '\0';
}

static void
decide_action(options_t *options, const cursor_t *cursor)
{
    if (options->is_capture)
        options->action = OPTIONS_ACTION_CAPTURE;
    else if (cursor->is_free && !cursor->has_action && is_meant_for_terminal(options))
        options->action = OPTIONS_ACTION_TERMINAL;
    else if (options->action == OPTIONS_ACTION_CONFIG && *options->reload != '\0')
        options->action = OPTIONS_ACTION_RELOAD;
}

/* Wireshark says so by an option of the protocol, each time. */
static bool
is_called_by_wireshark(int argc, char *const argv[])
{
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--extcap-"))
            return true;
    }
    return false;
}

static bool
has_argument(const cursor_t *cursor, const char *argument)
{
    for (int i = 1; i < cursor->argc; i++) {
        if (strcmp(cursor->argv[i], argument) == 0)
            return true;
    }
    return false;
}

/* What is not said is otherwise than in the dialog: a name is worth more to who reads than its time costs. */
static void
set_terminal_defaults(options_t *options, const cursor_t *cursor)
{
    bool is_live = has_argument(cursor, "--live");

    options->names = true;
    if (is_live || has_argument(cursor, "--report")) {      /* as mtr */
        options->probes = 1;
        options->rounds = is_live ? 0 : REPORT_ROUNDS;
    }
}

/* Packets that nobody wants are written all the same, so that there is one way. */
static void
finish_terminal(options_t *options)
{
    if (*options->output == '\0')
        options->output = options->is_live ? OPTIONS_LIVE_OUTPUT : OPTIONS_OUTPUT;
    if (*options->fifo == '\0')
        set_text(options, offsetof(options_t, fifo), "/dev/null");
    if (options->error != NULL)
        options->action = OPTIONS_ACTION_WRONG;
}

static void
take_arguments(options_t *options, int argc, char *const argv[])
{
    cursor_t cursor = {.argc = argc, .argv = argv, .at = 1, .is_lenient = is_called_by_wireshark(argc, argv)};

    cursor.is_free = !cursor.is_lenient && !has_argument(&cursor, "--capture");
    if (cursor.is_free)
        set_terminal_defaults(options, &cursor);
    for (; cursor.at < argc; cursor.at++) {
        const char *argument = argv[cursor.at];

        if (!take_argument(options, &cursor) && !cursor.is_lenient) {
            note_unknown(options, argument);
            options->action = OPTIONS_ACTION_WRONG;
        }
        if (options->action == OPTIONS_ACTION_WRONG)
            return;
    }
    decide_action(options, &cursor);
    check(options);
    if (options->action == OPTIONS_ACTION_TERMINAL)
        finish_terminal(options);
}

options_t *
options_new(int argc, char *const argv[])
{
    options_t *options = g_new0(options_t, 1);

    options->action = OPTIONS_ACTION_HELP;
    options->files = g_ptr_array_new_with_free_func(g_free);
    options->output = "";
    for (size_t i = 0; i < options_table_size; i++)
        options_table_set(&options_table[i], options, options_table[i].standard, &options->error);
    for (size_t i = 0; i < G_N_ELEMENTS(protocol); i++) {
        if (protocol[i].text != NO_TEXT && protocol[i].text != IGNORED)
            set_text(options, protocol[i].text, "");
    }
    if (!is_called_by_wireshark(argc, argv) && options_read_is_asked(argc, argv))
        options_read(options, argc, argv);
    else
        take_arguments(options, argc, argv);
    return options;
}

void
options_free(options_t *options)
{
    if (options == NULL)
        return;
    g_ptr_array_unref(options->files);
    g_free(options->target);
    g_free(options->target_file);
    g_free(options->source);
    g_free(options->device);
    g_free(options->interface);
    g_free(options->fifo);
    g_free(options->control_in);
    g_free(options->control_out);
    g_free(options->reload);
    g_free(options->filter);
    g_free(options->error);
    g_free(options);
}

char **
options_targets(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    GPtrArray *targets = g_ptr_array_new();

    for (size_t line = 0; lines[line] != NULL; line++) {
        char **parts;

        lines[line][strcspn(lines[line], "#")] = '\0';
        parts = g_strsplit_set(lines[line], ", \t\r", -1);
        for (size_t i = 0; parts[i] != NULL; i++) {
            if (*parts[i] != '\0')
                g_ptr_array_add(targets, g_strdup(parts[i]));
        }
        g_strfreev(parts);
    }
    g_ptr_array_add(targets, NULL);
    g_strfreev(lines);
    return (char **)g_ptr_array_free(targets, FALSE);
}
