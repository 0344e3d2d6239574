/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The records of the model and the tables that find them. Private to the core.
 *
 * Every possible probe (a "candidate") has a probe record in a series from the moment it is seen, and replies are
 * tied to it at once; a series becomes a trace when it is recognised as one, and until then nothing of it shows.
 * So recognition changes one flag, and never needs a second look at earlier frames.
 * Records have ids from 1, name each other by id, and never move. Sizes matter: 256 bytes for a probe with its
 * reply, all tables included (design.md).
 */
#ifndef TTR_MODEL_H
#define TTR_MODEL_H

#include "ttr_index.h"
#include "ttr_path.h"
#include "ttr_pool.h"
#include "ttr_store.h"

/* What a probe carries. Traces do not mix them. */
typedef enum {
    TTR_CARRIES_SYN,            /* SYN without ACK, RST or FIN; with or without ECN bits */
    TTR_CARRIES_ACK,            /* ACK without SYN, RST or FIN: ACK probes, and probes within a connection */
    TTR_CARRIES_OTHER           /* FIN, SYN|ACK, RST, none, all: what else a tool can set */
} ttr_carries_t;

/* What stays the same over a series, found out from its first probes. */
typedef enum {
    TTR_FLAVOUR_NEW,            /* one flow so far */
    TTR_FLAVOUR_FLOW,           /* ports stay the same while the TTL changes (tcptraceroute, scamper, lft) */
    TTR_FLAVOUR_TARGET_PORT,    /* the source port changes (traceroute -T, mtr, nmap) */
    TTR_FLAVOUR_SOURCE_PORT     /* the target port changes (lft -b, trippy with a fixed source port) */
} ttr_flavour_t;

typedef struct ttr_probe {
    int64_t time_ns;
    uint32_t frame;
    uint32_t series;            /* id */
    uint32_t seq;
    uint32_t ack;
    uint32_t flow_label;        /* IPv6 */
    uint32_t tsval;
    ttr_link_t by_flow;
    ttr_link_t by_seq;
    uint32_t next;              /* next of its series, in order of sending */
    uint32_t next_in_frame;
    uint32_t first_reply;
    uint32_t last_reply;
    uint32_t attempt;           /* a copy: 0 */
    uint32_t copy_of;           /* probe id; 0: not a copy */
    uint16_t ip_id;             /* IPv4 */
    uint16_t sport;
    uint16_t dport;
    uint16_t checksum;
    uint16_t size;              /* IP length, cut at 65535 */
    uint16_t payload;           /* cut at 65535 */
    uint16_t tcp_flags;
    uint8_t ttl;
    uint8_t layer;
    bool is_answered : 1;       /* a first answer is there, not only copies */
    bool is_retransmission : 1;
    bool is_exceeded : 1;       /* a time exceeded named it */
    bool has_copy : 1;
    bool is_looping : 1;        /* the packet itself came by again with a lower TTL */
    bool is_ordinary : 1;       /* its connection went on to carry data: no probe, kept to know the rest by */
    bool is_completed : 1;      /* the sender completed the handshake */
    uint8_t copies : 4;         /* kept of a candidate, see ttr_members.c */
    uint8_t replies : 4;
} ttr_probe_t;

typedef struct ttr_reply {
    int64_t time_ns;
    ttr_address_t responder;
    uint32_t frame;
    uint32_t probe;             /* id */
    uint32_t next;              /* next reply to the same probe */
    uint32_t next_in_frame;
    uint32_t copy_of;           /* reply id; 0: not a copy */
    uint32_t extension;         /* id; 0: none */
    union {
        struct {
            uint32_t seq;
            uint32_t ack;
        } tcp;
        struct {
            uint8_t type;
            uint8_t code;
            uint8_t quoted_ttl;
            uint8_t quoted_tos;
            uint16_t quoted_length;
            uint16_t quoted_id;
        } icmp;
    };
    uint16_t ip_id;
    uint16_t size;
    uint16_t tcp_flags;
    uint8_t ttl;
    uint8_t tos;
    uint8_t layer;
    uint8_t kind;               /* ttr_kind_t */
    uint8_t match;              /* ttr_match_t */
    bool is_duplicate : 1;
    bool is_late : 1;
    bool is_id_changed : 1;
    bool is_nat : 1;
    bool is_dnat : 1;
} ttr_reply_t;

