/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "multipath.h"

#include <glib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define TIMEOUT_FLOOR_NS (250 * MS)

enum {
    TTLS = 256,
    WINDOW = 16,                /* hops that the first flow is sent to at once */
    WIDTH_MAX = 64,             /* next hops told apart per hop */
    TRIES = 3,                  /* of one flow at one hop, before it counts as silent */
    TRIES_SILENT = 2,           /* the same at a hop that never answered */
    FLOWS_SILENT = 4,           /* flows to ask a hop that never answered */
    ROUND_TRIPS = 10,
    NOBODY = -1                 /* index of a router */
};

typedef enum {
    SLOT_FREE,
    SLOT_IN_FLIGHT,
    SLOT_LOST,                  /* may be tried again */
    SLOT_SILENT,
    SLOT_ANSWERED
} slot_state_t;

/* One flow at one hop. */
typedef struct slot {
    uint8_t state;              /* slot_state_t */
    uint8_t tries;
    int16_t router;             /* index in the hop's list */
    int64_t sent_ns;
} slot_t;

typedef struct router {
    ttr_address_t address;
    bool is_target;             /* it answered with a segment */
    bool is_end;                /* the target, or one that let nothing pass */
} router_t;

typedef struct path_hop {
    GArray *routers;            /* owned: router_t */
    slot_t *slots;              /* owned: one for each flow */
    int64_t rtt_ns;             /* the largest seen */
    pacer_bucket_t *bucket;     /* borrowed from the pacer */
    bool is_end_here;           /* the target answered */
} path_hop_t;

struct multipath {
    schedule_config_t config;
    pacer_t *pacer;             /* borrowed */
    uint32_t flows;             /* drawn so far */
    uint8_t highest;
    uint8_t end;
    path_hop_t hops[TTLS];
};

/* What is known of the next hops of one router. */
typedef struct branch {
    uint32_t tested;            /* flows whose next hop is known, or silent */
    uint32_t silent;            /* those of them whose next hop is silent */
    uint32_t pending;           /* or lost, and to be sent again */
    uint32_t found;             /* next hops */
    int candidate;              /* a flow that may be sent next; NOBODY: none */
} branch_t;

multipath_t *
multipath_new(const schedule_config_t *config, pacer_t *pacer)
{
    multipath_t *multipath = g_new0(multipath_t, 1);

    multipath->config = *config;
    multipath->pacer = pacer;
    for (int ttl = config->first_ttl; ttl <= config->last_ttl; ttl++) {
        path_hop_t *hop = &multipath->hops[ttl];

        hop->routers = g_array_new(FALSE, TRUE, sizeof(router_t));
        hop->slots = g_new0(slot_t, MULTIPATH_FLOWS_MAX);
        hop->bucket = pacer_hop(pacer, config->family, UINT32_MAX, (uint8_t)ttl);
    }
    return multipath;
}

void
multipath_free(multipath_t *multipath)
{
    if (multipath == NULL)
        return;
    for (int ttl = 0; ttl < TTLS; ttl++) {
        if (multipath->hops[ttl].routers != NULL)
            g_array_free(multipath->hops[ttl].routers, TRUE);
        g_free(multipath->hops[ttl].slots);
    }
    g_free(multipath);
}

static int64_t
timeout(const multipath_t *multipath, int ttl)
{
    int64_t rtt = 0;

    for (int distance = 0; distance < TTLS && rtt == 0; distance++) {
        int64_t before = ttl - distance > 0 ? multipath->hops[ttl - distance].rtt_ns : 0;
        int64_t behind = ttl + distance < TTLS ? multipath->hops[ttl + distance].rtt_ns : 0;

        rtt = MAX(before, behind);
    }
    rtt = rtt == 0 ? multipath->config.timeout_ns : MAX(ROUND_TRIPS * rtt, TIMEOUT_FLOOR_NS);
    return MIN(rtt, multipath->config.timeout_ns);
}

static void
expire(multipath_t *multipath, int ttl, int64_t now_ns)
{
    path_hop_t *hop = &multipath->hops[ttl];
    int tries = hop->routers->len == 0 ? TRIES_SILENT : TRIES;

    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        slot_t *slot = &hop->slots[flow];

        if (slot->state == SLOT_IN_FLIGHT && slot->sent_ns + timeout(multipath, ttl) <= now_ns)
            slot->state = slot->tries < tries ? SLOT_LOST : SLOT_SILENT;
    }
}

