/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "toolbar.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "error.h"
#include "options_table.h"

#define UPDATE_NS INT64_C(250000000)
#define WAIT_MS 5000

enum {
    READ_SIZE = 4096,
    READS_MAX = 16,             /* in one turn: who writes for ever must not keep the program from all else */
    LOG_MAX = 32768             /* bytes that wait; older lines are dropped */
};

struct toolbar {
    int in;                     /* owned; -1: there is no toolbar */
    char *in_path;              /* owned */
    int out;                    /* owned */
    control_reader_t *reader;   /* owned */
    bool is_initialized;
    int64_t updated_ns;         /* last */
    char *target;               /* owned: what is to be shown; NULL: no change */
    char *mode;                 /* owned, likewise */
    char *pause;                /* owned, likewise */
    char *status;               /* owned, likewise */
    char *shown_status;         /* owned: what is shown */
    GString *log;               /* owned: what is not sent yet */
    GByteArray *rest;           /* owned: of a message that the pipe took a part of */
};

/* The pipe to write is opened for reading too: that never waits, and no reader yet is no error. */
static bool
open_pipes(toolbar_t *toolbar, const char *in, const char *out, GError **error)
{
    toolbar->in = open(in, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (toolbar->in < 0) {
        g_set_error(error, TRACER_ERROR, 0, "--extcap-control-in: cannot open %s: %s", in, g_strerror(errno));
        return false;
    }
    toolbar->out = open(out, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (toolbar->out < 0) {
        g_set_error(error, TRACER_ERROR, 0, "--extcap-control-out: cannot open %s: %s", out, g_strerror(errno));
        return false;
    }
    return true;
}

toolbar_t *
toolbar_open(const char *in, const char *out, GError **error)
{
    toolbar_t *toolbar = g_new0(toolbar_t, 1);

    toolbar->in = -1;
    toolbar->out = -1;
    toolbar->reader = control_reader_new();
    toolbar->in_path = g_strdup(in);
    toolbar->log = g_string_new(NULL);
    toolbar->rest = g_byte_array_new();
    if (*in == '\0' || *out == '\0' || open_pipes(toolbar, in, out, error))
        return toolbar;
    toolbar_free(toolbar);
    return NULL;
}

void
toolbar_free(toolbar_t *toolbar)
{
    if (toolbar == NULL)
        return;
    if (toolbar->in >= 0)
        close(toolbar->in);
    if (toolbar->out >= 0)
        close(toolbar->out);
    control_reader_free(toolbar->reader);
    g_string_free(toolbar->log, TRUE);
    g_byte_array_unref(toolbar->rest);
    g_free(toolbar->in_path);
    g_free(toolbar->target);
    g_free(toolbar->mode);
    g_free(toolbar->pause);
    g_free(toolbar->status);
    g_free(toolbar->shown_status);
    g_free(toolbar);
}

int
toolbar_fd(const toolbar_t *toolbar)
{
    return toolbar->in;
}

static bool
find_mode(const char *text, options_mode_t *mode)
{
    const options_row_t *row = options_table_find("mode", strlen("mode"));

    for (int i = 0; row->choices[i].value != NULL; i++) {
        if (strcmp(row->choices[i].value, text) == 0) {
            *mode = (options_mode_t)i;
            return true;
        }
    }
    return false;
}

/* False when the message is none that the toolbar's user can mean. */
static bool
read_wish(const control_message_t *message, const char *text, toolbar_wish_t *wish)
{
    if (message->command != CONTROL_SET)
        return false;
    *wish = (toolbar_wish_t){.text = text};
    switch ((control_number_t)message->number) {
    case CONTROL_TARGET:
        wish->kind = TOOLBAR_TARGET;
        return *text != '\0';
    case CONTROL_MODE:
        wish->kind = TOOLBAR_MODE;
        return find_mode(text, &wish->mode);
    case CONTROL_PAUSE:
        wish->kind = TOOLBAR_PAUSE;
        return true;
    case CONTROL_NEXT_ROUND:
        wish->kind = TOOLBAR_NEXT_ROUND;
        return true;
    case CONTROL_STATUS:
        wish->kind = TOOLBAR_STATUS;
        return true;
    case CONTROL_LOG:
    case CONTROL_HELP:
        return false;
    }
    return false;
}

static void
take_message(toolbar_t *toolbar, const control_message_t *message, toolbar_take_t take, void *user)
{
    gsize length;
    const char *data = g_bytes_get_data(message->payload, &length);
    g_autofree char *text = g_strndup(data == NULL ? "" : data, length);
    toolbar_wish_t wish;

    if (message->command == CONTROL_INITIALIZED)
        toolbar->is_initialized = true;
    else if (take != NULL && read_wish(message, text, &wish)) {
        if (wish.kind == TOOLBAR_MODE)
            g_clear_pointer(&toolbar->mode, g_free);    /* the user chose, and sees it */
        take(user, &wish);
    }
}

void
toolbar_read(toolbar_t *toolbar, toolbar_take_t take, void *user)
{
    char bytes[READ_SIZE];
    control_message_t message;

    for (int reads = 0; toolbar->in >= 0 && reads < READS_MAX; reads++) {
        ssize_t count = read(toolbar->in, bytes, sizeof bytes);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        control_reader_add(toolbar->reader, bytes, (size_t)count);
        while (control_reader_next(toolbar->reader, &message))
            take_message(toolbar, &message, take, user);
    }
}

/* The new descriptor comes before the old one goes: somebody who opens the other end meanwhile finds a reader. */
void
toolbar_hung_up(toolbar_t *toolbar)
{
    int in = open(toolbar->in_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    close(toolbar->in);
    toolbar->in = in;
}

static void
replace(char **text, const char *with)
{
    g_free(*text);
    *text = g_strdup(with);
}

void
toolbar_set_target(toolbar_t *toolbar, const char *target)
{
    replace(&toolbar->target, target);
}

void
toolbar_set_mode(toolbar_t *toolbar, options_mode_t mode)
{
    replace(&toolbar->mode, options_table_find("mode", strlen("mode"))->choices[mode].value);
}

void
toolbar_set_pause(toolbar_t *toolbar, bool is_paused)
{
    replace(&toolbar->pause, is_paused ? "Continue" : "Pause");
}

void
toolbar_set_status(toolbar_t *toolbar, const char *text)
{
    if (g_strcmp0(text, toolbar->shown_status) == 0)
        g_clear_pointer(&toolbar->status, g_free);  /* a text in between was not shown yet, and need not be */
    else
        replace(&toolbar->status, text);
}

void
toolbar_log(toolbar_t *toolbar, const char *line)
{
    if (toolbar->in < 0)
        return;
    if (toolbar->log->len > LOG_MAX)
        g_string_truncate(toolbar->log, 0);
    g_string_append(toolbar->log, line);
    g_string_append_c(toolbar->log, '\n');
}

static void
send_rest(toolbar_t *toolbar)
{
    while (toolbar->rest->len > 0) {
        ssize_t count = write(toolbar->out, toolbar->rest->data, toolbar->rest->len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        g_byte_array_remove_range(toolbar->rest, 0, (guint)count);
    }
}

/* A message that the pipe has no room for is lost: the window may be closed, or its reader stand still. One that has
 * begun is kept to its end, or the reader would take the next ones for a part of it. */
static void
send_bytes(toolbar_t *toolbar, const GByteArray *bytes)
{
    if (toolbar->out < 0)
        return;
    send_rest(toolbar);
    if (toolbar->rest->len > 0)
        return;
    g_byte_array_append(toolbar->rest, bytes->data, bytes->len);
    send_rest(toolbar);
    if (toolbar->rest->len == bytes->len)
        g_byte_array_set_size(toolbar->rest, 0);
}

static void
send_message(toolbar_t *toolbar, control_number_t number, control_command_t command, const char *text)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    control_write(bytes, number, command, text);
    send_bytes(toolbar, bytes);
}

void
toolbar_say(toolbar_t *toolbar, const char *text)
{
    send_message(toolbar, CONTROL_STATUS, CONTROL_INFORMATION, text);
}

void
toolbar_say_error(toolbar_t *toolbar, const char *text)
{
    send_message(toolbar, CONTROL_STATUS, CONTROL_ERROR, text);
}

static void
send_change(toolbar_t *toolbar, control_number_t number, char **text)
{
    if (*text == NULL)
        return;
    send_message(toolbar, number, CONTROL_SET, *text);
    g_clear_pointer(text, g_free);
}

int64_t
toolbar_update(toolbar_t *toolbar, int64_t now_ns, bool is_last)
{
    if (toolbar->in < 0)
        return INT64_MAX;
    send_rest(toolbar);
    if (toolbar->rest->len > 0)
        return now_ns + UPDATE_NS;
    if (toolbar->target == NULL && toolbar->mode == NULL && toolbar->pause == NULL && toolbar->status == NULL &&
        toolbar->log->len == 0)
        return INT64_MAX;
    if (!is_last && now_ns - toolbar->updated_ns < UPDATE_NS)
        return toolbar->updated_ns + UPDATE_NS;
    toolbar->updated_ns = now_ns;
    if (toolbar->status != NULL)
        replace(&toolbar->shown_status, toolbar->status);
    send_change(toolbar, CONTROL_TARGET, &toolbar->target);
    send_change(toolbar, CONTROL_MODE, &toolbar->mode);
    send_change(toolbar, CONTROL_PAUSE, &toolbar->pause);
    send_change(toolbar, CONTROL_STATUS, &toolbar->status);
    if (toolbar->log->len > 0)
        send_message(toolbar, CONTROL_LOG, CONTROL_ADD, toolbar->log->str);
    g_string_truncate(toolbar->log, 0);
    return toolbar->rest->len > 0 ? now_ns + UPDATE_NS : INT64_MAX;
}

bool
toolbar_is_due(const toolbar_t *toolbar, int64_t now_ns)
{
    return toolbar->in >= 0 && now_ns - toolbar->updated_ns >= UPDATE_NS;
}

void
toolbar_wait(toolbar_t *toolbar, int signals)
{
    int64_t end = g_get_monotonic_time() + WAIT_MS * 1000;

    while (toolbar->in >= 0 && !toolbar->is_initialized && g_get_monotonic_time() < end) {
        struct pollfd waiting[] = {{.fd = toolbar->in, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

        if (poll(waiting, G_N_ELEMENTS(waiting), 50) <= 0)
            continue;
        if (waiting[1].revents != 0)
            return;
        /* A pipe that nobody has opened for writing yet reports nothing, one that was closed reports only that. */
        if ((waiting[0].revents & POLLIN) != 0)
            toolbar_read(toolbar, NULL, NULL);
        else
            toolbar_hung_up(toolbar);
    }
}
