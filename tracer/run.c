/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "error.h"
#include "pcapng.h"
#include "privilege.h"
#include "run_clock.h"
#include "run_packets.h"
#include "run_report.h"
#include "run_send.h"
#include "run_toolbar.h"
#include "sandbox.h"
#include "screen.h"

#define MS INT64_C(1000000)
#define LINGER_NS (3 * MS)              /* for the RST that the kernel sends behind the last answer */
#define LINGER_MAX_NS (1000 * MS)       /* a target that never ceases to answer does not keep the trace from its end */
#define NAMES_NS (3000 * MS)            /* longest wait for names at the end */
#define TERMINAL_NAMES_NS (1000 * MS)   /* the same where somebody waits for the path */
#define READER_PATIENCE_MS 10000        /* a trace that ended by itself, with a reader that takes nothing */
#define STOPPED_PATIENCE_MS 50         /* one that was stopped */

#define DRAW_NS (250 * MS)              /* between two drawings of the table, at least */

enum {
    FIXED_FDS = 6,
    DRAW_SHARE = 20             /* a drawing takes one part in so many of the time */
};

typedef struct run {
    const options_t *options;   /* borrowed */
    terminal_t *terminal;       /* borrowed; NULL: nobody reads along */
    screen_t *screen;           /* owned; NULL: there is none */
    int64_t draw_ns;            /* when to draw next */
    output_t *output;           /* owned */
    toolbar_t *toolbar;         /* owned */
    sender_t *sender;           /* owned */
    names_t *names;             /* owned; NULL: names are not wanted */
    run_devices_t devices;
    run_targets_t targets;
    run_packets_t packets;
    run_send_t send;
    run_toolbar_t bar;
    run_report_t report;
    int signals;                /* owned: descriptor */
    bool is_stopped;            /* by a signal, because nobody reads, or because nothing can be traced */
    int64_t done_ns;            /* since when all is done; 0: it is not */
    GError *error;              /* owned: what ended it */
} run_t;

static int
open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Pipes first and in this order: Wireshark stands still until the one it writes to is open, and shows an error of ours
 * only when a section has been written. */
static bool
open_pipes(run_t *run)
{
    static const char application[] = "tcptracedump " TTR_VERSION;

    signal(SIGPIPE, SIG_IGN);
    run->toolbar = toolbar_open(run->options->control_in, run->options->control_out, &run->error);
    if (run->toolbar == NULL)
        return false;
    run->report.toolbar = run->bar.toolbar = run->toolbar;
    if (*run->options->fifo == '\0') {
        g_set_error_literal(&run->error, TRACER_ERROR, 0, run->options->error);
        return false;
    }
    run->output = output_open(run->options->fifo, &run->error);
    if (run->output == NULL)
        return false;
    run_devices_init(&run->devices, run->output, run->terminal, run->options->filter);
    run->signals = open_signals();      /* who has read the section may stop us */
    pcapng_section(output_buffer(run->output), application);
    output_flush(run->output, &run->error);
    return run->error == NULL;
}

/* Raw sockets, then all that may read what strangers send. */
static bool
prepare(run_t *run)
{
    const options_t *options = run->options;
    const char *device = run_targets_looks_everywhere(&run->targets) ? NULL : options->device;

    if (!privilege_check(&run->error))
        return false;
    privilege_raise();
    run->sender = sender_open(device, &run->error);
    privilege_lower();
    run->send.sender = run->sender;
    if (run->sender == NULL)
        return false;
    if (options->error != NULL) {
        g_set_error_literal(&run->error, TRACER_ERROR, 0, options->error);
        return false;
    }
    if (!run_targets_open(&run->targets, &run->error))
        return false;
    if (options->is_live)
        run->screen = screen_open();
    if (run->screen != NULL)
        terminal_open_screen(run->terminal);
    sandbox_enter(SANDBOX_TRACE);
    run->names = options->names ? names_new() : NULL;
    run->packets.names = run->names;
    prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);    /* 1 us: the default of 50 would stretch the gaps */
    if (run->targets.mode != OPTIONS_MODE_FIXED)        /* which the toolbar shows unless told otherwise */
        toolbar_set_mode(run->toolbar, run->targets.mode);
    if (!run_targets_begin(&run->targets, &run->error))
        return false;
    run_toolbar_show_begin(&run->bar);
    return true;
}

