/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A TCP connection from its SYN to its end: requests, responses of several segments, ACKs.
 */
#ifndef BENCH_TCP_SESSION_H
#define BENCH_TCP_SESSION_H

#include "session.h"

/* Builds the next frame of the connection; false when that was the last one. */
bool tcp_session_next(session_t *session, rng_t *rng, int64_t now_us, packet_t *packet);

#endif
