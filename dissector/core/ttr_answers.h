/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of one stage share, the one that finds out which probe an error or a segment answers. First the quotes
 * that name one probe by keys alone (ttr_answer_quotes.c); they teach what of each run comes back as it was sent, and how
 * long answers take. Then the other quotes (ttr_answer_deferred.c, ttr_answer_changed.c, ttr_answer_foreign.c), then the
 * segments (ttr_answer_segments.c, ttr_answer_flow.c).
 */
#ifndef TTR_ANSWERS_H
#define TTR_ANSWERS_H

#include "ttr_compute.h"

#define TTR_MS_NS INT64_C(1000000)
#define TTR_SECOND_NS (1000 * TTR_MS_NS)

/* An answer may be stamped before its probe by as much: two devices, two clocks. */
#define TTR_CLOCK_SLACK_NS (10 * TTR_MS_NS)

/* Nothing answers later. A router that is busy may say later that a time was over. */
#define TTR_ANSWER_LIMIT_NS (30 * TTR_SECOND_NS)
#define TTR_QUOTE_LIMIT_NS (60 * TTR_SECOND_NS)

enum {
    TTR_SEQ_SMALL = 1 << 16,    /* a seq below is a counter, no random number, and names nobody across flows */
    TTR_WALK_MAX = 512          /* of packets that fit equally the latest count: more are a flood, and a walk over all of
                                 * them for each answer would take the square of their number */
};

/* Packets that fit, in order of time. */
typedef struct ttr_candidates {
    uint32_t count;
    ttr_packet_t *packets[TTR_WALK_MAX];
} ttr_candidates_t;

typedef bool (*ttr_packet_test_t)(const ttr_packet_t *packet, const void *user);

/* Numbers that answers repeat. */
typedef enum {
    TTR_NUMBERS_QUOTED,         /* flow, seq, IP ID or flow label */
    TTR_NUMBERS_FLOW_SEQ,
    TTR_NUMBERS_FLOW_END,       /* flow, seq + payload */
    TTR_NUMBERS_FLOW_ACK,
    TTR_NUMBERS_COUNT
} ttr_numbers_t;

/* No two probes of the run have the same numbers. */
#define TTR_GAP_NONE INT64_MAX

/* When a quote of a flow came. */
typedef struct ttr_quote_time {
    uint32_t flow;
    int64_t time_ns;
} ttr_quote_time_t;

/* All of a side, by flow and then by time. */
typedef struct ttr_quote_times {
    uint32_t count;
    ttr_quote_time_t *times;
} ttr_quote_times_t;

/* What the stage knows of a run: run->scratch. */
typedef struct ttr_facts {
    bool is_gap_known[TTR_NUMBERS_COUNT];
    int64_t gaps[TTR_NUMBERS_COUNT];
    bool *has_one_ttl;          /* by place in the run: all probes with its quoted numbers have its TTL */
    uint32_t *seqs;             /* sorted; NULL: not yet */
    uint32_t *ids;
    bool has_one_stamp;         /* one TSval over a time in which a kernel's clock goes on */
    bool has_labels;            /* several flow labels */
    bool is_seq_ttl;            /* the first byte of each seq is the TTL */
    uint32_t low_seq;           /* the other three bytes: the least of them */
    uint32_t high_seq;          /* and the greatest */
    bool has_id_row;            /* IP IDs count */
    /* What certain quotes taught. */
    uint8_t top_seq_ttl;        /* highest TTL from which a seq came back as it was sent; 0: none */
    uint8_t top_id_ttl;         /* the same of IDs */
    uint32_t foreign_seqs;      /* quotes of its flows with a seq that it did not send */
    bool is_window_known;
    int64_t window_ns;
    bool is_order_known;
    bool is_sequential;
    const ttr_quote_times_t *quotes;    /* of its side */
    ttr_packet_t **expired;     /* probes of which a time exceeded is the first answer; NULL: not found yet */
    uint32_t expired_count;
    uint32_t number;            /* of the run, from 1 */
    const ttr_packet_t *counted;    /* the last error whose ID was looked up in this run */
} ttr_facts_t;

