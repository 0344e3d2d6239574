/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shows what is known of a packet in every way that Wireshark offers while it dissects: tree, expert info, Info
 * column, tap.
 */
#ifndef TTR_PRESENT_H
#define TTR_PRESENT_H

#include <epan/packet.h>

#include "ttr_known.h"

/* Registers the tap. Once. */
void ttr_present_register(void);

/* How much has to be known of a packet before the next is read: all that can be where fields or expert info are shown;
 * what happens to be known for the Info column, since a compute for each line costs more than the line; if nothing is
 * shown, only that the packet is there, since the tap gets it. */
ttr_known_when_t ttr_present_wants(packet_info *pinfo, proto_tree *tree);

/* `tree` may be NULL. `is_throwing`: an exception of the stock dissector is on its way. Returns the heading of the subtree
 * that it added; NULL: none. */
proto_item *ttr_present(const ttr_known_t *known, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool is_throwing);

#endif