static void
write_names(run_t *run)
{
    uint8_t family;
    ttr_address_t address;
    char *name;

    while (run->names != NULL && names_next(run->names, &family, &address, &name)) {
        if (name != NULL)
            pcapng_name(output_buffer(run->output), family, &address, name);
        if (name != NULL && run->terminal != NULL)
            terminal_add_name(run->terminal, family, &address, name);
        g_free(name);
    }
}

/* When the program may end; INT64_MAX: not yet. */
static int64_t
end_time(run_t *run, int64_t now)
{
    if (!run_targets_are_done(&run->targets)) {
        run->done_ns = 0;
        return INT64_MAX;
    }
    if (run->done_ns == 0)
        run->done_ns = now;
    if (run->names != NULL && names_pending(run->names) > 0)
        return run->done_ns + (run->terminal != NULL ? TERMINAL_NAMES_NS : NAMES_NS);
    return CLAMP(run->packets.last_ns + LINGER_NS, run->done_ns, run->done_ns + LINGER_MAX_NS);
}

/* Waits until something can be read or written, or until the time has come. Descriptors of -1 are not looked at. */
static void
wait_for_events(run_t *run, struct pollfd *fds, int64_t until_ns)
{
    int64_t left = CLAMP(until_ns - run_now(), 0, INT64_C(3600000000000));
    struct timespec limit = {.tv_sec = (time_t)(left / 1000000000), .tv_nsec = (long)(left % 1000000000)};
    nfds_t count = FIXED_FDS;
    bool is_stalled = output_is_stalled(run->output);

    fds[0] = (struct pollfd){.fd = run->signals, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = output_fd(run->output), .events = output_has_more(run->output) ? POLLOUT : 0};
    fds[2] = (struct pollfd){.fd = toolbar_fd(run->toolbar), .events = POLLIN};
    fds[3] = (struct pollfd){.fd = run->targets.resolve == NULL ? -1 : resolve_fd(run->targets.resolve), .events = POLLIN};
    fds[4] = (struct pollfd){.fd = run->names == NULL ? -1 : names_fd(run->names), .events = POLLIN};
    fds[5] = (struct pollfd){.fd = screen_fd(run->screen), .events = POLLIN};
    for (guint i = 0; i < run->devices.list->len; i++) {
        const run_device_t *device = g_ptr_array_index(run->devices.list, i);

        fds[count++] = (struct pollfd){.fd = is_stalled || device->is_gone ? -1 : capture_fd(device->capture),
                                       .events = POLLIN};
    }
    if (ppoll(fds, count, &limit, NULL) <= 0) {
        for (nfds_t i = 0; i < count; i++)
            fds[i].revents = 0;
    }
}

static void
free_error(void *data)
{
    g_error_free(data);
}

/* Those that the user asked for in the toolbar can be corrected there. */
static void
show_errors(run_t *run, const GPtrArray *errors)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < errors->len; i++) {
        const GError *error = g_ptr_array_index(errors, i);

        g_string_append_printf(text, "%s%s", i == 0 ? "" : "\n", error->message);
    }
    if (text->len > 0)
        run_toolbar_show_error(&run->bar, text->str);
}

static void
show_targets(run_t *run)
{
    for (guint i = 0; run->terminal != NULL && i < run->targets.list->len; i++) {
        const run_target_t *target = g_ptr_array_index(run->targets.list, i);

        terminal_add_target(run->terminal, target->name, target->where.family, &target->where.address);
    }
}

/* A line is printed once: it waits for the names of its hosts. */
static void
show_path(run_t *run)
{
    const run_target_t *target = run->targets.list->len == 0 ? NULL : g_ptr_array_index(run->targets.list, 0);

    if (run->terminal == NULL || target == NULL || target->session == NULL)
        return;
    if (run->names == NULL || names_pending(run->names) == 0)
        terminal_grow(run->terminal, session_settled(target->session, run_now()));
}

