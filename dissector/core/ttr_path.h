/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read-only view of the model: traces, their probes in the order of the path, the replies, the verdict.
 * All results are values, or lists that the caller frees; ids stay valid until the next observation.
 *
 * Who asks for traces (ttr_path_trace_count(), ttr_path_trace(), ttr_path_probes(), ttr_path_notes(), ttr_note_find())
 * gets what all frames observed so far say: the model computes what is new before it answers. Who asks for what an id
 * or the index of a trace names gets what was computed last.
 */
#ifndef TTR_PATH_H
#define TTR_PATH_H

#include <glib.h>

#include "ttr_quote.h"
#include "ttr_types.h"

#define TTR_NO_TRACE UINT32_MAX
#define TTR_NO_ID 0u            /* no probe, no reply */

typedef enum {
    TTR_STOP_NONE,
    TTR_STOP_COMPLETED,         /* a TCP segment came from the target */
    TTR_STOP_UNREACH,           /* else an unreachable came, from anywhere */
    TTR_STOP_GAPLIMIT           /* else the state is filtered */
} ttr_stop_t;

/* A trace as a whole. Counts leave out copies of frames. */
typedef struct ttr_trace_info {
    uint32_t index;
    uint8_t family;
    ttr_address_t source;
    ttr_address_t target;
    uint16_t sport;             /* of the first probe */
    uint16_t dport;             /* of the first probe */
    bool is_ack_method;         /* the probes carry ACK */
    ttr_state_t state;
    bool is_reached;
    uint8_t path_length;        /* smallest TTL at which the target itself answered, where the path changed in its last
                                 * stretch; 0 when it never did. See ttr_length.h */
    uint8_t first_ttl;
    uint8_t last_ttl;
    uint32_t attempts;          /* most probes sent with one TTL */
    uint32_t probe_count;
    uint32_t answered_count;
    uint16_t probe_size;        /* IP length of the first probe, bytes */
    ttr_stop_t stop_reason;
    uint8_t stop_code;          /* ICMP code when the reason is TTR_STOP_UNREACH, else 0 */
    int64_t start_ns;           /* capture time of the first probe */
    int64_t stretch_ns;         /* where the path changed, the last stretch begins then; else INT64_MIN */
} ttr_trace_info_t;

typedef struct ttr_probe_info {
    uint32_t id;
    uint32_t trace;             /* TTR_NO_TRACE while not recognised */
    uint32_t frame;
    int64_t time_ns;
    uint8_t ttl;
    uint32_t attempt;           /* from 1, in order of sending; 0 for a copy */
    uint16_t ip_id;
    uint32_t flow_label;        /* IPv6; 0 for IPv4 */
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
    uint16_t tcp_flags;
    uint16_t size;              /* IP length, bytes */
    bool is_retransmission;
    bool is_in_flight;          /* unanswered, and so young at the end of the capture that it counts as not lost */
    uint32_t copy_of;           /* frame, 0: not a copy */
    uint32_t first_reply;       /* id of its first answer, or TTR_NO_ID */
} ttr_probe_info_t;

typedef struct ttr_reply_info {
    uint32_t id;
    uint32_t trace;
    uint32_t frame;
    int64_t time_ns;
    uint32_t probe;             /* id of the probe that it answers */
    uint32_t probe_frame;
    uint8_t hop;                /* TTL of that probe */
    int64_t rtt_ns;
    ttr_kind_t kind;
    ttr_match_t match;
    ttr_state_t state;          /* what this reply alone says; TTR_STATE_UNKNOWN: nothing */
    ttr_address_t responder;
    uint8_t family;
    uint8_t ttl;
    uint8_t tos;
    uint16_t ip_id;
    uint16_t size;
    uint8_t icmp_type;          /* ICMP: type, code and what was quoted */
    uint8_t icmp_code;
    uint8_t quoted_ttl;
    uint8_t quoted_tos;
    uint16_t quoted_length;     /* see ttr_quote_t.length */
    uint16_t tcp_flags;         /* TCP */
    bool is_from_target;        /* its source address is the probe's target */
    bool is_duplicate;
    bool is_own_reset;          /* a RST behind a SYN/ACK on the same flow: the target resets its own half-open connection,
                                 * and this says nothing of the port */
    bool is_late;
    bool is_id_changed;         /* quote: the IP ID is not the one that was sent */
    bool is_nat;                /* quote: source address or port is not the one that was sent */
    bool is_dnat;               /* quote: target address or port is not the one that was sent */
    bool is_extension_wrong;    /* ICMP: an extension structure with a wrong checksum, of which nothing is kept */
    uint32_t copy_of;           /* frame, 0: not a copy */
    uint32_t next_reply;        /* id of the next answer to the same probe, or TTR_NO_ID */
} ttr_reply_info_t;

