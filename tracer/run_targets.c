/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_targets.h"

#include <string.h>

#include "error.h"
#include "run_clock.h"

#define MS INT64_C(1000000)
#define PORTS_VARIED MULTIPATH_FLOWS_MAX

static void
free_target(void *data)
{
    run_target_t *target = data;

    session_free(target->session);
    g_free(target->name);
    g_free(target);
}

void
run_targets_init(run_targets_t *targets, const options_t *options, run_devices_t *devices)
{
    *targets = (run_targets_t){
        .options = options,
        .devices = devices,
        .mode = (options_mode_t)options->mode,
        .list = g_ptr_array_new_with_free_func(free_target),
        .is_first = true,
    };
}

void
run_targets_clear(run_targets_t *targets)
{
    resolve_free(targets->resolve);
    g_free(targets->wanted);
    g_clear_pointer(&targets->list, g_ptr_array_unref);
    pacer_free(targets->pacer);
    ports_free(targets->ports);
}

bool
run_targets_open(run_targets_t *targets, GError **error)
{
    const options_t *options = targets->options;

    targets->ports = ports_reserve((uint16_t)options->source_port, PORTS_VARIED, error);
    if (targets->ports == NULL)
        return false;
    targets->pacer = pacer_new((int64_t)(options->gap_ms * 1e6));
    return true;
}

static void
look_up(run_targets_t *targets, const char *wanted)
{
    options_t asked = {.target = (char *)wanted};
    g_auto(GStrv) names = options_targets(&asked);
    char *copy = g_strdup(wanted);      /* which may be the string that goes */

    g_free(targets->wanted);
    targets->wanted = copy;
    resolve_free(targets->resolve);
    targets->resolve = resolve_start(names, (options_family_t)targets->options->family);
}

void
run_targets_begin(run_targets_t *targets)
{
    look_up(targets, targets->options->target);
}

void
run_targets_replace(run_targets_t *targets, const char *wanted)
{
    targets->is_first = false;
    look_up(targets, wanted);
}

void
run_targets_set_mode(run_targets_t *targets, options_mode_t mode)
{
    targets->mode = mode;
    look_up(targets, targets->wanted);
}

/* What a capture on this device has to hold: segments between us and the targets, and errors. */
static char *
capture_filter_text(const run_targets_t *targets, const char *device)
{
    g_autoptr(GString) hosts = g_string_new(NULL);
    bool is_any = strcmp(device, "any") == 0;

    for (guint i = 0; i < targets->list->len; i++) {
        const run_target_t *target = g_ptr_array_index(targets->list, i);
        g_autofree char *text = route_address_text(target->where.family, &target->where.address);

        if (is_any || strcmp(target->route.device, device) == 0)
            g_string_append_printf(hosts, "%shost %s", hosts->len == 0 ? "" : " or ", text);
    }
    if (hosts->len == 0)
        return g_strdup("icmp and icmp6");      /* nothing */
    return g_strdup_printf("(tcp port %d and (%s)) or (icmp and (icmp[0] == 3 or icmp[0] == 11 or icmp[0] == 12)) or "
                           "(icmp6 and ip6[40] >= 1 and ip6[40] <= 4)",
                           targets->options->port, hosts->str);
}

static bool
find_route(const run_targets_t *targets, run_target_t *target, GError **error)
{
    const char *device = targets->options->device;
    bool is_automatic = *device == '\0' || strcmp(device, "auto") == 0 || strcmp(device, "any") == 0;

    return route_find(&(route_query_t){
                          .family = target->where.family,
                          .target = target->where.address,
                          .scope = target->where.scope,
                          .source = targets->options->source,
                          .device = is_automatic ? "" : device,
                      },
                      &target->route, error);
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
start_session(run_targets_t *targets, run_target_t *target, GError **error)
{
    const options_t *options = targets->options;
    session_config_t config = {
        .form = packet_form(options, target),
        .schedule = schedule_settings(options, target->where.family),
        .mode = targets->mode,
        .random_seq = g_random_int(),
        .random_ack = g_random_int(),
    };
    size_t headers = packet_header_length(&config.form);

    if (options->length != 0 && (size_t)options->length < headers) {
        g_set_error(error, TRACER_ERROR, 0, "--length: %d is less than the headers alone; it must be 0, or %zu to %d",
                    options->length, headers, PACKET_MAX);
        return false;
    }
    config.ports = ports_list(targets->ports, &config.port_count);
    target->session = session_new(&config, targets->pacer, run_now());
    return true;
}

static bool
start_target(run_targets_t *targets, run_target_t *target, GError **error)
{
    const char *device = strcmp(targets->options->device, "any") == 0 ? "any" : target->route.device;
    g_autofree char *filter = capture_filter_text(targets, device);

    return run_devices_capture(targets->devices, device, filter, error) && start_session(targets, target, error);
}

static run_target_t *
add_target(run_targets_t *targets, const resolve_target_t *resolved)
{
    run_target_t *target = g_new0(run_target_t, 1);

    target->name = g_strdup(resolved->name);
    target->where = resolved->where;
    g_ptr_array_add(targets->list, target);
    return target;
}

/* Routes first: the filter of a device names all the targets behind it. */
bool
run_targets_start(run_targets_t *targets, GError **error)
{
    const GPtrArray *resolved = resolve_result(targets->resolve, error);

    if (resolved == NULL)
        return false;
    g_ptr_array_set_size(targets->list, 0);
    for (guint i = 0; i < resolved->len; i++) {
        if (!find_route(targets, add_target(targets, g_ptr_array_index(resolved, i)), error))
            return false;
    }
    for (guint i = 0; i < targets->list->len; i++) {
        if (!start_target(targets, g_ptr_array_index(targets->list, i), error))
            return false;
    }
    return true;
}

void
run_targets_finish_start(run_targets_t *targets, bool are_kept)
{
    if (!are_kept)
        g_ptr_array_set_size(targets->list, 0);
    targets->is_first = false;
    g_clear_pointer(&targets->resolve, resolve_free);
}

run_target_t *
run_targets_next(run_targets_t *targets)
{
    return g_ptr_array_index(targets->list, targets->turn++ % targets->list->len);
}

/* Two traces may know the same sequence number, and all know the same ports: the target that an error names goes before
 * one whose address was changed on the way. */
run_target_t *
run_targets_find(const run_targets_t *targets, const ttr_observation_t *observation)
{
    run_target_t *found = NULL;

    for (guint i = 0; i < targets->list->len; i++) {
        run_target_t *target = g_ptr_array_index(targets->list, i);

        if (target->session == NULL || !session_is_member(target->session, observation))
            continue;
        if (observation->what == TTR_OBSERVED_TCP ||
            memcmp(&observation->icmp.quote.target, &target->where.address, sizeof(ttr_address_t)) == 0)
            return target;
        if (found == NULL)
            found = target;
    }
    return found;
}

bool
run_targets_are_done(const run_targets_t *targets)
{
    if (targets->resolve != NULL || targets->list->len == 0)
        return false;
    for (guint i = 0; i < targets->list->len; i++) {
        const run_target_t *target = g_ptr_array_index(targets->list, i);

        if (!target->is_done)
            return false;
    }
    return true;
}
