/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace hop by hop and responder by responder, with their figures: what documents, tables and pictures are made of.
 */
#ifndef TTR_HOP_LIST_H
#define TTR_HOP_LIST_H

#include "ttr_path.h"
#include "ttr_statistics.h"

#define TTR_MARKS_MAX 64
#define TTR_HOPS_NOBODY UINT32_MAX

/* Who answered probes of one hop. The first answer to a probe counts, further ones do not. */
typedef struct ttr_responder {
    uint8_t family;
    ttr_address_t address;
    ttr_statistics_t statistics;                /* of the probes that it answered: sent and received are the same */
    uint32_t kinds[TTR_KIND_OTHER_ICMP + 1];    /* how many of its answers were of each kind */
    uint32_t states[TTR_STATE_UNFILTERED + 1];  /* how many said so of the port */
    char marks[TTR_MARKS_MAX];                  /* each "!A" and so on once, a blank between, as far as there is room */
    uint32_t extended_reply;                    /* its last answer with extension objects, or TTR_NO_ID */
} ttr_responder_t;

typedef struct ttr_hop {
    uint8_t ttl;
    bool is_on_path;                            /* not behind the target */
    guint first;                                /* its probes: ttr_hops_t.probes from here … */
    guint count;                                /* … so many, one at least */
    ttr_statistics_t statistics;
    GArray *responders;                         /* owned: ttr_responder_t, in order of their first answers */
} ttr_hop_t;

/* Borrows nothing from the store. */
typedef struct ttr_hops {
    ttr_trace_info_t trace;
    GArray *probes;                             /* owned: ids, as ttr_path_probes() gives them */
    GArray *answered_by;                        /* owned: for each of them the index (uint32_t) of its responder in the
                                                   hop's list, or TTR_HOPS_NOBODY */
    GPtrArray *hops;                            /* owned: ttr_hop_t, by TTL; a TTL that was not probed has none */
} ttr_hops_t;

/* NULL when there is no such trace. The caller frees it with ttr_hops_free(). */
ttr_hops_t *ttr_hops_new(const ttr_store_t *store, uint32_t trace);
void ttr_hops_free(ttr_hops_t *hops);

/* Adds the reply's mark to `marks`, once; nothing when it has none or there is no room. */
void ttr_marks_add(char marks[TTR_MARKS_MAX], const ttr_reply_info_t *reply);

/* Does the path go on as far as this TTL? Not when the target was reached before. */
bool ttr_hops_is_on_path(const ttr_trace_info_t *trace, uint8_t ttl);

#endif
