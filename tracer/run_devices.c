/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_devices.h"

#include <limits.h>
#include <net/if.h>
#include <string.h>

#include "pcapng.h"
#include "run_clock.h"

#define ALL "any"

static void
free_device(void *data)
{
    run_device_t *device = data;

    capture_free(device->capture);
    g_free(device->filter);
    g_free(device);
}

void
run_devices_init(run_devices_t *devices, output_t *output, terminal_t *terminal, const char *wanted)
{
    *devices = (run_devices_t){
        .output = output,
        .terminal = terminal,
        .wanted = wanted,
        .list = g_ptr_array_new_with_free_func(free_device),
    };
}

void
run_devices_clear(run_devices_t *devices)
{
    g_clear_pointer(&devices->list, g_ptr_array_unref);
}

static void
describe(run_devices_t *devices, run_device_t *device)
{
    bool is_elsewhere = device->index == 0;

    device->is_described = true;
    device->number = devices->count++;
    pcapng_interface(output_buffer(devices->output),
                     &(pcapng_interface_t){
                         .link_type = capture_link_type(device->capture),
                         .snap_length = CAPTURE_SNAP_LENGTH,
                         .name = capture_device(device->capture),
                         .description = is_elsewhere ? "TCP traceroute, answers on other devices" : "TCP traceroute",
                         .filter = device->filter,
                     });
}

/* `capture` is taken over; NULL with *error set when it could not be opened. */
static run_device_t *
add_device(run_devices_t *devices, capture_t *capture, const char *filter, GError **error)
{
    run_device_t *device;

    if (capture == NULL)
        return NULL;
    if (*devices->wanted != '\0' && !capture_select(capture, devices->wanted, error)) {
        capture_free(capture);
        return NULL;
    }
    device = g_new0(run_device_t, 1);
    device->capture = capture;
    device->filter = g_strdup(filter);
    device->start_ns = run_wall_clock();
    g_ptr_array_add(devices->list, device);
    return device;
}

static run_device_t *
find_device(const run_devices_t *devices, const char *name, bool is_elsewhere)
{
    for (guint i = 0; i < devices->list->len; i++) {
        run_device_t *known = g_ptr_array_index(devices->list, i);

        if (!known->is_gone && (known->index == 0) == is_elsewhere && strcmp(capture_device(known->capture), name) == 0)
            return known;
    }
    return NULL;
}

/* For the pseudo-device there is no index, but a number that no device has. */
static unsigned
device_index(const char *name)
{
    unsigned index = if_nametoindex(name);

    return index == 0 ? UINT_MAX : index;
}

bool
run_devices_capture(run_devices_t *devices, const char *name, const char *filter, GError **error)
{
    run_device_t *device = find_device(devices, name, false);

    if (device != NULL)
        return capture_set_filter(device->capture, filter, error);
    device = add_device(devices, capture_open(name, filter, error), filter, error);
    if (device == NULL)
        return false;
    device->index = device_index(name);
    describe(devices, device);
    return true;
}

bool
run_devices_capture_elsewhere(run_devices_t *devices, const char *filter, GError **error)
{
    g_autofree char *inbound = g_strdup_printf("inbound and (%s)", filter);
    run_device_t *device = find_device(devices, ALL, true);

    if (device != NULL)
        return capture_set_filter(device->capture, inbound, error);
    return add_device(devices, capture_open_all(inbound, error), inbound, error) != NULL;
}

bool
run_devices_is_own(const run_devices_t *devices, const run_device_t *device, const capture_packet_t *packet)
{
    if (device->index != 0)
        return true;
    if (packet->is_local)
        return false;
    for (guint i = 0; i < devices->list->len; i++) {
        const run_device_t *other = g_ptr_array_index(devices->list, i);

        if (other->index == packet->index && !other->is_gone)
            return false;
    }
    return true;
}

/* What would be read from the file. */
static void
show(const run_devices_t *devices, const run_device_t *device, const capture_packet_t *packet)
{
    if (devices->terminal != NULL)
        terminal_take(devices->terminal, &(record_t){
                                             .time_ns = MAX(packet->time_ns, 0),
                                             .link_type = capture_link_type(device->capture),
                                             .interface = device->number,
                                             .captured = packet->captured,
                                             .length = packet->length,
                                             .data = packet->data,
                                         });
}

void
run_devices_write(run_devices_t *devices, run_device_t *device, const capture_packet_t *packet, const char *comment)
{
    if (!device->is_described)
        describe(devices, device);
    pcapng_packet(output_buffer(devices->output), &(pcapng_packet_t){
                                                      .interface = device->number,
                                                      .time_ns = MAX(packet->time_ns, 0),
                                                      .captured = packet->captured,
                                                      .length = packet->length,
                                                      .data = packet->data,
                                                      .comment = comment,
                                                  });
    device->written++;
    show(devices, device, packet);
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

        if (!device->is_described)
            continue;
        capture_counts(device->capture, &statistics.received, &statistics.dropped);
        pcapng_statistics(output_buffer(devices->output), &statistics);
    }
}
