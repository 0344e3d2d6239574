/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A trace hop by hop and responder by responder, with their figures: what the pictures are drawn from.
 */
#ifndef VIEW_HOP_LIST_H
#define VIEW_HOP_LIST_H

#include "ttr_dissector.h"
#include "ttr_statistics.h"

#define TTR_VIEW_MARKS_MAX 64
#define TTR_VIEW_NOBODY UINT32_MAX

/* Who answered probes of one hop. The first answer to a probe counts, further ones do not. */
typedef struct ttr_view_responder {
    uint8_t family;
    ttr_address_t address;
    ttr_statistics_t statistics;                /* of the probes that it answered: sent and received are the same */
    uint32_t kinds[TTR_KIND_OTHER_ICMP + 1];    /* how many of its answers were of each kind */
    uint32_t matches[TTR_MATCH_ORDER + 1];      /* how many were tied to their probes in each way */
    uint32_t states[TTR_STATE_UNFILTERED + 1];  /* how many said so of the port */
    char marks[TTR_VIEW_MARKS_MAX];             /* each "!A" and so on once, a blank between; what does not fit is not there */
    uint32_t extended_reply;                    /* its last answer with extension objects, or TTR_NO_ID */
} ttr_view_responder_t;

typedef struct ttr_view_hop {
    uint8_t ttl;
    bool is_on_path;                            /* not behind the target */
    guint first;                                /* its probes: ttr_view_hops_t.probes from here … */
    guint count;                                /* … so many, one at least */
    ttr_statistics_t statistics;
    GArray *responders;                         /* owned: ttr_view_responder_t, in order of their first answers */
} ttr_view_hop_t;

/* Borrows nothing from the store. */
typedef struct ttr_view_hops {
    ttr_trace_info_t trace;
    GArray *probes;                             /* owned: ids, as ttr_path_probes() gives them */
    GArray *answered_by;                        /* owned: for each of them the index (uint32_t) of its responder in the
                                                   hop's list, or TTR_VIEW_NOBODY */
    GPtrArray *hops;                            /* owned: ttr_view_hop_t, by TTL; a TTL that was not probed has none */
} ttr_view_hops_t;

/* NULL when there is no such trace. The caller frees it with ttr_view_hops_free(). */
ttr_view_hops_t *ttr_view_hops_new(const ttr_store_t *store, uint32_t trace);
void ttr_view_hops_free(ttr_view_hops_t *hops);

/* Adds the reply's mark to `marks`, once; nothing when it has none or there is no room. */
void ttr_view_add_mark(char marks[TTR_VIEW_MARKS_MAX], const ttr_reply_info_t *reply);

/* The hop of the highest TTL on the path that somebody answered; NULL when nobody did. Borrowed. */
const ttr_view_hop_t *ttr_view_hops_last_answered(const ttr_view_hops_t *hops);

/* "MPLS:L=16010,E=0,S=1,T=1" as traceroute -e, labels of one stack with "/", then the interfaces of RFC 5837. NULL
 * when there is nothing to tell. The caller frees it; it holds bytes from the wire. */
char *ttr_view_extension_text(const ttr_extension_t *extension);

#endif
