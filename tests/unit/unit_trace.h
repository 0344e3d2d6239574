/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace made up probe by probe, for tests of what is written of it: from 203.0.113.1 to port 80 of 192.0.2.9,
 * 2023-11-14 22:13:20 UTC.
 */
#ifndef UNIT_TRACE_H
#define UNIT_TRACE_H

#include "ttr_store.h"

#define UNIT_TRACE_START_NS INT64_C(1700000000000000000)

typedef struct unit_trace {
    ttr_store_t *store;         /* owned by the test */
    uint32_t frame;             /* of the last observation */
    ttr_observation_t probe;    /* the last one */
} unit_trace_t;

/* The store is new; the test frees it with ttr_store_free(). */
unit_trace_t unit_trace_new(void);

/* The next frame, a second after the last probe: a SYN with this TTL. */
void unit_trace_probe(unit_trace_t *trace, uint8_t ttl);

/* The same from another source port than 40000: a flow of its own. */
void unit_trace_probe_from(unit_trace_t *trace, uint8_t ttl, uint16_t sport);

/* The next frame: the last probe is answered after so long by a time-exceeded from 198.51.x.y, where x.y is `host`. */
void unit_trace_exceeded(unit_trace_t *trace, uint16_t host, int64_t rtt_ns);

/* Such an answer with one MPLS label. */
void unit_trace_exceeded_with_label(unit_trace_t *trace, uint16_t host, int64_t rtt_ns, uint32_t label);

/* The next frame: the target answers with SYN and ACK. */
void unit_trace_open(unit_trace_t *trace, int64_t rtt_ns);

#endif
