/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Can a compute of this pair find a trace at all? Most pairs whose records are few are those of an ordinary host with a
 * small TTL, and the whole compute would only say what one look at each record says, too. Each question here is what
 * the last reason for a run of some sort (ttr_recognise.c) cannot do without, put to the sightings instead of the
 * packets of a run: a packet is one of its sightings, and a run is some of the packets of a side.
 */
#include "ttr_hopeless.h"

enum {
    SEGMENTS_MAX = 32,          /* of a side; where there are more, they are worth a compute */
    AGAIN_MIN = 3,              /* ttr_reason_again(), ttr_reason_numbered() */
    ERRORS_MIN = 3              /* ttr_reason_burst() */
};

/* What one host of a pair sent. */
typedef struct ttr_sent {
    const ttr_sighting_t *segments[SEGMENTS_MAX];
    uint32_t count;
} ttr_sent_t;

/* Sorts the sightings of a pair by sender, the low host first as in pair->hosts; false when there are more of one than fit. */
static bool
gather(const ttr_store_t *store, const ttr_pair_t *pair, ttr_sent_t sent[2])
{
    sent[0].count = 0;
    sent[1].count = 0;
    for (uint32_t id = pair->first_sighting; id != 0;) {
        const ttr_sighting_t *segment = ttr_store_sighting(store, id);
        ttr_sent_t *side = &sent[segment->is_from_low ? 0 : 1];

        if (side->count == SEGMENTS_MAX)
            return false;
        side->segments[side->count++] = segment;
        id = segment->next;
    }
    return true;
}

/* Reasons for runs with several TTLs ask for several. */
static bool
has_one_ttl(const ttr_sent_t *sent)
{
    for (uint32_t i = 1; i < sent->count; i++) {
        if (sent->segments[i]->ttl != sent->segments[0]->ttl)
            return false;
    }
    return true;
}

/* A segment without data that has this sequence number. */
static bool
has_empty(const ttr_sent_t *sent, uint32_t seq)
{
    for (uint32_t i = 0; i < sent->count; i++) {
        if (sent->segments[i]->seq == seq && sent->segments[i]->payload == 0)
            return true;
    }
    return false;
}

/* ttr_reason_numbered(): three segments without data whose numbers count by one. */
static bool
may_be_numbered(const ttr_sent_t *sent)
{
    for (uint32_t i = 0; i < sent->count; i++) {
        const ttr_sighting_t *segment = sent->segments[i];

        if (segment->payload == 0 && has_empty(sent, segment->seq + 1) && has_empty(sent, segment->seq + 2))
            return true;
    }
    return false;
}

/* ttr_reason_again(): three SYNs on one flow. What a SYN has besides (FIN, RST) would let others join it. */
static bool
may_be_again(const ttr_sent_t *sent)
{
    for (uint32_t i = 0; i < sent->count; i++) {
        const ttr_sighting_t *first = sent->segments[i];
        uint32_t count = 0;

        if ((first->flags & TTR_TCP_SYN) == 0)
            continue;
        if ((first->flags & (TTR_TCP_FIN | TTR_TCP_RST)) != 0)
            return true;
        for (uint32_t at = i; at < sent->count; at++)
            count += sent->segments[at]->flow == first->flow && (sent->segments[at]->flags & TTR_TCP_SYN) != 0 ? 1 : 0;
        if (count >= AGAIN_MIN)
            return true;
    }
    return false;
}

static bool
may_have_strays(const ttr_store_t *store, const ttr_pair_t *pair)
{
    for (int i = 0; i < 2; i++) {
        if (pair->hosts[i] != 0 && ttr_store_host(store, pair->hosts[i])->stray_count > 0)
            return true;
    }
    return false;
}

bool
ttr_hopeless_is(const ttr_store_t *store, uint32_t id)
{
    const ttr_pair_t *pair = ttr_store_pair(store, id);
    ttr_sent_t sent[2];

    if (pair->error_count >= ERRORS_MIN || may_have_strays(store, pair) || !gather(store, pair, sent))
        return false;
    for (int i = 0; i < 2; i++) {
        if (pair->hosts[i] == 0)        /* it sent no candidate, and a run has one */
            continue;
        if (!has_one_ttl(&sent[i]) || may_be_numbered(&sent[i]) || may_be_again(&sent[i]))
            return false;
    }
    return true;
}