/* What was captured for the targets so far is theirs. Where none of the first can be traced the program ends. */
static void
take_resolved(run_t *run)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(free_error);
    bool is_first = run->targets.is_first;

    run_packets_read(&run->packets);
    run_send_finish(&run->send);
    run_targets_start(&run->targets, errors);
    show_targets(run);
    if (!is_first)
        show_errors(run, errors);
    for (guint i = 0; is_first && i < errors->len; i++)
        run_report_error(&run->report, g_error_copy(g_ptr_array_index(errors, i)));
    run->is_stopped |= is_first && run->targets.list->len == 0;
    if (toolbar_fd(run->toolbar) < 0)
        privilege_give_up();    /* only a toolbar may ask for another target, and so for another device */
    run->done_ns = 0;
}

static void
take_keys(run_t *run)
{
    char key;

    while ((key = screen_key(run->screen)) != '\0') {
        terminal_wish_t wish = terminal_press(run->terminal, key);

        run->is_stopped |= wish == TERMINAL_QUIT;
        run->bar.is_paused ^= wish == TERMINAL_PAUSE;
    }
    run->draw_ns = 0;
}

/* The table. Returns when it is due again. */
static int64_t
draw(run_t *run, uint32_t round)
{
    int64_t now = run_now();
    terminal_view_t view = {.round = round, .is_unicode = g_get_charset(NULL), .is_paused = run->bar.is_paused};

    if (now < run->draw_ns)
        return run->draw_ns;
    screen_size(run->screen, &view.width, &view.height);
    terminal_draw(run->terminal, &view);
    run->draw_ns = now + MAX(DRAW_NS, DRAW_SHARE * (run_now() - now));
    return run->draw_ns;
}

/* What --live shows of the first target. Returns when it is due again. */
static int64_t
show_live(run_t *run)
{
    const run_target_t *target = run->targets.list->len == 0 ? NULL : g_ptr_array_index(run->targets.list, 0);

    if (!run->options->is_live || target == NULL || target->session == NULL)
        return INT64_MAX;
    if (run->screen != NULL)
        return draw(run, session_round(target->session));
    terminal_print_round(run->terminal, session_round(target->session));
    return INT64_MAX;
}

/* A pipe whose reader is gone reports an error, and its writer gets one. What was looked up comes before the toolbar,
 * which may begin another look-up with another descriptor. */
