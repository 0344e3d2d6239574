/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sim_nat.h"

enum { PORTS = 1000 };

static void
change_ip_id(sim_id_change_t change, sim_packet_t *packet)
{
    uint16_t id = sim_packet_fields(packet).ip_id;

    switch (change) {
    case SIM_ID_KEEP: return;
    case SIM_ID_ZERO: id = 0; break;
    case SIM_ID_INCREMENT: id = (uint16_t)(id + 1); break;
    case SIM_ID_SWAP: id = (uint16_t)(id << 8 | id >> 8); break;
    }
    sim_packet_set_ip_id(packet, id);
}

sim_nat_step_t
sim_nat_apply(const sim_nat_t *nat, sim_packet_t *packet)
{
    const sim_fields_t fields = sim_packet_fields(packet);
    const sim_address_t *address = packet->family == 4 ? &nat->address_ipv4 : &nat->address_ipv6;
    sim_nat_step_t step = {.old_source = fields.source, .old_port = fields.source_port};

    change_ip_id(nat->ip_id, packet);
    step.new_source = address->family != 0 ? *address : fields.source;
    step.new_port = fields.source_port;
    if (nat->changes_port && packet->protocol == SIM_PROTOCOL_TCP)
        step.new_port = (uint16_t)(nat->port_base + fields.source_port % PORTS);
    if (address->family == 0 && step.new_port == step.old_port)
        return step;
    sim_packet_set_source(packet, step.new_source, step.new_port);
    step.changed = !nat->leaves_quotes;
    return step;
}

void
sim_nat_undo(const sim_nat_step_t *step, sim_packet_t *quoted)
{
    const sim_fields_t fields = sim_packet_fields(quoted);

    if (!step->changed || fields.source_port != step->new_port ||
        memcmp(fields.source.bytes, step->new_source.bytes, sizeof fields.source.bytes) != 0)
        return;
    sim_packet_set_source(quoted, step->old_source, step->old_port);
}
