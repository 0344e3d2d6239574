/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which sighting of an answer counts? Private to the core.
 */
#ifndef TTR_NEAREST_H
#define TTR_NEAREST_H

#include "ttr_compute.h"

/* No capture point has this number. */
#define TTR_NO_POINT UINT32_MAX

/* Was it a cooked capture (ttr_point_cooked())? `point`: as records have it. */
bool ttr_packets_is_cooked(const ttr_work_t *work, uint16_t point);

/* The id of the sighting that counts when the probe was seen at `point`: there, if the sightings are of several points
 * and one is there; else the one nearest to the prober, which has the lowest TTL. Of equals the first; but on a cooked
 * capture the last: such a capture is of all devices of a host, and an answer comes up through them. */
uint32_t ttr_packets_nearest(const ttr_work_t *work, const ttr_packet_t *event, uint32_t point);

#endif
