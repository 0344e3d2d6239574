/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one capability that the tracer needs, CAP_NET_RAW, and only while it opens something with it. Capabilities belong
 * to threads (capabilities(7)): what is changed here is changed for the thread that calls.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <glib.h>
#include <stdbool.h>

/* The first statement of the program: gives up every capability but CAP_NET_RAW, for good; that one stays permitted and
 * is not effective. Root has no more than that, either: not even another user's files. Nothing that the process executes
 * gets any. */
void privilege_begin(void);

/* Is it so? False, with a sentence in *error, when the kernel says otherwise. */
bool privilege_check(GError **error);

/* May this thread open raw sockets? */
bool privilege_is_there(void);

/* Makes CAP_NET_RAW effective, and no longer. Without it both do nothing: what needs it will say so. */
void privilege_raise(void);
void privilege_lower(void);

/* Gives up CAP_NET_RAW too, for good: for a thread that reads what strangers send, and when all is open. */
void privilege_give_up(void);

/* The sentence that says how to allow it; the caller frees it. `what` failed. */
char *privilege_advice(const char *what);

#endif
