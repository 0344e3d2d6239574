/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one walk over a trace's probes and replies finds: the ground of verdict and notes. Private to the core.
 */
#ifndef TTR_FINDINGS_H
#define TTR_FINDINGS_H

#include "ttr_evidence.h"
#include "ttr_length.h"

/* Copies count for nothing but `copies`. */
typedef struct ttr_findings {
    bool is_state[TTR_STATE_UNFILTERED + 1];    /* a reply says so */
    ttr_length_t length;
    uint8_t first_ttl;
    uint8_t last_ttl;
    uint8_t last_lost_ttl;          /* highest TTL of a probe that has no answer and is not in flight */
    uint8_t last_answered_ttl;
    uint8_t exceeded_by_target;     /* TTL at which the target's own address sent a time exceeded */
    bool is_arrived;                /* the target answered, or somebody in its name */
    bool has_tcp_reply;
    uint32_t unreach_frame;         /* of the first unreachable */
    uint8_t unreach_code;
    uint32_t answered;
    uint32_t attempts;              /* most probes with one TTL */
    uint32_t quotes;
    uint32_t changed_ids;
    uint32_t nats;
    uint32_t dnats;
    uint32_t late;
    uint32_t duplicates;
    uint32_t doubled;               /* of these, the same packet twice */
    uint32_t copies;
    uint32_t copied_probes;
    uint32_t retransmissions;
    uint32_t odd_ttls;
    uint32_t wrong_extensions;
    uint32_t by_order;
} ttr_findings_t;

ttr_findings_t ttr_findings_find(const ttr_store_t *store, const ttr_trace_t *trace);

/* Is the probe without answer, and so young at the end of the capture that one may yet come? Answers take at most twice
 * as long as the slowest of the trace, and a second where none is known. */
bool ttr_findings_is_in_flight(const ttr_store_t *store, const ttr_trace_t *trace, const ttr_sighting_t *probe);

#endif
