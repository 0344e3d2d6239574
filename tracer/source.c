/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include <glib.h>
#include <string.h>

enum { FIRST_SIZE = 512 << 10 };

struct source {
    source_fill_t fill;
    void *user;                 /* borrowed */
    uint8_t *buffer;            /* owned */
    size_t size;
    size_t at;                  /* what is left of the buffer's content begins here, */
    size_t end;                 /* and ends here */
    bool is_over;
    bool has_failed;
};

source_t *
source_new(source_fill_t fill, void *user)
{
    source_t *source = g_new0(source_t, 1);

    source->fill = fill;
    source->user = user;
    source->size = FIRST_SIZE;
    source->buffer = g_malloc(source->size);
    return source;
}

void
source_free(source_t *source)
{
    if (source == NULL)
        return;
    g_free(source->buffer);
    g_free(source);
}

/* Room for `count` bytes from `at` on. */
static void
make_room(source_t *source, size_t count)
{
    memmove(source->buffer, source->buffer + source->at, source->end - source->at);
    source->end -= source->at;
    source->at = 0;
    if (count > source->size) {
        source->size = count;
        source->buffer = g_realloc(source->buffer, source->size);
    }
}

static void
read_more(source_t *source)
{
    long got = source->fill(source->user, source->buffer + source->end, source->size - source->end);

    source->has_failed |= got < 0;
    source->is_over |= got <= 0;
    if (got > 0)
        source->end += (size_t)got;
}

const uint8_t *
source_look(source_t *source, size_t count)
{
    if (source->end - source->at < count && source->at + count > source->size)
        make_room(source, count);
    while (source->end - source->at < count && !source->is_over)
        read_more(source);
    return source->end - source->at < count ? NULL : source->buffer + source->at;
}

size_t
source_left(const source_t *source)
{
    return source->end - source->at;
}

bool
source_skip(source_t *source, uint64_t count)
{
    while (count > source->end - source->at) {
        count -= source->end - source->at;
        source->at = 0;
        source->end = 0;
        if (source->is_over)
            return false;
        read_more(source);
    }
    source->at += (size_t)count;
    return true;
}

bool
source_has_failed(const source_t *source)
{
    return source->has_failed;
}
