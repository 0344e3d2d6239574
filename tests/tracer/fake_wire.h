/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers to probes as bytes: what a router or a target would send. Written from the RFCs, without the tracer's codec.
 */
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include <stddef.h>

#include "fake_net.h"

#define FAKE_WIRE_MAX 1700

/* The answer of this kind from `responder` to an IP packet, as on Linux's raw link type. Returns its length. A target
 * answers from the address that was asked, with SYN/ACK. */
size_t fake_wire_answer(const uint8_t *probe, size_t length, const schedule_answer_t *answer,
                        uint8_t out[FAKE_WIRE_MAX]);

/* The kernel's RST to that SYN/ACK. */
size_t fake_wire_reset(const uint8_t *probe, uint8_t out[FAKE_WIRE_MAX]);

#endif
