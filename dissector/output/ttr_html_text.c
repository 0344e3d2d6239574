/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_html.h"

#include "ttr_format.h"
#include "ttr_markup.h"
#include "ttr_text.h"

#define LETTERS 26u

void
ttr_html_address(GString *out, uint8_t family, const ttr_address_t *address)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    ttr_text_address(family, address, digits);
    ttr_markup_html(out, digits);
}

void
ttr_html_name(GString *out, const ttr_output_context_t *context, uint8_t family, const ttr_address_t *address)
{
    const char *name = ttr_format_host_name(context->names, family, address);

    if (name == NULL)
        return;
    g_string_append(out, "<span class=\"name\">");
    ttr_markup_html(out, name);
    g_string_append(out, "</span>");
}

void
ttr_html_port(GString *out, const ttr_output_context_t *context, uint16_t port)
{
    const char *service = ttr_format_service(context->names, port);

    g_string_append_printf(out, "port %u", port);
    if (service == NULL)
        return;
    g_string_append(out, " (");
    ttr_markup_html(out, service);
    g_string_append(out, ")");
}

void
ttr_html_state(GString *out, ttr_state_t state)
{
    g_string_append_printf(out, "<span class=\"state %s\">%s</span>", ttr_state_name(state), ttr_state_name(state));
}

void
ttr_html_ms(GString *out, double ms)
{
    ttr_markup_number(out, ms, 3);
}

void
ttr_html_letter(GString *out, uint32_t responder)
{
    if (responder < LETTERS)
        g_string_append_c(out, (char)('A' + responder));
    else
        g_string_append_printf(out, "%u", responder + 1);
}

bool
ttr_html_has_letters(const ttr_hop_t *hop)
{
    return hop->responders->len > 1;
}
