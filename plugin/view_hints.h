/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said on stderr at the end of a file, beside the views of a program that prints: that the capture holds no
 * trace, and what came near; and that a filter needs a second pass.
 */
#ifndef VIEW_HINTS_H
#define VIEW_HINTS_H

/* A view will be drawn. Further calls do nothing. Not from a callback of a tap. */
void view_hints_watch(void);

/* The same, and the view has this filter; NULL: none. */
void view_hints_watch_filter(const char *filter);

#endif
