/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes next, read from what is known.
 */
#include <glib.h>
#include <string.h>

#include "schedule_private.h"

#define MS INT64_C(1000000)

enum {
    WINDOW = 16,                /* TTLs of the first pass while no hop is known */
    NEXT = 5,                   /* hops behind the last answered one that are probed at all, beyond the window */
    SCOUTS_MAX = 2,
    QUESTIONS_MAX = 3
};

#define SPACING_NS (1 * MS)     /* between two probes of one hop */
#define SOON_NS (8 * MS)        /* how long a hop that may be the target is given to say that it is none */
#define SHARED_NS (3000 * MS)   /* how long a common hop is waited for, until it may be asked once more */
#define QUESTION_NS (PACER_ROUTER_REFILL_NS + 50 * MS)

bool
schedule_choose_is_shared(const schedule_t *schedule, int ttl)
{
    return schedule->trace >= NEAR_LEADING && !schedule->is_apart && ttl <= near_depth(schedule->near);
}

int
schedule_choose_window(const schedule_t *schedule)
{
    int first = schedule->config.first_ttl;

    if (schedule_choose_is_shared(schedule, first))
        first = near_depth(schedule->near) + 1;
    return MIN(first + WINDOW - 1, schedule->config.last_ttl);
}

bool
schedule_choose_is_bounded(const schedule_t *schedule)
{
    return schedule->end == 0 && schedule->far_rtt_ns != 0;
}

/* The highest TTL that is to be probed, as far as is known. */
static int
horizon(const schedule_t *schedule)
{
    if (schedule->end != 0)
        return schedule->end;
    if (schedule_choose_is_bounded(schedule))
        return schedule->config.far_ttl;
    return MIN(MAX(schedule_choose_window(schedule), schedule->highest + (int)schedule->config.gap_limit),
               schedule->config.last_ttl);
}

/* Can the hop not lie behind the target, nor be it? */
static bool
is_before_target(const schedule_t *schedule, int ttl)
{
    return ttl <= schedule->highest || ttl < schedule->end;
}

bool
schedule_choose_is_unlimited(const schedule_t *schedule, int ttl)
{
    return ttl == schedule->end && schedule->is_end_target;
}

/* A target that got one SYN of a flow, and no RST yet, says something else to the next one: it gets no second one.
 * Not so far away that the dissector would not know the flow for one of the trace. */
static bool
needs_port(const schedule_t *schedule, int ttl)
{
    if (schedule->config.flows < 2 || is_before_target(schedule, ttl) || ttl > schedule->config.far_ttl)
        return false;
    return schedule->hops[ttl].sent > 0 || schedule_choose_is_unlimited(schedule, ttl);
}

/* The next of the source ports beside the one of the trace. */
static uint32_t
next_flow(const schedule_t *schedule)
{
    return schedule->config.flows < 2 ? 0 : schedule->flow % (schedule->config.flows - 1) + 1;
}

/* The highest TTL that gets all its probes while the end is not known: those of the first pass, too, unless the user
 * wants less. A slow link answers for none of them in time, and the target would wait for a second round trip. */
static int
last_wanted(const schedule_t *schedule)
{
    int limit = (int)schedule->config.gap_limit;
    int last = MAX(schedule->highest, schedule->config.first_ttl - 1) + limit;

    return limit < WINDOW / 2 ? last : MAX(last, schedule_choose_window(schedule));
}

/* When the hop's first probe is due. Beyond the window that waits until the window had time to answer: a target is
 * asked no more often than it must be. */
static int64_t
first_due(const schedule_t *schedule, int ttl)
{
    int last = schedule_choose_window(schedule);
    const schedule_hop_t *hop = &schedule->hops[last];

    if (ttl <= last || ttl <= schedule->highest + NEXT || ttl <= schedule->end)
        return schedule->round_ns;
    if (hop->sent == 0)
        return INT64_MAX;
    if (schedule_choose_is_bounded(schedule))
        return hop->first_sent_ns + schedule_wait_slack(schedule->far_rtt_ns);
    return hop->last_sent_ns + schedule_wait_patience(schedule, ttl);
}

