/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The evidence: what frames said, kept as it was, by pair of hosts; and the results that a compute of the pair wrote
 * beside it. Private to the core.
 *
 * Evidence is append-only and holds no interpretation. All results are cleared and written anew by each compute of
 * their pair (ttr_compute.h), so nothing that was guessed early outlives what comes later. Only numbers of traces stay.
 * Records have ids from 1, name each other by id, and never move. Sizes matter: 256 bytes for a probe with its
 * reply and its flow, all tables included.
 */
#ifndef TTR_EVIDENCE_H
#define TTR_EVIDENCE_H

#include "ttr_index.h"
#include "ttr_observation.h"
#include "ttr_path.h"
#include "ttr_pool.h"
#include "ttr_store.h"

/* What a compute found a record to be. */
typedef enum {
    TTR_ROLE_NONE,              /* part of no trace */
    TTR_ROLE_PROBE,             /* or a copy of one */
    TTR_ROLE_REPLY,             /* or a copy of one */
    TTR_ROLE_TEARDOWN           /* the sender's RST that ends a connection which its probe half opened */
} ttr_role_t;

/* One TCP segment as one frame shows it. */
typedef struct ttr_sighting {
    int64_t time_ns;
    uint32_t frame;             /* 0: the record was given back */
    uint32_t flow;              /* id */
    uint32_t next;              /* of the pair, in the order of frames; 0: last */
    uint32_t next_in_frame;     /* ttr_note.c: next reference in the bucket */
    uint32_t seq;
    uint32_t ack;
    uint32_t tsval;             /* 0: no time stamp option */
    uint32_t tsecr;
    uint32_t id_or_label;       /* IPv4: IP ID; IPv6: flow label */
    union {
        uint32_t sack;          /* id of the first SACK block; 0: none. Never of a SYN */
        uint32_t header;        /* of a SYN: what its TCP header says besides (ttr_header.h; the ack there is 0) */
    };
    uint16_t flags;             /* TTR_TCP_* */
    uint16_t window;
    uint16_t checksum;
    uint16_t size;              /* IP length, cut at 65535 */
    uint16_t payload;           /* cut at 65535 */
    uint16_t point;             /* number of the capture point, see ttr_interned.h and ttr_point.h; 0: unknown */
    uint16_t shape;             /* option list, see ttr_interned.c; 0: none */
    uint8_t layer;
    uint8_t ttl;
    uint8_t tos;
    bool is_from_low : 1;       /* sent by the host with the lower address */
    bool dont_fragment : 1;
    bool is_sum_partial : 1;    /* the checksum is that of the pseudo header: the network card has not filled it in */
    bool is_sum_right : 1;      /* the checksum, as far as ttr_segment_is_sum_right() knows */
    /* Results. */
    bool is_retransmission : 1;
    bool is_duplicate : 1;
    bool is_own_reset : 1;      /* of a reply: a RST on a flow on which the target had sent a SYN/ACK before */
    uint8_t role : 4;           /* ttr_role_t */
    uint8_t match : 4;          /* of a reply: ttr_match_t */
    uint8_t kind;               /* of a reply: ttr_kind_t */
    uint32_t packet;            /* the sighting that stands for this packet: itself, or what it is a copy of */
    uint32_t trace;             /* id of the ttr_trace_t that it is part of; 0: none */
    union {
        uint32_t attempt;       /* of a probe; 0: a copy */
        uint32_t probe;         /* of a reply or teardown: the probe's id */
    };
    union {
        uint32_t first_reply;   /* of a probe: reference of its first answer */
        uint32_t next_reply;    /* of a reply: reference of the next answer to the same probe; of a teardown: of the
                                 * SYN/ACK that it refuses */
    };
    uint32_t timed_by;          /* of a reply: id of the sighting of the same packet whose time counts; 0: this one */
} ttr_sighting_t;

