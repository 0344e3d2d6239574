/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * options.h: every option with its default, the ends of its range and what is just outside, of the wrong type or
 * missing; the ways in which Wireshark calls; the sentences of the dialog, the help and the manual.
 */
#include <stdlib.h>
#include <string.h>

#include "options_table.h"


/* Options of a capture with these further arguments, between blanks. The caller frees them. */
static options_t *
read_arguments(const char *arguments)
{
    g_autofree char *line = g_strdup_printf("tcptracedump --capture --extcap-interface tcptraceroute --fifo f %s",
                                            arguments);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);

    return options_new((int)g_strv_length(argv), argv);
}

static void *
value_of(options_t *options, const options_row_t *row)
{
    return (char *)options + row->offset;
}

static bool
has_value(options_t *options, const options_row_t *row, const char *text)
{
    switch (row->type) {
    case OPTIONS_TYPE_INTEGER:
        return *(int *)value_of(options, row) == (int)g_ascii_strtod(text, NULL);
    case OPTIONS_TYPE_DECIMAL:
        return *(double *)value_of(options, row) == g_ascii_strtod(text, NULL);
    case OPTIONS_TYPE_BOOLEAN:
        return *(bool *)value_of(options, row) == (strcmp(text, "true") == 0);
    case OPTIONS_TYPE_CHOICE:
        return strcmp(row->choices[*(int *)value_of(options, row)].value, text) == 0;
    case OPTIONS_TYPE_STRING:
    case OPTIONS_TYPE_FILE:
    case OPTIONS_TYPE_DEVICE:
        return strcmp(*(char **)value_of(options, row), text) == 0;
    }
    return false;
}

/* Taken as `--name text` and as `--name=text`. */
static void
check_taken(const options_row_t *row, const char *text, bool is_legal)
{

    for (size_t i = 0; i < 2; i++) {
        g_autofree char *arguments = i == 0 ? g_strdup_printf("--target h --%s %s", row->name, text) :
                                              g_strdup_printf("--target=h --%s=%s", row->name, text);
        options_t *options = read_arguments(arguments);

        g_assert_cmpint(options->action, ==, OPTIONS_ACTION_CAPTURE);
        if (is_legal) {
            g_assert_true(has_value(options, row, text));
        } else {
            g_autofree char *begin = g_strdup_printf("--%s: '%s' is not ", row->name, text);

            g_assert_true(g_str_has_prefix(options->error, begin));
            g_assert_true(has_value(options, row, row->standard));
        }
        options_free(options);
    }
}

static void
check_number(const options_row_t *row)
{
    static const char *const wrong[] = {"", "x", "1x", "nan", "inf", "1e999", "--1", "0x", "1,5"};
    bool is_whole = row->type == OPTIONS_TYPE_INTEGER;
    const double inside[] = {row->min, row->max};
    const double outside[] = {row->min - (is_whole ? 1 : 0.01), row->max + (is_whole ? 1 : 0.01), -1e18, 1e18};

    for (size_t i = 0; i < G_N_ELEMENTS(inside); i++) {
        g_autofree char *text = g_strdup_printf("%.10g", inside[i]);

        check_taken(row, text, true);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(outside); i++) {
        g_autofree char *text = g_strdup_printf("%.10g", outside[i]);

        check_taken(row, text, false);
    }
    for (size_t i = 1; i < G_N_ELEMENTS(wrong); i++) {
        char *error = NULL;
        options_t *options = read_arguments("--target h");

        g_assert_false(options_table_set(row, options, wrong[i], &error));
        g_assert_nonnull(error);
        g_free(error);
        options_free(options);
    }
    if (is_whole)
        check_taken(row, "1.5", false);
}

static void
check_choice(const options_row_t *row)
{
    for (const options_choice_t *choice = row->choices; choice->value != NULL; choice++)
        check_taken(row, choice->value, true);
    check_taken(row, "none-of-them", false);
    check_taken(row, "0.5", false);
}

static void
check_text(const options_row_t *row)
{
    g_autofree char *longest = g_strnfill(4096, 'a');
    g_autofree char *longer = g_strnfill(4097, 'a');
    options_t *options = read_arguments("--target h");
    char *error = NULL;

    g_assert_true(options_table_set(row, options, longest, &error));
    g_assert_false(options_table_set(row, options, longer, &error));
    g_assert_cmpuint(strlen(error), <, 300);    /* what was typed is not said in full */
    g_assert_true(has_value(options, row, longest));
    g_free(error);
    options_free(options);
}

