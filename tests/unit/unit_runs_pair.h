/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two hosts, one of which sends probes, made up packet by packet behind the back of the store, whose bounds do not
 * count then; and the runs that are found in it.
 */
#ifndef UNIT_RUNS_PAIR_H
#define UNIT_RUNS_PAIR_H

#include "ttr_compute.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

enum { DPORT = 80 };

/* A pair of hosts, of which the lower one sends probes. */
typedef struct unit_pair {
    ttr_store_t *store;
    ttr_work_t work;
    uint32_t id;
    GArray *ids[2];             /* of sightings, [is_from_low] */
    int64_t now_ns;
    int64_t step_ns;            /* between two packets */
    uint16_t kernel;            /* shapes */
    uint16_t mss;
    uint32_t frame;
} unit_pair_t;

/* The test frees it with unit_pair_free(), or unit_pair_expect(). */
unit_pair_t unit_pair_new(void);

/* A SYN of tool `name` from `sport`; what is returned may be changed, until the next packet. */
ttr_sighting_t *unit_pair_send(unit_pair_t *pair, char name, uint16_t sport, uint16_t dport, uint8_t ttl);

/* The last of the prober's packets. */
ttr_sighting_t *unit_pair_last(const unit_pair_t *pair);

/* The target's segment to this flow. */
ttr_sighting_t *unit_pair_answer(unit_pair_t *pair, uint16_t sport, uint16_t dport, uint16_t flags, uint32_t ack);

/* Fills pair->work; unit_pair_free_work() must stand between two calls. */
void unit_pair_find_runs(unit_pair_t *pair);
void unit_pair_free_work(unit_pair_t *pair);

/* After unit_pair_find_runs(). */
void unit_pair_free(unit_pair_t *pair);

/* Finds the runs of the lower host, and compares them. Frees the pair. */
void unit_pair_expect(unit_pair_t *pair, const char *expected);

/* How many of the prober's packets are retransmissions. */
uint32_t unit_pair_retransmissions(const unit_pair_t *pair);

/* A port as traceroute -T draws it. */
uint16_t unit_pair_random_port(uint32_t at);

/* traceroute -T: option list of a kernel, one time stamp a run. */
void unit_pair_send_traceroute(unit_pair_t *pair, char name, uint8_t ttl, uint32_t tsval);

/* mtr: a kernel's SYN from the next port. */
void unit_pair_send_mtr(unit_pair_t *pair, char name, uint16_t sport, uint8_t ttl);

/* tcptraceroute: one flow, one seq. */
void unit_pair_send_fixed(unit_pair_t *pair, char name, uint16_t sport, uint32_t seq, uint8_t ttl);

#endif
