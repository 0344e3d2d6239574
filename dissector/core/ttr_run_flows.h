/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The flows of a series, while it is decided which belong together. Private to ttr_run_flows.c and ttr_run_ports.c.
 */
#ifndef TTR_RUN_FLOWS_H
#define TTR_RUN_FLOWS_H

#include "ttr_runs.h"

typedef enum {
    TTR_PORT_SOURCE,
    TTR_PORT_TARGET,
    TTR_PORTS
} ttr_port_t;

/* Bits, so that several can be asked for. */
typedef enum {
    TTR_FLOW_FIXED = 1,         /* several low TTLs: the ports stay */
    TTR_FLOW_SINGLE = 2,        /* low TTLs, of a run that changes ports */
    TTR_FLOW_HIGH = 4,          /* no low TTL */
    TTR_FLOW_TAKEN = 8          /* part of a run already */
} ttr_flow_state_t;

typedef struct ttr_run_flow {
    ttr_packet_t **packets;     /* in order of time */
    uint32_t count;
    uint32_t low_count;         /* of low TTL */
    uint32_t mates;             /* single flows to its target port */
    uint16_t ports[TTR_PORTS];
    ttr_flow_state_t state;
    bool may_be_chance;         /* it is fixed, but for all it shows by chance */
} ttr_run_flow_t;

typedef struct ttr_flows {
    ttr_work_t *work;
    ttr_run_flow_t *flows;
    uint32_t count;
    ttr_run_flow_t **by_port[TTR_PORTS]; /* sorted by this port, then by the other */
} ttr_flows_t;

/* Flows that share a port. */
typedef struct ttr_same_port {
    ttr_run_flow_t **flows;
    uint32_t count;
} ttr_same_port_t;

/* Goes on to the flows with the next port; from the first when `same` is zeroed. */
bool ttr_flows_next(const ttr_flows_t *flows, ttr_port_t port, ttr_same_port_t *same);

/* How many are in this state. */
uint32_t ttr_flows_count(const ttr_same_port_t *same, ttr_flow_state_t state);

/* All packets of those in one of these states, in order of time. */
ttr_series_t ttr_flows_gather(const ttr_flows_t *flows, const ttr_same_port_t *same, unsigned states);

/* ttr_run_ports.c: makes single again what only seems fixed. */
void ttr_flows_release(const ttr_flows_t *flows);

/* Did one tool probe these flows to one target port at once? */
bool ttr_flows_are_joined(const ttr_flows_t *flows, const ttr_same_port_t *same);

/* A program that numbers its probes sends them from one port and, what may be for the target, from a port each
 * (tcptracedump): this fixed flow, and the single flows whose numbers are in its row. */
ttr_same_port_t ttr_flows_row(const ttr_flows_t *flows, const ttr_same_port_t *same, ttr_run_flow_t *fixed);

#endif
