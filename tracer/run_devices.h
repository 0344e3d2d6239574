/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The devices that are captured on, each an interface of the file: those that probes leave by, and for answers that come
 * in elsewhere all others at once. The latter are no interface before one comes.
 */
#ifndef RUN_DEVICES_H
#define RUN_DEVICES_H

#include <glib.h>

#include "capture.h"
#include "output.h"
#include "terminal.h"

typedef struct run_device {
    capture_t *capture;         /* owned */
    char *filter;               /* owned */
    unsigned index;             /* 0: this is elsewhere */
    bool is_described;          /* there is an interface block */
    bool is_gone;               /* and will not come back */
    uint32_t number;            /* of the interface block */
    int64_t start_ns;           /* since 1970 */
    uint64_t written;           /* packets */
} run_device_t;

/* Changed by run_devices.c alone, but for `is_gone` of a device. */
typedef struct run_devices {
    output_t *output;           /* borrowed: the file */
    const char *wanted;         /* borrowed: the user's own filter, "": none */
    GPtrArray *list;            /* owned: run_device_t */
    uint32_t count;             /* of interface blocks */
    terminal_t *terminal;       /* borrowed: gets what the file gets; NULL: there is none */
} run_devices_t;

/* None yet. `output`, `terminal` or NULL, and `wanted`, the filter of what is written, must outlive them. */
void run_devices_init(run_devices_t *devices, output_t *output, terminal_t *terminal, const char *wanted);

/* Closes them all; nothing happens where run_devices_init() was not called. */
void run_devices_clear(run_devices_t *devices);

/* Captures on `device` what passes `filter`, from now on; writes the interface block when it is a new one. False, with
 * a sentence in *error, when that fails. */
bool run_devices_capture(run_devices_t *devices, const char *device, const char *filter, GError **error);

/* The same for what comes in on any other device, from the network. */
bool run_devices_capture_elsewhere(run_devices_t *devices, const char *filter, GError **error);

/* Is this packet of the device's own? What all devices capture and one of the others captures too is that one's. */
bool run_devices_is_own(const run_devices_t *devices, const run_device_t *device, const capture_packet_t *packet);

/* Writes a packet of this device to the file. `comment`: "" for none. */
void run_devices_write(run_devices_t *devices, run_device_t *device, const capture_packet_t *packet,
                       const char *comment);

/* Writes the statistics of each: the last blocks. */
void run_devices_write_statistics(run_devices_t *devices);

#endif
