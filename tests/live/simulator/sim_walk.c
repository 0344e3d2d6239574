/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim_path.h"
#include "sim_walk.h"

typedef struct sim_walker {
    sim_walk_t *walk;
    sim_random_t *random;
    bool hash_flow_label;
    unsigned ttl; /* left when the packet comes to the next hop */
} sim_walker_t;

static bool
rejects(const sim_router_t *router, const sim_packet_t *packet)
{
    uint16_t port = sim_packet_fields(packet).destination_port;

    if (!router->rejects)
        return false;
    for (unsigned i = 0; i < router->reject_ports->len; i++) {
        if (g_array_index(router->reject_ports, uint16_t, i) == port)
            return true;
    }
    return router->reject_ports->len == 0;
}

static bool
ends(sim_walk_t *walk, const sim_router_t *router, sim_end_t end)
{
    walk->router = router;
    walk->end = end;
    return true;
}

/* True when the packet ends at this router. */
static bool
pass_router(sim_walker_t *walker, const sim_router_t *router)
{
    sim_walk_t *walk = walker->walk;
    sim_nat_step_t step;

    walk->hop++;
    if (sim_random_chance(walker->random, router->drop))
        return ends(walk, router, SIM_END_DROPPED);
    if (walker->ttl <= 1)
        return ends(walk, router, SIM_END_EXPIRED);
    if (rejects(router, &walk->packet))
        return ends(walk, router, SIM_END_REJECTED);
    walker->ttl--;
    if (router->changes_ecn)
        sim_packet_set_ecn(&walk->packet, router->ecn);
    step = sim_nat_apply(&router->nat, &walk->packet);
    if (step.changed && walk->nat_count < SIM_NATS_MAX)
        walk->nats[walk->nat_count++] = step;
    return false;
}

static const GPtrArray *
choose_branch(sim_walker_t *walker, const sim_element_t *element)
{
    uint32_t hash = element->balance == SIM_BALANCE_PACKET
                        ? sim_random_next(walker->random)
                        : sim_packet_flow_hash(&walker->walk->packet, element->salt, walker->hash_flow_label);

    return g_ptr_array_index(element->branches, sim_path_branch(hash, element->branches->len));
}

static bool
pass_elements(sim_walker_t *walker, const GPtrArray *elements)
{
    for (unsigned i = 0; i < elements->len; i++) {
        const sim_element_t *element = g_ptr_array_index(elements, i);

        if (element->router != NULL ? pass_router(walker, element->router)
                                    : pass_elements(walker, choose_branch(walker, element)))
            return true;
    }
    return false;
}

void
sim_walk_run(sim_walk_t *walk, const sim_packet_t *packet, const sim_target_t *target, sim_random_t *random,
             bool hash_flow_label)
{
    sim_walker_t walker = {
        .walk = walk, .random = random, .hash_flow_label = hash_flow_label, .ttl = sim_packet_fields(packet).ttl};

    walk->packet = *packet;
    walk->end = SIM_END_ARRIVED;
    walk->router = NULL;
    walk->hop = 0;
    walk->nat_count = 0;
    if (!pass_elements(&walker, target->path))
        walk->hop++;
    sim_packet_set_ttl(&walk->packet, (uint8_t)walker.ttl);
}

void
sim_walk_quote(const sim_walk_t *walk, int64_t quote_ttl, sim_packet_t *quoted)
{
    *quoted = walk->packet;
    if (quote_ttl != SIM_TTL_AS_IT_IS)
        sim_packet_set_ttl(quoted, (uint8_t)quote_ttl);
    for (unsigned i = walk->nat_count; i > 0; i--)
        sim_nat_undo(&walk->nats[i - 1], quoted);
}
