/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * path-simulator: routers and targets behind a TUN device, as a description says. See tests/live/README.md.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "sim_error.h"
#include "sim_loop.h"

typedef struct sim_options {
    char *device;
    char *description;
    char *truth;
    gboolean ethernet;
    gboolean check;
} sim_options_t;

static bool
read_options(int *argc, char ***argv, sim_options_t *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"device", 'i', 0, G_OPTION_ARG_STRING, &options->device, "name of the TUN device to make", "NAME"},
        {"description", 'd', 0, G_OPTION_ARG_FILENAME, &options->description, "what to simulate", "FILE"},
        {"truth", 't', 0, G_OPTION_ARG_FILENAME, &options->truth, "where to write what happened", "FILE"},
        {"ethernet", 'e', 0, G_OPTION_ARG_NONE, &options->ethernet, "make a TAP device: Ethernet frames", NULL},
        {"check", 0, 0, G_OPTION_ARG_NONE, &options->check, "only read the description", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("- a simulated network behind a TUN device");
    bool good;

    g_option_context_add_main_entries(context, entries, NULL);
    good = g_option_context_parse(context, argc, argv, error);
    g_option_context_free(context);
    if (good && (options->description == NULL || (!options->check && (!options->device || !options->truth)))) {
        g_set_error(error, SIM_ERROR, SIM_ERROR_SYSTEM, "--device, --description and --truth are needed");
        good = false;
    }
    return good;
}

static bool
fail(GError **error, const char *path)
{
    int code = errno;

    g_set_error(error, SIM_ERROR, SIM_ERROR_SYSTEM, "write %s: %s", path, g_strerror(code));
    return false;
}

/* Wakes up in time, also on a machine that has other things to do. */
static void
be_punctual(const sim_description_t *description)
{
    const struct sched_param priority = {.sched_priority = 1};

    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    if (description->realtime && sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
        g_printerr("path-simulator: no real-time priority: %s\n", g_strerror(errno));
}

static bool
simulate(const sim_options_t *options, const sim_description_t *description, GError **error)
{
    FILE *file = fopen(options->truth, "w");
    sim_truth_t *truth;
    sim_device_t device;
    bool good;

    if (file == NULL)
        return fail(error, options->truth);
    if (!sim_device_open(&device, options->device, options->ethernet, error)) {
        fclose(file);
        return false;
    }
    truth = sim_truth_new(file);
    be_punctual(description);
    g_print("ready\n");
    good = sim_loop_run(&device, description, truth, error);
    sim_truth_free(truth);
    sim_device_close(&device);
    if (fclose(file) != 0 && good)
        return fail(error, options->truth);
    return good;
}

static bool
run(const sim_options_t *options, GError **error)
{
    g_autofree char *text = NULL;
    sim_description_t *description;
    bool good;

    if (!g_file_get_contents(options->description, &text, NULL, error))
        return false;
    description = sim_description_parse(text, error);
    if (description == NULL) {
        g_prefix_error(error, "%s: ", options->description);
        return false;
    }
    good = options->check || simulate(options, description, error);
    sim_description_free(description);
    return good;
}

int
main(int argc, char **argv)
{
    sim_options_t options = {0};
    g_autoptr(GError) error = NULL;
    sigset_t signals;
    bool good;

    /* From the start: a signal that comes before the loop runs must end it, not kill it with the truth unwritten. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    good = read_options(&argc, &argv, &options, &error) && run(&options, &error);
    if (!good)
        g_printerr("path-simulator: %s\n", error->message);
    g_free(options.device);
    g_free(options.description);
    g_free(options.truth);
    return good ? 0 : 1;
}
