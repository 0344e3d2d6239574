/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit_packets.h"

#include <glib.h>
#include <string.h>

const unit_packet_t *
unit_packets_at(size_t index)
{
    if (index < unit_packets_ipv4_count)
        return &unit_packets_ipv4[index];
    index -= unit_packets_ipv4_count;
    if (index < unit_packets_extension_count)
        return &unit_packets_extension[index];
    index -= unit_packets_extension_count;
    return index < unit_packets_ipv6_count ? &unit_packets_ipv6[index] : NULL;
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
