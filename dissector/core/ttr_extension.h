/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the extension structure behind the quote of an ICMP error (RFC 4884), with its MPLS (RFC 4950) and
 * interface information objects (RFC 5837). Private to the core; ttr_quote.h has the types.
 */
#ifndef TTR_EXTENSION_H
#define TTR_EXTENSION_H

#include "ttr_quote.h"

/* Does a whole extension structure with a correct checksum stand in these `size` bytes? What is needed to
 * believe in one that no length field announces (RFC 4884 section 5.5). */
bool ttr_extension_is_verified(const uint8_t *data, size_t size);

/* Fills *extension, emptied first, from the structure at `data`: as many whole objects as `size` bytes hold. */
void ttr_extension_parse(const uint8_t *data, size_t size, ttr_extension_t *extension);

#endif
