/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_filter.h"

/* "dst portrange 40000-40255 or dst port 50000": all ports that are ours. */
static char *
own_ports_text(const ports_t *ports)
{
    g_autoptr(GString) text = g_string_new(NULL);
    size_t count;
    const uint16_t *list = ports_list(ports, &count);

    for (size_t at = 0, next; at < count; at = next) {
        for (next = at + 1; next < count && list[next] == list[next - 1] + 1; next++) {
        }
        g_string_append_printf(text, "%sdst portrange %u-%u", at == 0 ? "" : " or ", list[at], list[next - 1]);
    }
    return g_strdup(text->str);
}

char *
run_filter_text(const run_targets_t *targets)
{
    g_autoptr(GString) hosts = g_string_new(NULL);
    g_autofree char *ports = own_ports_text(targets->ports);

    for (guint i = 0; i < targets->list->len; i++) {
        const run_target_t *target = g_ptr_array_index(targets->list, i);
        g_autofree char *text = route_address_text(target->where.family, &target->where.address);

        g_string_append_printf(hosts, "%shost %s", i == 0 ? "" : " or ", text);
    }
    if (hosts->len == 0)
        return g_strdup("icmp and icmp6");      /* nothing */
    return g_strdup_printf("(tcp port %d and (%s)) or (tcp src port %d and (%s)) or "
                           "(icmp and (icmp[0] == 3 or icmp[0] == 11 or icmp[0] == 12)) or "
                           "(icmp6 and ip6[40] >= 1 and ip6[40] <= 4)",
                           targets->options->port, hosts->str, targets->options->port, ports);
}
