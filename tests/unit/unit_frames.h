/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames made up one by one, each a millisecond behind the last, and handed to a store. Hosts are numbers: host N is
 * 192.0.2.N, router N is 198.51.100.N.
 */
#ifndef UNIT_FRAMES_H
#define UNIT_FRAMES_H

#include "ttr_store.h"

typedef struct unit_frames {
    ttr_store_t *store;         /* owned by the test */
    uint32_t frame;             /* of the last observation */
} unit_frames_t;

/* A segment with port 80 at the other end. */
typedef struct unit_segment {
    uint8_t from;
    uint8_t to;
    uint16_t sport;             /* 0: 40000 */
    uint16_t dport;             /* 0: 80 */
    uint8_t ttl;
    uint16_t flags;             /* 0: SYN */
    uint32_t seq;
    uint32_t ack;
    uint32_t payload;
    uint16_t window;
} unit_segment_t;

/* The store is new, with the default configuration and this bound on candidates (0: the default one) and exact keys. */
unit_frames_t unit_frames_new(uint32_t bound);

ttr_address_t unit_frames_host(uint8_t number);

/* What the next frame would say; its IP ID is its number. */
ttr_observation_t unit_frames_segment(const unit_frames_t *frames, const unit_segment_t *segment);

/* The same, of a time exceeded that quotes `probe` and is sent back to its source. */
ttr_observation_t unit_frames_exceeded(const unit_frames_t *frames, uint8_t router, const ttr_observation_t *probe);

/* Observes it as the next frame; true when it was stored. */
bool unit_frames_add(unit_frames_t *frames, const ttr_observation_t *observation);

/* Both in one. */
bool unit_frames_send(unit_frames_t *frames, unit_segment_t segment);

/* How many of the frames from `first` to the last one are stored. */
uint32_t unit_frames_stored(const unit_frames_t *frames, uint32_t first);

#endif
