/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A network made up for tests: nodes, which way each flow goes from one to the next, what answers when. Routers can
 * have the limit of Linux's default settings. Knows nothing of the tracer but the form of an answer.
 */
#ifndef FAKE_NET_H
#define FAKE_NET_H

#include <glib.h>
#include <stdbool.h>

#include "schedule.h"

#define FAKE_MS INT64_C(1000000)
#define FAKE_SECOND INT64_C(1000000000)

enum {
    FAKE_NODES_MAX = 1024,
    FAKE_NEXT_MAX = 128,
    FAKE_BURST = 6,             /* of a Linux router: 6 at once, then one a second */
    FAKE_NOWHERE = -1
};

typedef enum {
    FAKE_ROUTER,
    FAKE_OPEN,                  /* a target that answers every probe with a segment */
    FAKE_DEAF,                  /* a target that answers nothing */
    FAKE_REJECTING,             /* a target that answers with unreachables */
    FAKE_WALL                   /* a router that lets nothing pass, and says so */
} fake_role_t;

typedef struct fake_node {
    fake_role_t role;
    int64_t rtt_ns;
    int64_t beyond_ns;          /* what it says of packets that get no further takes so much longer */
    bool is_silent;
    bool is_limited;            /* as a Linux router with default settings */
    int burst;                  /* answers at once, where it is limited; then one a second */
    int next[FAKE_NEXT_MAX];    /* a flow goes to one of these */
    int next_count;
    int same_as;                /* the node that this one is; itself, unless targets have routers in common */
    /* what happened to it */
    int64_t credit_ns;          /* the limit's bucket: an answer costs a second */
    int64_t credit_at_ns;
    uint32_t asked;             /* probes that wanted an answer from it */
    uint32_t limited;           /* and got none because of the limit */
} fake_node_t;

typedef struct fake_net {
    fake_node_t nodes[FAKE_NODES_MAX];
    int count;
    double loss;                /* share of probes or answers that get lost */
    int64_t jitter_ns;          /* an answer takes up to so much longer */
    uint32_t seed;              /* which way flows go */
    GRand *random;              /* owned */
} fake_net_t;

/* What became of a probe. */
typedef struct fake_fate {
    bool is_answered;
    int node;                   /* that was asked; FAKE_NOWHERE: lost */
    int64_t rtt_ns;
    schedule_answer_kind_t kind;
} fake_fate_t;

/* The caller frees it with fake_net_free(). */
fake_net_t *fake_net_new(uint32_t seed);
void fake_net_free(fake_net_t *net);

/* Adds a node and returns its number. */
int fake_net_add(fake_net_t *net, fake_role_t role, int64_t rtt_ns);
void fake_net_link(fake_net_t *net, int from, int to);

/* A chain of `routers` routers and then a node of `role`: round trips grow evenly up to `rtt_ns`. The number of the
 * first; the others follow. Ties the chain to `from`, unless that is FAKE_NOWHERE. */
int fake_net_chain(fake_net_t *net, int from, int routers, fake_role_t role, int64_t rtt_ns);

void fake_net_limit_all(fake_net_t *net);

/* The node that a probe gets to by way of `first`, which is the first hop. */
int fake_net_walk(const fake_net_t *net, int first, uint8_t ttl, uint32_t flow);

fake_fate_t fake_net_send(fake_net_t *net, int first, uint8_t ttl, uint32_t flow, int64_t now_ns);

/* 198.51.0.0/16 and the node's number. */
ttr_address_t fake_net_address(int node);

#endif
