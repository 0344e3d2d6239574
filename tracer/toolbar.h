/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The toolbar in Wireshark's window: what the user wants there, and what it shows. Never more than four updates a
 * second. Without a toolbar every function does nothing.
 */
#ifndef TOOLBAR_H
#define TOOLBAR_H

#include <glib.h>
#include <stdbool.h>

#include "options.h"

typedef struct toolbar toolbar_t;

typedef enum {
    TOOLBAR_TARGET,             /* trace the path to `text` instead */
    TOOLBAR_MODE,               /* trace again in `mode` */
    TOOLBAR_PAUSE,              /* pressed: pause, or go on */
    TOOLBAR_NEXT_ROUND,
    TOOLBAR_STATUS              /* pressed: tell more */
} toolbar_wish_kind_t;

typedef struct toolbar_wish {
    toolbar_wish_kind_t kind;
    options_mode_t mode;
    const char *text;           /* borrowed until the callback returns */
} toolbar_wish_t;

typedef void (*toolbar_take_t)(void *user, const toolbar_wish_t *wish);

/* Opens the two pipes, the one to read first: Wireshark waits for that. "" for both: there is no toolbar. NULL with
 * *error set when a pipe cannot be opened. The caller frees it with toolbar_free(). */
toolbar_t *toolbar_open(const char *in, const char *out, GError **error);
void toolbar_free(toolbar_t *toolbar);

/* To be polled for reading; -1 when there is none. */
int toolbar_fd(const toolbar_t *toolbar);

/* Reads what is there and hands out the wishes; not all at once when it is much. */
void toolbar_read(toolbar_t *toolbar, toolbar_take_t take, void *user);

/* The pipe reports that whoever wrote to it is gone, and would do so for ever: it is opened anew. */
void toolbar_hung_up(toolbar_t *toolbar);

/* What to show; sent by toolbar_update(). */
void toolbar_set_target(toolbar_t *toolbar, const char *target);
void toolbar_set_mode(toolbar_t *toolbar, options_mode_t mode);
void toolbar_set_pause(toolbar_t *toolbar, bool is_paused);
void toolbar_set_status(toolbar_t *toolbar, const char *text);
void toolbar_log(toolbar_t *toolbar, const char *line);

/* At once. */
void toolbar_say(toolbar_t *toolbar, const char *text);         /* a dialog */
void toolbar_say_error(toolbar_t *toolbar, const char *text);

/* Sends what changed, when the last update is a quarter of a second old, or `is_last`. Returns when it will want to be
 * called again, INT64_MAX when nothing waits. Times in nanoseconds. */
int64_t toolbar_update(toolbar_t *toolbar, int64_t now_ns, bool is_last);

/* Would toolbar_update() send now what changed? */
bool toolbar_is_due(const toolbar_t *toolbar, int64_t now_ns);

/* Before the program ends, for whatever reason: waits until Wireshark has opened its ends, at most five seconds. Its
 * window would stand still for ever if it came later, which is easy: a short trace takes some milliseconds. `signals`:
 * a descriptor that ends the wait when it can be read, -1: none. */
void toolbar_wait(toolbar_t *toolbar, int signals);

#endif
