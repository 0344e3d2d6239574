/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A scenario: read from text, played into a model of its own, compared with what it expects.
 */
#ifndef SCN_FILE_H
#define SCN_FILE_H

#include <glib.h>

typedef enum {
    SCN_AGREES,
    SCN_DISAGREES,              /* an expectation does not hold */
    SCN_UNREADABLE              /* the scenario itself is wrong */
} scn_result_t;

/* Runs the scenario in `text`. Appends what is wrong, line by line, to `report`. */
scn_result_t scn_file_run_text(const char *text, GString *report);

#endif
