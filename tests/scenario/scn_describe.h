/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model in the words of [expect]. Reads ttr_path.h and ttr_note.h, nothing behind them.
 */
#ifndef SCN_DESCRIBE_H
#define SCN_DESCRIBE_H

#include "scn_facts.h"
#include "ttr_note.h"

/* The facts about a probe, a reply, a RST that ends what a probe half opened, a trace and the probes of one hop. The caller frees them. NULL when the trace
 * does not exist. */
scn_facts_t *scn_describe_probe(const ttr_store_t *store, uint32_t id);
scn_facts_t *scn_describe_reply(const ttr_store_t *store, uint32_t id);
scn_facts_t *scn_describe_teardown(const ttr_store_t *store, uint32_t id);
scn_facts_t *scn_describe_trace(const ttr_store_t *store, uint32_t trace);
scn_facts_t *scn_describe_hop(const ttr_store_t *store, uint32_t trace, uint8_t ttl);

#endif
