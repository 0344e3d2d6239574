/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

struct output {
    int fd;                     /* owned, but for standard output */
    int flags;                  /* of the open file, which others may share, before ours */
    GByteArray *buffer;         /* owned */
    guint written;              /* of the buffer */
    bool is_broken;             /* nothing more can be written, not even behind half a block */
};

static int
open_path(const char *path)
{
    int fd;

    do
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
    while (fd < 0 && errno == EINTR);
    return fd;
}

output_t *
output_open(const char *path, GError **error)
{
    int fd = strcmp(path, "-") == 0 ? STDOUT_FILENO : open_path(path);
    output_t *output;

    if (fd < 0) {
        g_set_error(error, TRACER_ERROR, 0, "cannot open %s: %s", path, g_strerror(errno));
        return NULL;
    }
    output = g_new0(output_t, 1);
    output->fd = fd;
    output->flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, output->flags | O_NONBLOCK);
    output->buffer = g_byte_array_new();
    return output;
}

void
output_free(output_t *output)
{
    if (output == NULL)
        return;
    if (output->fd != STDOUT_FILENO)
        close(output->fd);
    else if (output->flags >= 0)
        fcntl(output->fd, F_SETFL, output->flags);
    g_byte_array_unref(output->buffer);
    g_free(output);
}

int
output_fd(const output_t *output)
{
    return output->fd;
}

GByteArray *
output_buffer(output_t *output)
{
    return output->buffer;
}

bool
output_has_more(const output_t *output)
{
    return output->buffer->len > output->written;
}

bool
output_is_full(const output_t *output)
{
    return output->buffer->len - output->written > OUTPUT_FULL;
}

bool
output_is_stalled(const output_t *output)
{
    return output->buffer->len - output->written > OUTPUT_STALLED;
}

static void
drop(output_t *output)
{
    g_byte_array_set_size(output->buffer, 0);
    output->written = 0;
}

static void
fail(output_t *output, GError **error)
{
    if (errno != EPIPE && (error == NULL || *error == NULL))
        g_set_error(error, TRACER_ERROR, 0, "--fifo: cannot write: %s", g_strerror(errno));
    output->is_broken = true;
    drop(output);
}

/* A reader that is always a little behind must not make the buffer grow. */
static void
forget_written(output_t *output)
{
    if (output->written < OUTPUT_FULL)
        return;
    g_byte_array_remove_range(output->buffer, 0, output->written);
    output->written = 0;
}

bool
output_flush(output_t *output, GError **error)
{
    if (output->is_broken) {
        drop(output);
        return false;
    }
    while (output_has_more(output)) {
        ssize_t count = write(output->fd, output->buffer->data + output->written,
                              output->buffer->len - output->written);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            forget_written(output);
            return true;
        }
        if (count < 0) {
            fail(output, error);
            return false;
        }
        output->written += (guint)count;
    }
    drop(output);
    return true;
}

bool
output_finish(output_t *output, int limit_ms, GError **error)
{
    int64_t end = g_get_monotonic_time() + (int64_t)limit_ms * 1000;

    while (output_flush(output, error) && output_has_more(output)) {
        struct pollfd waiting = {.fd = output->fd, .events = POLLOUT};
        int64_t left = end - g_get_monotonic_time();

        if (left <= 0)
            return false;
        poll(&waiting, 1, (int)(left / 1000) + 1);
    }
    return !output_has_more(output);
}
