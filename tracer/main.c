/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tcptracedump: traces TCP paths for Wireshark's capture dialog, and prints those in capture files. The only file that
 * prints.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "control.h"
#include "options.h"
#include "parse.h"
#include "privilege.h"
#include "reader.h"
#include "route.h"
#include "run.h"
#include "sandbox.h"
#include "terminal.h"

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

enum { WRONG_USAGE = 2 };      /* exit status */

static void
append_help(GString *out)
{
    g_string_append(out,
                    "Usage: tcptracedump HOST [PORT] [OPTION...]\n"
                    "       tcptracedump --read FILE... [--paths|--json|--report|--findings|--ports|--dot|--html]\n"
                    "       tcptracedump --capture --extcap-interface " OPTIONS_INTERFACE " --fifo FILE --target HOST [OPTION...]\n"
                    "       tshark -i " OPTIONS_INTERFACE " -o extcap." OPTIONS_INTERFACE ".target:HOST -z tcptraceroute,paths\n"
                    "\n"
                    "Traces the way of TCP packets to a port (80) of a host and prints the hops as they answer; prints the TCP\n"
                    "traceroutes in capture files; or traces for Wireshark, see \"TCP traceroute\" among its interfaces.\n");
    options_terminal_print_help(out);
    options_read_print_help(out);
    options_print_help(out);
    g_string_append(out,
                    "\nCalled by Wireshark:\n"
                    "  --extcap-interfaces   Name the interface\n"
                    "  --extcap-config       Describe its options\n"
                    "  --extcap-dlts         Name its link types\n"
                    "  --extcap-reload-option NAME\n"
                    "                        Describe the values of one option again, with --extcap-config\n"
                    "  --extcap-capture-filter FILTER\n"
                    "                        With --capture: write only what passes; without: say what is wrong with it\n"
                    "  --extcap-control-in PIPE, --extcap-control-out PIPE\n"
                    "                        The toolbar\n"
                    "  --capture             Trace\n"
                    "  --fifo FILE           Where to write; - is standard output\n"
                    "  --help, --version     Say this, or the version, and end\n"
                    "\nExit status: 0 when the target answered, or all was read or captured; 1 when not; 2 for a wrong command line.\n"
                    "What is sent: TCP segments to the target's port, at most 1000 a second. The target sees connections that\n"
                    "are opened half and reset at once. Needs the capability cap_net_raw.\n");
}

static void
append_interfaces(GString *out)
{
    g_string_append(out,
                    "extcap {version=" TTR_VERSION "}{help=" TTR_HELP_URL "}{display=TCP traceroute}\n"
                    "interface {value=" OPTIONS_INTERFACE "}{display=TCP traceroute}\n");
    control_print_toolbar(out);
}

static void
append_config(GString *out, const options_t *options)
{
    char **devices = route_devices();

    if (options->action == OPTIONS_ACTION_RELOAD)
        options_print_reload(out, options->reload, devices);
    else
        options_print_config(out, devices);
    g_strfreev(devices);
}

/* What the user or the network wrote stands in messages, and must move no terminal: what is no letter or sign of
 * Unicode is written as its bytes, \033. */
static char *
visible(const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        gunichar sign = g_utf8_get_char_validated(text, -1);
        bool is_sound = sign != (gunichar)-1 && sign != (gunichar)-2;
        int length = is_sound ? (int)(g_utf8_next_char(text) - text) : 1;

        for (int i = 0; i < length; i++, text++) {
            if (is_sound && g_unichar_isprint(sign))
                g_string_append_c(out, *text);
            else
                g_string_append_printf(out, "\\%03o", (unsigned char)*text);
        }
    }
    return g_string_free(out, FALSE);
}

static void
append_filter_error(GString *out, const options_t *options)
{
    char *wrong = capture_check_filter(options->filter);
    char *shown = wrong == NULL ? NULL : visible(wrong);

    if (shown != NULL)
        g_string_append_printf(out, "%s\n", shown);
    g_free(shown);
    g_free(wrong);
}

