/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Captures on one network device by libpcap: at once, with nanoseconds, and not promiscuous.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CAPTURE_SNAP_LENGTH 2048

typedef struct capture capture_t;

typedef struct capture_packet {
    int64_t time_ns;            /* since 1970, by the kernel */
    uint32_t captured;
    uint32_t length;
    const uint8_t *data;        /* borrowed until the callback returns */
    bool is_selected;           /* by the filter of capture_select() */
    unsigned index;             /* of its device, where all are captured on by capture_open_all(); else 0 */
    bool is_local;              /* likewise: it never left this host */
} capture_packet_t;

typedef void (*capture_take_t)(void *user, const capture_packet_t *packet);

/* Raises the privilege for as long as it takes. NULL, with a sentence in *error, when that fails. The caller frees it
 * with capture_free(). */
capture_t *capture_open(const char *device, const char *filter, GError **error);

/* The same on all devices at once, and each packet says which one it came in on. */
capture_t *capture_open_all(const char *filter, GError **error);
void capture_free(capture_t *capture);

/* Replaces the filter. */
bool capture_set_filter(capture_t *capture, const char *filter, GError **error);

/* A second filter, the user's: it drops nothing, and marks what passes. Without it all does. */
bool capture_select(capture_t *capture, const char *filter, GError **error);

const char *capture_device(const capture_t *capture);
uint16_t capture_link_type(const capture_t *capture);
int capture_fd(const capture_t *capture);

/* Hands out what is there, and not what comes meanwhile for ever. False, with a sentence in *error, when the device is
 * gone for good: one that is down may come back. */
bool capture_read(capture_t *capture, capture_take_t take, void *user, GError **error);

/* How many packets passed the filter, and how many of them the kernel had no room for. */
void capture_counts(const capture_t *capture, uint64_t *received, uint64_t *dropped);

/* Is this a filter that libpcap understands? NULL when it is, else what is wrong; the caller frees it. */
char *capture_check_filter(const char *filter);

#endif
