/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is appended to the Info column of a probe or reply.
 */
#ifndef TTR_COLUMN_H
#define TTR_COLUMN_H

#include <epan/packet.h>

#include "ttr_known.h"

/* The packet must be in a trace. Does nothing when nobody wants the column. `is_throwing`: an exception of the stock
 * dissector is on its way, of which Wireshark will write into the column; ours comes behind that. */
void ttr_column_append(const ttr_known_t *known, packet_info *pinfo, bool is_throwing);

#endif
