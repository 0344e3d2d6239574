/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers in network byte order. GLib converts words, but does not read unaligned ones.
 */
#ifndef TTR_BYTES_H
#define TTR_BYTES_H

#include <stdint.h>

static inline uint16_t
ttr_bytes_u16(const uint8_t *data)
{
    return (uint16_t)((data[0] << 8) | data[1]);
}

static inline uint32_t
ttr_bytes_u32(const uint8_t *data)
{
    return ((uint32_t)data[0] << 24) | ((uint32_t)data[1] << 16) | ((uint32_t)data[2] << 8) | data[3];
}

#endif
