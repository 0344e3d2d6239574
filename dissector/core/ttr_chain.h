/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sightings on their way to packets. A class holds all sightings that may be of one packet, by what no box on the way
 * changes; its chains are the packets that were told apart in it. Private to the core.
 *
 * The same for segments and errors: ttr_packets.c and ttr_packets_errors.c say which sightings are alike, ttr_points.c
 * joins what several capture points saw.
 */
#ifndef TTR_CHAIN_H
#define TTR_CHAIN_H

#include "ttr_compute.h"

/* By how much copies are apart at one capture point. */
#define TTR_COPY_CERTAIN_NS (INT64_C(1000) * 1000000)   /* of a packet named by its own IP ID: queues on the way */
#define TTR_COPY_UNCERTAIN_NS (INT64_C(20) * 1000000)   /* without an ID: below any tool's pause
                                                         * between two probes of one TTL */
#define TTR_COPY_SAME_TTL_NS (INT64_C(1) * 1000000)     /* and with the same TTL: bridge and port, or a device that
                                                         * delivers twice, are microseconds apart */
#define TTR_ANSWER_LIMIT_NS (INT64_C(30000) * 1000000)  /* nothing answers later, and no packet is under way longer */

/* One sighting of a segment or an error. */
typedef struct ttr_seen {
    int64_t time_ns;
    const ttr_sighting_t *segment;  /* NULL: it is an error */
    const ttr_error_t *error;
    const ttr_foreign_t *foreign;   /* of an error: NULL if its addresses are those of the pair */
    struct ttr_seen *next;      /* of the same chain, in the order in which they were added; NULL: last */
    uint32_t id;
    uint32_t order;             /* its place in the order of time */
    uint32_t key;               /* for sorting within a class */
    uint16_t point;
    uint8_t ttl;
    bool is_cooked;             /* of a segment: in a cooked capture */
} ttr_seen_t;

/* The sightings of one packet. */
typedef struct ttr_chain {
    ttr_seen_t *first;
    ttr_seen_t *last;
    uint32_t count;             /* 0: it was joined to another chain */
    uint8_t lowest_ttl;
    bool is_weak;               /* as its class */
    struct ttr_chain *older;    /* that may still grow; NULL: none */
} ttr_chain_t;

/* The packets among sightings that look alike: chains from `first` on, in order of time. */
typedef struct ttr_class {
    uint32_t first;
    uint32_t count;
    bool is_weak;               /* nothing names the packet: the same numbers may have been sent twice */
} ttr_class_t;

/* Classes in the order of their first sightings. There is room for as many of either as there are sightings. */
typedef struct ttr_chains {
    ttr_arena_t *arena;
    ttr_chain_t *chains;
    ttr_class_t *classes;
    uint32_t chain_count;
    uint32_t class_count;
} ttr_chains_t;

/* A part of an array of sightings. */
typedef struct ttr_part {
    ttr_seen_t **seen;          /* in order of time */
    uint32_t count;
} ttr_part_t;

/* Negative, 0, positive, by what two sightings have in common; the order of time is not asked. */
typedef int (*ttr_seen_compare_t)(const ttr_seen_t *a, const ttr_seen_t *b);

/* Sorts sightings into parts of those that are alike: ttr_part_t, in the order of their first sightings. The caller
 * frees the array; the parts are of the array that was given, which is sorted anew. */
GArray *ttr_part_sightings(ttr_seen_t **seen, uint32_t count, ttr_seen_compare_t compare);

/* By their `key`. */
int ttr_seen_compare_keys(const ttr_seen_t *a, const ttr_seen_t *b);

/* Room for the chains of `count` sightings. */
ttr_chains_t ttr_chains_new(ttr_arena_t *arena, uint32_t count);

/* Begins a class; and a chain in the latest class. */
void ttr_chains_add_class(ttr_chains_t *chains, bool is_weak);
ttr_chain_t *ttr_chains_add(ttr_chains_t *chains, ttr_seen_t *seen);

/* Adds a chain of other chains to the latest class. */
void ttr_chains_take(ttr_chains_t *chains, const ttr_chain_t *chain);

/* Adds a sighting. */
void ttr_chain_append(ttr_chain_t *chain, ttr_seen_t *seen);

/* May this be one more sighting of the packet whose sightings are in the chain? `context` is the caller's. */
typedef bool (*ttr_chain_test_t)(const ttr_chain_t *chain, const ttr_seen_t *seen, const void *context);

/* Adds all sightings of a part, in order of time, to the latest class: each to the youngest chain of its capture point
 * that passes the test, or as a chain of its own. Nothing is added to a chain that saw nothing for `limit_ns`. */
void ttr_chains_fill(ttr_chains_t *chains, ttr_part_t part, int64_t limit_ns, ttr_chain_test_t test,
                     const void *context);

/* Joins the chains of a class that several capture points have of one packet. */
void ttr_points_join(ttr_chains_t *chains);

/* Gives a packet all sightings of a chain, in order of time. */
void ttr_chain_file(ttr_arena_t *arena, const ttr_chain_t *chain, ttr_packet_t *packet);

#endif
