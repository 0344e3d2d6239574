/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Raw sockets that send whole IP packets. Routing and neighbour discovery stay the kernel's business.
 */
#ifndef SENDER_H
#define SENDER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "ttr_types.h"

typedef struct sender sender_t;

typedef enum {
    SENDER_SENT,
    SENDER_BUSY,                /* try again soon */
    SENDER_FULL,                /* no room in the device's queue; *error says so */
    SENDER_REFUSED,             /* not now: no way, or forbidden by this host; *error says why */
    SENDER_FAILED               /* never, as it is; *error says why */
} sender_result_t;

/* Needs CAP_NET_RAW. `device`: send by way of this one only; NULL: as routing says. NULL with *error set when not even
 * one socket could be opened. The caller frees it with sender_free(). */
sender_t *sender_open(const char *device, GError **error);
void sender_free(sender_t *sender);

typedef struct sender_target {
    uint8_t family;
    ttr_address_t address;
    unsigned scope;             /* device of a link-local address, else 0 */
} sender_target_t;

/* Sends an IPv4 or IPv6 packet with its header. */
sender_result_t sender_send(sender_t *sender, const sender_target_t *target, const void *packet, size_t length,
                            GError **error);

#endif
