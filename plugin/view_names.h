/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of hosts and services by Wireshark's own name resolution, and only when it is on.
 */
#ifndef VIEW_NAMES_H
#define VIEW_NAMES_H

#include "ttr_output.h"

/* Both functions are there. */
extern const ttr_output_names_t ttr_view_names;

#endif
