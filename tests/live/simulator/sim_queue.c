/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "sim_queue.h"

struct sim_queue {
    GArray *heap; /* owned, of sim_pending_t: the parent of i is (i - 1) / 2 and not later */
    uint64_t pushed;
};

sim_queue_t *
sim_queue_new(void)
{
    sim_queue_t *queue = g_new0(sim_queue_t, 1);

    queue->heap = g_array_new(FALSE, FALSE, sizeof(sim_pending_t));
    return queue;
}

void
sim_queue_free(sim_queue_t *queue)
{
    if (queue == NULL)
        return;
    for (unsigned i = 0; i < queue->heap->len; i++)
        g_free(g_array_index(queue->heap, sim_pending_t, i).bytes);
    g_array_unref(queue->heap);
    g_free(queue);
}

static sim_pending_t *
at(const sim_queue_t *queue, unsigned place)
{
    return &g_array_index(queue->heap, sim_pending_t, place);
}

static bool
is_before(const sim_queue_t *queue, unsigned left, unsigned right)
{
    const sim_pending_t *a = at(queue, left);
    const sim_pending_t *b = at(queue, right);

    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void
swap(sim_queue_t *queue, unsigned left, unsigned right)
{
    const sim_pending_t kept = *at(queue, left);

    *at(queue, left) = *at(queue, right);
    *at(queue, right) = kept;
}

void
sim_queue_push(sim_queue_t *queue, const sim_pending_t *pending)
{
    unsigned place = queue->heap->len;

    g_array_append_val(queue->heap, *pending);
    at(queue, place)->order = queue->pushed++;
    while (place > 0 && is_before(queue, place, (place - 1) / 2)) {
        swap(queue, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

int64_t
sim_queue_due(const sim_queue_t *queue)
{
    return queue->heap->len > 0 ? at(queue, 0)->due_ns : INT64_MAX;
}

static void
sink(sim_queue_t *queue)
{
    unsigned place = 0;

    for (;;) {
        unsigned first = place;

        for (unsigned child = 2 * place + 1; child <= 2 * place + 2; child++) {
            if (child < queue->heap->len && is_before(queue, child, first))
                first = child;
        }
        if (first == place)
            return;
        swap(queue, place, first);
        place = first;
    }
}

bool
sim_queue_pop(sim_queue_t *queue, int64_t now_ns, sim_pending_t *pending)
{
    if (sim_queue_due(queue) > now_ns || queue->heap->len == 0)
        return false;
    *pending = *at(queue, 0);
    *at(queue, 0) = *at(queue, queue->heap->len - 1);
    g_array_set_size(queue->heap, queue->heap->len - 1);
    sink(queue);
    return true;
}
