/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_length.h"

#include <stddef.h>

enum { SIDE_MIN = 2 };          /* answers on each side of a moment that parts them */

/* What a walk for one TTL, which may be the length, finds. */
typedef struct ttr_level {
    uint8_t ttl;
    int64_t last_ns;            /* when the last probe was sent that arrived with it */
    const ttr_sample_t *later;  /* the first probe after that, with this TTL or a higher one, that expired */
    uint32_t arrived;           /* answers at this TTL before a router's */
    uint32_t expired;           /* routers' answers at this TTL */
    bool is_mixed;              /* the target answered again after a router had */
    bool has_round;             /* a lower TTL was probed between the last and the later one */
    bool has_rest;              /* after the last one, a probe with a higher TTL arrived */
    bool is_disproved;          /* another box answers in the target's name here or behind */
    uint8_t next;               /* the next TTL at which the target answered; 0: none */
} ttr_level_t;

static bool
is_both(const ttr_sample_t *sample)
{
    return sample->is_arrived && sample->is_expired;
}

static bool
is_good(const ttr_sample_t *sample)
{
    return sample->is_arrived && !sample->is_expired;
}

/* The lowest TTL above this one at which the target answered; 0: none. */
static uint8_t
next_good(const ttr_sample_t *samples, uint32_t count, unsigned above)
{
    unsigned next = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (is_good(&samples[i]) && samples[i].ttl > above && (next == 0 || samples[i].ttl < next))
            next = samples[i].ttl;
    }
    return (uint8_t)next;
}

static void
look_at_answer(ttr_level_t *level, const ttr_sample_t *sample)
{
    if (sample->ttl != level->ttl || !sample->is_answered)
        return;
    if (sample->is_expired)
        level->expired++;
    else if (level->expired > 0)
        level->is_mixed = true;
    else
        level->arrived++;
}

static void
look_behind(ttr_level_t *level, const ttr_sample_t *sample)
{
    if (sample->time_ns <= level->last_ns)
        return;
    if (level->later == NULL && sample->ttl >= level->ttl && sample->is_expired && !sample->is_arrived)
        level->later = sample;
    level->has_round = level->has_round || (level->later == NULL && sample->ttl < level->ttl);
    level->has_rest = level->has_rest || (is_good(sample) && sample->ttl > level->ttl);
}

static ttr_level_t
look_at(const ttr_sample_t *samples, uint32_t count, uint8_t ttl)
{
    ttr_level_t level = {.ttl = ttl, .last_ns = INT64_MIN, .next = next_good(samples, count, ttl)};

    for (uint32_t i = 0; i < count; i++) {
        if (is_good(&samples[i]) && samples[i].ttl == ttl && samples[i].time_ns > level.last_ns)
            level.last_ns = samples[i].time_ns;
    }
    for (uint32_t i = 0; i < count; i++) {
        look_at_answer(&level, &samples[i]);
        look_behind(&level, &samples[i]);
        level.is_disproved = level.is_disproved || (is_both(&samples[i]) && samples[i].ttl >= ttl);
    }
    return level;
}

static bool
is_left(const ttr_level_t *level)
{
    return level->arrived >= SIDE_MIN && level->expired >= SIDE_MIN && !level->is_mixed && level->later != NULL &&
           level->has_round && level->has_rest;
}

/* Did routers answer at the length, or behind it, before the target answered there, two at least each? */
static void
find_shorter(const ttr_sample_t *samples, uint32_t count, ttr_length_t *length)
{
    uint32_t expired = 0;
    uint32_t arrived = 0;

    for (uint32_t i = 0; i < count; i++) {
        const ttr_sample_t *sample = &samples[i];

        if (is_good(sample) && sample->ttl == length->hops)
            arrived++;
        if (sample->ttl < length->hops || !sample->is_expired || sample->is_arrived)
            continue;
        if (arrived > 0)
            return;
        expired++;
        length->shorter_ns = sample->time_ns;
    }
    length->is_shorter = expired >= SIDE_MIN && arrived >= SIDE_MIN;
}

/* The first probe after this time with a TTL that low: there the tool began another round. */
static int64_t
next_round(const ttr_sample_t *samples, uint32_t count, int64_t after_ns, unsigned ttl)
{
    for (uint32_t i = 0; i < count; i++) {
        if (samples[i].time_ns > after_ns && samples[i].ttl <= ttl)
            return samples[i].time_ns;
    }
    return after_ns;
}

/* The smallest TTL at which the target answered before this time; 0: at none. */
static uint8_t
length_before(const ttr_sample_t *samples, uint32_t count, int64_t time_ns)
{
    uint32_t before = 0;

    while (before < count && samples[before].time_ns < time_ns)
        before++;
    return next_good(samples, before, 0);
}

ttr_length_t
ttr_length_find(const ttr_sample_t *samples, uint32_t count)
{
    ttr_length_t length = {.hops = next_good(samples, count, 0), .stretch_ns = INT64_MIN};

    for (uint32_t i = 0; i < count; i++)
        length.both_count += is_both(&samples[i]) ? 1 : 0;
    while (length.hops != 0) {
        ttr_level_t level = look_at(samples, count, length.hops);

        if (is_left(&level)) {
            length.is_longer = true;
            length.longer_ns = level.last_ns;
            length.stretch_ns = next_round(samples, count, level.last_ns, level.ttl - 1u);
        } else if (!level.is_disproved || level.next == 0) {
            break;
        }
        length.hops = level.next;
        if (level.is_disproved)
            break;
    }
    if (length.hops != 0 && !length.is_longer)
        find_shorter(samples, count, &length);
    if (length.is_shorter)
        length.stretch_ns = next_round(samples, count, length.shorter_ns, length.hops);
    if (length.stretch_ns != INT64_MIN)
        length.hops_before = length_before(samples, count, length.stretch_ns);
    return length;
}
