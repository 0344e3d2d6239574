/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the model says about one thing, as words; and whether the words of an expectation agree with it.
 * An expectation is written in the same words, so both are compared as text: "hop=2", "rtt=20.000ms", "duplicate".
 */
#ifndef SCN_FACTS_H
#define SCN_FACTS_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SCN_FACT_PLAIN,             /* checked when the expectation names it */
    SCN_FACT_STRICT             /* must be named when it is so: duplicate, nat … */
} scn_fact_sort_t;

typedef struct scn_facts scn_facts_t;

scn_facts_t *scn_facts_new(void);
void scn_facts_free(scn_facts_t *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(scn_facts_t, scn_facts_free)

/* KEY=VALUE. A key may be added several times: the expectation then must find its value among them. */
void scn_facts_add(scn_facts_t *facts, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* As above, but a part of the value is enough: sentences. */
void scn_facts_add_text(scn_facts_t *facts, const char *key, const char *text);

/* KEY=NUMBER, which an expectation must name unless the number is 0; then the fact is not so. */
void scn_facts_add_strict(scn_facts_t *facts, const char *key, guint number);

/* A word without value, which is so or not. */
void scn_facts_add_flag(scn_facts_t *facts, const char *key, bool is_so, scn_fact_sort_t sort);

/* Compares; appends one line beginning with `prefix` to `report` for each disagreement, and returns their number.
 * A word that names no fact is one. */
guint scn_facts_check(const scn_facts_t *facts, char **words, const char *prefix, GString *report);

#endif
