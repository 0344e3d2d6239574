# SPDX-License-Identifier: GPL-2.0-or-later
#
# GLib's glibconfig.h of Debian on amd64, as it is on 64-bit Windows: `long` has 32 bits there.
s/^typedef signed long \(gint64\|gssize\|gintptr\);/typedef signed long long \1;/
s/^typedef unsigned long \(guint64\|gsize\|guintptr\);/typedef unsigned long long \1;/
s/(val##L)/(val##LL)/
s/(val##UL)/(val##ULL)/
s/^\(#define G_\(GINT64\|GSIZE\|GSSIZE\|GINTPTR\)_MODIFIER *\t*\)"l"/\1"ll"/
s/^\(#define G_\(GINT64\|GSSIZE\|GINTPTR\)_FORMAT *\t*\)"li"/\1"lli"/
s/^\(#define G_\(GUINT64\|GSIZE\|GUINTPTR\)_FORMAT *\t*\)"lu"/\1"llu"/
s/^#define G_MAXSIZE.*/#define G_MAXSIZE G_MAXUINT64/
s/^#define G_MINSSIZE.*/#define G_MINSSIZE G_MININT64/
s/^#define G_MAXSSIZE.*/#define G_MAXSSIZE G_MAXINT64/
s/^#define GLIB_SIZEOF_LONG .*/#define GLIB_SIZEOF_LONG 4/
/_POINTER/s/(glong)/(gint64)/
/_POINTER/s/(gulong)/(guint64)/
/define GPOINTER_TO/s/(glong)/(gint64)/
/define GPOINTER_TO/s/(gulong)/(guint64)/
/define GU\{0,1\}LONG_TO/s/INT64/INT32/
s/^#define G_OS_UNIX/#define G_OS_WIN32\n#define G_PLATFORM_WIN32/
/G_HAVE_GNUC_VISIBILITY 1/d
/GLIB_USING_SYSTEM_PRINTF/d
s/G_THREADS_IMPL_POSIX/G_THREADS_IMPL_WIN32/
s/^#define G_MODULE_SUFFIX.*/#define G_MODULE_SUFFIX "dll"/
s/^typedef int GPid;/typedef void *GPid;/
s/^#define G_PID_FORMAT.*/#define G_PID_FORMAT "p"/
s/^\(#define GLIB_SYSDEF_AF_INET6\) .*/\1 23/
s/^#define G_DIR_SEPARATOR .*/#define G_DIR_SEPARATOR '\\\\'/
s/^#define G_DIR_SEPARATOR_S .*/#define G_DIR_SEPARATOR_S "\\\\"/
s/^\(#define G_SEARCHPATH_SEPARATOR\) .*/\1 ';'/
s/^\(#define G_SEARCHPATH_SEPARATOR_S\) .*/\1 ";"/
