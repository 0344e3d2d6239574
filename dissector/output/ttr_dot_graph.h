/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The traces of a capture merged into one graph. A node is an address, or a run of hops which did not answer; an edge
 * leads from one hop to the next. Nodes and edges are numbered in the order of their first appearance.
 */
#ifndef TTR_DOT_GRAPH_H
#define TTR_DOT_GRAPH_H

#include "ttr_hop_list.h"

#define TTR_DOT_PORTS_MAX 8

/* A port of a target, and what a trace found out about it. */
typedef struct ttr_dot_port {
    uint16_t port;
    ttr_state_t state;
    bool is_reached;
} ttr_dot_port_t;

typedef struct ttr_dot_node {
    uint8_t family;             /* 0: a run of hops that did not answer */
    ttr_address_t address;
    bool is_source;
    bool is_target;
    uint8_t first_ttl;          /* lowest and highest TTL at which it stood; 0: at none */
    uint8_t last_ttl;
    uint8_t port_count;
    bool has_more_ports;        /* than there is room for */
    ttr_dot_port_t ports[TTR_DOT_PORTS_MAX];
} ttr_dot_node_t;

typedef enum {
    TTR_DOT_NEXT,               /* TTLs that follow each other */
    TTR_DOT_GAP,                /* TTLs between them were not probed */
    TTR_DOT_NOT_REACHED         /* to a target that did not answer */
} ttr_dot_link_t;

typedef struct ttr_dot_edge {
    guint from;                 /* indices of nodes */
    guint to;
    ttr_dot_link_t link;
    bool is_proven;             /* TTR_DOT_NEXT: a flow that takes one way was answered at both ends */
    double rtt_sum;             /* ms, of the answers that came by way of it */
    uint32_t answered;          /* how many these were */
    char marks[TTR_MARKS_MAX]; /* of these answers, as ttr_responder_t has them */
    uint32_t sent;              /* probes of the hops that it leads to, all responders of the hop together */
    uint32_t lost;
    uint64_t counted;           /* which hop of which trace was added to `sent` last */
} ttr_dot_edge_t;

typedef struct ttr_dot_graph {
    GArray *nodes;              /* owned: ttr_dot_node_t */
    GArray *edges;              /* owned: ttr_dot_edge_t */
    GHashTable *node_index;     /* owned: key (string) -> index + 1 */
    GHashTable *edge_index;     /* owned: key (gint64) -> index + 1 */
} ttr_dot_graph_t;

ttr_dot_graph_t *ttr_dot_graph_new(void);
void ttr_dot_graph_free(ttr_dot_graph_t *graph);

/* Adds what the trace says; nothing when there is no such trace. */
void ttr_dot_graph_add_trace(ttr_dot_graph_t *graph, const ttr_store_t *store, uint32_t trace);

/* For the above: the node of an address, the node of a silent run with this key, the edge; new or known.
 * The pointer to an edge is valid until the next one is asked for. */
guint ttr_dot_graph_host(ttr_dot_graph_t *graph, uint8_t family, const ttr_address_t *address);
guint ttr_dot_graph_silence(ttr_dot_graph_t *graph, const char *key);
ttr_dot_edge_t *ttr_dot_graph_edge(ttr_dot_graph_t *graph, guint from, guint to, ttr_dot_link_t link);
ttr_dot_node_t *ttr_dot_graph_node(const ttr_dot_graph_t *graph, guint index);

#endif
