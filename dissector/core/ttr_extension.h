/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the extension structure behind the quote of an ICMP error (RFC 4884), with its MPLS (RFC 4950) and
 * interface information objects (RFC 5837). Private to the core; ttr_quote.h has the types.
 */
#ifndef TTR_EXTENSION_H
#define TTR_EXTENSION_H

#include "ttr_quote.h"

/* Where behind `quote` an extension structure to believe in stands: its offset, or 0 when there is none. Of the `length`
 * bytes from there to the end of the message, `captured` are there; `announced` is where the quote ends by the length
 * field, 0 when the message has none.
 *
 * A structure of version 2 with a right checksum is believed where it is announced, else at 128 bytes: messages
 * without a length field have it there (RFC 4884 section 5.5), and most routers pad to 128 whatever length they announce.
 * One without checksum (0, RFC 4884 section 7) is believed where it is announced. *is_wrong is set when none is
 * believed, but one is there with a wrong checksum. */
size_t ttr_extension_find(const uint8_t *quote, size_t captured, size_t length, size_t announced, bool *is_wrong);

/* Fills *extension, emptied first, from the structure at `data`: as many whole objects as `size` bytes hold. */
void ttr_extension_parse(const uint8_t *data, size_t size, ttr_extension_t *extension);

#endif
