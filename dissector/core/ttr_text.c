/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_text.h"

#include <string.h>

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

/* A run of groups that are 0 in an IPv6 address. */
typedef struct zeros {
    size_t first;
    size_t count;
} zeros_t;

#define GROUPS 8

static void
add_hex(ttr_text_t *text, unsigned group)
{
    static const char signs[] = "0123456789abcdef";
    char digits[] = {signs[group >> 12], signs[group >> 8 & 15], signs[group >> 4 & 15], signs[group & 15], '\0'};

    ttr_text_add(text, digits + (group > 0xfff ? 0 : group > 0xff ? 1
                                                 : group > 0xf    ? 2
                                                                  : 3));
}

static void
add_ipv4(ttr_text_t *text, const uint8_t *bytes)
{
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            ttr_text_add(text, ".");
        ttr_text_add_number(text, bytes[i]);
    }
}

/* What "::" stands for: the longest run, the first of several; none of one group alone (RFC 5952 section 4.2). */
static zeros_t
longest_zeros(const unsigned groups[GROUPS])
{
    zeros_t longest = {.count = 1};
    zeros_t run = {.count = 0};

    for (size_t i = 0; i < GROUPS; i++) {
        if (groups[i] != 0) {
            run.count = 0;
            continue;
        }
        if (run.count++ == 0)
            run.first = i;
        if (run.count > longest.count)
            longest = run;
    }
    return longest.count == 1 ? (zeros_t){.count = 0} : longest;
}

/* As inet_ntop(3), and so Wireshark, writes it: lower case and shortened by RFC 5952 section 4; the last 4 bytes of an
 * IPv4-mapped or IPv4-compatible address (RFC 4291 section 2.5.5) as IPv4. */
static void
add_ipv6(ttr_text_t *text, const uint8_t *bytes)
{
    unsigned groups[GROUPS];
    zeros_t zeros;

    for (size_t i = 0; i < GROUPS; i++)
        groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    zeros = longest_zeros(groups);
    for (size_t i = 0; i < GROUPS; i++) {
        if (zeros.count > 0 && i == zeros.first) {
            ttr_text_add(text, "::");
            i += zeros.count - 1;
            continue;
        }
        if (i > 0 && !(zeros.count > 0 && i == zeros.first + zeros.count))
            ttr_text_add(text, ":");
        if (i == 6 && zeros.first == 0 && (zeros.count == 6 || (zeros.count == 5 && groups[5] == 0xffff))) {
            add_ipv4(text, bytes + 12);
            break;
        }
        add_hex(text, groups[i]);
    }
}

void
ttr_text_address(uint8_t family, const ttr_address_t *address, char digits[TTR_TEXT_ADDRESS_MAX])
{
    ttr_text_t text = {.used = 0};

    if (family == TTR_FAMILY_IPV4)
        add_ipv4(&text, address->bytes);
    else
        add_ipv6(&text, address->bytes);
    memcpy(digits, text.data, text.used + 1);
}