/* One ICMP error that quotes a TCP segment. */
typedef struct ttr_error {
    int64_t time_ns;
    ttr_address_t responder;
    uint32_t frame;             /* 0: the record was given back */
    uint32_t pair;              /* id; 0: it is a stray */
    uint32_t next;              /* of the pair, or of the strays */
    uint32_t next_in_frame;
    uint32_t addresses;         /* id of the ttr_foreign_t; 0: sent to the quoted source, which with the quoted target
                                 * is the pair of the record */
    uint32_t extension;         /* id of the ttr_extension_t; 0: none */
    uint32_t seq;               /* quoted, if has_seq */
    uint32_t tsval;             /* quoted; 0: none */
    uint32_t id_or_label;       /* quoted */
    uint16_t sport;             /* quoted */
    uint16_t dport;             /* quoted */
    uint16_t checksum;          /* quoted, if has_checksum */
    uint16_t length;            /* quoted, see ttr_quote_t.length */
    uint16_t size;              /* of the outer IP packet, cut at 65535 */
    uint16_t ip_id;             /* outer; IPv4 */
    uint16_t mtu;               /* cut at 65535; 0: none was said */
    uint16_t point;             /* capture point; 0: unknown */
    uint8_t layer;
    uint8_t ttl;                /* outer */
    uint8_t tos;                /* outer */
    uint8_t type;
    uint8_t code;
    uint8_t quoted_ttl;
    uint8_t quoted_tos;
    bool are_ports_cut : 1;     /* not quoted, or not captured: they are 0 */
    bool has_seq : 1;
    bool has_checksum : 1;
    bool is_extension_wrong : 1;    /* its checksum: nothing of it is kept */
    bool is_from_low : 1;       /* the quoted segment was sent by the host with the lower address */
    bool is_swapped : 1;        /* the quote names source and target the other way round: sent to its own target */
    /* Results. */
    bool is_duplicate : 1;
    uint8_t role : 2;           /* ttr_role_t: none or reply */
    uint8_t kind : 4;           /* ttr_kind_t, as the message says; evidence */
    uint8_t match : 4;          /* ttr_match_t */
    uint16_t header;            /* evidence: what the quoted TCP header says besides, see ttr_header.h */
    uint32_t packet;
    uint32_t probe;             /* id */
    uint32_t next_reply;        /* reference */
    uint32_t timed_by;          /* id; 0: this one */
} ttr_error_t;

/* Addresses of an error that are not those of its pair: something translated them. */
typedef struct ttr_foreign {
    ttr_address_t receiver;     /* to whom the error was sent */
    ttr_address_t source;       /* quoted */
    ttr_address_t target;       /* quoted */
} ttr_foreign_t;

/* Errors that were sent to one host and quote one seq, with addresses that are no pair's: they belong to the pair in
 * which this host sent a segment with this seq, if that is one pair only. */
typedef struct ttr_strays {
    ttr_link_t by_seq;
    uint32_t host;              /* id */
    uint32_t seq;
    uint32_t next;              /* of the host */
    uint32_t first_error;
    uint32_t last_error;
    uint32_t claimed_by;        /* pair; 0: none yet, TTR_CLAIMED_TWICE: several */
} ttr_strays_t;

#define TTR_CLAIMED_TWICE UINT32_MAX

typedef struct ttr_sack {
    uint32_t left;
    uint32_t right;
} ttr_sack_t;

/* Two hosts and two ports. */
typedef struct ttr_flow {
    ttr_link_t by_ports;
    uint32_t pair;              /* id */
    uint32_t next;              /* of the pair */
    uint32_t caps;              /* id of the ttr_caps_t; 0: too few segments yet to need one */
    uint16_t low_port;          /* at the host with the lower address */
    uint16_t high_port;
    uint8_t credits;            /* how many more segments it may have stored that are no candidates */
    uint8_t candidates;         /* stored before there were caps */
    uint8_t syn_ttl;            /* of the last SYN without ACK that was stored; 0: none */
    bool is_syn_from_low : 1;
    bool is_incomplete : 1;     /* some of its segments were not stored */
    bool is_ordinary : 1;       /* a connection that carries data with the small TTL of its SYN, or much data with one */
    bool opened_ordinary : 1;   /* a SYN of ordinary TTL was seen before the first segment that was stored */
} ttr_flow_t;

