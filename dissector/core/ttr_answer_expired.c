/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Probes whose time was over on the way cannot have reached the target.
 */
#include "ttr_answers.h"

/* Time around an answer within which time exceededs tell what cannot have reached the target. */
#define EXPIRED_NS (10 * TTR_SECOND_NS)

static void
find_expired(ttr_run_t *run)
{
    ttr_facts_t *facts = ttr_facts_of(run);

    facts->expired = TTR_ARENA_ARRAY(run->side->work->arena, ttr_packet_t *, run->count);
    for (uint32_t i = 0; i < run->count; i++) {
        const ttr_answer_t *answer = run->probes[i]->answers;

        if (answer != NULL && answer->kind == TTR_KIND_TIME_EXCEEDED && answer->is_hop_sure)
            facts->expired[facts->expired_count++] = run->probes[i];
    }
}

/* The highest TTL of which a router said about this time that it was over. */
static uint8_t
top_expired(ttr_run_t *run, int64_t time_ns)
{
    ttr_facts_t *facts = ttr_facts_of(run);
    ttr_candidates_t around;
    ttr_range_t range;
    uint8_t top = 0;

    if (facts->expired == NULL)
        find_expired(run);
    range = (ttr_range_t){facts->expired, facts->expired_count};
    range = ttr_range_between(range, time_ns - EXPIRED_NS, time_ns + EXPIRED_NS - 1);
    ttr_sent_before(range, time_ns + EXPIRED_NS, 2 * EXPIRED_NS, &around);
    for (uint32_t i = 0; i < around.count; i++)
        top = MAX(top, around.packets[i]->segment->ttl);
    return top;
}

static bool
is_above(const ttr_packet_t *packet, const void *top)
{
    return packet->segment->ttl > *(const uint8_t *)top || packet->answers != NULL;
}

void
ttr_keep_above_expired(ttr_run_t *run, int64_t time_ns, ttr_candidates_t *list)
{
    uint8_t top = top_expired(run, time_ns);

    for (uint32_t i = 0; i < list->count; i++) {
        if (list->packets[i]->segment->ttl > top && list->packets[i]->answers == NULL) {
            ttr_candidates_keep(list, is_above, &top);
            return;
        }
    }
}
