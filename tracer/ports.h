/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Source ports that no other program of this host uses while we do. They are bound and never listened on, so that the
 * kernel tears down what the target half opens.
 */
#ifndef PORTS_H
#define PORTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ports ports_t;

/* Reserves `count` ports from `first` on, or from a free one when `first` is 0, leaving out those in use; there may be fewer
 * behind a `first` that is given. When `first` itself is in use, or none is left, that is an error: NULL, with a sentence in
 * *error. The caller frees it with ports_free(). */
ports_t *ports_reserve(uint16_t first, size_t count, GError **error);
void ports_free(ports_t *ports);

/* Borrowed. */
const uint16_t *ports_list(const ports_t *ports, size_t *count);

#endif
