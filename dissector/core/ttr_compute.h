/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The compute of a pair: from what the frames said, the packets, runs, answers and traces between two hosts. A pure
 * function of the evidence, in stages, each in a file of its own; no stage changes what an earlier one found:
 *
 *   sightings, errors --ttr_packets.c--> packets --ttr_runs.c--> runs --ttr_answers.c--> answers --ttr_recognise.c-->
 *   traces --ttr_results.c--> results in the records
 *
 * How a stage finds things:
 * - side->packets: what one host sent to the other, in order of time. side->other: the opposite direction.
 * - ttr_side_find(side, TTR_ORDER_FLOW_SEQ, ttr_key_flow_seq(flow, seq)): the packets of a side with these numbers, in
 *   order of time. Such a table is sorted at its first use after ttr_packets_group(), n log n, and a look-up takes
 *   log n; there is one for each ttr_order_kind_t. Answers to a flow: ttr_side_find(side->other, TTR_ORDER_FLOW, flow),
 *   since a flow has one id for both directions.
 * - ttr_range_between(): the part of a range within two times, log n.
 * - ttr_work_flow(): the flow id of two ports, of a quote say; 0 when nothing was sent there.
 * - Evidence itself: packet->segment or packet->error, the sighting nearest to the prober; packet->seen for the others.
 * - What a stage remembers of a run: run->scratch, its own struct, from the arena. Figures of a whole run belong there,
 *   found once: a figure found for each probe makes the compute quadratic.
 * - Memory: ttr_arena_take(work->arena, ...), zeroed; never freed, gone at the end of the compute.
 *
 * A pair can have a million packets, and a capture 100,000 pairs: no stage may walk over all packets for each packet.
 */
#ifndef TTR_COMPUTE_H
#define TTR_COMPUTE_H

#include "ttr_arena.h"
#include "ttr_evidence.h"

/* A kernel repeats a SYN after a second (RFC 6298 section 2), which clocks and timers may make a little less. */
#define TTR_REPETITION_NS (INT64_C(900) * 1000000)

/* More hops than this are on no path. */
#define TTR_HOPS_MAX 32

typedef struct ttr_packet ttr_packet_t;
typedef struct ttr_side ttr_side_t;
typedef struct ttr_run ttr_run_t;
typedef struct ttr_answer ttr_answer_t;
typedef struct ttr_work ttr_work_t;

/* What a segment is that a tool's host sent, but no probe. */
typedef enum {
    TTR_PACKET_PLAIN,           /* may be a probe */
    TTR_PACKET_CONNECTION,      /* goes on with a connection that a probe opened */
    TTR_PACKET_RESET,           /* a RST that repeats a number of the other side */
    TTR_PACKET_ANSWER           /* a SYN/ACK that does */
} ttr_packet_role_t;

/* A TCP segment or an ICMP error, with all sightings of it. */
struct ttr_packet {
    int64_t time_ns;            /* of the sighting that stands for it, as `segment` or `error` have it */
    const ttr_sighting_t *segment;  /* NULL: it is an error */
    const ttr_error_t *error;       /* NULL: it is a segment */
    ttr_side_t *side;           /* that sent it; of an error: that sent what it quotes */
    uint32_t id;                /* of the record that stands for it */
    uint32_t order;             /* its place in side->packets; of an error: in work->errors */
    uint32_t seen_count;        /* 1 at least */
    uint32_t *seen;             /* ids of all its records, in order of time */
    ttr_run_t *run;             /* that it is a probe of; NULL: none */
    ttr_answer_t *answers;      /* of a probe, as they were tied */
    ttr_answer_t *last_answer;
    ttr_packet_t *probe;        /* of an answer: what it answers */
    ttr_packet_t *refused;      /* of a RST that ends a half-open connection: the SYN/ACK that it refuses */
    ttr_packet_role_t role;
    bool is_loop;               /* one capture point saw it again and again, with falling TTL */
    bool is_retransmission;     /* the sender's own TCP sent it again */
    bool is_completed;          /* a SYN whose sender finished the handshake, with the same TTL */
};

