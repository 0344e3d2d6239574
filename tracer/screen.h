/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The terminal of this process: its size, and keys as they are pressed. Prints nothing.
 */
#ifndef SCREEN_H
#define SCREEN_H

typedef struct screen screen_t;

/* NULL where standard input or output is no terminal. Keys come singly and are not shown from then on. The caller frees
 * it with screen_close(), for which NULL is legal, and which leaves the terminal as it was. */
screen_t *screen_open(void);
void screen_close(screen_t *screen);

/* Readable when a key was pressed. */
int screen_fd(const screen_t *screen);

/* The next key; '\0': none. */
char screen_key(const screen_t *screen);

/* Columns and lines, as they are now. */
void screen_size(const screen_t *screen, unsigned *width, unsigned *height);

#endif