/* What a responder does to the quotes of a run's probes. */
typedef struct ttr_responder {
    int64_t key;
    bool keeps_id;
    bool keeps_seq;
    uint32_t foreign_ids;       /* quotes of its flows with an ID that none of the flow's probes has */
} ttr_responder_t;

/* What the errors have that are left after the certain ones, by side. */
typedef struct ttr_deferred {
    uint32_t count;
    ttr_packet_t **events;      /* in order of time */
    GHashTable *foreign_sports; /* owned: by target port, the source ports of quotes whose flow is unknown */
    GHashTable *foreign_targets;    /* owned: by source port, and of all, the quoted targets that are not the side's */
    GHashTable *other_sports;   /* owned: a set of source ports that are another run's */
} ttr_deferred_t;

typedef struct ttr_matcher {
    ttr_work_t *work;
    ttr_quote_times_t *quotes;  /* by work->sides */
    ttr_address_t *responders;  /* sorted, each once */
    uint32_t responder_count;
    GHashTable *facts_of_responders;    /* owned: ttr_responder_t */
    ttr_deferred_t deferred[2]; /* by work->sides */
} ttr_matcher_t;

/* An error, and what of its quote is as the side sent it. */
typedef struct ttr_quoted {
    ttr_packet_t *event;
    const ttr_error_t *error;
    ttr_side_t *side;
    uint32_t flow;              /* of the quoted ports; 0: unknown */
    uint32_t responder;         /* number */
    bool is_ipv4;
    bool is_source_kept;
    bool is_target_kept;
    bool is_receiver_source;    /* sent to the host that sent the probe */
} ttr_quoted_t;

/* ttr_answer_keys.c: figures of runs, and what their numbers name. */
void ttr_facts_make(ttr_run_t *run, uint32_t number, const ttr_quote_times_t *quotes);

static inline ttr_facts_t *
ttr_facts_of(const ttr_run_t *run)
{
    return run->scratch;
}

/* The shortest time between two probes with the same numbers, 0 where there are too few to tell, TTR_GAP_NONE. */
int64_t ttr_number_gap(const ttr_run_t *run, ttr_numbers_t numbers);

/* Is the packet, whose numbers came back at this time, the only one that they can mean, in the file or not? */
bool ttr_names_one(const ttr_packet_t *packet, ttr_numbers_t numbers, int64_t time_ns);

/* Have all probes with the numbers of this one its TTL, too? */
bool ttr_names_hop(const ttr_packet_t *probe);

/* How many probes of the run have this seq, or this IP ID. */
uint32_t ttr_count_seq(const ttr_run_t *run, uint32_t seq);
uint32_t ttr_count_id(const ttr_run_t *run, uint32_t id);

bool ttr_is_fixed(const ttr_run_t *run);
bool ttr_draws_seq(const ttr_run_t *run);
bool ttr_is_missing_seq(const ttr_run_t *run, uint32_t seq);
bool ttr_is_missing_id(const ttr_run_t *run, uint32_t id);

/* ttr_answer_candidates.c. */

/* Those of a range that may be answered at this time. */
void ttr_sent_before(ttr_range_t range, int64_t time_ns, int64_t limit_ns, ttr_candidates_t *found);

/* Keeps those that pass; the second one, only if any does: a key that is not there or was changed says nothing. */
void ttr_candidates_keep(ttr_candidates_t *list, ttr_packet_test_t test, const void *user);
void ttr_candidates_narrow(ttr_candidates_t *list, ttr_packet_test_t test, const void *user);

void ttr_candidates_keep_probes(ttr_candidates_t *list);
ttr_run_t *ttr_candidates_first_run(const ttr_candidates_t *list);
bool ttr_candidates_one_run(const ttr_candidates_t *list);

/* Has each another number? */
typedef uint32_t (*ttr_packet_number_t)(const ttr_packet_t *packet);
bool ttr_candidates_differ(const ttr_candidates_t *list, ttr_packet_number_t number);

/* ttr_answer_quotes.c. */
ttr_quoted_t ttr_quoted(const ttr_matcher_t *matcher, ttr_packet_t *event);

/* Ties a quote, if the packet is a probe; the match takes the name that says what was changed on the way. */
void ttr_quoted_tie(const ttr_quoted_t *quoted, ttr_packet_t *probe, ttr_match_t match, bool is_hop_sure);

