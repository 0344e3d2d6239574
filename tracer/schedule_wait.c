/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long to wait. An answer bounds the hops before it and never those behind: whatever is near may be fast, and the
 * next link a satellite.
 */
#include <glib.h>

#include "schedule_private.h"

#define MS INT64_C(1000000)
#define FLOOR_NS (50 * MS)
#define SLACK_NS (50 * MS)      /* routers take that much longer for an error than for a packet that they forward */
#define PATIENCE_NS (100 * MS)
#define QUIET_NS (400 * MS)     /* beyond the time-out, where all behind a hop is silent: the next link may be a slow one */

enum { OWN_ROUND_TRIPS = 3 };

int64_t
schedule_wait_nearest(const schedule_t *schedule, int ttl)
{
    for (int distance = 0; distance < SCHEDULE_TTLS; distance++) {
        int64_t before = ttl - distance > 0 ? schedule->hops[ttl - distance].rtt_ns : 0;
        int64_t behind = ttl + distance < SCHEDULE_TTLS ? schedule->hops[ttl + distance].rtt_ns : 0;

        if (before != 0 || behind != 0)
            return MAX(before, behind);
    }
    return 0;
}

int64_t
schedule_wait_patience(const schedule_t *schedule, int ttl)
{
    int64_t rtt = schedule_wait_nearest(schedule, ttl);

    return rtt == 0 ? PATIENCE_NS : CLAMP(2 * rtt, FLOOR_NS, PATIENCE_NS);
}

int64_t
schedule_wait_slack(int64_t rtt_ns)
{
    return rtt_ns + MAX(rtt_ns / 4, SLACK_NS);
}

/* RTT of the next hop behind this one that answered, or of the end of the path, wherever that is; 0: none did. */
static int64_t
later_rtt(const schedule_t *schedule, int ttl)
{
    int last = schedule->end != 0 ? schedule->end : schedule->config.last_ttl;

    for (int behind = ttl + 1; behind <= last; behind++) {
        if (schedule->hops[behind].rtt_ns != 0)
            return schedule->hops[behind].rtt_ns;
    }
    return schedule->far_rtt_ns;
}

int64_t
schedule_timeout(const schedule_t *schedule, uint8_t ttl)
{
    int64_t own = schedule->hops[ttl].rtt_ns;
    int64_t later = later_rtt(schedule, ttl);
    int64_t timeout = schedule->config.timeout_ns;
    int64_t wait = INT64_MAX;

    if (own == 0 && later == 0)
        return timeout;
    if (own != 0)
        wait = OWN_ROUND_TRIPS * own;
    if (later != 0)
        wait = MIN(wait, schedule_wait_slack(later));
    /* What takes longer than the time-out and is answered shows that it is too short. */
    return MIN(MAX(wait, FLOOR_NS), MAX(timeout, schedule_wait_slack(own != 0 ? own : later)));
}

int64_t
schedule_wait_quiet(const schedule_t *schedule)
{
    int64_t timeout = schedule->config.timeout_ns;

    return schedule->round_ns + timeout + MIN(timeout * 2 / 5, QUIET_NS);
}

int64_t
schedule_wait_expiry(const schedule_t *schedule, int ttl)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];
    int64_t expiry = hop->last_sent_ns + schedule_timeout(schedule, (uint8_t)ttl);

    if (schedule->round > 0 || schedule->end != 0 || hop->rtt_ns != 0 || later_rtt(schedule, ttl) != 0)
        return expiry;
    return MAX(expiry, schedule_wait_quiet(schedule));
}
