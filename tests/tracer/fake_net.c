/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_net.h"

#define JIFFY (4 * FAKE_MS)     /* the kernel's clock for the limit */

fake_net_t *
fake_net_new(uint32_t seed)
{
    fake_net_t *net = g_new0(fake_net_t, 1);

    net->seed = seed;
    net->random = g_rand_new_with_seed(seed);
    return net;
}

void
fake_net_free(fake_net_t *net)
{
    g_rand_free(net->random);
    g_free(net);
}

int
fake_net_add(fake_net_t *net, fake_role_t role, int64_t rtt_ns)
{
    g_assert_cmpint(net->count, <, FAKE_NODES_MAX);
    net->nodes[net->count] = (fake_node_t){
        .role = role, .rtt_ns = rtt_ns, .burst = FAKE_BURST, .credit_ns = FAKE_BURST * FAKE_SECOND,
        .same_as = net->count,
    };
    return net->count++;
}

void
fake_net_link(fake_net_t *net, int from, int to)
{
    fake_node_t *node = &net->nodes[from];

    g_assert_cmpint(node->next_count, <, FAKE_NEXT_MAX);
    node->next[node->next_count++] = to;
}

int
fake_net_chain(fake_net_t *net, int from, int routers, fake_role_t role, int64_t rtt_ns)
{
    int first = net->count;

    for (int i = 0; i <= routers; i++) {
        int node = fake_net_add(net, i < routers ? FAKE_ROUTER : role, rtt_ns * (i + 1) / (routers + 1));

        if (i > 0)
            fake_net_link(net, node - 1, node);
        else if (from != FAKE_NOWHERE)
            fake_net_link(net, from, node);
    }
    return first;
}

void
fake_net_limit_all(fake_net_t *net)
{
    for (int i = 0; i < net->count; i++)
        net->nodes[i].is_limited = true;
}

/* One choice for each flow at each node, as routers hash. The last steps of MurmurHash3 spread it. */
static int
choose_next(const fake_net_t *net, int node, uint32_t flow)
{
    uint32_t hash = net->seed * 0x9e3779b9u ^ (uint32_t)node * 0x85ebca6bu ^ (flow + 1) * 0xc2b2ae35u;

    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35u;
    hash ^= hash >> 16;
    return net->nodes[node].next[hash % (uint32_t)net->nodes[node].next_count];
}

int
fake_net_walk(const fake_net_t *net, int first, uint8_t ttl, uint32_t flow)
{
    int node = first;

    for (int hop = 1; hop < ttl && net->nodes[node].next_count > 0; hop++)
        node = choose_next(net, node, flow);
    return node;
}

static bool
is_at_end(const fake_net_t *net, int first, uint8_t ttl, uint32_t flow)
{
    return ttl > 1 && fake_net_walk(net, first, ttl, flow) == fake_net_walk(net, first, (uint8_t)(ttl - 1), flow);
}

/* net/ipv4/route.c and icmp.c of Linux: inet_peer_xrlim_allow(). */
static bool
is_allowed(fake_node_t *node, int64_t now_ns)
{
    int64_t tick = now_ns / JIFFY * JIFFY;

    if (!node->is_limited)
        return true;
    node->credit_ns = MIN(node->credit_ns + MAX(tick - node->credit_at_ns, 0), node->burst * FAKE_SECOND);
    node->credit_at_ns = MAX(node->credit_at_ns, tick);
    if (node->credit_ns < FAKE_SECOND)
        return false;
    node->credit_ns -= FAKE_SECOND;
    return true;
}

/* What the node says to a probe; false: nothing, whatever its limit. */
static bool
find_kind(const fake_node_t *node, bool is_beyond, schedule_answer_kind_t *kind)
{
    switch (node->role) {
    case FAKE_ROUTER:
        *kind = SCHEDULE_ROUTER;
        return !node->is_silent && !is_beyond;
    case FAKE_WALL:
        *kind = is_beyond ? SCHEDULE_UNREACHABLE : SCHEDULE_ROUTER;
        return !node->is_silent;
    case FAKE_OPEN:
        *kind = SCHEDULE_TARGET;
        return true;
    case FAKE_REJECTING:
        *kind = SCHEDULE_UNREACHABLE;
        return true;
    case FAKE_DEAF:
        return false;
    }
    return false;
}

fake_fate_t
fake_net_send(fake_net_t *net, int first, uint8_t ttl, uint32_t flow, int64_t now_ns)
{
    fake_fate_t fate = {.node = net->nodes[fake_net_walk(net, first, ttl, flow)].same_as};
    fake_node_t *node = &net->nodes[fate.node];
    int64_t jitter = net->jitter_ns == 0 ? 0 : (int64_t)(g_rand_double(net->random) * (double)net->jitter_ns);

    fate.rtt_ns = node->rtt_ns + jitter;
    if (net->loss > 0 && g_rand_double(net->random) < net->loss) {
        fate.node = FAKE_NOWHERE;
        return fate;
    }
    node->asked++;
    if (!find_kind(node, is_at_end(net, first, ttl, flow), &fate.kind))
        return fate;
    if (fate.kind == SCHEDULE_UNREACHABLE)
        fate.rtt_ns += node->beyond_ns;
    fate.is_answered = fate.kind == SCHEDULE_TARGET || is_allowed(node, now_ns + fate.rtt_ns / 2);
    node->limited += !fate.is_answered;
    return fate;
}

ttr_address_t
fake_net_address(int node)
{
    return (ttr_address_t){{198, 51, (uint8_t)(node >> 8), (uint8_t)node}};
}
