/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first header of a frame, by link type.
 */
#ifndef WALK_LINK_H
#define WALK_LINK_H

#include "walk_private.h"

/* Walks a frame of this LINKTYPE; one that is not known is counted. */
void walk_link(walk_t *walk, uint32_t link_type, bytes_t bytes);

#endif
