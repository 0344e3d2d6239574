/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How fast probes may go out: a gap between any two, at most 1000 in any second over all targets, and no more to a
 * router than it answers. Pure: time comes in as a parameter, nanoseconds of a clock that never goes back.
 */
#ifndef PACER_H
#define PACER_H

#include "near.h"
#include "ttr_types.h"

#define PACER_PROBES_PER_SECOND 1000

/* What a Linux router with default settings answers to one host: 6 at once, then one a second (icmp(7),
 * icmp_ratelimit; net/ipv4/route.c, XRLIM_BURST_FACTOR). */
#define PACER_ROUTER_BURST 6
#define PACER_ROUTER_REFILL_NS INT64_C(1000000000)

typedef struct pacer pacer_t;
typedef struct pacer_bucket pacer_bucket_t;

/* The caller frees it with pacer_free(). `gap_ns`: from one probe to the next. */
pacer_t *pacer_new(int64_t gap_ns);
void pacer_free(pacer_t *pacer);

/* When the next probe may go out, whichever it is: `now_ns` or later. */
int64_t pacer_ready(const pacer_t *pacer, int64_t now_ns);

/* A probe went out. */
void pacer_sent(pacer_t *pacer, int64_t now_ns);

/* What traces of this family have in common; borrowed, lives as long as the pacer. */
near_t *pacer_near(pacer_t *pacer, uint8_t family);

/* The bucket of a hop whose router is not known: each trace has its own, for another target may lie behind another
 * router. Buckets are borrowed and live as long as the pacer. */
pacer_bucket_t *pacer_hop(pacer_t *pacer, uint8_t family, unsigned trace, uint8_t ttl);

/* The bucket of a router, now that it is known to be the one that was asked by way of `asked`, a hop's bucket or that
 * of another router there: `sent` probes of the caller came out of it lately. */
pacer_bucket_t *pacer_router(pacer_t *pacer, uint8_t family, const ttr_address_t *router, pacer_bucket_t *asked,
                             uint32_t sent);

/* When the router may be asked again, `now_ns` or later; `share`: how many routers the bucket stands for, 1 at least. */
int64_t pacer_bucket_ready(pacer_bucket_t *bucket, uint32_t share, int64_t now_ns);
void pacer_bucket_take(pacer_bucket_t *bucket, uint32_t share, int64_t now_ns);

#endif
