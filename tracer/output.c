/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

struct output {
    int fd;                     /* owned, but for standard output */
    int flags;                  /* of the open file, which others may share, before ours */
    GByteArray *buffer;         /* owned */
    bool is_pipe;
    guint written;              /* of the buffer */
    size_t cut;                 /* what is left of a block that the pipe took a part of: one longer than PIPE_BUF */
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
    struct stat status;
    output_t *output;

    if (fd < 0) {
        g_set_error(error, TRACER_ERROR, 0, "cannot open %s: %s", path, g_strerror(errno));
        return NULL;
    }
    output = g_new0(output_t, 1);
    output->fd = fd;
    output->flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, output->flags | O_NONBLOCK);
    output->is_pipe = fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
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
        g_set_error(error, TRACER_ERROR, 0, "cannot write the packets: %s", g_strerror(errno));
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

/* How much to write at once: to a pipe whole blocks, and no more than it takes whole or not at all (PIPE_BUF, pipe(7)), so
 * that a reader which stops reading is not left with half a block. Each block begins with its type and length (draft-ietf-
 * opsawg-pcapng, section 3.1). */
static size_t
chunk(const output_t *output)
{
    size_t left = output->buffer->len - output->written;
    size_t size = 0;

    if (!output->is_pipe || output->cut > 0)
        return output->cut > 0 ? output->cut : left;
    while (size < left) {
        uint32_t length;

        memcpy(&length, output->buffer->data + output->written + size + sizeof length, sizeof length);
        if (size > 0 && size + GUINT32_FROM_LE(length) > PIPE_BUF)
            break;
        size += GUINT32_FROM_LE(length);
    }
    return size;
}

bool
output_flush(output_t *output, GError **error)
{
    if (output->is_broken) {
        drop(output);
        return false;
    }
    while (output_has_more(output)) {
        size_t size = chunk(output);
        ssize_t count = write(output->fd, output->buffer->data + output->written, size);

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
        output->cut = size - (size_t)count;
        output->written += (guint)count;
    }
    drop(output);
    return true;
}

bool
output_finish(output_t *output, int patience_ms, int signals, GError **error)
{
    int64_t end = g_get_monotonic_time() + (int64_t)patience_ms * 1000;
    guint before = output->buffer->len - output->written;

    while (output_flush(output, error) && output_has_more(output)) {
        struct pollfd waiting[] = {{.fd = output->fd, .events = POLLOUT}, {.fd = signals, .events = POLLIN}};
        guint left = output->buffer->len - output->written;

        if (left < before)
            end = g_get_monotonic_time() + (int64_t)patience_ms * 1000;
        before = left;
        if (g_get_monotonic_time() >= end)
            return false;
        poll(waiting, G_N_ELEMENTS(waiting), (int)((end - g_get_monotonic_time()) / 1000) + 1);
        if (waiting[1].revents != 0)
            return false;
    }
    return !output_has_more(output);
}
