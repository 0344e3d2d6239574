/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A session on a made-up network: probes as bytes out, answers as bytes in, and each answer is checked against the probe
 * that it was made for.
 */
#ifndef FAKE_SESSION_H
#define FAKE_SESSION_H

#include "fake_run.h"
#include "session.h"
#include "ttr_store.h"

typedef struct remembered {
    uint8_t packet[PACKET_MAX];
    size_t length;
} remembered_t;

/* A session, its network, and the packets that it sent last. */
typedef struct wire {
    session_t *session;
    fake_net_t *net;
    fake_run_t *run;
    pacer_t *pacer;
    GArray *kept;               /* owned: ttr_observation_t, all that was captured; NULL: not asked for */
    ttr_store_t *file;          /* owned: the model as the dissector has it by default; NULL: not asked for */
    session_action_t action;
    remembered_t *sent;         /* owned: a ring */
    uint32_t count;
    uint16_t ip_id;             /* of the last probe */
    uint32_t labels[65536];     /* flow label of each source port; 0: none was sent */
    uint32_t flows;             /* how many ports have one */
    uint32_t frame;
    uint32_t matched;
    uint32_t unmatched;         /* answers that were not recognised */
} wire_t;

/* A network without nodes and a session that has sent nothing. Source ports are 40000 and each third behind it, or begin
 * elsewhere. The caller frees it with wire_free(). */
wire_t *wire_new(const schedule_config_t *schedule, options_mode_t mode, options_packet_t kind);
wire_t *wire_new_at(const schedule_config_t *schedule, options_mode_t mode, options_packet_t kind, uint16_t port);
void wire_free(wire_t *wire);

/* The file shows what the trace knew: one trace, every probe, every answer. */
void wire_check_file(const wire_t *wire, const session_summary_t *summary);

#endif
