/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets from the devices into the sessions and into the file.
 */
#ifndef RUN_PACKETS_H
#define RUN_PACKETS_H

#include "names.h"
#include "run_devices.h"
#include "run_report.h"
#include "run_targets.h"

/* Changed by run_packets.c alone. */
typedef struct run_packets {
    run_devices_t *devices;         /* borrowed */
    run_targets_t *targets;         /* borrowed */
    run_report_t *report;           /* borrowed: it tells each answer */
    names_t *names;                 /* borrowed: asked for each responder; NULL: names are not wanted */
    uint32_t taken;                 /* packets of a trace so far */
    int64_t last_ns;                /* when the last of them was taken; 0: none was */
} run_packets_t;

/* Reads what the devices have. When one is gone for good, that is an error of the targets behind it. */
void run_packets_read(run_packets_t *packets);

#endif
