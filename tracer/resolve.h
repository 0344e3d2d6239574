/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Addresses of the targets, asked for in a thread so that the loop can be stopped meanwhile.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <glib.h>

#include "options.h"
#include "sender.h"

typedef struct resolve resolve_t;

/* What one name stands for. */
typedef struct resolve_target {
    char *name;                 /* owned: as the user wrote it */
    sender_target_t where;
} resolve_target_t;

/* Starts: for each name the address that is to be preferred, or with `is_all` every one. `names` is copied. resolve_free() may be called at any time; it does not wait for the thread. */
resolve_t *resolve_start(char *const *names, options_family_t family, bool is_all);
void resolve_free(resolve_t *resolve);

/* Readable when there is a result. */
int resolve_fd(const resolve_t *resolve);

/* resolve_target_t, each address once; and a GError for each name that has none. Both are borrowed. To be called once the
 * descriptor is readable. */
const GPtrArray *resolve_result(const resolve_t *resolve);
const GPtrArray *resolve_errors(const resolve_t *resolve);

#endif
