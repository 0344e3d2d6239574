/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which segments are no probes, whatever their TTL?
 * - What goes on with a connection that a probe opened: tools that call connect() set the socket's TTL, and so the
 *   kernel's ACK, FIN and RST of this connection have it, too.
 * - What answers the other side: SYN/ACKs and RSTs that repeat a number of it (RFC 9293 section 3.10.7).
 */
#include "ttr_interned.h"
#include "ttr_runs.h"
#include "ttr_sort.h"

enum {
    CLOCK_SLACK_NS = 10000000   /* two devices of one host, two clocks: the RST may be stamped before the SYN/ACK */
};

/* A packet by a number that an answer to it repeats. */
typedef struct ttr_named {
    uint64_t key;               /* flow and number */
    ttr_packet_t *packet;
} ttr_named_t;

/* Sorted by key, and by time where it is the same. */
typedef struct ttr_names {
    ttr_named_t *named;         /* NULL: not sorted yet */
    uint32_t count;
} ttr_names_t;

/* What the other side sent, by what an answer repeats of it. */
typedef enum {
    TTR_NAMES_ACK,              /* a RST has it as seq */
    TTR_NAMES_END,              /* a RST acknowledges it */
    TTR_NAMES_OPENING,          /* a SYN/ACK acknowledges it */
    TTR_NAMES_SYN_ACK,          /* by its ack, which a RST that refuses it has as seq */
    TTR_NAMES_COUNT
} ttr_names_kind_t;

typedef struct ttr_roles {
    ttr_side_t *side;
    ttr_names_t names[TTR_NAMES_COUNT]; /* of the other side */
    bool *follow_ups;           /* NULL, or by place_of() an option list: those of segments that went on with a connection */
} ttr_roles_t;

static bool
has_options(const ttr_sighting_t *segment)
{
    return segment->shape != TTR_INTERNED_NONE;
}

