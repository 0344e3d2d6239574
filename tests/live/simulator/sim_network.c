/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim_listener.h"
#include "sim_network.h"
#include "sim_walk.h"

enum { MICROSECOND_NS = 1000, SECOND_NS = 1000000000 };

/* A token bucket: one for each router and family. */
typedef struct sim_bucket {
    double tokens;
    int64_t filled_ns; /* when `tokens` was right */
} sim_bucket_t;

struct sim_network {
    const sim_description_t *description; /* borrowed */
    sim_random_t random;
    sim_listener_t *listener; /* owned */
    GHashTable *buckets[2];   /* owned: sim_router_t to sim_bucket_t; IPv4, IPv6 */
    uint16_t next_ip_id;
    int64_t now_ns; /* of the packet that is being answered */
};

sim_network_t *
sim_network_new(const sim_description_t *description)
{
    sim_network_t *network = g_new0(sim_network_t, 1);

    network->description = description;
    network->listener = sim_listener_new();
    sim_random_init(&network->random, description->seed);
    for (size_t i = 0; i < G_N_ELEMENTS(network->buckets); i++)
        network->buckets[i] = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return network;
}

void
sim_network_free(sim_network_t *network)
{
    if (network == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(network->buckets); i++)
        g_hash_table_unref(network->buckets[i]);
    sim_listener_free(network->listener);
    g_free(network);
}

const char *
sim_outcome_name(sim_outcome_t outcome)
{
    switch (outcome) {
    case SIM_ANSWERED: return "answered";
    case SIM_SILENT: return "silent";
    case SIM_RATE_LIMITED: return "rate-limited";
    case SIM_LOST: return "lost";
    case SIM_DROPPED: return "dropped";
    case SIM_NO_TARGET: return "no-target";
    }
    return "";
}

static bool
take_token(sim_network_t *network, const sim_router_t *router, uint8_t family)
{
    GHashTable *buckets = network->buckets[family == 6];
    double rate = family == 6 ? router->per_second_ipv6 : router->per_second_ipv4;
    sim_bucket_t *bucket;

    if (router->burst == 0)
        return true;
    bucket = g_hash_table_lookup(buckets, router);
    if (bucket == NULL) {
        bucket = g_new0(sim_bucket_t, 1);
        bucket->tokens = router->burst;
        bucket->filled_ns = network->now_ns;
        g_hash_table_insert(buckets, (void *)router, bucket);
    }
    bucket->tokens += rate * (double)(network->now_ns - bucket->filled_ns) / SECOND_NS;
    bucket->tokens = MIN(bucket->tokens, router->burst);
    bucket->filled_ns = network->now_ns;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}

/* The reply passes the routers before `hop` on its way back. */
static uint8_t
ttl_on_arrival(uint8_t ttl, unsigned hop)
{
    return (uint8_t)(ttl > hop - 1 ? ttl - (hop - 1) : 1);
}

static int64_t
delay(sim_network_t *network, int64_t rtt_us, uint32_t jitter_us, int64_t default_us)
{
    int64_t base_us = rtt_us != SIM_RTT_BY_DISTANCE ? rtt_us : default_us;

    return (base_us + sim_random_up_to(&network->random, jitter_us)) * MICROSECOND_NS;
}

static void
write_router_error(sim_network_t *network, const sim_walk_t *walk, const sim_address_t *sender, sim_verdict_t *verdict)
{
    const sim_router_t *router = walk->router;
    bool rejected = walk->end == SIM_END_REJECTED;
    const sim_unreachable_t codes = rejected ? router->reject : (sim_unreachable_t){0, 0};
    const sim_icmp_t icmp = {.from = verdict->from,
                             .to = *sender,
                             .is_unreachable = rejected,
                             .code = sender->family == 4 ? codes.code_ipv4 : codes.code_ipv6,
                             .ttl = ttl_on_arrival(router->ttl, walk->hop),
                             .tos = router->tos,
                             .ip_id = ++network->next_ip_id,
                             .quote = router->quote,
                             .labels = router->labels,
                             .extension_length = router->extension_length};
    sim_packet_t quoted;

    sim_walk_quote(walk, rejected ? SIM_TTL_AS_IT_IS : router->quote_ttl, &quoted);
    sim_reply_icmp(&icmp, &quoted, &verdict->reply);
    verdict->answer = rejected ? "unreachable" : "time-exceeded";
}

