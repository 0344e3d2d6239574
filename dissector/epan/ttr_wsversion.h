/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What differs between Wireshark 4.0, 4.2, 4.4 and 4.6. The only file that tests Wireshark's version: the others
 * use the newer name or one of the words below.
 */
#ifndef TTR_WSVERSION_H
#define TTR_WSVERSION_H

#include <stdbool.h>

#include <glib.h>
#include <ws_version.h>

#define TTR_WIRESHARK_IS_BEFORE(major, minor) \
    (WIRESHARK_VERSION_MAJOR < (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR < (minor)))

/* 4.3 renamed the accessors and took bool where gboolean, which is an int, had been. */
#if TTR_WIRESHARK_IS_BEFORE(4, 3)
#define tvb_get_uint8 tvb_get_guint8
typedef gboolean ttr_ws_bool_t;
#else
typedef bool ttr_ws_bool_t;
#endif

/* The init callback of a stat tap: before 4.5 it could not say that it failed, and taps ended the program:
 * `end` is how. */
#if TTR_WIRESHARK_IS_BEFORE(4, 5)
typedef void ttr_stat_init_t;
#define TTR_STAT_INIT_DONE() return
#define TTR_STAT_INIT_FAILED(end) end
#else
typedef bool ttr_stat_init_t;
#define TTR_STAT_INIT_DONE() return true
#define TTR_STAT_INIT_FAILED(end) return false
#endif

/* What a conversation filter's callbacks are called with, and how they are registered: from 4.3 on with data of the caller. */
#if TTR_WIRESHARK_IS_BEFORE(4, 3)
#define TTR_CONVERSATION_ARGUMENTS(pinfo) packet_info *pinfo
#define TTR_REGISTER_CONVERSATION_FILTER(name, label, is_valid, build) register_conversation_filter(name, label, is_valid, build)
#else
#define TTR_CONVERSATION_ARGUMENTS(pinfo) packet_info *pinfo, void *user_data G_GNUC_UNUSED
#define TTR_REGISTER_CONVERSATION_FILTER(name, label, is_valid, build) \
    register_conversation_filter(name, label, is_valid, build, NULL)
#endif

/* Between the menus in the name of a stats tree. */
#if TTR_WIRESHARK_IS_BEFORE(4, 3)
#define TTR_STATS_TREE_SEPARATOR "/"
#else
#define TTR_STATS_TREE_SEPARATOR "//"
#endif

/* Types that Wireshark keeps to itself and we declare once more (plugin/wireshark_sequence.h) are known to fit up to 4.6: with
 * another layout the plugin would write into the wrong members. Whoever has compared them with a newer release builds
 * with -D TTR_REDECLARED_TYPES_FIT. docs/wireshark-internals.md says what to compare. */
#if TTR_WIRESHARK_IS_BEFORE(4, 7) && !defined(TTR_REDECLARED_TYPES_FIT)
#define TTR_REDECLARED_TYPES_FIT 1
#endif

/* What plugin_describe() returns, asked from 4.3 on: 1 is WS_PLUGIN_DESC_DISSECTOR. */
#define TTR_PLUGIN_DESCRIPTION 1u

#endif
