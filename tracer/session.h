/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The trace to one target: turns the schedule's wishes into probes, captured packets into answers. What answers what
 * is decided by the same model as in the dissector. Pure: knows bytes and times; no socket, no clock.
 */
#ifndef SESSION_H
#define SESSION_H

#include "multipath.h"
#include "packet.h"
#include "schedule.h"
#include "ttr_observation.h"

typedef struct session_config {
    packet_form_t form;
    schedule_config_t schedule;
    options_mode_t mode;
    const uint16_t *ports;      /* borrowed: source ports, which are ours; the first is that of a trace in fixed mode */
    size_t port_count;          /* 1 at least */
    uint32_t random_seq;        /* where sequence numbers begin */
    uint32_t random_ack;        /* where acknowledgement numbers of ACK probes begin */
} session_config_t;

typedef struct session_action {
    schedule_action_t what;
    size_t length;              /* SCHEDULE_SEND: bytes of the packet */
    uint8_t packet[PACKET_MAX];
} session_action_t;

/* What the toolbar says. */
typedef struct session_summary {
    uint32_t round;             /* of the last probe, from 1 */
    uint32_t sent;
    uint32_t answered;
    uint8_t hops;               /* up to the target, else up to the last that answered */
    bool is_reached;
    bool is_loop;               /* two routers send packets to each other */
    int64_t rtt_ns;             /* of the target's last answer, 0: none */
    ttr_state_t state;          /* of the port */
} session_summary_t;

typedef struct session session_t;

/* `pacer` is borrowed and must outlive it; config is copied. The caller frees it with session_free(). */
session_t *session_new(const session_config_t *config, pacer_t *pacer, int64_t now_ns);
void session_free(session_t *session);

/* What to do next; fills action->packet when it is to be sent. */
void session_next(session_t *session, session_action_t *action, int64_t now_ns);

/* The probe of the last SCHEDULE_SEND went out. */
void session_sent(session_t *session, const session_action_t *action, int64_t now_ns);

/* Does the packet belong to this trace? Probes, answers, and the rest of the connections that they half open. */
bool session_is_member(const session_t *session, const ttr_observation_t *observation);

/* Does a segment that comes from elsewhere than the target acknowledge a probe of this trace? Such a packet is no member:
 * it is no answer that the model knows. */
bool session_is_stray(const session_t *session, const ttr_observation_t *observation);

/* Takes a packet that belongs to the trace. Frames rise from one call to the next. Returns true, and who answered
 * which TTL in *answer, when it is the first answer to a probe. */
bool session_take(session_t *session, const ttr_observation_t *observation, schedule_answer_t *answer);

/* Ends the wait between two rounds. */
void session_hurry(session_t *session);

/* The last TTL up to which nothing more is expected of the hops, see schedule_settled(); 0: none, and always so in
 * multipath mode. */
uint8_t session_settled(const session_t *session, int64_t now_ns);

/* In which its last probe was sent, from 1. */
uint32_t session_round(const session_t *session);

void session_summary(const session_t *session, session_summary_t *summary);

#endif
