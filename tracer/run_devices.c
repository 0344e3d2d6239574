/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_devices.h"

#include <string.h>

#include "pcapng.h"
#include "run_clock.h"

static void
free_device(void *data)
{
    run_device_t *device = data;

    capture_free(device->capture);
    g_free(device);
}

void
run_devices_init(run_devices_t *devices, output_t *output, const char *wanted)
{
    *devices = (run_devices_t){
        .output = output,
        .wanted = wanted,
        .list = g_ptr_array_new_with_free_func(free_device),
    };
}

void
run_devices_clear(run_devices_t *devices)
{
    g_clear_pointer(&devices->list, g_ptr_array_unref);
}

static bool
open_device(run_devices_t *devices, const char *name, const char *filter, GError **error)
{
    run_device_t *device = g_new0(run_device_t, 1);

    device->capture = capture_open(name, filter, error);
    if (device->capture == NULL ||
        (*devices->wanted != '\0' && !capture_select(device->capture, devices->wanted, error))) {
        free_device(device);
        return false;
    }
    device->number = devices->list->len;
    device->start_ns = run_wall_clock();
    g_ptr_array_add(devices->list, device);
    pcapng_interface(output_buffer(devices->output), &(pcapng_interface_t){
                                                         .link_type = capture_link_type(device->capture),
                                                         .snap_length = CAPTURE_SNAP_LENGTH,
                                                         .name = name,
                                                         .description = "TCP traceroute",
                                                         .filter = filter,
                                                     });
    return true;
}

bool
run_devices_capture(run_devices_t *devices, const char *device, const char *filter, GError **error)
{
    for (guint i = 0; i < devices->list->len; i++) {
        const run_device_t *known = g_ptr_array_index(devices->list, i);

        if (strcmp(capture_device(known->capture), device) == 0)
            return capture_set_filter(known->capture, filter, error);
    }
    return open_device(devices, device, filter, error);
}

void
run_devices_write(run_devices_t *devices, run_device_t *device, const capture_packet_t *packet)
{
    pcapng_packet(output_buffer(devices->output), &(pcapng_packet_t){
                                                      .interface = device->number,
                                                      .time_ns = MAX(packet->time_ns, 0),
                                                      .captured = packet->captured,
                                                      .length = packet->length,
                                                      .data = packet->data,
                                                  });
    device->written++;
}

void
run_devices_write_statistics(run_devices_t *devices)
{
    int64_t now = run_wall_clock();

    for (guint i = 0; i < devices->list->len; i++) {
        const run_device_t *device = g_ptr_array_index(devices->list, i);
        pcapng_statistics_t statistics = {
            .interface = device->number,
            .start_ns = device->start_ns,
            .end_ns = now,
            .written = device->written,
        };

        capture_counts(device->capture, &statistics.received, &statistics.dropped);
        pcapng_statistics(output_buffer(devices->output), &statistics);
    }
}