static void
test_option(gconstpointer data)
{
    const options_row_t *row = data;
    options_t *options = read_arguments("--target h");

    if (!row->is_required)
        g_assert_true(has_value(options, row, row->standard));
    g_assert_null(options->error);
    options_free(options);
    switch (row->type) {
    case OPTIONS_TYPE_INTEGER:
    case OPTIONS_TYPE_DECIMAL:
        check_number(row);
        return;
    case OPTIONS_TYPE_BOOLEAN:
        check_taken(row, "true", true);
        check_taken(row, "false", true);
        check_taken(row, "perhaps", false);
        return;
    case OPTIONS_TYPE_CHOICE:
        check_choice(row);
        return;
    case OPTIONS_TYPE_STRING:
    case OPTIONS_TYPE_FILE:
    case OPTIONS_TYPE_DEVICE:
        check_text(row);
        return;
    }
    g_assert_not_reached();
}

/* A missing value, by the end of the line and by the next option. */
static void
test_missing_value(void)
{
    for (size_t i = 0; i < options_table_size; i++) {
        const options_row_t *row = &options_table[i];
        g_autofree char *last = g_strdup_printf("--target h --%s", row->name);
        g_autofree char *before = g_strdup_printf("--target h --%s --dscp 5", row->name);
        options_t *options = read_arguments(last);

        if (row->type == OPTIONS_TYPE_BOOLEAN) {
            g_assert_null(options->error);
            g_assert_true(*(bool *)value_of(options, row));     /* `--flag` alone */
        } else {
            g_assert_nonnull(strstr(options->error, "a value is missing"));
        }
        options_free(options);
        if (row->type == OPTIONS_TYPE_STRING || row->type == OPTIONS_TYPE_FILE || row->type == OPTIONS_TYPE_DEVICE)
            continue;                   /* the next argument is the text */
        options = read_arguments(before);
        g_assert_true(row->type == OPTIONS_TYPE_BOOLEAN || strstr(options->error, "a value is missing") != NULL);
        g_assert_true(strcmp(row->name, "dscp") == 0 || options->dscp == 5);
        options_free(options);
    }
}

typedef struct call_case {
    const char *arguments;
    options_action_t action;
} call_case_t;

static const call_case_t calls[] = {
    {"", OPTIONS_ACTION_HELP},
    {"-h", OPTIONS_ACTION_HELP},
    {"--help", OPTIONS_ACTION_HELP},
    {"--version", OPTIONS_ACTION_VERSION},
    {"--extcap-interfaces --extcap-version=4.0", OPTIONS_ACTION_INTERFACES},
    {"--extcap-interfaces", OPTIONS_ACTION_INTERFACES},
    {"--extcap-config --extcap-interface tcptraceroute", OPTIONS_ACTION_CONFIG},
    {"--extcap-dlts --extcap-interface tcptraceroute", OPTIONS_ACTION_DLTS},
    {"--extcap-config --extcap-interface tcptraceroute --extcap-reload-option device --device auto "
     "--dont-fragment true",
     OPTIONS_ACTION_RELOAD},
    {"--extcap-capture-filter tcp --extcap-interface tcptraceroute", OPTIONS_ACTION_FILTER},
    {"--extcap-cleanup-postkill --extcap-interface tcptraceroute", OPTIONS_ACTION_CLEANUP},
    {"--unheard-of --extcap-interfaces", OPTIONS_ACTION_INTERFACES},
    {"--unheard-of=3 word --extcap-interfaces", OPTIONS_ACTION_INTERFACES},
    {"--capture --extcap-interface tcptraceroute --fifo f --extcap-capture-filter tcp --target h",
     OPTIONS_ACTION_CAPTURE},
};

static void
test_calls(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *line = g_strdup_printf("tcptracedump %s", calls[i].arguments);
        g_auto(GStrv) argv = g_strsplit(g_strstrip(line), " ", -1);
        options_t *options = options_new((int)g_strv_length(argv), argv);

        g_assert_cmpint(options->action, ==, calls[i].action);
        g_assert_null(options->error);
        options_free(options);
    }
    options_free(NULL);
}

