/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of hops, asked of the resolver in threads.
 */
#ifndef NAMES_H
#define NAMES_H

#include <glib.h>
#include <stdbool.h>

#include "ttr_types.h"

typedef struct names names_t;

/* The caller frees it with names_free(), which does not wait for answers that are still to come. */
names_t *names_new(void);
void names_free(names_t *names);

/* Asks for the name of an address, once. */
void names_ask(names_t *names, uint8_t family, const ttr_address_t *address);

/* Readable when an answer is there. */
int names_fd(const names_t *names);

/* The next answer; false when there is none. *name is NULL when the address has none; the caller frees it. */
bool names_next(names_t *names, uint8_t *family, ttr_address_t *address, char **name);

/* How many answers are still to come. */
unsigned names_pending(const names_t *names);

#endif
