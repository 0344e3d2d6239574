/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view_format.h"

#include <string.h>

#include "view_markup.h"

#include <epan/packet.h>
#include <epan/addr_resolv.h>

#define NS_PER_SECOND INT64_C(1000000000)

const char *
ttr_view_host_name(uint8_t family, const ttr_address_t *address_bytes)
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

char *
ttr_view_host(uint8_t family, const ttr_address_t *address_bytes)
{
    const char *name = ttr_view_host_name(family, address_bytes);
    char digits[TTR_TEXT_ADDRESS_MAX];
    char *plain;
    char *host;

    ttr_text_address(family, address_bytes, digits);
    if (name == NULL)
        return g_strdup(digits);
    plain = ttr_markup_plain(name);
    host = g_strdup_printf("%s (%s)", plain, digits);
    g_free(plain);
    return host;
}

const char *
ttr_view_service(uint16_t port)
{
    return gbl_resolv_flags.transport_name ? try_serv_name_lookup(PT_TCP, port) : NULL;
}

int64_t
ttr_view_seconds(int64_t time_ns)
{
    return time_ns / NS_PER_SECOND - (time_ns % NS_PER_SECOND < 0 ? 1 : 0);
}

uint32_t
ttr_view_nanoseconds(int64_t time_ns)
{
    return (uint32_t)(time_ns - ttr_view_seconds(time_ns) * NS_PER_SECOND);
}

char *
ttr_view_date(int64_t time_ns, const char *format)
{
    GDateTime *date = g_date_time_new_from_unix_utc(ttr_view_seconds(time_ns));
    char *text;

    if (date == NULL)           /* beyond the year 9999 */
        date = g_date_time_new_from_unix_utc(0);
    text = g_date_time_format(date, format);
    g_date_time_unref(date);
    return text;
}

bool
ttr_view_is_on_path(const ttr_trace_info_t *trace, uint8_t ttl)
{
    return !trace->is_reached || ttl <= trace->path_length;
}

bool
ttr_view_first_reply(const ttr_store_t *store, const ttr_probe_info_t *probe, ttr_reply_info_t *reply)
{
    return ttr_path_reply(store, probe->first_reply, reply);
}
