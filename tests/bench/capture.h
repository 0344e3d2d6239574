/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes a classic pcap file (microseconds, Ethernet), and puts frames that are made out of order into order of time.
 */
#ifndef BENCH_CAPTURE_H
#define BENCH_CAPTURE_H

#include "packet.h"

typedef struct capture capture_t;

/* Returns NULL when the file cannot be opened; errno says why. */
capture_t *capture_open(const char *path);

/* Writes what is queued, closes and frees. False when any byte could not be written. */
bool capture_close(capture_t *capture);

/* Writes at once. `time_us` counts from the start of the capture and never decreases. */
void capture_write(capture_t *capture, int64_t time_us, const packet_t *packet);

/* Queues a copy of `packet`; frames of one time keep the order in which they were queued. */
void capture_queue(capture_t *capture, int64_t time_us, const packet_t *packet);

/* Writes every queued frame that is earlier than `until_us`. */
void capture_flush(capture_t *capture, int64_t until_us);

uint64_t capture_frames(const capture_t *capture);

#endif
