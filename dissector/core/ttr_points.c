/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets that several capture points saw: between two points lies the same number of hops for all packets, and about
 * the same time, whatever their clocks say. The packets that each point saw once, or equally often, tell both; then the
 * others are joined by them.
 */
#include "ttr_chain.h"
#include "ttr_sort.h"

enum {
    POINTS_MAX = 8,             /* that are joined; captures are merged from two or three */
    STEP_ROWS = 511,            /* differences of two TTLs */
    STEP_ZERO = 255,
    LOOKED_AT_MAX = 256         /* sightings that may be of one packet: more are a flood */
};

/* By how much the time between two points varies: queues, clocks that drift. */
#define POINT_SLACK_NS (INT64_C(200) * 1000000)

/* A chain that has sightings at a point, with the first of them. */
typedef struct ttr_end {
    ttr_chain_t *chain;
    const ttr_seen_t *at;
    bool is_taken;
} ttr_end_t;

/* From one point to the other, as one packet shows it. */
typedef struct ttr_step {
    int64_t time_ns;
    int hops;
} ttr_step_t;

/* Two points. */
typedef struct ttr_join {
    ttr_chains_t *chains;
    uint16_t from;
    uint16_t to;
    GArray *from_ends;          /* owned: ttr_end_t of the class that is looked at */
    GArray *to_ends;            /* owned */
    ttr_step_t usual;
} ttr_join_t;

static const ttr_seen_t *
first_at(const ttr_chain_t *chain, uint16_t point)
{
    for (const ttr_seen_t *seen = chain->first; seen != NULL; seen = seen->next) {
        if (seen->point == point)
            return seen;
    }
    return NULL;
}

static ttr_step_t
step_between(const ttr_seen_t *from, const ttr_seen_t *to)
{
    return (ttr_step_t){.time_ns = to->time_ns - from->time_ns, .hops = from->ttl - to->ttl};
}

static void
collect_ends(const ttr_chains_t *chains, const ttr_class_t *class, uint16_t point, GArray *ends)
{
    g_array_set_size(ends, 0);
    for (uint32_t i = 0; i < class->count; i++) {
        ttr_chain_t *chain = &chains->chains[class->first + i];
        ttr_end_t end = {.chain = chain, .at = chain->count == 0 ? NULL : first_at(chain, point)};

        if (end.at != NULL)
            g_array_append_val(ends, end);
    }
}

/* False: one point has none of this class. */
static bool
look_at(ttr_join_t *join, const ttr_class_t *class)
{
    if (class->count < 2)
        return false;
    collect_ends(join->chains, class, join->from, join->from_ends);
    if (join->from_ends->len == 0)
        return false;
    collect_ends(join->chains, class, join->to, join->to_ends);
    return join->to_ends->len > 0;
}

/* Keeps those with a TTL that gets so many hops further. */
static void
drop_expired(GArray *ends, int hops)
{
    guint left = 0;

    for (guint i = 0; i < ends->len; i++) {
        if (g_array_index(ends, ttr_end_t, i).at->ttl > hops)
            g_array_index(ends, ttr_end_t, left++) = g_array_index(ends, ttr_end_t, i);
    }
    g_array_set_size(ends, left);
}

/* Does each packet lose so many hops from the nearer point to the farther one? */
static bool
are_apart(const GArray *nearer, const GArray *farther, int hops)
{
    for (guint i = 0; i < nearer->len && i < farther->len; i++) {
        if (step_between(g_array_index(nearer, ttr_end_t, i).at, g_array_index(farther, ttr_end_t, i).at).hops != hops)
            return false;
    }
    return nearer->len == farther->len;
}

/* One point saw more than the other: what expired between the two is taken out. False: that does not explain it. */
static bool
are_rest_expired(ttr_join_t *join)
{
    bool is_from_nearer = join->from_ends->len > join->to_ends->len;
    GArray *nearer = is_from_nearer ? join->from_ends : join->to_ends;
    const GArray *farther = is_from_nearer ? join->to_ends : join->from_ends;

    for (int hops = 1; hops <= TTR_HOPS_MAX && nearer->len > farther->len; hops++) {
        drop_expired(nearer, hops);
        if (are_apart(nearer, farther, hops))
            return true;
    }
    return false;
}

/* Those that one point saw as often as the other, but for what expired on the way, in the same order. */
static GArray *
collect_steps(ttr_join_t *join)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(ttr_step_t));

    for (uint32_t i = 0; i < join->chains->class_count; i++) {
        if (!look_at(join, &join->chains->classes[i]))
            continue;
        if (join->from_ends->len != join->to_ends->len && !are_rest_expired(join))
            continue;
        for (guint at = 0; at < join->from_ends->len; at++) {
            const ttr_end_t *from = &g_array_index(join->from_ends, ttr_end_t, at);
            const ttr_end_t *to = &g_array_index(join->to_ends, ttr_end_t, at);
            ttr_step_t step = step_between(from->at, to->at);

            if (from->chain != to->chain)
                g_array_append_val(steps, step);
        }
    }
    return steps;
}

