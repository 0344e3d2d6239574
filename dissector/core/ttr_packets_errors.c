/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which sightings are of one ICMP error? As with segments, but what names an error is what it says and what it quotes;
 * and whether equal ones are copies hangs on the probes: where none was seen twice, the network sent the error twice.
 */
#include "ttr_chain.h"
#include "ttr_nearest.h"

static int
compare_numbers(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/* By side, by receiver and by quoted addresses: the way between two capture points is one for all of a party. */
static int
compare_parties(const ttr_seen_t *a, const ttr_seen_t *b)
{
    if (a->error->is_from_low != b->error->is_from_low)
        return a->error->is_from_low ? 1 : -1;
    if (a->error->is_swapped != b->error->is_swapped)
        return a->error->is_swapped ? 1 : -1;
    if (a->foreign == NULL || b->foreign == NULL)
        return (a->foreign != NULL) - (b->foreign != NULL);
    return memcmp(a->foreign, b->foreign, sizeof *a->foreign);
}

static int
compare_quotes(const ttr_error_t *a, const ttr_error_t *b)
{
    int way = compare_numbers((uint32_t)a->sport << 16 | a->dport, (uint32_t)b->sport << 16 | b->dport);

    if (way == 0)
        way = a->has_seq - b->has_seq;
    if (way == 0 && a->has_seq)
        way = compare_numbers(a->seq, b->seq);
    if (way == 0)
        way = compare_numbers(a->id_or_label, b->id_or_label);
    if (way == 0)
        way = a->has_checksum - b->has_checksum;
    return way == 0 && a->has_checksum ? compare_numbers(a->checksum, b->checksum) : way;
}

static int
compare_identities(const ttr_seen_t *a, const ttr_seen_t *b)
{
    const ttr_error_t *first = a->error;
    const ttr_error_t *second = b->error;
    int way = compare_numbers((uint32_t)first->type << 8 | first->code, (uint32_t)second->type << 8 | second->code);

    if (way == 0)
        way = compare_numbers(first->ip_id, second->ip_id);
    if (way == 0)
        way = memcmp(&first->responder, &second->responder, sizeof first->responder);
    return way == 0 ? compare_quotes(first, second) : way;
}

/* What the rule of copies asks about a party. */
typedef struct ttr_party {
    bool is_v6;
    uint32_t per_place;         /* so often does one place see a packet with one TTL */
    int hops;                   /* so many lie between the two sightings that probes have; 0: they have none */
} ttr_party_t;

/* Did the place see the packet of the chain with this TTL as often as it sees one packet? Then the network doubled it. */
static bool
is_complete(const ttr_chain_t *chain, uint8_t ttl, uint32_t per_place)
{
    uint32_t count = 0;

    for (const ttr_seen_t *seen = chain->first; seen != NULL; seen = seen->next)
        count += seen->ttl == ttl;
    return count >= per_place;
}

/* An error with an IP ID of its own is one packet. Without one, copies show by a lower TTL; in IPv6, which has no IDs,
 * also by coming at once, and by a TTL that is higher by what lies between the sightings of a probe: one clock is late. */
static bool
is_copy(const ttr_chain_t *chain, const ttr_seen_t *seen, const void *context)
{
    const ttr_party_t *party = context;
    const ttr_seen_t *last = chain->last;
    int64_t since = seen->time_ns - last->time_ns;

    if (is_complete(chain, seen->ttl, party->per_place))
        return false;
    if (seen->error->ip_id != 0)
        return since <= TTR_COPY_CERTAIN_NS;
    if (since > TTR_COPY_UNCERTAIN_NS)
        return false;
    if (party->is_v6 && seen->ttl > last->ttl && chain->count == 1 && seen->ttl - last->ttl == party->hops)
        return true;
    return seen->ttl < last->ttl || (party->is_v6 && since <= TTR_COPY_SAME_TTL_NS);
}

/* As the probes show it. Where nothing is known of probes with the addresses that the party quotes, equal errors are copies. */
static uint32_t
sightings_per_place(const ttr_work_t *work, const ttr_seen_t *seen)
{
    const ttr_side_t *side = &work->sides[seen->error->is_from_low != seen->error->is_swapped ? 1 : 0];

    return seen->foreign != NULL || side->runs->len == 0 ? UINT32_MAX : side->per_place;
}

static int
usual_hops(const ttr_work_t *work, const ttr_seen_t *seen)
{
    const uint32_t *counts = work->sides[seen->error->is_from_low != seen->error->is_swapped ? 1 : 0].hop_counts;
    int usual = 0;

    for (int hops = 1; hops <= TTR_HOPS_MAX; hops++)
        usual = counts[hops] > counts[usual] ? hops : usual;
    return usual;
}

static void
add_packet(ttr_work_t *work, const ttr_chain_t *chain)
{
    ttr_packet_t *packet = ttr_work_error(work, chain->first->id);

    ttr_chain_file(work->arena, chain, packet);
    packet->id = ttr_packets_nearest(work, packet, TTR_NO_POINT);
    packet->error = ttr_store_error(work->store, packet->id);
    packet->time_ns = packet->error->time_ns;
    work->errors[work->error_packet_count++] = packet;
}

static void
group_party(ttr_work_t *work, ttr_part_t part)
{
    const ttr_party_t party = {
        .is_v6 = work->family == TTR_FAMILY_IPV6,
        .per_place = sightings_per_place(work, part.seen[0]),
        .hops = usual_hops(work, part.seen[0]),
    };
    ttr_chains_t chains = ttr_chains_new(work->arena, part.count);
    GArray *alike = ttr_part_sightings(part.seen, part.count, compare_identities);

    for (guint i = 0; i < alike->len; i++) {
        ttr_chains_add_class(&chains, false);
        ttr_chains_fill(&chains, g_array_index(alike, ttr_part_t, i), TTR_COPY_CERTAIN_NS, is_copy, &party);
    }
    g_array_unref(alike);
    ttr_points_join(&chains);
    for (uint32_t i = 0; i < chains.chain_count; i++) {
        if (chains.chains[i].count > 0)
            add_packet(work, &chains.chains[i]);
    }
}

void
ttr_packets_group_errors(ttr_work_t *work)
{
    ttr_seen_t *seen = g_new(ttr_seen_t, MAX(work->error_count, 1));
    ttr_seen_t **sorted = g_new(ttr_seen_t *, MAX(work->error_count, 1));
    GArray *parties;

    for (uint32_t i = 0; i < work->error_count; i++) {
        const ttr_error_t *error = ttr_store_error(work->store, work->error_ids[i]);

        seen[i] = (ttr_seen_t){
            .time_ns = error->time_ns,
            .error = error,
            .id = work->error_ids[i],
            .order = i,
            .point = error->point,
            .ttl = error->ttl,
        };
        if (error->addresses != 0)
            seen[i].foreign = ttr_store_foreign(work->store, error->addresses);
        sorted[i] = &seen[i];
    }
    work->errors = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, work->error_count);
    parties = ttr_part_sightings(sorted, work->error_count, compare_parties);
    for (guint i = 0; i < parties->len; i++)
        group_party(work, g_array_index(parties, ttr_part_t, i));
    g_array_unref(parties);
    ttr_work_sort(work->errors, work->error_packet_count);
    g_free(sorted);
    g_free(seen);
}
