/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The shape of a packet: what the sender's code decides, not the moment. Packets of different shape are of different
 * tools.
 */
#include "ttr_interned.h"
#include "ttr_runs.h"
#include "ttr_sort.h"

enum {
    KIND_WINDOW_SCALE = 3,      /* RFC 7323 section 2.2 */
    KERNEL_WINDOW_MIN = 14600,  /* ten segments of 1460 bytes: RFC 6928 section 2 */
    SWEEP_MIN = 2               /* TTLs */
};

/* Tools vary flags within a class: lft mixes FIN and SYN, mtr negotiates ECN. */
typedef enum {
    TTR_CLASS_SYN,
    TTR_CLASS_ACK,
    TTR_CLASS_OTHER
} ttr_class_t;

typedef struct ttr_shaped {
    uint64_t shape;             /* all but the window */
    ttr_packet_t *packet;
} ttr_shaped_t;

static ttr_class_t
class_of(const ttr_sighting_t *segment)
{
    switch (segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK | TTR_TCP_RST | TTR_TCP_FIN)) {
    case TTR_TCP_SYN: return TTR_CLASS_SYN;
    case TTR_TCP_ACK: return TTR_CLASS_ACK;
    default:          return TTR_CLASS_OTHER;
    }
}

/* ACK probes are told apart by their length: a keep-alive among them is not the tool's. */
static uint64_t
shape_of(const ttr_sighting_t *segment)
{
    ttr_class_t class = class_of(segment);
    uint16_t payload = class == TTR_CLASS_ACK ? segment->payload : segment->payload > 0;

    return (uint64_t)class << 40 | (uint64_t)segment->dont_fragment << 32 | (uint64_t)payload << 16 | segment->shape;
}

static int
compare_shaped(const void *a, const void *b)
{
    const ttr_shaped_t *first = a;
    const ttr_shaped_t *second = b;

    if (first->shape != second->shape)
        return first->shape < second->shape ? -1 : 1;
    return first->packet->order < second->packet->order ? -1 : first->packet->order > second->packet->order;
}

/* What the windows of packets with one shape are. */
typedef struct ttr_windows {
    uint16_t windows[2];        /* the first two */
    ttr_ttls_t ttls[2];         /* low ones that were sent with each */
    uint16_t lowest;
    bool are_two;               /* not one, not three */
} ttr_windows_t;

static ttr_windows_t
look_at_windows(const ttr_series_t *series)
{
    ttr_windows_t found = {.lowest = UINT16_MAX};
    int count = 0;

    for (uint32_t i = 0; i < series->count; i++) {
        const ttr_sighting_t *segment = series->packets[i]->segment;
        int at = 0;

        while (at < count && found.windows[at] != segment->window)
            at++;
        found.lowest = MIN(found.lowest, segment->window);
        if (at == 2)
            return found;
        if (at == count)
            found.windows[count++] = segment->window;
        if (ttr_run_is_low(series->packets[i]))
            ttr_ttls_add(&found.ttls[at], segment->ttl);
    }
    found.are_two = count == 2;
    return found;
}

static bool
has_window_scale(const ttr_work_t *work, const ttr_packet_t *packet)
{
    uint8_t count;
    const uint8_t *kinds = ttr_work_kinds(work, packet->segment, &count);

    for (uint8_t i = 0; i < count; i++) {
        if (kinds[i] == KIND_WINDOW_SCALE)
            return true;
    }
    return false;
}

/* Two windows are two tools where each has a sweep of its own: the same TTLs with both. Else one sender chose them:
 * kernels by what they know of the route (64240, 65160), nmap at random. */
static bool
are_two_tools(const ttr_work_t *work, const ttr_series_t *series, const ttr_windows_t *windows)
{
    uint32_t first = ttr_ttls_count(&windows->ttls[0]);
    uint32_t second = ttr_ttls_count(&windows->ttls[1]);

    if (!windows->are_two || first < SWEEP_MIN || second < SWEEP_MIN)
        return false;
    if (windows->lowest >= KERNEL_WINDOW_MIN && has_window_scale(work, series->packets[0]))
        return false;
    return ttr_ttls_common(&windows->ttls[0], &windows->ttls[1]) * 2 >= MIN(first, second);
}

/* Those with this window, or those without. */
static void
add_window(ttr_work_t *work, const ttr_series_t *series, uint16_t window, bool has_it, GArray *parts)
{
    ttr_series_t part = {.packets = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, series->count)};

    for (uint32_t i = 0; i < series->count; i++) {
        if ((series->packets[i]->segment->window == window) == has_it)
            part.packets[part.count++] = series->packets[i];
    }
    g_array_append_val(parts, part);
}

static void
add_shape(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_windows_t windows = look_at_windows(series);

    if (class_of(series->packets[0]->segment) != TTR_CLASS_SYN || !are_two_tools(work, series, &windows)) {
        g_array_append_val(parts, *series);
        return;
    }
    add_window(work, series, windows.windows[0], true, parts);
    add_window(work, series, windows.windows[0], false, parts);
}

void
ttr_split_shapes(ttr_work_t *work, const ttr_series_t *series, GArray *parts)
{
    ttr_shaped_t *shaped = TTR_ARENA_ARRAY(work->arena, ttr_shaped_t, series->count);
    ttr_packet_t **packets = TTR_ARENA_ARRAY(work->arena, ttr_packet_t *, series->count);
    uint32_t end;

    for (uint32_t i = 0; i < series->count; i++)
        shaped[i] = (ttr_shaped_t){shape_of(series->packets[i]->segment), series->packets[i]};
    ttr_sort(shaped, series->count, sizeof *shaped, compare_shaped);
    for (uint32_t first = 0; first < series->count; first = end) {
        ttr_series_t part = {.packets = packets + first};

        for (end = first; end < series->count && shaped[end].shape == shaped[first].shape; end++)
            packets[end] = shaped[end].packet;
        part.count = end - first;
        add_shape(work, &part, parts);
    }
}