/* The most frequent number of hops, of equally frequent ones the one that came first; stores how often it is there. */
static int
usual_hops(const GArray *steps, uint32_t *count)
{
    uint32_t counts[STEP_ROWS] = {0};
    int hops = 0;

    *count = 0;
    for (guint i = 0; i < steps->len; i++) {
        uint32_t *row = &counts[g_array_index(steps, ttr_step_t, i).hops + STEP_ZERO];

        (*row)++;
        *count = MAX(*count, *row);
    }
    for (guint i = steps->len; i-- > 0;) {
        if (counts[g_array_index(steps, ttr_step_t, i).hops + STEP_ZERO] == *count)
            hops = g_array_index(steps, ttr_step_t, i).hops;
    }
    return hops;
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

/* Do the packets agree on what lies between the points? */
static bool
find_usual(ttr_join_t *join)
{
    GArray *steps = collect_steps(join);
    int64_t *times = g_new(int64_t, MAX(steps->len, 1));
    guint all = steps->len;
    uint32_t count;
    uint32_t filled = 0;

    join->usual.hops = usual_hops(steps, &count);
    for (guint i = 0; i < steps->len; i++) {
        if (g_array_index(steps, ttr_step_t, i).hops == join->usual.hops)
            times[filled++] = g_array_index(steps, ttr_step_t, i).time_ns;
    }
    if (filled > 0) {
        ttr_sort(times, filled, sizeof *times, compare_times);
        join->usual.time_ns = times[filled / 2];
    }
    g_free(times);
    g_array_unref(steps);
    if (count == 0 || count * 2 < all)
        return false;
    return ABS(join->usual.hops) <= TTR_HOPS_MAX && ABS(join->usual.time_ns) <= TTR_ANSWER_LIMIT_NS;
}

static int
compare_ends(const void *a, const void *b)
{
    const ttr_seen_t *first = ((const ttr_end_t *)a)->at;
    const ttr_seen_t *second = ((const ttr_end_t *)b)->at;

    return first->order < second->order ? -1 : first->order > second->order;
}

/* How many of the ends were seen before this time. */
static guint
count_before(const GArray *ends, int64_t time_ns)
{
    guint low = 0;
    guint count = ends->len;

    while (count > 0) {
        guint half = count / 2;

        if (g_array_index(ends, ttr_end_t, low + half).at->time_ns < time_ns) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

/* The next end before `*left` or from `*right` on, whichever is closer to the time; NULL: none is within the slack. */
static ttr_end_t *
next_nearest(GArray *ends, int64_t time_ns, guint *left, guint *right)
{
    ttr_end_t *before = *left > 0 ? &g_array_index(ends, ttr_end_t, *left - 1) : NULL;
    ttr_end_t *after = *right < ends->len ? &g_array_index(ends, ttr_end_t, *right) : NULL;

    if (before != NULL && time_ns - before->at->time_ns > POINT_SLACK_NS)
        before = NULL;
    if (after != NULL && after->at->time_ns - time_ns > POINT_SLACK_NS)
        after = NULL;
    if (before != NULL && (after == NULL || time_ns - before->at->time_ns <= after->at->time_ns - time_ns)) {
        (*left)--;
        return before;
    }
    if (after != NULL)
        (*right)++;
    return after;
}

/* The sighting at the other point that fits best. */
static ttr_end_t *
find_partner(ttr_join_t *join, const ttr_end_t *from)
{
    int64_t time_ns = from->at->time_ns + join->usual.time_ns;
    guint left = count_before(join->to_ends, time_ns);
    guint right = left;
    ttr_end_t *to;

    for (int i = 0; i < LOOKED_AT_MAX && (to = next_nearest(join->to_ends, time_ns, &left, &right)) != NULL; i++) {
        if (!to->is_taken && from->at->ttl - to->at->ttl == join->usual.hops)
            return to;
    }
    return NULL;
}

static void
join_class(ttr_join_t *join)
{
    g_array_sort(join->to_ends, compare_ends);
    for (guint i = 0; i < join->to_ends->len; i++) {
        ttr_end_t *to = &g_array_index(join->to_ends, ttr_end_t, i);

        to->is_taken = first_at(to->chain, join->from) != NULL;     /* joined before, by way of a third point */
    }
    for (guint i = 0; i < join->from_ends->len; i++) {
        ttr_end_t *from = &g_array_index(join->from_ends, ttr_end_t, i);
        ttr_end_t *to = first_at(from->chain, join->to) != NULL ? NULL : find_partner(join, from);

        if (to == NULL)
            continue;
        from->chain->last->next = to->chain->first;
        from->chain->last = to->chain->last;
        from->chain->count += to->chain->count;
        to->chain->count = 0;
        to->is_taken = true;
    }
}

static void
join_two(ttr_chains_t *chains, uint16_t from, uint16_t to)
{
    ttr_join_t join = {
        .chains = chains,
        .from = from,
        .to = to,
        .from_ends = g_array_new(FALSE, FALSE, sizeof(ttr_end_t)),
        .to_ends = g_array_new(FALSE, FALSE, sizeof(ttr_end_t)),
    };

    if (find_usual(&join)) {
        for (uint32_t i = 0; i < chains->class_count; i++) {
            if (look_at(&join, &chains->classes[i]))
                join_class(&join);
        }
    }
    g_array_unref(join.from_ends);
    g_array_unref(join.to_ends);
}

/* The lowest numbers of points, which were seen first, in order; stores how many. */
static uint32_t
collect_points(const ttr_chains_t *chains, uint16_t points[POINTS_MAX + 1])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < chains->chain_count; i++) {
        uint16_t point = chains->chains[i].first->point;
        uint32_t at = count;

        while (at > 0 && points[at - 1] >= point)
            at--;
        if (at < count && points[at] == point)
            continue;
        memmove(points + at + 1, points + at, (count - at) * sizeof *points);
        points[at] = point;
        count = MIN(count + 1, POINTS_MAX);
    }
    return count;
}

void
ttr_points_join(ttr_chains_t *chains)
{
    uint16_t points[POINTS_MAX + 1];
    uint32_t count = collect_points(chains, points);

    for (uint32_t from = 0; from < count; from++) {
        for (uint32_t to = from + 1; to < count; to++)
            join_two(chains, points[from], points[to]);
    }
}
