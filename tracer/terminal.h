/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace in a terminal: takes the frames as they are captured, and prints what is known of the path. Pure: no socket, no
 * clock, and what is printed goes to the caller.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "options.h"
#include "reader.h"

typedef struct terminal terminal_t;

/* `options` and `voice` are borrowed. The caller frees it with terminal_free(), for which NULL is legal. */
terminal_t *terminal_new(const options_t *options, const reader_voice_t *voice);
void terminal_free(terminal_t *terminal);

/* One of the targets is this address; `name` as the user wrote it. */
void terminal_add_target(terminal_t *terminal, const char *name, uint8_t family, const ttr_address_t *address);

/* An address has this name. */
void terminal_add_name(terminal_t *terminal, uint8_t family, const ttr_address_t *address, const char *name);

/* The next frame of the capture; it is not kept. */
void terminal_take(terminal_t *terminal, const record_t *frame);

/* Prints the heading, and the lines of the hops up to this TTL, of whose probes nothing more is expected, where they are
 * not printed yet. Does nothing where the path is not printed line by line: for several targets or rounds, for other outputs. */
void terminal_grow(terminal_t *terminal, uint8_t settled);

/* What --live draws on. */
typedef struct terminal_view {
    unsigned width;             /* columns */
    unsigned height;            /* lines */
    uint32_t round;             /* of the trace, from 1 */
    bool is_unicode;            /* the terminal shows block elements */
    bool is_paused;
} terminal_view_t;

/* What a key asks the caller for. */
typedef enum {
    TERMINAL_NOTHING,
    TERMINAL_QUIT,
    TERMINAL_PAUSE
} terminal_wish_t;

/* Before the first drawing, and behind the last: what the terminal showed before comes back. */
void terminal_open_screen(const terminal_t *terminal);
void terminal_close_screen(const terminal_t *terminal);

/* Draws the table of the first target over what was drawn before. */
void terminal_draw(const terminal_t *terminal, const terminal_view_t *view);

/* Takes a key: q, p; r, which forgets the frames so far; d, which shows the round trips of more probes in place of figures. */
terminal_wish_t terminal_press(terminal_t *terminal, char key);

/* Where --live has no screen: prints the trace when this round, from 1, begins another one. */
void terminal_print_round(terminal_t *terminal, uint32_t round);

/* Prints what is left, and what the trace proves of the path. False when a target did not answer. */
bool terminal_finish(terminal_t *terminal);

#endif