static bool
is_syn(const ttr_sighting_t *segment)
{
    return (segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == TTR_TCP_SYN;
}

static bool
is_syn_ack(const ttr_sighting_t *segment)
{
    return (segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) == (TTR_TCP_SYN | TTR_TCP_ACK);
}

static int
compare_named(const void *a, const void *b)
{
    const ttr_named_t *first = a;
    const ttr_named_t *second = b;

    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    return first->packet->order < second->packet->order ? -1 : first->packet->order > second->packet->order;
}

static void
add(ttr_names_t *names, ttr_packet_t *packet, uint32_t number)
{
    names->named[names->count++] = (ttr_named_t){ttr_key_flow_seq(packet->segment->flow, number), packet};
}

/* A SYN is named by what a target acknowledges: all of it, or without its payload. */
static void
add_names(ttr_names_t *names, ttr_names_kind_t kind, ttr_packet_t *packet)
{
    const ttr_sighting_t *segment = packet->segment;
    bool has_syn = (segment->flags & TTR_TCP_SYN) != 0;
    uint32_t end = segment->seq + segment->payload + has_syn;

    switch (kind) {
    case TTR_NAMES_ACK:
        add(names, packet, segment->ack);
        return;
    case TTR_NAMES_SYN_ACK:
        if (is_syn_ack(segment))
            add(names, packet, segment->ack);
        return;
    case TTR_NAMES_END:
        add(names, packet, end + ((segment->flags & TTR_TCP_FIN) != 0));
        break;
    case TTR_NAMES_OPENING:
        if (has_syn)
            add(names, packet, end);
        break;
    case TTR_NAMES_COUNT:
        return;
    }
    if (has_syn)
        add(names, packet, segment->seq + 1);
}

static void
build(ttr_roles_t *roles, ttr_names_kind_t kind)
{
    const ttr_side_t *other = roles->side->other;
    ttr_names_t *names = &roles->names[kind];

    names->named = TTR_ARENA_ARRAY(other->work->arena, ttr_named_t, 2 * (size_t)other->packet_count);
    for (uint32_t i = 0; i < other->packet_count; i++)
        add_names(names, kind, other->packets[i]);
    ttr_sort(names->named, names->count, sizeof *names->named, compare_named);
}

/* The latest packet with this number that was sent until then; NULL: there is none. */
static ttr_packet_t *
find(ttr_roles_t *roles, ttr_names_kind_t kind, const ttr_packet_t *packet, uint32_t number, int64_t time_ns)
{
    const ttr_names_t *names = &roles->names[kind];
    uint64_t key = ttr_key_flow_seq(packet->segment->flow, number);
    uint32_t low = 0;
    uint32_t high;

    if (names->named == NULL)
        build(roles, kind);
    for (high = names->count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        const ttr_named_t *named = &names->named[middle];

        if (named->key < key || (named->key == key && named->packet->time_ns <= time_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && names->named[low - 1].key == key ? names->named[low - 1].packet : NULL;
}

static bool
is_named(ttr_roles_t *roles, ttr_names_kind_t kind, const ttr_packet_t *packet, uint32_t number)
{
    return find(roles, kind, packet, number, INT64_MAX) != NULL;
}

/* A number of the other side in a RST or SYN/ACK makes it an answer. */
static void
mark_answer(ttr_roles_t *roles, ttr_packet_t *packet)
{
    const ttr_sighting_t *segment = packet->segment;
    bool has_ack = (segment->flags & TTR_TCP_ACK) != 0;

    if ((segment->flags & TTR_TCP_RST) != 0 &&
        (is_named(roles, TTR_NAMES_ACK, packet, segment->seq) ||
         (has_ack && is_named(roles, TTR_NAMES_END, packet, segment->ack)))) {
        packet->role = TTR_PACKET_RESET;
        packet->refused = find(roles, TTR_NAMES_SYN_ACK, packet, segment->seq, packet->time_ns);
        if (packet->refused == NULL)        /* captured a little out of order */
            packet->refused = find(roles, TTR_NAMES_SYN_ACK, packet, segment->seq, packet->time_ns + CLOCK_SLACK_NS);
    } else if (is_syn_ack(segment) && is_named(roles, TTR_NAMES_OPENING, packet, segment->ack)) {
        packet->role = TTR_PACKET_ANSWER;
    }
}

/* The last SYN of a kernel in this flow: one with options. */
static const ttr_packet_t *
opening_of(ttr_range_t flow)
{
    for (uint32_t i = flow.count; i-- > 0;) {
        if (is_syn(flow.packets[i]->segment) && has_options(flow.packets[i]->segment))
            return flow.packets[i];
    }
    return NULL;
}

/* The place of an option list among all; those without a number of their own share the one behind the last number. */
static uint32_t
place_of(const ttr_roles_t *roles, uint16_t shape)
{
    return MIN(shape, ttr_interned_count(roles->side->work->store->shapes) + 1u);
}

/* Which option lists have segments that go on with a connection of low TTL? */
static void
learn_follow_ups(ttr_roles_t *roles, ttr_range_t flow)
{
    const ttr_packet_t *opening = opening_of(flow);

    if (opening == NULL || !ttr_run_is_low(opening))
        return;
    for (uint32_t i = 0; i < flow.count; i++) {
        const ttr_sighting_t *segment = flow.packets[i]->segment;

        if ((segment->flags & TTR_TCP_SYN) != 0 || segment->ttl != opening->segment->ttl)
            continue;
        if (roles->follow_ups == NULL)
            roles->follow_ups = TTR_ARENA_ARRAY(roles->side->work->arena, bool, place_of(roles, TTR_INTERNED_OTHER) + 1);
        roles->follow_ups[place_of(roles, segment->shape)] = true;
    }
}

/* Does it go on with a connection whose SYN is not in the capture? */
static bool
is_orphan(const ttr_roles_t *roles, const ttr_packet_t *packet)
{
    const ttr_sighting_t *segment = packet->segment;

    return has_options(segment) && segment->payload == 0 && ttr_run_is_low(packet) && roles->follow_ups != NULL &&
           roles->follow_ups[place_of(roles, segment->shape)];
}

/* What goes on with the connections of one flow. A RST after the handshake refuses nothing. */
static void
mark_connection(ttr_roles_t *roles, ttr_range_t flow)
{
    ttr_packet_t *opening = NULL;

    for (uint32_t i = 0; i < flow.count; i++) {
        ttr_packet_t *packet = flow.packets[i];
        const ttr_sighting_t *segment = packet->segment;

        if (is_syn(segment) && has_options(segment))
            opening = packet;
        if ((segment->flags & TTR_TCP_SYN) != 0)
            continue;
        if (opening != NULL && opening->is_completed)
            packet->refused = NULL;
        if (opening == NULL ? !is_orphan(roles, packet) : opening->segment->ttl != segment->ttl)
            continue;
        if (packet->role == TTR_PACKET_PLAIN)
            packet->role = TTR_PACKET_CONNECTION;
        /* connect() finishes the handshake with the TTL of the probe. */
        if (opening != NULL && (segment->flags & (TTR_TCP_ACK | TTR_TCP_RST)) == TTR_TCP_ACK)
            opening->is_completed = true;
    }
}

/* Calls this for each flow of a side. */
static void
for_each_flow(ttr_roles_t *roles, void (*act)(ttr_roles_t *roles, ttr_range_t flow))
{
    ttr_side_t *side = roles->side;

    for (uint32_t i = 0; i < side->packet_count; i++) {
        ttr_range_t flow = ttr_side_find(side, TTR_ORDER_FLOW, side->packets[i]->segment->flow);

        if (flow.packets[0] == side->packets[i])
            act(roles, flow);
    }
}

void
ttr_run_mark_roles(ttr_work_t *work)
{
    for (int i = 0; i < 2; i++) {
        ttr_roles_t roles = {.side = &work->sides[i]};

        for (uint32_t at = 0; at < roles.side->packet_count; at++)
            mark_answer(&roles, roles.side->packets[at]);
        for_each_flow(&roles, learn_follow_ups);
        for_each_flow(&roles, mark_connection);
    }
}
