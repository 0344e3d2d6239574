/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_names.h"

#include <string.h>

#include <epan/packet.h>
#include <epan/addr_resolv.h>

#include "ttr_text.h"

static const char *
host_name(void *user G_GNUC_UNUSED, uint8_t family, const ttr_address_t *address_bytes)
{
    char digits[TTR_TEXT_ADDRESS_MAX];
    const char *name;
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;

    if (!gbl_resolv_flags.network_name)
        return NULL;
    if (family == TTR_FAMILY_IPV4) {
        memcpy(&ipv4, address_bytes->bytes, sizeof ipv4);
        name = get_hostname(ipv4);
    } else {
        memcpy(&ipv6, address_bytes->bytes, sizeof ipv6);
        name = get_hostname6(&ipv6);
    }
    ttr_text_address(family, address_bytes, digits);
    return strcmp(name, digits) == 0 ? NULL : name;
}

static const char *
service_name(void *user G_GNUC_UNUSED, uint16_t port)
{
    return gbl_resolv_flags.transport_name ? try_serv_name_lookup(PT_TCP, port) : NULL;
}

const ttr_output_names_t ttr_view_names = {.host = host_name, .service = service_name};