typedef struct ttr_series {
    ttr_address_t source;
    ttr_address_t target;
    int64_t last_ns;            /* of its last probe */
    uint32_t serial;            /* never used again, unlike ids */
    uint32_t trace;             /* index, or TTR_NO_TRACE */
    uint32_t fingerprint;       /* what all packets of one tool share */
    uint32_t first_seq;         /* of the first probe */
    uint32_t first_tsval;
    uint32_t first_probe;
    uint32_t last_probe;
    uint32_t probe_count;       /* without copies */
    uint32_t *attempts;         /* owned: probes sent, by TTL; `attempts_size` entries */
    ttr_link_t by_dport;        /* in the table by target port, or unused */
    ttr_link_t by_sport;        /* in the table by source port, or unused */
    ttr_link_t idle;            /* in the list of series that are not recognised, oldest first */
    uint16_t sport;             /* of the first probe */
    uint16_t dport;
    uint16_t attempts_size;
    uint16_t first_run;         /* probes with the first TTL before another one was sent */
    uint16_t last_sport;        /* of the last probe */
    uint16_t kept_count;        /* records of a series that is not recognised, copies included */
    uint16_t exceeded_count;    /* probes that a time exceeded named; stops counting at its maximum */
    uint8_t family;
    uint8_t carries;            /* ttr_carries_t */
    uint8_t flavour;            /* ttr_flavour_t */
    uint8_t first_ttl_sent;     /* TTL of the first probe */
    uint8_t last_ttl;           /* TTL of the last probe */
    uint8_t ttl_count;          /* different TTLs */
    uint8_t max_ttl;
    bool has_dont_fragment : 1;
    bool in_dport_table : 1;
    bool in_sport_table : 1;
    bool has_same_tsval : 1;    /* one time stamp value for all */
    bool has_rising_sport : 1;  /* each source port higher than the one before */
    bool has_counting_seq : 1;  /* all seqs within 64 Ki of the first */
    bool has_order_broken : 1;  /* TTLs did not rise one by one */
    bool is_closed : 1;         /* nothing joins it any more */
} ttr_series_t;

struct ttr_store {
    ttr_config_t config;
    uint8_t highest_ttl;        /* of the probes of all traces, and not below the candidate limit */
    ttr_pool_t probes;
    ttr_pool_t replies;
    ttr_pool_t series;
    ttr_pool_t extensions;      /* ttr_extension_t */
    ttr_index_t flow_index;     /* probes by addresses and ports, either direction */
    ttr_index_t seq_index;      /* probes by seq */
    ttr_index_t dport_index;    /* series by addresses, fingerprint and target port */
    ttr_index_t sport_index;    /* series by addresses, fingerprint and source port */
    uint16_t *pair_counts;      /* owned: candidates and probes by the sum of their addresses, see ttr_probe.c */
    uint32_t *frame_heads;      /* owned: notes by frame; see ttr_note.c */
    uint32_t frame_mask;
    uint32_t frame_count;
    GArray *traces;             /* owned: series id by trace index */
    uint32_t idle_first;        /* series that are not recognised, least recently used first */
    uint32_t idle_last;
    uint32_t candidate_count;   /* probes in series that are not recognised, copies included */
    uint32_t next_serial;
    uint64_t dropped_count;
    size_t attempts_bytes;
};

static inline ttr_probe_t *
ttr_store_probe(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->probes, id);
}

static inline ttr_reply_t *
ttr_store_reply(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->replies, id);
}

static inline ttr_series_t *
ttr_store_series(const ttr_store_t *store, uint32_t id)
{
    return ttr_pool_get(&store->series, id);
}

/* Equal addresses? The unused bytes of IPv4 addresses are 0. */
bool ttr_address_equal(const ttr_address_t *a, const ttr_address_t *b);

/* ttr_note.c: files the note of a probe or a reply under its frame, and takes it out again. */
void ttr_note_add_probe(ttr_store_t *store, uint32_t id);
void ttr_note_add_reply(ttr_store_t *store, uint32_t id);
void ttr_note_remove_probe(ttr_store_t *store, uint32_t id);
void ttr_note_remove_reply(ttr_store_t *store, uint32_t id);

