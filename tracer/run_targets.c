/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the names of targets to sessions that can begin.
 */
#include <string.h>
#include <time.h>

#include "error.h"
#include "pcapng.h"
#include "run_private.h"

#define MS INT64_C(1000000)

void
run_free_target(void *data)
{
    run_target_t *target = data;

    session_free(target->session);
    g_free(target->name);
    g_free(target);
}

void
run_free_interface(void *data)
{
    run_interface_t *interface = data;

    capture_free(interface->capture);
    g_free(interface);
}

void
run_begin_targets(run_t *run, const char *targets)
{
    options_t asked = {.target = (char *)targets};
    g_auto(GStrv) names = options_targets(&asked);

    g_free(run->wanted);
    run->wanted = g_strdup(targets);
    resolve_free(run->resolve);
    run->resolve = resolve_start(names, (options_family_t)run->options->family);
    toolbar_set_target(run->toolbar, targets);
    toolbar_set_status(run->toolbar, "Looking up");
}

/* What a capture on this device has to hold: segments between us and the targets, and errors. */
static char *
capture_filter_text(const run_t *run, const char *device)
{
    g_autoptr(GString) hosts = g_string_new(NULL);
    bool is_any = strcmp(device, "any") == 0;

    for (guint i = 0; i < run->targets->len; i++) {
        const run_target_t *target = g_ptr_array_index(run->targets, i);
        g_autofree char *text = route_address_text(target->where.family, &target->where.address);

        if (is_any || strcmp(target->route.device, device) == 0)
            g_string_append_printf(hosts, "%shost %s", hosts->len == 0 ? "" : " or ", text);
    }
    if (hosts->len == 0)
        return g_strdup("icmp and icmp6");      /* nothing */
    return g_strdup_printf("(tcp port %d and (%s)) or (icmp and (icmp[0] == 3 or icmp[0] == 11 or icmp[0] == 12)) or "
                           "(icmp6 and ip6[40] >= 1 and ip6[40] <= 4)",
                           run->options->port, hosts->str);
}

static int64_t
wall_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static run_interface_t *
open_interface(run_t *run, const char *device, const char *filter)
{
    run_interface_t *interface = g_new0(run_interface_t, 1);

    interface->capture = capture_open(device, filter, &run->error);
    if (interface->capture == NULL ||
        (*run->options->filter != '\0' &&
         !capture_select(interface->capture, run->options->filter, &run->error))) {
        run_free_interface(interface);
        return NULL;
    }
    interface->number = run->interfaces->len;
    interface->start_ns = wall_clock_ns();
    g_ptr_array_add(run->interfaces, interface);
    pcapng_interface(output_buffer(run->output), &(pcapng_interface_t){
                                                     .link_type = capture_link_type(interface->capture),
                                                     .snap_length = CAPTURE_SNAP_LENGTH,
                                                     .name = device,
                                                     .description = "TCP traceroute",
                                                     .filter = filter,
                                                 });
    return interface;
}

run_interface_t *
run_interface(run_t *run, const char *device)
{
    g_autofree char *filter = capture_filter_text(run, device);

    for (guint i = 0; i < run->interfaces->len; i++) {
        run_interface_t *interface = g_ptr_array_index(run->interfaces, i);

        if (strcmp(capture_device(interface->capture), device) != 0)
            continue;
        return capture_set_filter(interface->capture, filter, &run->error) ? interface : NULL;
    }
    return open_interface(run, device, filter);
}

static bool
find_route(run_t *run, run_target_t *target)
{
    const char *device = run->options->device;
    bool is_automatic = *device == '\0' || strcmp(device, "auto") == 0 || strcmp(device, "any") == 0;

    return route_find(&(route_query_t){
                          .family = target->where.family,
                          .target = target->where.address,
                          .scope = target->where.scope,
                          .source = run->options->source,
                          .device = is_automatic ? "" : device,
                      },
                      &target->route, &run->error);
}

static schedule_config_t
schedule_settings(const options_t *options, uint8_t family)
{
    return (schedule_config_t){
        .family = family,
        .first_ttl = (uint8_t)options->first_ttl,
        .last_ttl = (uint8_t)options->last_ttl,
        .probes = (uint32_t)options->probes,
        .rounds = (uint32_t)options->rounds,
        .gap_limit = (uint32_t)options->gap_limit,
        .interval_ns = (int64_t)(options->interval_s * 1e9),
        .timeout_ns = options->timeout_ms * MS,
    };
}

static packet_form_t
packet_form(const options_t *options, const run_target_t *target)
{
    return (packet_form_t){
        .family = target->where.family,
        .source = target->route.source,
        .target = target->where.address,
        .dport = (uint16_t)options->port,
        .kind = (options_packet_t)options->packet,
        .tcp_options = (options_tcp_t)options->tcp_options,
        .dscp = (uint8_t)options->dscp,
        .dont_fragment = options->dont_fragment,
        .length = (uint16_t)options->length,
        .mtu = target->route.mtu,
        .time_stamp = g_random_int(),
    };
}

static bool
start_session(run_t *run, run_target_t *target)
{
    const options_t *options = run->options;
    session_config_t config = {
        .form = packet_form(options, target),
        .schedule = schedule_settings(options, target->where.family),
        .mode = run->mode,
        .random_seq = g_random_int(),
        .random_ack = g_random_int(),
    };
    size_t headers = packet_header_length(&config.form);

    if (options->length != 0 && (size_t)options->length < headers) {
        g_set_error(&run->error, TRACER_ERROR, 0, "--length: %d is less than the headers alone; it must be 0, or %zu "
                                                  "to %d",
                    options->length, headers, PACKET_MAX);
        return false;
    }
    config.ports = ports_list(run->ports, &config.port_count);
    target->session = session_new(&config, run->pacer, run_now());
    return true;
}

static bool
start_target(run_t *run, run_target_t *target)
{
    bool is_any = strcmp(run->options->device, "any") == 0;

    if (run_interface(run, is_any ? "any" : target->route.device) == NULL)
        return false;
    return start_session(run, target);
}

static run_target_t *
add_target(run_t *run, const resolve_target_t *resolved)
{
    run_target_t *target = g_new0(run_target_t, 1);

    target->name = g_strdup(resolved->name);
    target->where = resolved->where;
    g_ptr_array_add(run->targets, target);
    return target;
}

/* Routes first: the filter of a device names all the targets behind it. */
static bool
start_targets(run_t *run, const GPtrArray *resolved)
{
    g_ptr_array_set_size(run->targets, 0);
    for (guint i = 0; i < resolved->len; i++) {
        if (!find_route(run, add_target(run, g_ptr_array_index(resolved, i))))
            return false;
    }
    for (guint i = 0; i < run->targets->len; i++) {
        if (!start_target(run, g_ptr_array_index(run->targets, i)))
            return false;
    }
    return true;
}

void
run_take_resolved(run_t *run)
{
    const GPtrArray *resolved = NULL;

    if (run_read(run))          /* what was captured for the targets so far */
        resolved = resolve_result(run->resolve, &run->error);
    if (resolved == NULL || !start_targets(run, resolved)) {
        g_ptr_array_set_size(run->targets, 0);
        if (!run->is_first) {   /* a wish of the toolbar: the user may correct it there */
            toolbar_say_error(run->toolbar, run->error->message);
            toolbar_set_status(run->toolbar, "No target");
            g_clear_error(&run->error);
        }
    }
    run->is_first = false;
    run->done_ns = 0;
    g_clear_pointer(&run->resolve, resolve_free);
}
