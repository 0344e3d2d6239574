/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one header of the adapter for plugin/: how to register the dissector, and what the views read from.
 */
#ifndef TTR_DISSECTOR_H
#define TTR_DISSECTOR_H

#include "ttr_note.h"
#include "ttr_path.h"
#include "ttr_text.h"

/* Tap that gets a `const ttr_note_t *` for every packet which takes part in a trace or may yet turn out to
 * (trace == TTR_NO_TRACE). The note is valid during the call only. One frame can queue several. */
#define TTR_TAP_NAME "tcptraceroute"

/* Registers protocol, fields, expert info, preferences and tap. Once, from the plugin's register_protoinfo. */
void ttr_dissector_register(void);

/* Takes its place before TCP, ICMP and ICMPv6. From the plugin's register_handoff; further calls do nothing. */
void ttr_dissector_handoff(void);

/* The model of the current file, NULL when there is no file or the protocol is disabled. It dies with the file:
 * keep nothing borrowed from it longer than the call in which it was asked for. */
const ttr_store_t *ttr_dissector_store(void);

/* Called by who shows traces, before frames come: from now on every frame tells how far the capture goes, so that the
 * model knows which probes are in flight at its end. Further calls do nothing. */
void ttr_dissector_watch_end(void);

/* Was a packet that the model knows dissected a second time, with all frames of the file seen before? */
bool ttr_dissector_has_second_pass(void);

#endif