/* ttr_probe.c */

/* What a segment with these flags carries. */
ttr_carries_t ttr_probe_carries(uint16_t tcp_flags);

/* Hash of addresses and ports which is the same for both directions of a flow. */
uint32_t ttr_flow_hash(const ttr_address_t *a, const ttr_address_t *b, uint16_t a_port, uint16_t b_port);

/* Hash under which the table by seq has a probe. */
uint32_t ttr_probe_seq_hash(uint32_t seq);

/* Counts a probe in store->pair_counts, or takes it out: ordinary segments ask there first. */
void ttr_probe_count_pair(ttr_store_t *store, const ttr_probe_t *probe);
void ttr_probe_uncount_pair(ttr_store_t *store, const ttr_probe_t *probe);

/* Size of store->pair_counts in bytes. */
size_t ttr_probe_pair_counts_size(void);

/* Makes the tables that find probes. */
void ttr_probe_tables_init(ttr_store_t *store);

/* Stores a probe of `series`, not yet linked into it; returns its id. */
uint32_t ttr_probe_new(ttr_store_t *store, const ttr_observation_t *observation, uint32_t series);

/* Forgets a probe with its replies and notes. The caller has taken it out of its series. */
void ttr_probe_free(ttr_store_t *store, uint32_t id);

/* First and further probes, latest first, that may have been sent from source:sport to target:dport;
 * TTR_NO_ID at the end. Others can be among them: ask ttr_probe_is_flow(). */
uint32_t ttr_probe_flow_first(const ttr_store_t *store, const ttr_address_t *source, const ttr_address_t *target,
                              uint16_t sport, uint16_t dport);
uint32_t ttr_probe_flow_next(const ttr_store_t *store, uint32_t id);
static inline bool
ttr_probe_is_flow(const ttr_store_t *store, const ttr_probe_t *probe, uint8_t family, const ttr_address_t *source,
                  const ttr_address_t *target, uint16_t sport, uint16_t dport)
{
    const ttr_series_t *series;

    if (probe->sport != sport || probe->dport != dport)
        return false;
    series = ttr_store_series(store, probe->series);
    return series->family == family && ttr_address_equal(&series->source, source) &&
           ttr_address_equal(&series->target, target);
}

/* ttr_series.c */

void ttr_series_tables_init(ttr_store_t *store);

/* Takes a segment that may be a probe: finds or begins its series, stores it, recognises a trace.
 * Returns the probe's id, or TTR_NO_ID when the segment can't be one. */
uint32_t ttr_series_add(ttr_store_t *store, const ttr_observation_t *observation);

/* A time exceeded named this probe for the first time. */
void ttr_series_exceeded(ttr_store_t *store, uint32_t probe);

/* The connection of this candidate carries data: it is no probe. Only before its series is recognised. */
void ttr_series_disown(ttr_store_t *store, uint32_t probe);

/* May one more reply be kept with this probe? Always with those of a trace. */
bool ttr_series_takes_reply(ttr_store_t *store, uint32_t probe);

/* Forgets a series that was not recognised. */
void ttr_series_free(ttr_store_t *store, uint32_t id);

/* ttr_recognise.c: is this series a trace, as far as it goes? Rules there. */
bool ttr_recognise(const ttr_store_t *store, const ttr_series_t *series);

/* ttr_match_quote.c, ttr_match_tcp.c: what an observation answers. */
typedef struct ttr_answer {
    uint32_t probe;             /* TTR_NO_ID: it answers nothing */
    ttr_match_t match;
    bool is_duplicate;
    uint32_t copy_of;           /* id of the reply that it is one more copy of */
} ttr_answer_t;

ttr_answer_t ttr_match_quote(const ttr_store_t *store, const ttr_observation_t *observation);
ttr_answer_t ttr_match_tcp(const ttr_store_t *store, const ttr_observation_t *observation);

/* What kind of reply a TCP segment is. */
ttr_kind_t ttr_match_tcp_kind(const ttr_tcp_t *tcp);

#endif