static void
append_answer(GString *out, const options_t *options)
{
    switch (options->action) {
    case OPTIONS_ACTION_HELP:
        append_help(out);
        break;
    case OPTIONS_ACTION_VERSION:
        g_string_append(out, "tcptracedump " TTR_VERSION "\n");
        break;
    case OPTIONS_ACTION_INTERFACES:
        append_interfaces(out);
        break;
    case OPTIONS_ACTION_DLTS:
        g_string_append_printf(out, "dlt {number=%d}{name=RAW}{display=As the network device has it}\n",
                               PARSE_LINK_RAW);
        break;
    case OPTIONS_ACTION_CONFIG:
    case OPTIONS_ACTION_RELOAD:
        append_config(out, options);
        break;
    case OPTIONS_ACTION_FILTER:
        append_filter_error(out, options);
        break;
    case OPTIONS_ACTION_CAPTURE:
    case OPTIONS_ACTION_TERMINAL:
    case OPTIONS_ACTION_CLEANUP:
    case OPTIONS_ACTION_READ:
    case OPTIONS_ACTION_WRONG:
        break;
    }
}

/* Results that cannot be written, because the disk is full or nobody reads on, end the program. */
static void
print(void *user, GString *text)
{
    (void)user;
    if (fwrite(text->str, 1, text->len, stdout) != text->len || fflush(stdout) != 0) {
        perror("tcptracedump: write standard output");
        exit(EXIT_FAILURE);
    }
    g_string_truncate(text, 0);
}

static void
say(void *user, const char *message)
{
    char *shown = visible(message);

    (void)user;
    fprintf(stderr, "tcptracedump: %s\n", shown);
    g_free(shown);
}

/* With several files JSON says from which one a trace is. Returns the exit status. */
static int
read_files(const options_t *options)
{
    const ttr_output_t *output = ttr_output_find(options->output);
    const reader_voice_t voice = {.print = print, .say = say};
    int status = EXIT_SUCCESS;

    sandbox_enter(SANDBOX_READ);
    for (guint i = 0; i < options->files->len; i++) {
        const char *path = g_ptr_array_index(options->files, i);

        if (!reader_read(path, output, options->files->len > 1 ? path : NULL, &voice))
            status = EXIT_FAILURE;
    }
    return status;
}

static void
say_all(const GPtrArray *said)
{
    for (guint i = 0; i < said->len; i++)
        say(NULL, g_ptr_array_index(said, i));
}

/* For Wireshark. Returns the exit status. */
static int
capture(const options_t *options)
{
    GPtrArray *said = g_ptr_array_new_with_free_func(g_free);
    bool is_fine = run_trace(options, NULL, said);

    say_all(said);
    g_ptr_array_unref(said);
    return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The path first, and below it what is to be said of the trace. Returns the exit status. */
static int
trace_in_terminal(const options_t *options)
{
    const reader_voice_t voice = {.print = print, .say = say};
    terminal_t *terminal = terminal_new(options, &voice);
    GPtrArray *said = g_ptr_array_new_with_free_func(g_free);
    bool is_fine = run_trace(options, terminal, said);
    bool are_reached = terminal_finish(terminal);

    say_all(said);
    g_ptr_array_unref(said);
    terminal_free(terminal);
    return is_fine && are_reached ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Windows would write "\r\n", and have arguments in the code page of the system. */
static char **
adopt_system(char *argv[])
{
#ifdef _WIN32
    (void)argv;
    _setmode(_fileno(stdout), _O_BINARY);
    return g_win32_get_command_line();
#else
    return argv;
#endif
}

/* Returns the exit status. */
static int
answer_call(int argc, char *argv[])
{
    options_t *options = options_new(argc, argv);
    GString *answer = g_string_new(NULL);
    int status = EXIT_SUCCESS;

    setlocale(LC_CTYPE, "");    /* for host names; numbers are written with a point everywhere */
    if (options->action == OPTIONS_ACTION_CAPTURE)
        status = capture(options);
    if (options->action == OPTIONS_ACTION_TERMINAL)
        status = trace_in_terminal(options);
    if (options->action == OPTIONS_ACTION_READ)
        status = read_files(options);
    if (options->action == OPTIONS_ACTION_WRONG) {
        say(NULL, options->error);
        status = WRONG_USAGE;
    }
    append_answer(answer, options);
    if (fputs(answer->str, stdout) < 0 || fflush(stdout) != 0)
        status = EXIT_FAILURE;
    g_string_free(answer, TRUE);
    options_free(options);
    return status;
}

int
main(int argc, char *argv[])
{
    privilege_begin();
    return answer_call(argc, adopt_system(argv));
}