/* Does all pass through one router here? Enough flows say so, and none was silent. */
static bool
is_single(const multipath_t *multipath, int ttl)
{
    const path_hop_t *hop = &multipath->hops[ttl];
    uint32_t answered = 0;

    if (hop->routers == NULL || hop->routers->len != 1 || g_array_index(hop->routers, router_t, 0).is_end)
        return false;
    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        if (hop->slots[flow].state == SLOT_SILENT)
            return false;
        answered += hop->slots[flow].state == SLOT_ANSWERED;
    }
    return answered >= multipath_stopping_point(1);
}

/* `is_alone`: is_single() of this hop. */
static bool
passes(const multipath_t *multipath, int ttl, int router, uint32_t flow, bool is_alone)
{
    const slot_t *slot;

    if (ttl < multipath->config.first_ttl)      /* a hop that was not asked: it has no slots */
        return router == NOBODY;
    slot = &multipath->hops[ttl].slots[flow];
    if (router == NOBODY)       /* or did not answer for this flow */
        return slot->state == SLOT_SILENT;
    if (is_alone && slot->state == SLOT_FREE)
        return true;            /* where else should it go */
    return slot->state == SLOT_ANSWERED && slot->router == router;
}

/* Looks at the flows that pass through the router before this hop. */
static branch_t
look_at(const multipath_t *multipath, int ttl, int router)
{
    const path_hop_t *hop = &multipath->hops[ttl];
    branch_t branch = {.candidate = NOBODY};
    bool is_seen[WIDTH_MAX] = {false};
    bool is_alone = is_single(multipath, ttl - 1);

    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        const slot_t *slot = &hop->slots[flow];

        if (!passes(multipath, ttl - 1, router, flow, is_alone))
            continue;
        branch.tested += slot->state == SLOT_ANSWERED || slot->state == SLOT_SILENT;
        branch.silent += slot->state == SLOT_SILENT;
        branch.pending += slot->state == SLOT_IN_FLIGHT || slot->state == SLOT_LOST;
        if (slot->state == SLOT_ANSWERED && !is_seen[slot->router]) {
            is_seen[slot->router] = true;
            branch.found++;
        }
        if (slot->state == SLOT_FREE && branch.candidate == NOBODY)
            branch.candidate = (int)flow;
    }
    return branch;
}

/* Where some flows are answered and some are not, silence counts as one more next hop. */
static uint32_t
wanted(const multipath_t *multipath, int ttl, const branch_t *branch)
{
    uint32_t found = branch->found > 0 && branch->silent > 0 ? branch->found + 1 : branch->found;

    if (branch->found == 0 && multipath->hops[ttl].routers->len == 0 && branch->tested > 0)
        return FLOWS_SILENT;
    return multipath_stopping_point(found);
}

static bool
is_any_pending(const multipath_t *multipath, int ttl)
{
    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        slot_state_t state = multipath->hops[ttl].slots[flow].state;

        if (state == SLOT_IN_FLIGHT || state == SLOT_LOST)
            return true;
    }
    return false;
}

/* A flow that was not sent to this hop yet, an unused one last; NOBODY when there are no more. */
static int
fresh_flow(const multipath_t *multipath, int ttl)
{
    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        if (multipath->hops[ttl].slots[flow].state == SLOT_FREE)
            return (int)flow;
    }
    return multipath->flows < MULTIPATH_FLOWS_MAX ? (int)multipath->flows : NOBODY;
}

/* Do limits on ICMP errors hold here? Not where nobody but the target is known to answer. */
static bool
is_limited(const path_hop_t *hop)
{
    for (guint i = 0; i < hop->routers->len; i++) {
        if (!g_array_index(hop->routers, router_t, i).is_target)
            return true;
    }
    return hop->routers->len == 0;
}

