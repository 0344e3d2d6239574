/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why probes are not answered: pure counts and times, no trace. docs/findings.md has the rules with their error rates.
 * Private to the core.
 */
#ifndef TTR_SILENCE_H
#define TTR_SILENCE_H

#include "ttr_chance.h"
#include "ttr_insight.h"

/* One probe that is not in flight. */
typedef struct ttr_silence_probe {
    int64_t time_ns;
    bool is_answered;
} ttr_silence_probe_t;

/* A hop, with what is found of it. */
typedef struct ttr_silence_hop {
    const ttr_silence_probe_t *probes;  /* in order of time; borrowed */
    uint32_t count;
    uint32_t lost;                      /* of these */
    bool is_target;
    bool is_one;                        /* one address answers at this hop */
    /* Results. */
    ttr_silence_t silence;
    double interval_s;                  /* rate limit: between two answers */
    uint32_t burst;                     /* rate limit: answers before it began */
    double passes_high;                 /* answers only: at most this share of the traffic is lost here */
} ttr_silence_hop_t;

/* Loss from a hop on. */
typedef struct ttr_silence_loss {
    bool is_found;
    uint32_t from;                      /* index of the hop */
    uint32_t earliest;                  /* within two units of log likelihood: indices */
    uint32_t latest;
    ttr_share_t share;                  /* lost at this hop and behind */
} ttr_silence_loss_t;

/* Judges hops, which are in the order of the path and were probed at least once. */
ttr_silence_loss_t ttr_silence_judge(ttr_silence_hop_t *hops, uint32_t count);

#endif
