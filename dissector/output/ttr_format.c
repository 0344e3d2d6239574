/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_format.h"

#include "ttr_markup.h"
#include "ttr_text.h"

#define NS_PER_SECOND INT64_C(1000000000)

const char *
ttr_format_host_name(const ttr_output_names_t *names, uint8_t family, const ttr_address_t *address)
{
    return names->host == NULL ? NULL : names->host(names->user, family, address);
}

char *
ttr_format_host(const ttr_output_names_t *names, uint8_t family, const ttr_address_t *address)
{
    const char *name = ttr_format_host_name(names, family, address);
    char digits[TTR_TEXT_ADDRESS_MAX];
    char *plain;
    char *host;

    ttr_text_address(family, address, digits);
    if (name == NULL)
        return g_strdup(digits);
    plain = ttr_markup_plain(name);
    host = g_strdup_printf("%s (%s)", plain, digits);
    g_free(plain);
    return host;
}

const char *
ttr_format_service(const ttr_output_names_t *names, uint16_t port)
{
    return names->service == NULL ? NULL : names->service(names->user, port);
}

int64_t
ttr_format_seconds(int64_t time_ns)
{
    return time_ns / NS_PER_SECOND - (time_ns % NS_PER_SECOND < 0 ? 1 : 0);
}

uint32_t
ttr_format_nanoseconds(int64_t time_ns)
{
    return (uint32_t)(time_ns - ttr_format_seconds(time_ns) * NS_PER_SECOND);
}

void
ttr_format_header(GString *out, const ttr_output_names_t *names, const ttr_trace_info_t *trace)
{
    char *host = ttr_format_host(names, trace->family, &trace->target);
    const char *service = ttr_format_service(names, trace->dport);

    g_string_append_printf(out, "Tracing the path to %s on TCP port %u", host, trace->dport);
    if (service != NULL)
        g_string_append_printf(out, " (%s)", service);
    g_string_append_printf(out, ", %u hops max\n", trace->last_ttl);
    g_free(host);
}

char *
ttr_format_date(int64_t time_ns, const char *format)
{
    GDateTime *date = g_date_time_new_from_unix_utc(ttr_format_seconds(time_ns));
    char *text;

    if (date == NULL)           /* beyond the year 9999 */
        date = g_date_time_new_from_unix_utc(0);
    text = g_date_time_format(date, format);
    g_date_time_unref(date);
    return text;
}

static void
append_interface(GString *text, const ttr_interface_t *interface)
{
    static const char *const roles[] = {"in", "sub-IP", "out", "next hop"};
    char digits[TTR_TEXT_ADDRESS_MAX];

    g_string_append_printf(text, "%s%s:", text->len == 0 ? "" : "; ", roles[interface->role & 3]);
    if (interface->name[0] != '\0')
        g_string_append_printf(text, " %s", interface->name);
    if (interface->has_index)
        g_string_append_printf(text, " index %u", interface->index);
    if (interface->family != 0) {
        ttr_text_address(interface->family, &interface->address, digits);
        g_string_append_printf(text, " %s", digits);
    }
    if (interface->has_mtu)
        g_string_append_printf(text, " MTU %u", interface->mtu);
}

char *
ttr_format_extension(const ttr_extension_t *extension)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < extension->mpls_count; i++) {
        const ttr_mpls_t *mpls = &extension->mpls[i];

        g_string_append_printf(text, "%sL=%u,E=%u,S=%u,T=%u", i == 0 ? "MPLS:" : "/", mpls->label, mpls->exp,
                               mpls->bottom, mpls->ttl);
    }
    for (size_t i = 0; i < extension->interface_count; i++)
        append_interface(text, &extension->interfaces[i]);
    return g_string_free(text, text->len == 0);
}
