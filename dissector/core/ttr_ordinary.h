/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What of an ordinary connection a side shows beside its probes: segments with a TTL that no probe has, and data.
 * Private to the recognition.
 */
#ifndef TTR_ORDINARY_H
#define TTR_ORDINARY_H

#include "ttr_compute.h"

typedef struct ttr_ordinary ttr_ordinary_t;

/* Of one side, n log n; lives as long as the work's arena. The runs of the side must be known. */
ttr_ordinary_t *ttr_ordinary_new(const ttr_side_t *side);

/* Is the probe a guest in somebody's connection? Its flow has segments of ordinary TTL that are no RST (kernels reset
 * the half-open connections of a probe) and were sent before it, or a SYN that repeats it within two seconds. */
bool ttr_ordinary_has_guest(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe);

/* Is the connection of this SYN opened, or gone on with, with an ordinary TTL, before or after? */
bool ttr_ordinary_opens(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe);

/* Does the connection that this SYN opens carry data with the SYN's own TTL? */
bool ttr_ordinary_carries_data(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe);

/* Is it no SYN, and did this side send one on the flow before it, whatever its TTL? */
bool ttr_ordinary_is_behind_syn(const ttr_ordinary_t *ordinary, const ttr_packet_t *probe);

#endif