struct ttr_answer {
    ttr_answer_t *next;
    ttr_packet_t *event;        /* the error or segment */
    ttr_match_t match;
    ttr_kind_t kind;
    bool is_hop_sure;           /* whichever of the run's probes it answers, that one had this TTL */
};

/* What stays the same over a run. */
typedef enum {
    TTR_RUN_FLOW,               /* both ports */
    TTR_RUN_FLOWS,              /* several flows of one tool, each with many TTLs */
    TTR_RUN_SPORT,              /* the source port changes */
    TTR_RUN_DPORT               /* the target port changes */
} ttr_run_kind_t;

/* The packets that one run of one tool sent, in order of sending. */
struct ttr_run {
    ttr_side_t *side;
    ttr_packet_t **probes;
    uint32_t count;
    ttr_run_kind_t kind;
    bool is_trace;              /* recognised */
    void *scratch;              /* of the stage that matches answers, NULL before */
};

typedef enum {
    TTR_ORDER_FLOW,
    TTR_ORDER_FLOW_SEQ,
    TTR_ORDER_FLOW_ID,
    TTR_ORDER_SEQ_ID,
    TTR_ORDER_SEQ,
    TTR_ORDER_ID,
    TTR_ORDER_COUNT
} ttr_order_kind_t;

/* Packets in order of time. Borrowed from the work. */
typedef struct ttr_range {
    ttr_packet_t *const *packets;
    uint32_t count;
} ttr_range_t;

/* Packets sorted by a key, and by time where it is the same. Private to ttr_order.c. */
typedef struct ttr_order {
    uint64_t *keys;             /* NULL: not sorted yet */
    ttr_packet_t **packets;
} ttr_order_t;

/* All that one host sent to the other. */
struct ttr_side {
    ttr_work_t *work;
    ttr_side_t *other;
    bool is_from_low;
    uint32_t *sightings;        /* ids, in order of time, then of frames */
    uint32_t sighting_count;
    ttr_packet_t **packets;     /* ttr_packets_group() */
    uint32_t packet_count;
    ttr_order_t orders[TTR_ORDER_COUNT];
    GPtrArray *runs;            /* ttr_run_t (of the arena); ttr_runs_find() */
    uint32_t per_place;         /* so often, at most, did one place see a probe with one TTL: ttr_runs_find() */
    uint32_t hop_counts[TTR_HOPS_MAX + 1];  /* so many probes had two sightings with TTLs so many hops apart: likewise */
};

struct ttr_work {
    ttr_store_t *store;         /* to look things up in; only ttr_results.c writes */
    ttr_arena_t *arena;
    uint32_t pair;              /* id */
    uint8_t family;
    ttr_side_t sides[2];        /* [1]: from the host with the lower address */
    uint32_t *error_ids;        /* in order of time, then of frames */
    uint32_t error_count;
    ttr_packet_t **errors;      /* ttr_packets_group_errors() */
    uint32_t error_packet_count;
};

/* The stages. Each is called once, in this order. */

/* Fills side->packets of both sides. */
void ttr_packets_group(ttr_work_t *work);

/* Fills side->runs of both sides, packet->run, side->per_place and side->hop_counts. */
void ttr_runs_find(ttr_work_t *work);

/* Fills work->errors: whether equal errors are copies hangs on whether probes have some. */
void ttr_packets_group_errors(ttr_work_t *work);

/* Ties answers to probes: ttr_work_tie(). */
void ttr_answers_match(ttr_work_t *work);

/* Says of each run whether it is a trace: run->is_trace. */
void ttr_recognise(ttr_work_t *work);

/* For all stages. */

/* A packet with this record as its only sighting. */
ttr_packet_t *ttr_work_segment(ttr_side_t *side, uint32_t sighting);
ttr_packet_t *ttr_work_error(ttr_work_t *work, uint32_t error);

