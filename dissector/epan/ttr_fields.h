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

/* Adds the subtree of a packet that is in a trace below `tree`; returns its heading. */
proto_item *ttr_fields_add(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