/* HOST [PORT] and what belongs to it, in any order. */
static void
test_terminal(void)
{
    static const struct {
        const char *arguments;
        const char *output;
        const char *file;
        int port;
        int probes;
        int rounds;
        bool has_names;
        bool is_live;
    } cases[] = {
        {"h", "paths", "/dev/null", 80, 3, 1, true, false},
        {"h 443", "paths", "/dev/null", 443, 3, 1, true, false},
        {"-n h 443 -w f", "paths", "f", 443, 3, 1, false, false},
        {"--write=f h --json --numeric --port 8443", "json", "f", 8443, 3, 1, false, false},
        {"h --report", "report", "/dev/null", 80, 1, 10, true, false},
        {"--report -c 3 --probes 2 h", "report", "/dev/null", 80, 2, 3, true, false},
        {"--live h", "report", "/dev/null", 80, 1, 0, true, true},
        {"--live --count=5 --paths h 22", "paths", "/dev/null", 22, 1, 5, true, true},
        {"--target h", "paths", "/dev/null", 80, 3, 1, true, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("tcptracedump %s", cases[i].arguments);
        g_auto(GStrv) argv = g_strsplit(line, " ", -1);
        options_t *options = options_new((int)g_strv_length(argv), argv);

        g_assert_cmpint(options->action, ==, OPTIONS_ACTION_TERMINAL);
        g_assert_null(options->error);
        g_assert_cmpstr(options->target, ==, "h");
        g_assert_cmpstr(options->output, ==, cases[i].output);
        g_assert_cmpstr(options->fifo, ==, cases[i].file);
        g_assert_cmpint(options->port, ==, cases[i].port);
        g_assert_cmpint(options->probes, ==, cases[i].probes);
        g_assert_cmpint(options->rounds, ==, cases[i].rounds);
        g_assert_true(options->names == cases[i].has_names);
        g_assert_true(options->is_live == cases[i].is_live);
        options_free(options);
    }
}

typedef struct mistake_case {
    const char *arguments;
    const char *said;           /* part of the error; NULL: there is none */
} mistake_case_t;

static const mistake_case_t mistakes[] = {
    {"", "--target is missing"},
    {"--target ,", "--target is missing"},
    {"--target-file list", NULL},
    {"--target h --first-ttl 9 --last-ttl 8", "--first-ttl 9 is above --last-ttl 8"},
    {"--target h --first-ttl 8 --last-ttl 8", NULL},
    {"--target h --mode multipath --source-port 65281", "--source-port: 65281 leaves too few ports for --mode multipath; "
     "it must be 0, or 1024 to 65280"},
    {"--target h --mode multipath --source-port 65280", NULL},
    {"--target h --mode classic --source-port 65535", NULL},
    {"--target h --extcap-interface other", "there is no 'other'"},
    {"--target h --fifo=", "--fifo is missing"},
    {"--target h --port 0 --dscp 64", "--port: '0' is not"},
    {"--target h --unheard-of 3 --dont-fragment true word --names", NULL},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        options_t *options = read_arguments(mistakes[i].arguments);

        if (mistakes[i].said == NULL)
            g_assert_null(options->error);
        else if (options->error == NULL || strstr(options->error, mistakes[i].said) == NULL)
            g_error("%s: %s", mistakes[i].arguments, options->error);
        options_free(options);
    }
}

static void
test_targets(void)
{
    for (int count = 1; count <= OPTIONS_TARGETS_MAX + 1; count++) {
        g_autoptr(GString) list = g_string_new("--target ");
        options_t *options;
        g_auto(GStrv) targets = NULL;

        for (int i = 0; i < count; i++)
            g_string_append_printf(list, "h%d,\t", i);
        options = read_arguments(list->str);
        targets = options_targets(options->target);
        g_assert_cmpuint(g_strv_length(targets), ==, count);
        g_assert_cmpstr(targets[count - 1], !=, "");
        g_assert_true((options->error != NULL) == (count > OPTIONS_TARGETS_MAX));
        options_free(options);
    }
}

/* A file has one target a line, or several, with remarks. */
static void
test_targets_of_a_file(void)
{
    static const char text[] = "# all\n192.0.2.9\r\n\n  2001:db8::9 host.example, other.example # these two\n#end";
    g_auto(GStrv) targets = options_targets(text);
    g_autofree char *joined = g_strjoinv("|", targets);

    g_assert_cmpstr(joined, ==, "192.0.2.9|2001:db8::9|host.example|other.example");
}

/* What is chosen for the user reads so: in the dialog, in the help, and in what he writes. */
static void
test_automatic(void)
{
    char *devices[] = {NULL};
    g_autoptr(GString) dialog = g_string_new(NULL);
    g_autoptr(GString) help = g_string_new(NULL);
    options_t *options = read_arguments("--target h --length automatic --source-port automatic");

    options_print_config(dialog, devices);
    options_print_help(help);
    g_assert_null(options->error);
    g_assert_cmpint(options->length, ==, 0);
    g_assert_cmpint(options->source_port, ==, 0);
    options_free(options);
    g_assert_nonnull(strstr(dialog->str, "{range=0,65535}{placeholder=automatic}"));
    g_assert_nonnull(strstr(dialog->str, "{range=0,1500}{placeholder=automatic}"));
    g_assert_null(strstr(dialog->str, "{range=0,65535}{default"));
    g_assert_nonnull(strstr(help->str, "0 to 65535, default automatic"));
    options = read_arguments("--target h --dscp automatic");
    g_assert_nonnull(options->error);
    options_free(options);
}

/* {key=value} of a sentence; NULL when there is none. The caller frees it. */
static char *
part(const char *line, const char *key)
{
    g_autofree char *begin = g_strdup_printf("{%s=", key);
    const char *at = strstr(line, begin);

    if (at == NULL)
        return NULL;
    at += strlen(begin);
    return g_strndup(at, strcspn(at, "}"));
}