static void
take_events(run_t *run, const struct pollfd *fds)
{
    if (fds[0].revents != 0 || (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        run->is_stopped = true;
    if (fds[3].revents != 0)
        take_resolved(run);
    if ((fds[2].revents & POLLIN) != 0)
        run_toolbar_read(&run->bar);
    else if (fds[2].revents != 0)
        toolbar_hung_up(run->toolbar);
    if (fds[4].revents != 0)
        write_names(run);
    if (fds[5].revents != 0)
        take_keys(run);
}

static bool
is_over(run_t *run, int64_t now)
{
    return run->is_stopped || run->error != NULL || now >= end_time(run, now);
}

/* Answers are read before probes are sent: an answer may make a probe needless. */
static void
loop(run_t *run)
{
    int64_t until_ns = 0;

    while (!is_over(run, run_now())) {
        g_autofree struct pollfd *fds = g_new0(struct pollfd, FIXED_FDS + run->devices.list->len);
        int64_t show_ns;

        wait_for_events(run, fds, until_ns);
        take_events(run, fds);
        if (!output_is_stalled(run->output))
            run_packets_read(&run->packets);
        until_ns = INT64_MAX;
        if (!run->bar.is_paused && !output_is_full(run->output))
            until_ns = run_send_probes(&run->send);
        if (toolbar_is_due(run->toolbar, run_now()))    /* it costs a walk over all probes */
            run_toolbar_show(&run->bar);
        show_path(run);
        until_ns = MIN(until_ns, show_live(run));
        show_ns = toolbar_update(run->toolbar, run_now(), false);
        until_ns = MIN(until_ns, MIN(show_ns, end_time(run, run_now())));
        if (!output_flush(run->output, &run->error))
            run->is_stopped = true;
    }
}

/* Probes wait for the link address of the next hop, and where nobody has it the kernel drops them before they are seen
 * on the device. */
static void
check_next_hop(run_t *run, const run_target_t *target)
{
    if (target->has_failed || !target->has_sent || target->taken > 0)
        return;
    run_report_error(&run->report, g_error_new(TRACER_ERROR, 0, "no probe left on %s: the next hop does not answer there "
                                                                "(ARP, neighbour discovery)",
                                               target->route.device));
}

/* Where the user chose one device, the way back may be another. */
static void
check_way_back(run_t *run, const run_target_t *target)
{
    session_summary_t summary;
    g_autofree char *what = NULL;

    if (run_targets_looks_everywhere(&run->targets) || target->has_failed || target->taken == 0)
        return;
    session_summary(target->session, &summary);
    if (summary.answered > 0)
        return;
    what = g_strdup_printf("nothing came back on %s; answers may come in on another device, and --device auto looks for "
                           "them on all",
                           target->route.device);
    run_report_note(&run->report, target->name, what);
}

/* Was there one? What ended the trace does not end what comes behind it too: a window that stopped it early may not have
 * opened its pipe yet, and would stand still. */
static bool
forget_signals(const run_t *run)
{
    struct signalfd_siginfo signal;
    bool is_there = false;

    while (run->signals >= 0 && read(run->signals, &signal, sizeof signal) > 0)
        is_there = true;
    return is_there;
}

/* A signal ends the wait for a reader that takes nothing, also one that comes now. */
static void
hand_over(run_t *run, GError **error)
{
    if (run->is_stopped)
        forget_signals(run);
    if (!output_finish(run->output, run->is_stopped ? STOPPED_PATIENCE_MS : READER_PATIENCE_MS, run->signals, error) &&
        *error == NULL && forget_signals(run))
        output_finish(run->output, STOPPED_PATIENCE_MS, -1, error);
}

/* Whatever ended it: what was captured is written, and the file closed as it should be. */
static void
finish(run_t *run)
{
    GError *error = NULL;

    run_packets_read(&run->packets);
    run_send_finish(&run->send);
    for (guint i = 0; !run->is_stopped && i < run->targets.list->len; i++)
        check_next_hop(run, g_ptr_array_index(run->targets.list, i));
    for (guint i = 0; i < run->targets.list->len; i++)
        check_way_back(run, g_ptr_array_index(run->targets.list, i));
    write_names(run);
    run_devices_write_statistics(&run->devices);
    hand_over(run, &error);
    if (error != NULL)
        run_report_error(&run->report, error);
    run_toolbar_show(&run->bar);
    toolbar_update(run->toolbar, run_now(), true);
}

static void
clear(run_t *run)
{
    if (run->screen != NULL)
        terminal_close_screen(run->terminal);
    screen_close(run->screen);
    output_free(run->output);   /* first: to close a capture takes the kernel tens of milliseconds */
    run_targets_clear(&run->targets);
    run_devices_clear(&run->devices);
    names_free(run->names);
    sender_free(run->sender);
    toolbar_free(run->toolbar);
    if (run->signals >= 0)
        close(run->signals);
}

bool
run_trace(const options_t *options, terminal_t *terminal, GPtrArray *said)
{
    run_t run = {.options = options, .terminal = terminal, .signals = -1};

    run_report_init(&run.report, said);
    run_targets_init(&run.targets, options, &run.devices);
    run.packets = (run_packets_t){.devices = &run.devices, .targets = &run.targets, .report = &run.report};
    run.send = (run_send_t){.targets = &run.targets, .report = &run.report};
    run.bar = (run_toolbar_t){.targets = &run.targets};
    if (open_pipes(&run) && prepare(&run))
        loop(&run);
    if (run.error != NULL)
        run_report_error(&run.report, g_steal_pointer(&run.error));
    if (run.output != NULL)
        finish(&run);
    if (run.toolbar != NULL) {
        forget_signals(&run);
        toolbar_wait(run.toolbar, run.signals);
    }
    clear(&run);
    return !run.report.has_error;
}
