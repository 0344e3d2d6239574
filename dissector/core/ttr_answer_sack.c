/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stretches of sequence numbers, which go round: all is reckoned from the left end of one of the two (RFC 9293 3.4).
 */
#include "ttr_answer_sack.h"

/* Tools send probes of few bytes; a longer block is no probe's. */
enum { BLOCK_MAX = 4096 };

static uint32_t
length_of(const ttr_sack_t *block)
{
    return block->right - block->left;
}

bool
ttr_held_has(const ttr_held_t *held, uint32_t seq)
{
    for (uint32_t i = 0; i < held->count; i++) {
        if (seq - held->blocks[i].left < length_of(&held->blocks[i]))
            return true;
    }
    return false;
}

static uint32_t
shared_bytes(const ttr_sack_t *a, const ttr_sack_t *b)
{
    uint32_t offset = b->left - a->left;

    if (offset < length_of(a))
        return MIN(length_of(a) - offset, length_of(b));
    offset = a->left - b->left;
    return offset < length_of(b) ? MIN(length_of(b) - offset, length_of(a)) : 0;
}

uint32_t
ttr_held_count(const ttr_held_t *held, const ttr_sack_t *block)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < held->count; i++)
        count += shared_bytes(block, &held->blocks[i]);
    return count;
}

/* Makes one of two that touch; else false. */
static bool
join(ttr_sack_t *into, const ttr_sack_t *block)
{
    if (block->left - into->left <= length_of(into)) {
        if (block->right - into->left > length_of(into))
            into->right = block->right;
        return true;
    }
    if (into->left - block->left > length_of(block))
        return false;
    if (into->right - block->left < length_of(block))
        into->right = block->right;
    into->left = block->left;
    return true;
}

void
ttr_held_add(ttr_held_t *held, const ttr_sack_t *block)
{
    ttr_sack_t added = *block;
    uint32_t kept = 0;

    if (length_of(block) > BLOCK_MAX)
        added.right = added.left + BLOCK_MAX;
    for (uint32_t i = 0; i < held->count; i++) {
        if (!join(&added, &held->blocks[i]))
            held->blocks[kept++] = held->blocks[i];
    }
    if (kept == TTR_HELD_MAX) {
        memmove(held->blocks, held->blocks + 1, (TTR_HELD_MAX - 1) * sizeof *held->blocks);
        kept--;
    }
    held->blocks[kept] = added;
    held->count = kept + 1;
}
