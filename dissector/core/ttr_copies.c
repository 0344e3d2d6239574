/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_copies.h"

enum { RULE_SHARE = 3 };        /* copies are the rule where one packet in three has them in the same way */

/* What the rule is found from. */
typedef struct ttr_rule {
    GHashTable *counts;         /* owned: how often the TTL falls so: ttr_chain_t -> count. The keys are borrowed */
    uint64_t all;
} ttr_rule_t;

/* Over the steps of the TTL from one sighting to the next: FNV-1a. */
static guint
hash_fall(gconstpointer data)
{
    guint hash = 2166136261u;

    for (const ttr_seen_t *seen = ((const ttr_chain_t *)data)->first; seen->next != NULL; seen = seen->next)
        hash = (hash ^ (guint)(seen->ttl - seen->next->ttl)) * 16777619u;
    return hash;
}

/* Does the TTL of the chain fall as that of the other one, as far as the packet got? */
static bool
is_like(const ttr_chain_t *chain, const ttr_chain_t *other)
{
    const ttr_seen_t *theirs = other->first;

    if (chain->count > other->count)
        return false;
    for (const ttr_seen_t *seen = chain->first; seen->next != NULL; seen = seen->next, theirs = theirs->next) {
        if (seen->ttl - seen->next->ttl != theirs->ttl - theirs->next->ttl)
            return false;
    }
    return true;
}

static gboolean
is_same_fall(gconstpointer a, gconstpointer b)
{
    const ttr_chain_t *first = a;
    const ttr_chain_t *second = b;

    return first->count == second->count && is_like(first, second);
}

static uint32_t
count_of(const ttr_rule_t *rule, const ttr_chain_t *chain)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(rule->counts, chain));
}

/* Counts what is not named by an ID. Returns how often the most frequent fall is there. */
static uint32_t
count_falls(ttr_rule_t *rule, const ttr_chains_t *chains, uint8_t family)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < chains->chain_count; i++) {
        ttr_chain_t *chain = &chains->chains[i];
        uint32_t count;

        if (!chain->is_weak && ttr_seen_id(family, chain->first) != 0)
            continue;
        rule->all++;
        if (chain->count == 1)
            continue;
        count = count_of(rule, chain) + 1;
        g_hash_table_insert(rule->counts, chain, GUINT_TO_POINTER(count));
        most = MAX(most, count);
    }
    return most;
}

/* The first of the chains whose fall is the rule; NULL: there is none. Stores whether there are copies at all. */
static const ttr_chain_t *
find_rule(const ttr_chains_t *chains, uint8_t family, bool *are_copies)
{
    ttr_rule_t rule = {.counts = g_hash_table_new(hash_fall, is_same_fall)};
    uint32_t most = count_falls(&rule, chains, family);
    const ttr_chain_t *found = NULL;

    *are_copies = most > 0;
    for (uint32_t i = 0; (uint64_t)most * RULE_SHARE >= rule.all && i < chains->chain_count && found == NULL; i++) {
        const ttr_chain_t *chain = &chains->chains[i];

        if (chain->is_weak && chain->count > 1 && count_of(&rule, chain) == most)
            found = chain;
    }
    g_hash_table_unref(rule.counts);
    return found;
}

/* Takes out what does not follow the rule. What equal packets that were sent one after the other left in one chain comes
 * apart where the rule says that a packet ends. */
static void
judge_chain(ttr_chains_t *judged, ttr_chain_t *chain, const ttr_chain_t *rule)
{
    ttr_chain_t *part = NULL;
    const ttr_seen_t *theirs = NULL;    /* the rule's sighting that the part has come to */
    ttr_seen_t *next;

    if (!chain->is_weak || (rule != NULL && is_like(chain, rule))) {
        ttr_chains_take(judged, chain);
        return;
    }
    for (ttr_seen_t *seen = chain->first; seen != NULL; seen = next) {
        next = seen->next;
        if (theirs != NULL && theirs->next != NULL &&
            part->last->ttl - seen->ttl == theirs->ttl - theirs->next->ttl) {
            theirs = theirs->next;
            ttr_chain_append(part, seen);
        } else {
            theirs = rule == NULL ? NULL : rule->first;
            part = ttr_chains_add(judged, seen);
        }
    }
}

void
ttr_copies_judge(ttr_chains_t *chains, uint32_t sighting_count, uint8_t family)
{
    bool are_copies;
    const ttr_chain_t *rule = find_rule(chains, family, &are_copies);
    ttr_chains_t judged;

    if (!are_copies)
        return;
    judged = ttr_chains_new(chains->arena, sighting_count);
    for (uint32_t i = 0; i < chains->class_count; i++) {
        const ttr_class_t *class = &chains->classes[i];

        ttr_chains_add_class(&judged, class->is_weak);
        for (uint32_t at = 0; at < class->count; at++)
            judge_chain(&judged, &chains->chains[class->first + at], rule);
    }
    *chains = judged;
}
