/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a frame was captured, as one number: the interface, and the two ends of the link. Pure; never 0.
 */
#ifndef TTR_POINT_H
#define TTR_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TTR_POINT_INDEX_SIZE 4  /* bytes of the index of a device in LINKTYPE_LINUX_SLL2 */
#define TTR_POINT_INDEX_AT 4    /* where they begin */

/* The same for both directions of a link. `a` and `b` are link addresses of `length` bytes; with length 0 they are not
 * looked at, and the interface alone decides. */
uint32_t ttr_point_hash(uint32_t interface, const uint8_t *a, const uint8_t *b, size_t length);

/* A cooked capture (LINKTYPE_LINUX_SLL): of all devices of a host, and the header, which names but one end of the link,
 * does not say of which. */
uint32_t ttr_point_cooked(uint32_t interface);

/* The same with LINKTYPE_LINUX_SLL2, which has the index of the device: TTR_POINT_INDEX_SIZE bytes. */
uint32_t ttr_point_device(uint32_t interface, const uint8_t *index);

/* Was this number made by ttr_point_cooked()? */
bool ttr_point_is_cooked(uint32_t point);

#endif
