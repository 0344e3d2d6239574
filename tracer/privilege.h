/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one capability that the tracer needs, CAP_NET_RAW, and only while it opens something with it.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <glib.h>
#include <stdbool.h>

/* May this process open raw sockets? */
bool privilege_is_there(void);

/* Gives up every capability but CAP_NET_RAW, for good; that one stays permitted and is not effective. Nothing that the
 * process executes gets any. False, with a sentence in *error, when that is not what the kernel then says. */
bool privilege_drop(GError **error);

/* Makes CAP_NET_RAW effective, and no longer. Without it both do nothing: what needs it will say so. */
void privilege_raise(void);
void privilege_lower(void);

/* The sentence that says how to allow it; the caller frees it. `what` failed. */
char *privilege_advice(const char *what);

#endif