/* Sorts packets by time, then by frame and layer, and says to each its place. */
void ttr_work_sort(ttr_packet_t **packets, uint32_t count);

/* A run with these probes, which are in order of sending; the array is taken over. Sets packet->run. */
ttr_run_t *ttr_work_add_run(ttr_side_t *side, ttr_packet_t **probes, uint32_t count, ttr_run_kind_t kind);

/* Notes that `event` answers `probe`; and takes it back. */
void ttr_work_tie(ttr_work_t *work, ttr_packet_t *probe, ttr_packet_t *event, ttr_match_t match);
void ttr_work_untie(ttr_packet_t *probe, const ttr_packet_t *event);

/* What kind of answer an error or a segment is. */
ttr_kind_t ttr_work_kind(const ttr_packet_t *event);

/* From the probe to the answer, ns: both times from one capture point when one has both. Stores the id of the record
 * of the answer whose time counts. May be negative: clocks differ. */
int64_t ttr_work_rtt(const ttr_work_t *work, const ttr_packet_t *probe, const ttr_packet_t *event, uint32_t *timed_by);

/* The flow of these ports of a side's segments; 0: there is none. */
uint32_t ttr_work_flow(const ttr_side_t *side, uint16_t sport, uint16_t dport);
uint16_t ttr_work_sport(const ttr_packet_t *segment);
uint16_t ttr_work_dport(const ttr_packet_t *segment);

/* The kinds of a segment's options; their number is stored. NULL, 0: none. At most TTR_KINDS_MAX of them. */
const uint8_t *ttr_work_kinds(const ttr_work_t *work, const ttr_sighting_t *segment, uint8_t *count);

/* The first SACK block; NULL: there is none. */
const ttr_sack_t *ttr_work_sack(const ttr_work_t *work, const ttr_sighting_t *segment);

/* Addresses of a side, and those that an error quotes. Borrowed. */
const ttr_address_t *ttr_side_source(const ttr_side_t *side);
const ttr_address_t *ttr_side_target(const ttr_side_t *side);
const ttr_address_t *ttr_work_quoted_source(const ttr_work_t *work, const ttr_packet_t *error);
const ttr_address_t *ttr_work_quoted_target(const ttr_work_t *work, const ttr_packet_t *error);
const ttr_address_t *ttr_work_receiver(const ttr_work_t *work, const ttr_packet_t *error);

/* ttr_order.c. */
ttr_range_t ttr_side_find(ttr_side_t *side, ttr_order_kind_t kind, uint64_t key);

/* The packets of a range that were sent from `first_ns` to `last_ns`, both included. */
ttr_range_t ttr_range_between(ttr_range_t range, int64_t first_ns, int64_t last_ns);

static inline uint64_t
ttr_key_flow_seq(uint32_t flow, uint32_t seq)
{
    return (uint64_t)flow << 32 | seq;
}

/* `id`: IP ID or flow label. */
static inline uint64_t
ttr_key_flow_id(uint32_t flow, uint32_t id)
{
    return (uint64_t)flow << 32 | id;
}

static inline uint64_t
ttr_key_seq_id(uint32_t seq, uint32_t id)
{
    return (uint64_t)seq << 32 | id;
}

/* ttr_results.c: clears the results of a pair, and writes those of the work into the records. */
void ttr_results_clear(ttr_store_t *store, uint32_t pair);
void ttr_results_clear_error(ttr_error_t *error);
void ttr_results_file(ttr_work_t *work);

/* ttr_resets.c: marks the replies to the probes of a run that are resets of the target's own half-open connections. */
void ttr_resets_file(ttr_work_t *work, const ttr_run_t *run);

/* ttr_compute.c: the whole. `may_claim`: errors without a pair that quote a seq of this one may become its own;
 * otherwise it has those that it claimed before. */
void ttr_compute_pair(ttr_store_t *store, uint32_t pair, bool may_claim);

#endif
