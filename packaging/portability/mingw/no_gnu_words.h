/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Included before each source: what GLib has for gcc and clang, and not for MSVC, is an error from here on.
 */
#include <glib.h>

#undef g_autofree
#undef g_autoptr
#undef g_auto
#undef g_autolist
#pragma GCC poison g_autofree g_autoptr g_auto g_autolist
