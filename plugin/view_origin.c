/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_origin.h"

#include <string.h>

#include <wireshark.h>
#include <epan/maxmind_db.h>

static const mmdb_lookup_t *
look_up(uint8_t family, const ttr_address_t *address)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;

    if (family == TTR_FAMILY_IPV4) {
        memcpy(&ipv4, address->bytes, sizeof ipv4);
        return maxmind_db_lookup_ipv4(&ipv4);
    }
    memcpy(&ipv6, address->bytes, sizeof ipv6);
    return maxmind_db_lookup_ipv6(&ipv6);
}

char *
ttr_view_as(uint8_t family, const ttr_address_t *address)
{
    const mmdb_lookup_t *found = look_up(family, address);
    const char *name = found->found && found->as_org != NULL ? found->as_org : "";

    if (!found->found || found->as_number == 0)
        return g_strdup(name);
    return g_strdup_printf("AS%u%s%s", found->as_number, name[0] == '\0' ? "" : " ", name);
}

char *
ttr_view_country(uint8_t family, const ttr_address_t *address)
{
    const mmdb_lookup_t *found = look_up(family, address);

    return g_strdup(found->found && found->country != NULL ? found->country : "");
}
