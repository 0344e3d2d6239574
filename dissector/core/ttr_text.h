/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Addresses and times as text: the one place, so that tree, columns, views and outputs write them alike.
 * Pure.
 */
#ifndef TTR_TEXT_H
#define TTR_TEXT_H

#include <stddef.h>

#include "ttr_types.h"

#define TTR_TEXT_ADDRESS_MAX 64
#define TTR_TEXT_MS_MAX 32
#define TTR_TEXT_MAX 128

/* A line that is put together without printf, which costs a tenth of a frame's dissection. What does not fit is
 * left out. `data` always ends with NUL. Begins as {.used = 0}. */
typedef struct ttr_text {
    size_t used;
    char data[TTR_TEXT_MAX];
} ttr_text_t;

void ttr_text_add(ttr_text_t *text, const char *words);
void ttr_text_add_number(ttr_text_t *text, uint64_t number);

/* As ttr_text_ms() writes it. */
void ttr_text_add_ms(ttr_text_t *text, int64_t ns);

/* Milliseconds with three decimals, rounded, "-" before negative ones. */
void ttr_text_ms(int64_t ns, char ms[TTR_TEXT_MS_MAX]);

/* Digits, never a name: 192.0.2.1 or 2001:db8::1; for every address what inet_ntop(3) and Wireshark write. */
void ttr_text_address(uint8_t family, const ttr_address_t *address, char digits[TTR_TEXT_ADDRESS_MAX]);

#endif
