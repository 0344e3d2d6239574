/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the probes of a trace have in common and how they differ: what a tool is known by. Private to the core.
 */
#ifndef TTR_SIGNATURE_H
#define TTR_SIGNATURE_H

#include "ttr_survey.h"

/* How a number runs through the probes, in the order of sending. The first that holds. */
typedef enum {
    TTR_RUN_CONSTANT,
    TTR_RUN_PLUS_ONE,           /* each is the one before + 1 */
    TTR_RUN_COUNTS,             /* each is by 1 to 8 more than the one before */
    TTR_RUN_DOWN,               /* each is the one before - 1 */
    TTR_RUN_UNIQUE,             /* no two are the same */
    TTR_RUN_VARIES
} ttr_run_of_numbers_t;

typedef struct ttr_numbers {
    ttr_run_of_numbers_t run;
    uint32_t first;
    uint32_t least;
    uint32_t most;
} ttr_numbers_t;

/* Over the probes without what the sender's own TCP sent again. */
typedef struct ttr_signature {
    uint8_t family;
    uint32_t probe_count;
    uint32_t ttl_count;         /* how many TTLs were probed */
    uint32_t most_per_ttl;
    bool is_whole;              /* no probe was cut before the end of its TCP header */
    ttr_numbers_t flags;
    ttr_numbers_t options;      /* shape */
    uint8_t kinds[TTR_KINDS_MAX];   /* of the first probe */
    uint8_t kind_count;
    ttr_numbers_t mss;
    ttr_numbers_t window;
    ttr_numbers_t tsval;
    ttr_numbers_t df;
    ttr_numbers_t tos;
    ttr_numbers_t payload;
    ttr_numbers_t id;           /* IP ID, or flow label */
    ttr_numbers_t sport;
    ttr_numbers_t dport;
    ttr_numbers_t seq;
    ttr_numbers_t ack;
    ttr_numbers_t id_less_ttl;  /* 16 bits */
    ttr_numbers_t sport_less_ttl;
    ttr_numbers_t seq_less_ttl; /* 32 bits */
    ttr_numbers_t seq_high;     /* the upper 16 bits */
    ttr_numbers_t ttl;
    uint32_t windows;           /* how many probes have another window than the one before */
    bool is_id_low_ttl;         /* the lower byte of each IP ID is its TTL */
    bool is_seq_top_ttl;        /* the upper byte of each seq is its TTL */
    bool is_seq_low_zero;       /* the lower 16 bits of each seq are 0 */
    bool is_seq_twenty;         /* each seq is 20 times its TTL and a number below 20 */
    bool is_ttl_rising;         /* no TTL is below the one before */
    bool is_ttl_falling_first;  /* the second TTL is one below the first */
    int64_t median_gap_ns;      /* between probes that follow each other */
} ttr_signature_t;

ttr_signature_t ttr_signature_of(const ttr_survey_t *survey);

/* The probes have exactly these kinds of options, in this order. */
bool ttr_signature_has_kinds(const ttr_signature_t *signature, const uint8_t *kinds, size_t count);

/* "SYN without options, window 1024, source port fixed, target port fixed, seq fixed, IP ID +1, 3 a hop". */
void ttr_signature_describe(const ttr_signature_t *signature, char text[TTR_TOOL_SEEN_MAX]);

#endif