/* Asks for a probe at this hop: at once, or when the pacer lets it. */
static void
propose(const multipath_t *multipath, schedule_action_t *action, int ttl, int flow, int64_t now_ns)
{
    const path_hop_t *hop = &multipath->hops[ttl];
    uint32_t share = MAX(hop->routers->len, 1);
    int64_t ready = pacer_ready(multipath->pacer, now_ns);

    if (is_limited(hop))
        ready = MAX(ready, pacer_bucket_ready(hop->bucket, share, now_ns));
    if (ready > now_ns) {
        action->kind = SCHEDULE_WAIT;
        action->until_ns = MIN(action->until_ns, ready);
        return;
    }
    action->kind = SCHEDULE_SEND;
    action->ttl = (uint8_t)ttl;
    action->flow = (uint32_t)flow;
}

/* What the router before this hop still wants to know. */
static void
ask_branch(const multipath_t *multipath, schedule_action_t *action, int ttl, int router, int64_t now_ns)
{
    branch_t branch = look_at(multipath, ttl, router);
    int flow;

    if (branch.tested + branch.pending >= wanted(multipath, ttl, &branch))
        return;
    if (branch.candidate != NOBODY) {
        propose(multipath, action, ttl, branch.candidate, now_ns);
        return;
    }
    if (ttl == multipath->config.first_ttl || (router != NOBODY && is_single(multipath, ttl - 1))) {
        flow = fresh_flow(multipath, ttl);
        if (flow != NOBODY)
            propose(multipath, action, ttl, flow, now_ns);
        return;
    }
    /* Flows through this router have run out: one of those on their way to its hop may pass it, else draw another. */
    if (router == NOBODY || is_any_pending(multipath, ttl - 1))
        return;
    flow = fresh_flow(multipath, ttl - 1);
    if (flow != NOBODY)
        propose(multipath, action, ttl - 1, flow, now_ns);
}

static void
wait_for_answers(const multipath_t *multipath, schedule_action_t *action, int ttl)
{
    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        const slot_t *slot = &multipath->hops[ttl].slots[flow];

        if (slot->state != SLOT_IN_FLIGHT)
            continue;
        action->kind = SCHEDULE_WAIT;
        action->until_ns = MIN(action->until_ns, slot->sent_ns + timeout(multipath, ttl));
    }
}

/* The first flow goes to all hops at once, and so finds the length of the path and its round trips. */
static bool
is_first_look(const multipath_t *multipath, int ttl)
{
    return ttl < multipath->config.first_ttl + WINDOW && (multipath->end == 0 || ttl <= multipath->end) &&
           multipath->hops[ttl].slots[0].state == SLOT_FREE;
}

static int
horizon(const multipath_t *multipath)
{
    int first = multipath->config.first_ttl;
    int behind = MAX(multipath->highest, first - 1) + (int)multipath->config.gap_limit;

    return MIN(MAX(behind, first + WINDOW - 1), multipath->config.last_ttl);
}

/* Flows that were lost here are sent again, also those that were never sent to the hop before. */
static void
ask_again(const multipath_t *multipath, schedule_action_t *action, int ttl, int64_t now_ns)
{
    for (uint32_t flow = 0; flow < multipath->flows; flow++) {
        if (multipath->hops[ttl].slots[flow].state != SLOT_LOST)
            continue;
        propose(multipath, action, ttl, (int)flow, now_ns);
        return;
    }
}

/* Is a flow known that passes through this router and was sent to the hop before? `*flow`: one that was not, of those
 * that pass; NOBODY: there is none. */
static bool
has_link(const multipath_t *multipath, int ttl, int router, int *flow)
{
    *flow = NOBODY;
    for (uint32_t i = 0; i < multipath->flows; i++) {
        if (!passes(multipath, ttl, router, i, false))
            continue;
        if (multipath->hops[ttl - 1].slots[i].state != SLOT_FREE)
            return true;
        *flow = (int)i;
    }
    return false;
}

/* Where all passes through one router, most flows skip its hop. One flow to each next hop is sent there all the same:
 * who reads the capture knows a link by a flow that was seen at both its ends. */
static void
ask_links(const multipath_t *multipath, schedule_action_t *action, int ttl, int64_t now_ns)
{
    int flow;

    if (!is_single(multipath, ttl - 1))
        return;
    for (guint i = 0; i < multipath->hops[ttl].routers->len && action->kind != SCHEDULE_SEND; i++) {
        if (!has_link(multipath, ttl, (int)i, &flow) && flow != NOBODY)
            propose(multipath, action, ttl - 1, flow, now_ns);
    }
}

