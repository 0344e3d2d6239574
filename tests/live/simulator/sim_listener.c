/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim_listener.h"

enum { ISN_SALT = 0x15ee, WINDOW = 65535, MILLISECOND_NS = 1000000 };

/* A flow that was answered with a SYN/ACK. */
typedef struct sim_flow {
    uint32_t seq;         /* of its first SYN */
    int64_t next_limited; /* the time before which no further challenge ACK or repeated SYN/ACK is sent */
} sim_flow_t;

struct sim_listener {
    GHashTable *flows; /* owned: flow hash to sim_flow_t */
};

/* All that the rules below need. */
typedef struct sim_case {
    const sim_target_t *target;
    sim_fields_t fields;
    uint32_t flow;
    uint32_t isn; /* the same for the flow each time, so that a completed handshake is known without state */
    int64_t now_ns;
} sim_case_t;

sim_listener_t *
sim_listener_new(void)
{
    sim_listener_t *listener = g_new0(sim_listener_t, 1);

    listener->flows = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return listener;
}

void
sim_listener_free(sim_listener_t *listener)
{
    if (listener == NULL)
        return;
    g_hash_table_unref(listener->flows);
    g_free(listener);
}

static bool
say(sim_segment_t *segment, uint16_t flags, uint32_t seq, uint32_t ack)
{
    segment->flags = flags;
    segment->seq = seq;
    segment->ack = ack;
    return true;
}

/* RFC 9768 section 3.1.1, table 2: with which ECN field the SYN arrived. */
static uint16_t
accurate_ecn(uint8_t ecn)
{
    switch (ecn) {
    case SIM_ECT_1: return SIM_CWR | SIM_ECE;
    case SIM_ECT_0: return SIM_AE;
    case SIM_CE: return SIM_AE | SIM_CWR;
    default: return SIM_CWR;
    }
}

static bool
say_syn_ack(const sim_case_t *here, sim_segment_t *segment)
{
    const uint16_t asks = SIM_ECE | SIM_CWR;
    const uint16_t all = SIM_AE | asks;
    uint16_t flags = SIM_SYN | SIM_ACK;

    if (here->target->reflects)
        flags |= here->fields.flags & all;
    else if (here->target->accecn && (here->fields.flags & all) == all)
        flags |= accurate_ecn(here->fields.ecn);
    else if (here->target->ecn && (here->fields.flags & asks) == asks)
        flags |= SIM_ECE;
    return say(segment, flags, here->isn, here->fields.seq + 1);
}

/* RFC 9293 3.10.7.1: a segment for a port where nobody listens. */
static bool
say_rst(const sim_case_t *here, sim_segment_t *segment)
{
    const sim_fields_t *fields = &here->fields;
    uint32_t length = fields->payload + ((fields->flags & SIM_SYN) != 0) + ((fields->flags & SIM_FIN) != 0);

    if ((fields->flags & SIM_ACK) != 0)
        return say(segment, SIM_RST, fields->ack, 0);
    return say(segment, SIM_RST | SIM_ACK, 0, fields->seq + length);
}

static bool
is_due(const sim_case_t *here, sim_flow_t *flow)
{
    if (here->now_ns < flow->next_limited)
        return false;
    flow->next_limited = here->now_ns + (int64_t)here->target->challenge_ms * MILLISECOND_NS;
    return true;
}

/* A SYN of a flow that was answered before; reference: what Linux 6.18 was seen to answer. */
static bool
answer_further_syn(sim_listener_t *listener, const sim_case_t *here, sim_answer_kind_t kind, sim_segment_t *segment)
{
    sim_flow_t *flow = g_hash_table_lookup(listener->flows, GUINT_TO_POINTER(here->flow));
    uint32_t ahead = here->fields.seq - flow->seq;

    if (kind == SIM_ANSWER_LINUX && ahead == 0)
        return is_due(here, flow) && say_syn_ack(here, segment);
    if (kind == SIM_ANSWER_LINUX && ahead <= WINDOW) {
        g_hash_table_remove(listener->flows, GUINT_TO_POINTER(here->flow));
        return say(segment, SIM_RST | SIM_ACK, 0, here->fields.seq + 1);
    }
    return is_due(here, flow) && say(segment, SIM_ACK, here->isn + 1, flow->seq + 1);
}

static bool
answer_syn(sim_listener_t *listener, const sim_case_t *here, sim_answer_kind_t kind, sim_segment_t *segment)
{
    sim_flow_t *flow;

    if (kind == SIM_ANSWER_SYN_ACK)
        return say_syn_ack(here, segment);
    if (g_hash_table_contains(listener->flows, GUINT_TO_POINTER(here->flow)))
        return answer_further_syn(listener, here, kind, segment);
    flow = g_new0(sim_flow_t, 1);
    flow->seq = here->fields.seq;
    g_hash_table_insert(listener->flows, GUINT_TO_POINTER(here->flow), flow);
    return say_syn_ack(here, segment);
}

/* A segment that is no SYN, at a port where somebody listens. */
static bool
answer_other(const sim_case_t *here, sim_segment_t *segment)
{
    const sim_fields_t *fields = &here->fields;
    bool completes = (fields->flags & (SIM_ACK | SIM_SYN)) == SIM_ACK && fields->ack == here->isn + 1;

    if ((fields->flags & SIM_ACK) == 0)
        return false;
    if (completes && (fields->flags & SIM_FIN) == 0)
        return false;
    return say_rst(here, segment);
}

bool
sim_listener_answer(sim_listener_t *listener, const sim_target_t *target, const sim_packet_t *packet, int64_t now_ns,
                    sim_segment_t *segment)
{
    const sim_case_t here = {.target = target,
                             .fields = sim_packet_fields(packet),
                             .flow = sim_packet_flow_hash(packet, 0, false),
                             .isn = sim_packet_flow_hash(packet, ISN_SALT, false),
                             .now_ns = now_ns};
    sim_answer_kind_t kind = sim_target_answer(target, here.fields.destination_port)->kind;

    if (kind == SIM_ANSWER_SILENT)
        return false;
    if ((here.fields.flags & SIM_RST) != 0) {
        if (kind == SIM_ANSWER_LINUX)
            g_hash_table_remove(listener->flows, GUINT_TO_POINTER(here.flow));
        return false;
    }
    if (kind == SIM_ANSWER_RST)
        return say_rst(&here, segment);
    if ((here.fields.flags & (SIM_SYN | SIM_ACK)) == SIM_SYN)
        return answer_syn(listener, &here, kind, segment);
    return answer_other(&here, segment);
}