/* How many candidates of a flow were stored, by TTL. */
typedef struct ttr_caps {
    uint8_t stored[2][256];     /* [is_from_low][ttl] */
    uint16_t data;              /* data segments, to tell a connection */
    uint8_t data_ttl;           /* of the last one */
} ttr_caps_t;

/* Two hosts, in the order of their addresses. */
typedef struct ttr_pair {
    ttr_address_t low;
    ttr_address_t high;
    ttr_link_t by_addresses;
    ttr_link_t idle;            /* in the list of pairs that are not recognised, least recently used first */
    uint32_t first_sighting;
    uint32_t last_sighting;
    uint32_t first_error;
    uint32_t last_error;
    uint32_t first_flow;
    uint32_t first_trace;       /* ttr_trace_t of the last compute */
    uint32_t first_number;      /* 1 + the number of its first numbered trace; 0: none */
    uint32_t last_number;
    ttr_link_t dirty;           /* in the list of pairs to compute, in the order in which news came */
    uint32_t record_count;      /* sightings and errors */
    uint32_t computed_count;    /* record_count at the last compute */
    uint32_t extra_count;       /* sightings that began a flow without being candidates */
    uint32_t error_count;
    uint32_t candidate_count;
    uint32_t hosts[2];          /* ttr_host_t of those who sent candidates: [0] low, [1] high; 0: did not */
    uint8_t family;
    uint8_t top_ttl;            /* highest TTL of its recognised runs, as far as the observed frames decided it */
    bool is_recognised : 1;     /* frames alone decided it, see ttr_schedule.c: what is stored hangs on it */
    bool is_idle : 1;           /* in the list */
    bool is_dirty : 1;          /* in the list of pairs to compute */
} ttr_pair_t;

/* A host that sent candidates. */
typedef struct ttr_host {
    ttr_address_t address;
    ttr_link_t by_address;
    uint32_t pair_count;
    uint32_t candidate_count;
    uint32_t first_strays;      /* errors sent to it whose quote names no pair */
    uint32_t stray_count;       /* of these errors */
    uint8_t family;
    bool has_news;              /* strays came since all was computed */
} ttr_host_t;

/* A recognised run, as the last compute of its pair found it. */
typedef struct ttr_trace {
    uint32_t pair;
    uint32_t next;              /* of the pair */
    uint32_t number;            /* index of the trace; TTR_NO_TRACE: none was given yet */
    uint32_t probe_count;
    uint32_t copy_count;        /* frames that show a probe or an answer once more */
    uint32_t copied_probe_count; /* of these, those that show a probe */
    int64_t longest_rtt_ns;     /* of first answers, if has_rtt */
    uint32_t *probes;           /* owned: ids, in order of sending */
    uint32_t first;             /* of its probes, the one with the lowest frame */
    uint32_t verdict_at;        /* store->settled at which `state` was found; 0: not yet */
    uint8_t state;              /* ttr_state_t */
    bool is_from_low;
    bool has_rtt;
} ttr_trace_t;

/* A trace number that was given. */
typedef struct ttr_number {
    uint32_t anchor;            /* sighting: the number stays with the run that holds it */
    uint32_t trace;             /* id of the ttr_trace_t; 0: retired, or not recognised any more */
    uint32_t next;              /* of the pair, ascending: 1 + number; 0: last */
} ttr_number_t;

typedef struct ttr_interned ttr_interned_t;
typedef struct ttr_waiting ttr_waiting_t;
typedef struct ttr_early ttr_early_t;

