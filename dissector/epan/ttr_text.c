/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_text.h"

#include <string.h>

#include <epan/packet.h>
#include <epan/to_str.h>

#define NS_PER_US 1000u
#define US_PER_MS 1000u
#define DIGITS_MAX 20

void
ttr_text_add(ttr_text_t *text, const char *words)
{
    size_t length = strlen(words);

    if (length > sizeof text->data - 1 - text->used)
        length = sizeof text->data - 1 - text->used;
    memcpy(text->data + text->used, words, length);
    text->used += length;
    text->data[text->used] = '\0';
}

void
ttr_text_add_number(ttr_text_t *text, uint64_t number)
{
    char digits[DIGITS_MAX + 1];
    size_t at = DIGITS_MAX;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    ttr_text_add(text, digits + at);
}

void
ttr_text_add_ms(ttr_text_t *text, int64_t ns)
{
    uint64_t us = ((ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) + NS_PER_US / 2) / NS_PER_US;
    unsigned fraction = (unsigned)(us % US_PER_MS);
    char decimals[] = {'.', (char)('0' + fraction / 100), (char)('0' + fraction / 10 % 10),
                       (char)('0' + fraction % 10), '\0'};

    if (ns < 0)
        ttr_text_add(text, "-");
    ttr_text_add_number(text, us / US_PER_MS);
    ttr_text_add(text, decimals);
}

void
ttr_text_ms(int64_t ns, char ms[TTR_TEXT_MS_MAX])
{
    ttr_text_t text = {.used = 0};

    ttr_text_add_ms(&text, ns);
    memcpy(ms, text.data, text.used + 1);
}

void
ttr_text_address(uint8_t family, const ttr_address_t *address_bytes, char digits[TTR_TEXT_ADDRESS_MAX])
{
    address addr;

    if (family == TTR_FAMILY_IPV4)
        set_address(&addr, AT_IPv4, 4, address_bytes->bytes);
    else
        set_address(&addr, AT_IPv6, 16, address_bytes->bytes);
    address_to_str_buf(&addr, digits, TTR_TEXT_ADDRESS_MAX);
}
