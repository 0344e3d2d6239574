/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which way a packet leaves this host, as the kernel's routing says.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <glib.h>
#include <stdbool.h>

#include "ttr_types.h"

typedef struct route_query {
    uint8_t family;
    ttr_address_t target;
    unsigned scope;             /* device of a link-local address, 0: none */
    const char *source;         /* address to send from, "": whatever routing says */
    const char *device;         /* "": whatever routing says */
} route_query_t;

#define ROUTE_DEVICE_SIZE 16    /* IF_NAMESIZE of Linux */

typedef struct route {
    char device[ROUTE_DEVICE_SIZE];
    unsigned index;             /* of the device */
    uint16_t mtu;               /* bytes */
    ttr_address_t source;
} route_t;

/* Asks the kernel (rtnetlink(7), RTM_GETROUTE). False, with a sentence in *error, when there is no route. */
bool route_find(const route_query_t *query, route_t *route, GError **error);

/* Names of the network devices of this host, ended by NULL; free with g_strfreev(). Touches no network. */
char **route_devices(void);

/* "192.0.2.1"; the caller frees it. */
char *route_address_text(uint8_t family, const ttr_address_t *address);

#endif
