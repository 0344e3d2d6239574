/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names and dates for the views, by Wireshark's own name resolution and only when it is on.
 */
#ifndef VIEW_FORMAT_H
#define VIEW_FORMAT_H

#include "ttr_dissector.h"

/* The host's name as it stands in the capture or the DNS, so any bytes; NULL when none is known or names are off. Borrowed
 * from Wireshark. */
const char *ttr_view_host_name(uint8_t family, const ttr_address_t *address);

/* "NAME (ADDRESS)", or the address alone, for a terminal: ttr_markup_plain(). The caller frees it. */
char *ttr_view_host(uint8_t family, const ttr_address_t *address);

/* The name of a TCP service, NULL when none is known or names are off. Borrowed from Wireshark. */
const char *ttr_view_service(uint16_t port);

/* UTC, as g_date_time_format() has it. The caller frees it. */
char *ttr_view_date(int64_t time_ns, const char *format);

/* Whole seconds of a time, rounded down, and what is left over in nanoseconds. */
int64_t ttr_view_seconds(int64_t time_ns);
uint32_t ttr_view_nanoseconds(int64_t time_ns);

/* Does the path go on behind this TTL, or was the target reached before? */
bool ttr_view_is_on_path(const ttr_trace_info_t *trace, uint8_t ttl);

/* Fills *reply with the first answer of the probe; false when it has none. */
bool ttr_view_first_reply(const ttr_store_t *store, const ttr_probe_info_t *probe, ttr_reply_info_t *reply);

#endif