static sim_outcome_t
answer_as_router(sim_network_t *network, const sim_walk_t *walk, const sim_address_t *sender, sim_verdict_t *verdict)
{
    const sim_router_t *router = walk->router;
    uint8_t family = walk->packet.family;

    if (walk->end == SIM_END_DROPPED)
        return SIM_DROPPED;
    verdict->from = family == 4 ? router->ipv4 : router->ipv6;
    if (router->silent || verdict->from.family == 0)
        return SIM_SILENT;
    if (!take_token(network, router, family))
        return SIM_RATE_LIMITED;
    if (sim_random_chance(&network->random, router->loss))
        return SIM_LOST;
    write_router_error(network, walk, sender, verdict);
    return SIM_ANSWERED;
}

static void
write_target_error(const sim_walk_t *walk, const sim_target_t *target, const sim_answer_t *answer,
                   const sim_address_t *sender, sim_verdict_t *verdict)
{
    sim_packet_t quoted;
    sim_icmp_t icmp = {.is_unreachable = true, .quote = SIM_QUOTE_FULL, .tos = 0xc0};

    sim_walk_quote(walk, SIM_TTL_AS_IT_IS, &quoted);
    icmp.from = verdict->from;
    icmp.to = *sender;
    icmp.code = quoted.family == 4 ? answer->unreachable.code_ipv4 : answer->unreachable.code_ipv6;
    icmp.ttl = ttl_on_arrival(target->ttl, walk->hop);
    sim_reply_icmp(&icmp, &quoted, &verdict->reply);
    verdict->answer = "unreachable";
}

static const char *
segment_name(uint16_t flags)
{
    if ((flags & SIM_RST) != 0)
        return "rst";
    return (flags & SIM_SYN) != 0 ? "syn-ack" : "ack";
}

static sim_outcome_t
answer_as_target(sim_network_t *network, const sim_walk_t *walk, const sim_target_t *target, const sim_packet_t *packet,
                 sim_verdict_t *verdict)
{
    const sim_fields_t fields = sim_packet_fields(packet);
    const sim_answer_t *answer = sim_target_answer(target, fields.destination_port);
    sim_segment_t segment = {.ttl = ttl_on_arrival(target->ttl, walk->hop)};
    sim_packet_t arrived = *packet; /* what NATs changed is undone in the answer, what became of ECN is not */

    sim_packet_set_ecn(&arrived, sim_packet_fields(&walk->packet).ecn);
    verdict->from = fields.destination;
    if (packet->protocol != SIM_PROTOCOL_TCP || packet->length - packet->transport < SIM_TCP_HEADER)
        return SIM_SILENT;
    if (answer->kind == SIM_ANSWER_UNREACHABLE) {
        if ((fields.flags & SIM_RST) != 0)
            return SIM_SILENT;
        write_target_error(walk, target, answer, &fields.source, verdict);
    } else {
        if (!sim_listener_answer(network->listener, target, &arrived, network->now_ns, &segment))
            return SIM_SILENT;
        sim_reply_tcp(&segment, packet, &verdict->reply);
        verdict->answer = segment_name(segment.flags);
    }
    return sim_random_chance(&network->random, target->loss) ? SIM_LOST : SIM_ANSWERED;
}

void
sim_network_receive(sim_network_t *network, const sim_packet_t *packet, int64_t now_ns, sim_verdict_t *verdict)
{
    const sim_fields_t fields = sim_packet_fields(packet);
    const sim_target_t *target = sim_description_target(network->description, &fields.destination);
    bool with_label = network->description->hash_flow_label;
    sim_walk_t walk;

    *verdict = (sim_verdict_t){.outcome = SIM_NO_TARGET, .at = "", .answer = ""};
    verdict->flow = sim_packet_flow_hash(packet, 0, with_label);
    if (target == NULL)
        return;
    network->now_ns = now_ns;
    sim_walk_run(&walk, packet, target, &network->random, with_label);
    verdict->hop = walk.hop;
    if (walk.router != NULL) {
        verdict->at = walk.router->name;
        verdict->outcome = answer_as_router(network, &walk, &fields.source, verdict);
        verdict->delay_ns =
            delay(network, walk.router->rtt_us, walk.router->jitter_us, (int64_t)target->hop_rtt_us * walk.hop);
    } else {
        verdict->at = target->name;
        verdict->outcome = answer_as_target(network, &walk, target, packet, verdict);
        verdict->delay_ns = delay(network, target->rtt_us, target->jitter_us, (int64_t)target->hop_rtt_us * walk.hop);
    }
}
