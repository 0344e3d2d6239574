/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model of one capture: takes observations in the order of their frames, keeps what may be probes and answers as
 * evidence, and computes traces from it. The only header that changes the model; who only looks at it reads ttr_path.h
 * and ttr_note.h.
 */
#ifndef TTR_STORE_H
#define TTR_STORE_H

#include <stddef.h>

#include "ttr_observation.h"

/* The settings that a user may change; see ttr_config_default(). */
typedef struct ttr_config {
    uint8_t candidate_ttl;      /* highest TTL with which a segment may be a probe of an unknown trace, 1 to 255 */
    int64_t reply_limit_ns;     /* an answer that takes longer is noted as late */
    int64_t run_gap_ns;         /* a silence this long between two probes begins a new trace */
    uint32_t candidate_bound;   /* most segments and errors kept between hosts that have no trace yet */
    bool has_exact_keys;        /* ttr_store_exact() will be asked: takes more memory for each segment */
} ttr_config_t;

/* 32; 10 s; 30 s; 250,000; none. The one place where they stand. */
ttr_config_t ttr_config_default(void);

/* The caller owns the store and frees it with ttr_store_free(). Never NULL. */
ttr_store_t *ttr_store_new(const ttr_config_t *config);
void ttr_store_free(ttr_store_t *store); /* NULL is legal */

/* The cheap question before an observation is made of a segment: can the store want it? Its TTL may be a probe's, or
 * evidence between these two hosts is known; `sum` is ttr_address_sum() of both. Never false when it wants it, but for
 * two kinds. Of each SYN, whatever its TTL, see ttr_store_pass_opening(). Every SYN/ACK and RST it wants to observe, since
 * it may stand in the file before the probe that it answers; without those such answers are missed. ICMP errors it wants
 * all. */
bool ttr_store_wants(const ttr_store_t *store, uint8_t ttl, uint32_t sum);

/* The ends of a connection, as its SYN without ACK names them. */
typedef struct ttr_connection {
    ttr_address_t source;
    ttr_address_t target;
    uint16_t sport;
    uint16_t dport;
} ttr_connection_t;

/* A SYN without ACK came of which ttr_store_wants() said no: it is not stored, but that the connection began with an
 * ordinary TTL is remembered. The same as ttr_store_observe() of it, and cheaper. Without these the store is right, but
 * recognises fake SYNs within connections less well. */
void ttr_store_pass_opening(ttr_store_t *store, const ttr_connection_t *connection);

/* Takes one observation. Frames must come in rising order, each (frame, layer) once; time may jump.
 * Every sequence of observations is legal. Copies what it keeps; whether it kept it, ttr_note_is_there() says. */
void ttr_store_observe(ttr_store_t *store, const ttr_observation_t *observation);

/* A probe that an observation names by numbers alone. */
typedef struct ttr_exact {
    uint32_t frame;             /* of the probe */
    uint32_t seq;
    uint8_t ttl;
    int64_t time_ns;
    ttr_kind_t kind;            /* of the answer */
} ttr_exact_t;

/* Which stored segment does this observation answer, by exact numbers, without computing anything? A quote: addresses,
 * ports, seq, and, where several probes share them, IP ID or flow label; seq alone where addresses or ports were
 * changed, if the receiver sent one segment with it and it is no small number. A segment: SYN/ACK and RST by their ack, a
 * RST to a probe with ACK by its seq. False when none or several fit, or the configuration has no exact keys. */
bool ttr_store_exact(const ttr_store_t *store, const ttr_observation_t *observation, ttr_exact_t *exact);

/* A frame of this time passed that is none of the model's business: the capture goes on to there at least. What was in
 * flight at the end of the capture counts as not lost, so who wants that right calls this for each frame. */
void ttr_store_pass(ttr_store_t *store, int64_t time_ns);

#endif