struct ttr_store {
    ttr_config_t config;
    uint64_t seed;              /* of the hashes, so that no capture can know which collide */
    ttr_pool_t sightings;
    ttr_pool_t errors;
    ttr_pool_t foreigns;
    ttr_pool_t strays;
    ttr_pool_t extensions;      /* ttr_extension_t */
    ttr_pool_t sacks;
    ttr_pool_t flows;
    ttr_pool_t caps;
    ttr_pool_t pairs;
    ttr_pool_t hosts;
    ttr_pool_t traces;
    ttr_pool_t keys;            /* ttr_exact.c: one for each sighting, with its id, if config.has_exact_keys */
    ttr_index_t key_seq_index;
    ttr_index_t key_ack_index;
    ttr_index_t pair_index;     /* pairs by addresses */
    ttr_index_t flow_index;     /* flows by pair and ports */
    ttr_index_t host_index;     /* hosts by address */
    ttr_index_t strays_index;   /* strays by host and seq */
    ttr_headers_t *headers;     /* owned */
    ttr_interned_t *shapes;     /* owned */
    ttr_interned_t *points;     /* owned */
    struct ttr_arena *arena;    /* owned: memory of one compute at a time; NULL before the first */
    ttr_waiting_t *waiting;     /* owned: errors that came just before their pair was known */
    ttr_early_t *early;         /* owned: answers that came just before anything was known of their flow */
    uint16_t *gate;             /* owned: pairs by the sum of their addresses, see ttr_pair.c */
    uint16_t *marks;            /* owned: flows that were opened with an ordinary TTL, see ttr_keep.c */
    uint32_t *frame_heads;      /* owned: references by frame; see ttr_note.c */
    uint32_t frame_mask;
    uint32_t frame_count;
    GArray *numbers;            /* owned: ttr_number_t by index of the trace */
    uint32_t first_idle;
    uint32_t last_idle;
    uint32_t idle_records;      /* in pairs that are not recognised */
    uint32_t first_dirty;
    uint32_t last_dirty;
    uint32_t settled;           /* how often all was computed; from 1 */
    bool is_settled;            /* nothing was observed since */
    bool has_strays;            /* some came since */
    uint8_t wanted_ttl;         /* segments with this TTL or less may be probes */
    int64_t end_ns;             /* latest time of all frames */
    uint64_t dropped_count;
    uint64_t homeless_count;    /* errors that are stored nowhere, since no pair may have sent what they quote */
    size_t probes_bytes;        /* of all ttr_trace_t.probes */
    GString *watch;             /* borrowed: see ttr_recognise_watch(); NULL */
};

/* References name a sighting by its id, an error by its id with the top bit set. */
#define TTR_IS_ERROR 0x80000000u

static inline ttr_sighting_t *
ttr_store_sighting(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->sightings, id);
}

static inline ttr_error_t *
ttr_store_error(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->errors, id);
}

static inline ttr_flow_t *
ttr_store_flow(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->flows, id);
}

static inline ttr_pair_t *
ttr_store_pair(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->pairs, id);
}

static inline ttr_host_t *
ttr_store_host(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->hosts, id);
}

static inline ttr_trace_t *
ttr_store_trace(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->traces, id);
}

static inline ttr_foreign_t *
ttr_store_foreign(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->foreigns, id);
}

static inline ttr_strays_t *
ttr_store_strays(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->strays, id);
}

/* A time of an observation, within the bounds that ttr_observation.h names. */
static inline int64_t
ttr_time_bounded(int64_t time_ns)
{
    return CLAMP(time_ns, -TTR_TIME_MAX_NS, TTR_TIME_MAX_NS);
}

/* As memcmp() compares the bytes; what is stored asks this often. The unused bytes of IPv4 addresses are 0. */
static inline int
ttr_address_compare(const ttr_address_t *a, const ttr_address_t *b)
{
    uint64_t first[2];
    uint64_t second[2];
    int at;

    memcpy(first, a->bytes, sizeof first);
    memcpy(second, b->bytes, sizeof second);
    at = first[0] == second[0] ? 1 : 0;
    first[at] = GUINT64_FROM_BE(first[at]);
    second[at] = GUINT64_FROM_BE(second[at]);
    return first[at] < second[at] ? -1 : first[at] > second[at];
}

static inline bool
ttr_address_equal(const ttr_address_t *a, const ttr_address_t *b)
{
    uint64_t first[2];
    uint64_t second[2];

    memcpy(first, a->bytes, sizeof first);
    memcpy(second, b->bytes, sizeof second);
    return ((first[0] ^ second[0]) | (first[1] ^ second[1])) == 0;
}

/* ttr_note.c: files a sighting or an error under its frame, and takes it out again. */
void ttr_note_add(ttr_store_t *store, uint32_t reference);
void ttr_note_remove(ttr_store_t *store, uint32_t reference);

#endif
