/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the simulated network does with a packet: the one place where path, routers and targets come together.
 * Pure: the time comes in as a parameter, the reply goes out as bytes.
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "sim_description.h"

typedef struct sim_network sim_network_t;

typedef enum {
    SIM_ANSWERED,
    SIM_SILENT,       /* the router or target does not answer such packets */
    SIM_RATE_LIMITED, /* the router has sent too many errors */
    SIM_LOST,         /* the answer got lost */
    SIM_DROPPED,      /* the packet got lost on the way */
    SIM_NO_TARGET     /* no prefix holds the destination */
} sim_outcome_t;

typedef struct sim_verdict {
    sim_outcome_t outcome;
    unsigned hop;       /* where it ended, from 1; 0 with SIM_NO_TARGET */
    const char *at;     /* borrowed from the description: the router's or target's name; "" with SIM_NO_TARGET */
    const char *answer; /* static: time-exceeded, unreachable, syn-ack, rst, ack; "" when there is none */
    sim_address_t from; /* of the answer */
    int64_t delay_ns;   /* from the arrival of the packet to that of the answer */
    uint32_t flow;      /* the same for packets that load balancers treat alike */
    sim_packet_t reply; /* with SIM_ANSWERED */
} sim_verdict_t;

/* `description` must outlive the network. */
sim_network_t *sim_network_new(const sim_description_t *description);
void sim_network_free(sim_network_t *network);

/* Decides about `packet`, which comes at `now_ns`, and stores all in *verdict. */
void sim_network_receive(sim_network_t *network, const sim_packet_t *packet, int64_t now_ns, sim_verdict_t *verdict);

/* The word for an outcome, as the truth file has it. */
const char *sim_outcome_name(sim_outcome_t outcome);

#endif
