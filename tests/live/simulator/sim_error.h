/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What can be wrong with a path description or with the machine that the simulator runs on.
 */
#ifndef SIM_ERROR_H
#define SIM_ERROR_H

#include <glib.h>

#define SIM_ERROR (g_quark_from_static_string("sim-error"))

typedef enum {
    SIM_ERROR_DESCRIPTION, /* the description says something that has no meaning */
    SIM_ERROR_SYSTEM       /* the system refused something; errno's text is in the message */
} sim_error_t;

#endif