/* When a hop is due that had one probe at least. The first goes on its way alone for a moment: then it is known that the
 * hop is a router, and the way of the trace holds for the others too. */
static int64_t
further_due(const schedule_t *schedule, int ttl)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];

    if (hop->sent > 1 || is_before_target(schedule, ttl) || ttl == schedule->end)
        return hop->last_sent_ns + SPACING_NS;
    if (schedule->highest != 0 && ttl <= last_wanted(schedule))
        return hop->last_sent_ns + SOON_NS;
    return hop->last_sent_ns + schedule_wait_patience(schedule, ttl);
}

/* When the hop's next probe is due; the router's bucket may want it later. */
static int64_t
due(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];
    int64_t ready = hop->sent == 0 ? first_due(schedule, ttl) : further_due(schedule, ttl);

    if (!schedule_choose_is_unlimited(schedule, ttl))
        ready = MAX(ready, pacer_bucket_ready(hop->bucket, 1, now_ns));
    return MAX(ready, pacer_ready(schedule->pacer, now_ns));
}

/* What ends the path with ICMP errors got all of the first pass, before anybody knew where it stands, and refuses what
 * it is asked then: itself as a hop, and the one behind it. A trace of one round does not wait for it. */
static bool
is_refusing(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];

    return schedule->end != 0 && !schedule->is_end_target && schedule->config.rounds == 1 && hop->is_router_known &&
           memcmp(&hop->router, &schedule->end_responder, sizeof hop->router) == 0 &&
           pacer_bucket_ready(hop->bucket, 1, now_ns) > now_ns;
}

/* May a hop that was asked for others be asked once more? A trace of one round waits for that a while, and it is over. */
static bool
is_shared_due(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    if (schedule->config.rounds == 1)
        return now_ns < schedule->round_ns + SHARED_NS;
    return pacer_bucket_ready(schedule->hops[ttl].bucket, 1, now_ns) <= now_ns;
}

/* How many probes the hop is to get in this round. Beyond the gap limit that is the one of the first pass, which went
 * out before anything was known; in a loop one, since it is the same two routers again and again. */
static uint32_t
wanted(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];
    bool is_one = ttl > last_wanted(schedule) && ttl > schedule->end;

    if (schedule_choose_is_shared(schedule, ttl))
        return MAX(hop->sent, is_shared_due(schedule, ttl, now_ns));
    if (hop->sent >= schedule->config.probes || (hop->sent > 0 && is_refusing(schedule, ttl, now_ns)))
        return hop->sent;
    if (schedule->is_loop && ttl > schedule->end - SCHEDULE_LOOP_TTLS)
        is_one = true;
    return is_one ? MAX(hop->sent, 1) : schedule->config.probes;
}

static bool
is_hop_done(const schedule_t *schedule, int ttl, int64_t now_ns)
{
    const schedule_hop_t *hop = &schedule->hops[ttl];

    if (hop->sent < wanted(schedule, ttl, now_ns))
        return false;
    return hop->answered >= MIN(hop->sent, schedule->config.probes) || schedule_wait_expiry(schedule, ttl) <= now_ns;
}

static void
wait_until(schedule_action_t *action, int64_t until_ns)
{
    if (action->kind == SCHEDULE_DONE)
        action->kind = SCHEDULE_WAIT;
    action->until_ns = MIN(action->until_ns, until_ns);
}

/* A hop of the fewest probes first, the lowest TTL among these. */
static void
choose_hop(const schedule_t *schedule, schedule_action_t *action, int64_t now_ns)
{
    uint32_t fewest = UINT32_MAX;

    for (int ttl = schedule->config.first_ttl; ttl <= horizon(schedule); ttl++) {
        const schedule_hop_t *hop = &schedule->hops[ttl];
        bool is_complete = hop->sent >= wanted(schedule, ttl, now_ns);
        int64_t next = is_complete ? schedule_wait_expiry(schedule, ttl) : due(schedule, ttl, now_ns);

        if (is_hop_done(schedule, ttl, now_ns))
            continue;
        if (!is_complete && schedule->config.rounds == 1 && schedule_choose_is_shared(schedule, ttl))
            next = MIN(next, schedule->round_ns + SHARED_NS);
        if (!is_complete && next <= now_ns && hop->sent < fewest) {
            fewest = hop->sent;
            action->ttl = (uint8_t)ttl;
        }
        wait_until(action, next);
    }
    if (fewest == UINT32_MAX)
        return;
    action->kind = SCHEDULE_SEND;
    action->flow = needs_port(schedule, action->ttl) ? next_flow(schedule) : 0;
}

