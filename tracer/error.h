/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One error domain: its messages are whole sentences for the user, and nobody asks for the code.
 */
#ifndef ERROR_H
#define ERROR_H

#include <glib.h>

#define TRACER_ERROR g_quark_from_static_string("tracer")

#endif