/* A RST with which the sender ended a connection that its probe had half opened. */
typedef struct ttr_teardown_info {
    uint32_t id;
    uint32_t trace;
    uint32_t frame;
    uint32_t probe;             /* id of the probe that opened it */
    uint8_t hop;                /* TTL of that probe */
    uint32_t syn_ack_frame;     /* of the SYN/ACK that it refuses */
    uint8_t ttl;
    uint16_t ip_id;             /* IPv4 */
} ttr_teardown_info_t;

/* The two hosts of a trace. */
typedef struct ttr_trace_ends {
    uint8_t family;
    ttr_address_t source;
    ttr_address_t target;
} ttr_trace_ends_t;

/* How many numbers were given to traces; their indices run from 0. A number can lose its trace again, when a later
 * frame shows that two traces are one, or none: ttr_path_trace() is false then, and the number is not given again. */
uint32_t ttr_path_trace_count(const ttr_store_t *store);

/* Fills *info; false when there is no such trace. Costs one walk over the trace's probes. */
bool ttr_path_trace(const ttr_store_t *store, uint32_t index, ttr_trace_info_t *info);

/* Fills *ends; false when there is no such trace. Cheap, and computes nothing. */
bool ttr_path_ends(const ttr_store_t *store, uint32_t index, ttr_trace_ends_t *ends);

/* State of the target's port as known now; TTR_STATE_UNKNOWN where there is no such trace. Walks over the trace when it
 * is asked first after a compute, and else answers from what was found then. */
ttr_state_t ttr_path_state(const ttr_store_t *store, uint32_t index);

/* Ids (uint32_t) of the trace's probes, by TTL and then by order of sending, copies left out.
 * The caller frees the array; empty when there is no such trace. */
GArray *ttr_path_probes(const ttr_store_t *store, uint32_t index);

/* The same, of the last stretch of a path that changed: what rows and loss are about. Of a path that did not, all. */
GArray *ttr_path_last_stretch(const ttr_store_t *store, const ttr_trace_info_t *trace);

/* Fill *info; false when there is none with that id. */
bool ttr_path_probe(const ttr_store_t *store, uint32_t id, ttr_probe_info_t *info);
bool ttr_path_reply(const ttr_store_t *store, uint32_t id, ttr_reply_info_t *info);
bool ttr_path_teardown(const ttr_store_t *store, uint32_t id, ttr_teardown_info_t *info);

/* The extension objects of an ICMP reply, NULL when it had none. Borrowed from the store. */
const ttr_extension_t *ttr_path_extension(const ttr_store_t *store, uint32_t reply_id);

/* What an engineer should know about the trace before she trusts it, as sentences without full stop:
 * rewritten IP IDs, NAT, late answers, duplicates, bounds that were hit, and so on.
 * The caller frees the list with g_strfreev(); it may be empty. */
char **ttr_path_notes(const ttr_store_t *store, uint32_t index);

/* tcptraceroute's annotation of an unreachable, "!A" and so on (tcptraceroute 1.5, capture.c), written to `mark`;
 * "" for other replies. ICMPv6 codes take the letter of the ICMP code that means the same (RFC 4443 3.1). */
#define TTR_MARK_MAX 8
void ttr_path_mark(const ttr_reply_info_t *reply, char mark[TTR_MARK_MAX]);

/* How many candidates were dropped because there were more than the bound allows; 0: none. */
uint64_t ttr_path_dropped_count(const ttr_store_t *store);

/* Bytes that the store holds, all its tables and free records included. */
size_t ttr_path_memory(const ttr_store_t *store);

#endif
