/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who an address belongs to, by Wireshark's own look-up in the MaxMind databases of the user.
 */
#ifndef VIEW_ORIGIN_H
#define VIEW_ORIGIN_H

#include "ttr_dissector.h"

/* "AS64500 Example Net", or what of it is known; "" when there is no database or it does not know the address.
 * The caller frees it. */
char *ttr_view_as(uint8_t family, const ttr_address_t *address);

/* The name of the country, "" as above. The caller frees it. */
char *ttr_view_country(uint8_t family, const ttr_address_t *address);

#endif
