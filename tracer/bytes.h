/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A part of a packet: what the capture holds of it, and how long it was on the wire.
 */
#ifndef BYTES_H
#define BYTES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bytes {
    const uint8_t *data;
    size_t captured;            /* bytes at `data` */
    size_t length;              /* on the wire; may be more or less than `captured` */
} bytes_t;

/* Steps over `count` bytes. False, with nothing changed, when they were not captured or not there. */
static inline bool
bytes_skip(bytes_t *bytes, size_t count)
{
    if (bytes->captured < count || bytes->length < count)
        return false;
    bytes->data += count;
    bytes->captured -= count;
    bytes->length -= count;
    return true;
}

/* What follows `length` bytes is padding, or belongs to an outer header. */
static inline void
bytes_limit(bytes_t *bytes, size_t length)
{
    bytes->length = MIN(bytes->length, length);
    bytes->captured = MIN(bytes->captured, length);
}

/* Are `count` bytes captured? */
static inline bool
bytes_hold(const bytes_t *bytes, size_t count)
{
    return bytes->captured >= count && bytes->length >= count;
}

#endif
