/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replies that wait until they are due: a heap. Those due at the same time come out in the order of their coming in.
 */
#ifndef SIM_QUEUE_H
#define SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sim_queue sim_queue_t;

typedef struct sim_pending {
    int64_t due_ns;
    uint64_t order; /* set by the queue */
    uint64_t id;    /* of the packet that is answered */
    uint8_t *bytes; /* owned by the queue, then by who pops it; g_free() */
    size_t length;
} sim_pending_t;

sim_queue_t *sim_queue_new(void);
void sim_queue_free(sim_queue_t *queue);

/* Takes over pending->bytes. */
void sim_queue_push(sim_queue_t *queue, const sim_pending_t *pending);

/* When the first reply is due, or INT64_MAX when none waits. */
int64_t sim_queue_due(const sim_queue_t *queue);

/* Takes out the first reply when it is due at `now_ns`; false when none is. */
bool sim_queue_pop(sim_queue_t *queue, int64_t now_ns, sim_pending_t *pending);

#endif
