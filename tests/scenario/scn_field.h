/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words that set one field of a frame: ttl=3, quoted-id=0x0007, df.
 */
#ifndef SCN_FIELD_H
#define SCN_FIELD_H

#include <glib.h>

#include "ttr_observation.h"

/* Sets the field that the word names. False with *error set, and nothing changed, when there is none of that name
 * in a frame of this sort, or it can't have that value. */
bool scn_field_apply(const char *word, ttr_observation_t *observation, GError **error);

/* Bytes that the TCP options behind this hash take. */
uint32_t scn_field_options_size(uint32_t options);

#endif
