/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets from the devices into the sessions and into the file.
 */
#ifndef RUN_PACKETS_H
#define RUN_PACKETS_H

#include "names.h"
#include "run_devices.h"
#include "run_targets.h"
#include "toolbar.h"

/* Changed by run_packets.c alone. */
typedef struct run_packets {
    run_devices_t *devices;         /* borrowed */
    const run_targets_t *targets;   /* borrowed */
    toolbar_t *toolbar;             /* borrowed: it shows each answer */
    names_t *names;                 /* borrowed: asked for each responder; NULL: names are not wanted */
    uint32_t taken;                 /* packets of a trace so far */
    int64_t last_ns;                /* when the last of them was taken; 0: none was */
} run_packets_t;

/* Reads what the devices have. False, with a sentence in *error, when one is gone; what the others have is read all the
 * same. */
bool run_packets_read(run_packets_t *packets, GError **error);

#endif
