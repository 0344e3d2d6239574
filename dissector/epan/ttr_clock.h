/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How far the capture goes. Probes that are young at its end are in flight, so frames that are none of the model's
 * business count, too.
 */
#ifndef TTR_CLOCK_H
#define TTR_CLOCK_H

#include <epan/packet_info.h>

/* The capture has this packet. There must be a store. */
void ttr_clock_pass(const packet_info *pinfo);

/* From now on every frame counts, not only those that the hooks see. It costs a call for each frame, so who shows no
 * traces need not pay. */
void ttr_clock_watch(void);

#endif