/* What the routers before this hop still want to know. */
static void
ask_hop(const multipath_t *multipath, schedule_action_t *action, int ttl, int64_t now_ns)
{
    const path_hop_t *before = &multipath->hops[ttl - 1];
    guint routers = before->routers == NULL ? 0 : before->routers->len;

    ask_again(multipath, action, ttl, now_ns);
    for (guint i = 0; i < routers && action->kind != SCHEDULE_SEND; i++) {
        if (!g_array_index(before->routers, router_t, i).is_end)
            ask_branch(multipath, action, ttl, (int)i, now_ns);
    }
    if (action->kind != SCHEDULE_SEND && !before->is_end_here)
        ask_branch(multipath, action, ttl, NOBODY, now_ns);
    if (action->kind != SCHEDULE_SEND)
        ask_links(multipath, action, ttl, now_ns);
}

schedule_action_t
multipath_next(multipath_t *multipath, int64_t now_ns)
{
    schedule_action_t action = {.kind = SCHEDULE_DONE, .until_ns = INT64_MAX};

    for (int ttl = multipath->config.first_ttl; ttl <= horizon(multipath); ttl++) {
        if (is_first_look(multipath, ttl))
            propose(multipath, &action, ttl, 0, now_ns);
        if (action.kind == SCHEDULE_SEND)
            return action;
    }
    for (int ttl = multipath->config.first_ttl; ttl <= horizon(multipath); ttl++) {
        expire(multipath, ttl, now_ns);
        ask_hop(multipath, &action, ttl, now_ns);
        if (action.kind == SCHEDULE_SEND)
            return action;
        wait_for_answers(multipath, &action, ttl);
    }
    return action;
}

void
multipath_sent(multipath_t *multipath, const schedule_action_t *action, int64_t now_ns)
{
    path_hop_t *hop = &multipath->hops[action->ttl];
    slot_t *slot = &hop->slots[action->flow];

    multipath->flows = MAX(multipath->flows, action->flow + 1);
    slot->state = SLOT_IN_FLIGHT;
    slot->tries++;
    slot->sent_ns = now_ns;
    pacer_sent(multipath->pacer, now_ns);
    if (is_limited(hop))
        pacer_bucket_take(hop->bucket, MAX(hop->routers->len, 1), now_ns);
}

/* NOBODY when there is no room for one more. */
static int
find_router(path_hop_t *hop, const schedule_answer_t *answer)
{
    router_t router = {.address = answer->responder, .is_target = answer->kind == SCHEDULE_TARGET, .is_end = answer->kind != SCHEDULE_ROUTER};

    for (guint i = 0; i < hop->routers->len; i++) {
        router_t *known = &g_array_index(hop->routers, router_t, i);

        if (memcmp(&known->address, &router.address, sizeof router.address) == 0 && known->is_end == router.is_end &&
            known->is_target == router.is_target)
            return (int)i;
    }
    if (hop->routers->len == WIDTH_MAX)
        return NOBODY;
    g_array_append_val(hop->routers, router);
    return (int)hop->routers->len - 1;
}

void
multipath_answered(multipath_t *multipath, const schedule_answer_t *answer)
{
    path_hop_t *hop = &multipath->hops[answer->ttl];
    int router;

    if (hop->slots == NULL || answer->flow >= multipath->flows)
        return;
    hop->rtt_ns = MAX(hop->rtt_ns, MAX(answer->rtt_ns, 1));
    router = find_router(hop, answer);
    if (router == NOBODY)
        return;
    hop->slots[answer->flow].state = SLOT_ANSWERED;
    hop->slots[answer->flow].router = (int16_t)router;
    multipath->highest = MAX(multipath->highest, answer->ttl);
    if (answer->kind == SCHEDULE_ROUTER)
        return;
    hop->is_end_here |= answer->kind == SCHEDULE_TARGET;
    if (multipath->end == 0 || answer->ttl < multipath->end)
        multipath->end = answer->ttl;
}

uint8_t
multipath_end(const multipath_t *multipath)
{
    return multipath->end;
}
