/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text outputs: the model goes in, text comes out. Nothing is printed, and no name is looked up: the caller does
 * both. Nothing is kept between two calls.
 */
#ifndef TTR_OUTPUT_H
#define TTR_OUTPUT_H

#include <glib.h>

#include "ttr_path.h"

/* Names, filled by the caller. Either function may be NULL: no names. Results are borrowed until the next call; any
 * bytes. */
typedef struct ttr_output_names {
    const char *(*host)(void *user, uint8_t family, const ttr_address_t *address); /* NULL: none is known */
    const char *(*service)(void *user, uint16_t port);                             /* NULL: none is known */
    void *user;                                                                    /* borrowed */
} ttr_output_names_t;

/* What an output is written from. */
typedef struct ttr_output_context {
    const ttr_store_t *store;           /* borrowed; NULL only when there are no traces */
    const ttr_output_names_t *names;    /* borrowed, never NULL */
    const char *file;                   /* JSON: the value of the key "file", which comes first in each object; NULL:
                                           no such key */
    /* Called by a document now and then with what it has so far, which may be printed and cut off: so a long one is
     * never in memory as a whole. NULL: it is. */
    void (*flush)(void *user, GString *out);
    void *user;                         /* borrowed, for flush */
} ttr_output_context_t;

/* One kind of text output; a static table row. One of the two functions is there. */
typedef struct ttr_output {
    const char *name;                   /* "paths", "json" and so on: behind "tcptraceroute," in -z, behind "--" of the
                                           reader */
    /* Appends trace `index`; nothing when there is none. `is_first`: nothing was written before it (a blank line
     * separates paths). NULL where all traces make one document. */
    void (*write_trace)(GString *out, const ttr_output_context_t *context, uint32_t index, bool is_first);
    /* Appends one document of these traces (uint32_t indices, ascending), also of none. NULL where write_trace is
     * there. */
    void (*write_all)(GString *out, const ttr_output_context_t *context, const GArray *traces);
} ttr_output_t;

/* All outputs, in the order in which they are documented. Static. */
extern const ttr_output_t *const ttr_outputs[];
extern const size_t ttr_output_count;

/* The output with this name, NULL when there is none. Static. */
const ttr_output_t *ttr_output_find(const char *name);

#endif
