/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * zlib, because libpcap opens no compressed file, and Wireshark does. It also reads what is not compressed, straight
 * into the caller's buffer as long as that is twice as large as its own.
 */
#include "reader_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "error.h"

/* Windows has other names, its C library translates line ends unless it is told not to, and no program is started. */
#ifdef _WIN32
#include <io.h>
#define dup _dup
#define close _close
#define STDIN_FILENO 0
#define FLAGS (O_RDONLY | O_BINARY)
#ifndef S_ISDIR
#define S_ISDIR(mode) (((mode) & _S_IFMT) == _S_IFDIR)
#endif
#else
#include <unistd.h>
#define FLAGS (O_RDONLY | O_CLOEXEC)
#endif

enum { ZLIB_BUFFER = 64 << 10 };

struct reader_file {
    gzFile gz;                  /* owned, with its file descriptor */
};

/* Standard input, as bytes. */
static int
copy_stdin(void)
{
#ifdef _WIN32
    _setmode(STDIN_FILENO, _O_BINARY);
#endif
    return dup(STDIN_FILENO);
}

static int
open_path(const char *path, GError **error)
{
    int fd = strcmp(path, "-") == 0 ? copy_stdin() : g_open(path, FLAGS, 0);
    struct stat status;

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        fd = -1;
        errno = EISDIR;
    }
    if (fd < 0)
        g_set_error(error, TRACER_ERROR, 0, "%s", g_strerror(errno));
    return fd;
}

reader_file_t *
reader_file_open(const char *path, GError **error)
{
    int fd = open_path(path, error);
    reader_file_t *file;
    gzFile gz;

    if (fd < 0)
        return NULL;
    gz = gzdopen(fd, "rb");
    if (gz == NULL) {
        close(fd);
        g_set_error(error, TRACER_ERROR, 0, "there is not enough memory to read it");
        return NULL;
    }
    gzbuffer(gz, ZLIB_BUFFER);
    file = g_new0(reader_file_t, 1);
    file->gz = gz;
    return file;
}

void
reader_file_close(reader_file_t *file)
{
    if (file == NULL)
        return;
    gzclose(file->gz);
    g_free(file);
}

long
reader_file_fill(void *user, uint8_t *buffer, size_t size)
{
    reader_file_t *file = user;
    int got = gzread(file->gz, buffer, (unsigned)MIN(size, (size_t)1 << 30));
    int code = Z_OK;

    if (got == 0)
        gzerror(file->gz, &code);
    return code == Z_BUF_ERROR ? -1 : got;      /* a gzip file that is cut short says so only here */
}

char *
reader_file_error(const reader_file_t *file)
{
    int code;
    const char *message = gzerror(file->gz, &code);

    if (code == Z_ERRNO)
        return g_strdup(g_strerror(errno));
    return g_strdup(message);
}