static void
check_argument(const char *line, guint number, GString *defaults)
{
    const options_row_t *row = &options_table[number];
    g_autofree char *begin = g_strdup_printf("arg {number=%u}{call=--%s}{display=%s}", number, row->name, row->display);
    g_autofree char *standard = part(line, "default");
    g_autofree char *type = part(line, "type");
    static const char *const types[] = {"integer", "double", "boolean", "string", "selector", "fileselect"};
    bool is_known = false;

    g_assert_true(g_str_has_prefix(line, begin));
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        is_known |= strcmp(type, types[i]) == 0;
    g_assert_true(is_known);
    if (standard != NULL)
        g_string_append_printf(defaults, " --%s %s", row->name, standard);
}

/* What the dialog advertises as default, given as arguments, changes nothing. */
static void
test_config(void)
{
    char *devices[] = {(char *)"eth0", (char *)"wlan0", NULL};
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) defaults = g_string_new("--target h");
    g_auto(GStrv) lines = NULL;
    options_t *given;
    options_t *built_in = read_arguments("--target h");
    guint number = 0;

    options_print_config(out, devices);
    lines = g_strsplit(out->str, "\n", -1);
    for (guint i = 0; *lines[i] != '\0'; i++) {
        g_autofree char *arg = part(lines[i], "arg");
        g_autofree char *value = part(lines[i], "value");
        g_autofree char *is_default = part(lines[i], "default");

        if (arg == NULL)
            check_argument(lines[i], number++, defaults);
        else if (strcmp(is_default, "true") == 0)
            g_string_append_printf(defaults, " --%s %s", options_table[atoi(arg)].name, value);
    }
    g_assert_cmpuint(number, ==, options_table_size);
    given = read_arguments(defaults->str);
    g_assert_null(given->error);
    for (size_t i = 1; i < options_table_size; i++) {
        if (options_table[i].type != OPTIONS_TYPE_STRING && options_table[i].type != OPTIONS_TYPE_FILE)
            g_assert_true(has_value(given, &options_table[i], options_table[i].standard));
        g_assert_true(has_value(built_in, &options_table[i], options_table[i].standard));
    }
    g_assert_nonnull(strstr(out->str, "{value=wlan0}"));
    options_free(given);
    options_free(built_in);
}

static void
test_reload(void)
{
    char *devices[] = {(char *)"eth7", NULL};
    static const char *const names[] = {"device", "--device"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        options_print_reload(out, names[i], devices);
        g_assert_nonnull(strstr(out->str, "{value=auto}"));
        g_assert_nonnull(strstr(out->str, "{value=any}"));
        g_assert_nonnull(strstr(out->str, "{value=eth7}"));
        g_assert_null(strstr(out->str, "arg {number"));
        g_string_truncate(out, 0);
        options_print_reload(out, "unheard-of", devices);
        g_assert_cmpstr(out->str, ==, "");
    }
}

/* Every option with its default, and no line too wide. */
static void
test_help_and_manual(void)
{
    g_autoptr(GString) help = g_string_new(NULL);
    g_autoptr(GString) manual = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    options_print_help(help);
    options_print_manual(manual);
    for (size_t i = 0; i < options_table_size; i++) {
        g_autofree char *name = g_strdup_printf("  --%s ", options_table[i].name);
        g_auto(GStrv) words = g_strsplit(options_table[i].name, "-", -1);
        g_autofree char *troff = g_strjoinv("\\-", words);
        g_autofree char *item = g_strdup_printf("\n.BR \\-\\-%s \"", troff);

        g_assert_nonnull(strstr(help->str, name));
        g_assert_nonnull(strstr(manual->str, item));
    }
    lines = g_strsplit(help->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpuint(strlen(lines[i]), <=, 100);
    g_assert_null(strstr(manual->str, "\n'"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < options_table_size; i++) {
        g_autofree char *path = g_strdup_printf("/options/each/%s", options_table[i].name);

        g_test_add_data_func(path, &options_table[i], test_option);
    }
    g_test_add_func("/options/missing_value", test_missing_value);
    g_test_add_func("/options/namesof_wireshark", test_calls);
    g_test_add_func("/options/terminal", test_terminal);
    g_test_add_func("/options/mistakes", test_mistakes);
    g_test_add_func("/options/targets", test_targets);
    g_test_add_func("/options/automatic", test_automatic);
    g_test_add_func("/options/targets_of_a_file", test_targets_of_a_file);
    g_test_add_func("/options/advertised_defaults_are_the_built_in_ones", test_config);
    g_test_add_func("/options/reload", test_reload);
    g_test_add_func("/options/help_and_manual", test_help_and_manual);
    return g_test_run();
}