/* Is the quoted segment one of this kind (SYN, FIN, RST, ACK), as far as that was quoted? No box changes it (RFC 9293 section
 * 3.10.7.3: the RST that refuses a SYN/ACK has the number behind that of its SYN, which is the next probe's where they count).
 * `user`: the ttr_quoted_t. */
bool ttr_quoted_is_kind(const ttr_packet_t *packet, const void *user);

/* Packets of its kind with the quoted ports and seq; without seq in the quote, with the ports. */
void ttr_quoted_packets(const ttr_quoted_t *quoted, ttr_candidates_t *same);

/* Of these, those with the quoted IP ID or, where the tool changes it, flow label. */
void ttr_quoted_keep_id(const ttr_quoted_t *quoted, ttr_candidates_t *fit);

/* Keeps those with the quoted TCP checksum, if any has it: paris-traceroute numbers its probes there. It prefers a probe,
 * but proves none: cards fill it in behind the capture, boxes change it, and two probes may share one. */
void ttr_quoted_narrow_to_sum(const ttr_quoted_t *quoted, ttr_candidates_t *fit);

/* Settles a quote that names one packet by keys alone; else false. */
bool ttr_match_certain(ttr_matcher_t *matcher, const ttr_quoted_t *quoted);

ttr_responder_t *ttr_responder_of(ttr_matcher_t *matcher, const ttr_run_t *run, uint32_t responder);

/* ttr_answer_deferred.c. */
void ttr_match_deferred(ttr_matcher_t *matcher, ttr_side_t *side);

/* Do certain quotes from this hop, or from one behind it, show that seqs come back as they were sent? */
bool ttr_seqs_come_back(const ttr_run_t *run, const ttr_packet_t *probe);

/* Would this responder have quoted the probe's ID as it was sent? */
bool ttr_ids_come_back(ttr_matcher_t *matcher, const ttr_run_t *run, const ttr_packet_t *probe, const ttr_quoted_t *quoted);

/* Ties by the order of sending, if that leaves a probe and IDs do not speak against it. */
void ttr_tie_by_order(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *same, ttr_run_t *run);

/* ttr_answer_changed.c: quotes of known packets whose ID is nobody's. */
void ttr_match_changed_id(ttr_matcher_t *matcher, const ttr_quoted_t *quoted, const ttr_candidates_t *same, ttr_run_t *run);

/* ttr_answer_foreign.c: quotes whose flow, or whose target, is not the side's. */
void ttr_match_foreign(ttr_matcher_t *matcher, const ttr_quoted_t *quoted);

/* Collects what the rules of foreign quotes need to know. */
void ttr_note_foreign(ttr_matcher_t *matcher, const ttr_quoted_t *quoted);

/* ttr_answer_events.c: when something came back on the flows of a run, in order of time, from its first probe on; as many
 * as tell how the tool sends. The caller frees the array of int64_t. */
GArray *ttr_events_of(const ttr_run_t *run);

/* Sorts what was noted of the quotes of a side. */
void ttr_quote_times_sort(ttr_quote_times_t *quotes);

/* ttr_answer_order.c. */

/* How long a probe of this run stays in flight. */
int64_t ttr_window(const ttr_work_t *work, ttr_run_t *run);

/* The probe that the order of sending gives to an answer of this time; NULL: none. */
ttr_packet_t *ttr_pick_by_order(const ttr_work_t *work, const ttr_candidates_t *list, int64_t time_ns, ttr_run_t *run);

/* The probe that the same box answered in the same way just before: the network doubled the answer. NULL: none. */
ttr_packet_t *ttr_pick_again(const ttr_candidates_t *list, const ttr_packet_t *event);

/* ttr_answer_expired.c: takes the probes out that cannot have reached the target by this time, since they have the TTL of
 * one, or a lower one, of which a router said that its time was over; if that leaves one without answer. */
void ttr_keep_above_expired(ttr_run_t *run, int64_t time_ns, ttr_candidates_t *list);

/* ttr_answer_segments.c. */
void ttr_match_segments(ttr_side_t *side);

/* ttr_answer_flow.c: the segments that came back in one flow, in order of time. */
void ttr_match_flow(ttr_side_t *side, ttr_range_t sent, ttr_packet_t **answers, uint32_t count);

#endif
