/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The devices that are captured on, each an interface of the file.
 */
#ifndef RUN_DEVICES_H
#define RUN_DEVICES_H

#include <glib.h>

#include "capture.h"
#include "output.h"

typedef struct run_device {
    capture_t *capture;         /* owned */
    uint32_t number;            /* of the interface block */
    int64_t start_ns;           /* since 1970 */
    uint64_t written;           /* packets */
} run_device_t;

/* Changed by run_devices.c alone. */
typedef struct run_devices {
    output_t *output;           /* borrowed: the file */
    const char *wanted;         /* borrowed: the user's own filter, "": none */
    GPtrArray *list;            /* owned: run_device_t, in order of their numbers */
} run_devices_t;

/* None yet. `output` and `wanted`, the filter of what is written, must outlive them. */
void run_devices_init(run_devices_t *devices, output_t *output, const char *wanted);

/* Closes them all; nothing happens where run_devices_init() was not called. */
void run_devices_clear(run_devices_t *devices);

/* Captures on `device` what passes `filter`, from now on; writes the interface block when it is a new one. False, with
 * a sentence in *error, when that fails. */
bool run_devices_capture(run_devices_t *devices, const char *device, const char *filter, GError **error);

/* Writes a packet of this device to the file. */
void run_devices_write(run_devices_t *devices, run_device_t *device, const capture_packet_t *packet);

/* Writes the statistics of each: the last blocks. */
void run_devices_write_statistics(run_devices_t *devices);

#endif
