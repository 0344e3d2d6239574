/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fields of the protocol: their names are public interface.
 */
#ifndef TTR_FIELDS_H
#define TTR_FIELDS_H

#include <epan/packet.h>

#include "ttr_known.h"

/* Registers the fields of protocol `proto`. Once. */
void ttr_fields_register(int proto);

/* Would somebody see the fields of this packet: is the tree shown, or did a filter, a column or a colour ask for one of
 * them? `tree` may be NULL. */
bool ttr_fields_are_wanted(proto_tree *tree);

/* Adds the subtree of a packet that is in a trace below `tree`; returns its heading. */
proto_item *ttr_fields_add(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
