/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Expert info: what an engineer should look at.
 */
#ifndef TTR_EXPERT_H
#define TTR_EXPERT_H

#include <epan/packet.h>

#include "ttr_known.h"

/* Registers the expert info of protocol `proto`. Once. */
void ttr_expert_register(int proto);

/* Does anybody collect the expert info of all packets? */
bool ttr_expert_is_tapped(void);

/* Adds the expert info of a packet that is in a trace to `item`. Without an item, to whoever listens: an expert
 * report or column; when nobody does, nothing happens. */
void ttr_expert_add(const ttr_known_t *known, packet_info *pinfo, proto_item *item);

#endif
