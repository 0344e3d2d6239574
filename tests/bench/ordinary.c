/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A busy link: many sessions at once, whose frames are interleaved at random. Nothing in it is a trace.
 */
#include "kinds.h"

#include "rng.h"
#include "session.h"

#include <glib.h>

enum { SESSIONS = 512, INTERVAL_MAX_US = 100 };

void
generate_ordinary(capture_t *capture, uint32_t packets)
{
    session_t *sessions = g_new0(session_t, SESSIONS);
    int64_t now_us = 0;
    rng_t rng;

    rng_init(&rng, 1);
    for (size_t i = 0; i < SESSIONS; i++)
        session_begin(&sessions[i], &rng);
    for (uint32_t i = 0; i < packets; i++) {
        session_t *session = &sessions[rng_between(&rng, 0, SESSIONS - 1)];
        packet_t packet;

        if (!session_next(session, &rng, now_us, &packet))
            session_begin(session, &rng);
        capture_write(capture, now_us, &packet);
        now_us += rng_between(&rng, 1, INTERVAL_MAX_US);
    }
    g_free(sessions);
}
