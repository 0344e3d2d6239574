/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of the HTML document, each one file. They append to a string; ttr_output_html.c puts them together. `hops`
 * is of a trace in the context's store. All text that comes from the capture or from names goes through ttr_markup.h.
 */
#ifndef TTR_HTML_H
#define TTR_HTML_H

#include "ttr_hop_list.h"
#include "ttr_output.h"

#define TTR_HTML_COLOURS 4u     /* of responders, in turn: .r0 to .r3 in the style */

/* ttr_html_style.c: the content of the <style> element. */
void ttr_html_style(GString *out);

/* ttr_html_index.c: a line for each trace of the list, which leads to its section. */
void ttr_html_index(GString *out, const ttr_output_context_t *context, const GArray *traces);

/* ttr_html_trace.c: the section of a trace, with all that follows. */
void ttr_html_trace(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops);

/* ttr_html_path.c: who was passed on the way, from the source to the target. */
void ttr_html_path(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops);

/* ttr_html_table.c: the figures of each hop and, where several answered, of each responder. */
void ttr_html_table(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops);

/* ttr_html_chart.c: each RTT as a dot, drawn to scale. */
void ttr_html_chart(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops);

/* ttr_html_probes.c: each RTT as a number, with the frames of the probe and of its answers. */
void ttr_html_probes(GString *out, const ttr_output_context_t *context, const ttr_hops_t *hops);

/* ttr_html_text.c: what several parts write alike. */

/* The address, never a name. */
void ttr_html_address(GString *out, uint8_t family, const ttr_address_t *address);

/* The host's name in an element of its own, nothing when there is none. */
void ttr_html_name(GString *out, const ttr_output_context_t *context, uint8_t family, const ttr_address_t *address);

/* "port 80 (http)". */
void ttr_html_port(GString *out, const ttr_output_context_t *context, uint16_t port);

/* The state of the port as a badge. */
void ttr_html_state(GString *out, ttr_state_t state);

/* Milliseconds with three decimals, no unit. */
void ttr_html_ms(GString *out, double ms);

/* "A", "B", … by which a responder is told from the others of its hop; "27" and so on behind "Z". */
void ttr_html_letter(GString *out, uint32_t responder);

/* Do the responders of this hop have letters? */
bool ttr_html_has_letters(const ttr_hop_t *hop);

#endif