/* One probe far ahead goes out behind the first pass, and another when it was lost: it says after one round trip whether
 * anything ends the path, however many hops before it are silent. */
static void
choose_scout(const schedule_t *schedule, schedule_action_t *action, int64_t now_ns)
{
    int far = schedule->config.far_ttl;
    int last = schedule_choose_window(schedule);
    int64_t ready = pacer_ready(schedule->pacer, now_ns);

    if (schedule->end != 0 || schedule->far_rtt_ns != 0 || schedule->highest >= far || far <= last)
        return;
    if (schedule->scouts < SCOUTS_MAX && schedule->hops[last].sent > 0) {
        ready = MAX(ready, pacer_bucket_ready(schedule->hops[far].bucket, 1, now_ns));
        if (schedule->scouts > 0)
            ready = MAX(ready, schedule->hops[far].last_sent_ns + 2 * schedule_wait_patience(schedule, last));
        wait_until(action, ready);
        if (ready > now_ns)
            return;
        action->kind = SCHEDULE_SEND;
        action->role = SCHEDULE_SCOUT;
        action->ttl = (uint8_t)far;
        action->flow = next_flow(schedule);
    } else if (schedule->scouts > 0 && schedule_wait_expiry(schedule, far) > now_ns) {
        wait_until(action, schedule_wait_expiry(schedule, far));
    }
}

/* The hop behind the last router that answered, when all of it is silent. A router that answers once a second has used
 * that up for itself: what it says when nothing gets beyond it, it says a second later. 0: there is none. */
static int
question_ttl(const schedule_t *schedule)
{
    int ttl = schedule->highest + 1;

    if (schedule->round > 0 || schedule->end != 0 || schedule->highest == 0 || ttl > schedule->config.last_ttl ||
        schedule->questions >= QUESTIONS_MAX || (schedule->questions > 0 && ttl == schedule->question_ttl) ||
        schedule->hops[ttl].sent < schedule->config.probes)
        return 0;
    return ttl;
}

static int64_t
question_due(const schedule_t *schedule)
{
    return (schedule->questions == 0 ? schedule->round_ns : schedule->question_ns) + QUESTION_NS;
}

static void
choose_question(const schedule_t *schedule, schedule_action_t *action, int64_t now_ns)
{
    int ttl = question_ttl(schedule);
    int64_t ready = MAX(question_due(schedule), pacer_ready(schedule->pacer, now_ns));
    int64_t answer_ns = schedule->question_ns + schedule_wait_slack(schedule->hops[schedule->highest].rtt_ns);

    if (schedule->questions > 0 && schedule->end == 0 && schedule->highest < schedule->question_ttl && answer_ns > now_ns)
        wait_until(action, answer_ns);
    if (ttl == 0 || (schedule->questions == 0 && ready >= schedule_wait_quiet(schedule)))
        return;
    wait_until(action, ready);
    if (ready > now_ns)
        return;
    action->kind = SCHEDULE_SEND;
    action->role = SCHEDULE_QUESTION;
    action->ttl = (uint8_t)ttl;
    action->flow = next_flow(schedule);
}

schedule_action_t
schedule_choose(const schedule_t *schedule, int64_t now_ns)
{
    schedule_action_t action = {.kind = SCHEDULE_DONE, .until_ns = INT64_MAX};

    choose_hop(schedule, &action, now_ns);
    if (action.kind != SCHEDULE_SEND)
        choose_scout(schedule, &action, now_ns);
    if (action.kind != SCHEDULE_SEND)
        choose_question(schedule, &action, now_ns);
    return action;
}
