/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_packets.h"

#include <glib.h>
#include <string.h>

const unit_packet_t *
unit_packets_at(size_t index)
{
    const struct {
        const unit_packet_t *packets;
        size_t count;
    } tables[] = {
        {unit_packets_ipv4, unit_packets_ipv4_count},
        {unit_packets_extension, unit_packets_extension_count},
        {unit_packets_length_ipv4, unit_packets_length_ipv4_count},
        {unit_packets_length_ipv6, unit_packets_length_ipv6_count},
        {unit_packets_ipv6, unit_packets_ipv6_count},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (index < tables[i].count)
            return &tables[i].packets[index];
        index -= tables[i].count;
    }
    return NULL;
}

const unit_packet_t *
unit_packets_find(const char *name)
{
    const unit_packet_t *packet;

    for (size_t i = 0; (packet = unit_packets_at(i)) != NULL; i++) {
        if (strcmp(packet->name, name) == 0)
            return packet;
    }
    g_error("no packet named %s", name);
}
