/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names, dates and extension objects as the outputs write them, and the views of plugin/ with them. Pure.
 */
#ifndef TTR_FORMAT_H
#define TTR_FORMAT_H

#include "ttr_output.h"
#include "ttr_path.h"

/* The host's name as it stands in the capture or the DNS, so any bytes; NULL when none is known. Borrowed until a name
 * is asked for again. */
const char *ttr_format_host_name(const ttr_output_names_t *names, uint8_t family, const ttr_address_t *address);

/* "NAME (ADDRESS)", or the address alone, for a terminal: ttr_markup_plain(). The caller frees it. */
char *ttr_format_host(const ttr_output_names_t *names, uint8_t family, const ttr_address_t *address);

/* The name of a TCP service, NULL when none is known. Borrowed as above. */
const char *ttr_format_service(const ttr_output_names_t *names, uint16_t port);

/* Appends the line that begins a trace for a terminal, as tcptraceroute does: "Tracing the path to NAME (ADDRESS) on TCP port
 * 80 (http), 30 hops max". */
void ttr_format_header(GString *out, const ttr_output_names_t *names, const ttr_trace_info_t *trace);

/* UTC, as g_date_time_format() has it. The caller frees it. */
char *ttr_format_date(int64_t time_ns, const char *format);

/* Whole seconds of a time, rounded down, and what is left over in nanoseconds. */
int64_t ttr_format_seconds(int64_t time_ns);
uint32_t ttr_format_nanoseconds(int64_t time_ns);

/* "MPLS:L=16010,E=0,S=1,T=1" as traceroute -e, labels of one stack with "/", then the interfaces of RFC 5837. NULL
 * when there is nothing to tell. The caller frees it; it holds bytes from the wire. */
char *ttr_format_extension(const ttr_extension_t *extension);

#endif
