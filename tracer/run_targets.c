/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_targets.h"

#include <errno.h>
#include <string.h>

#include "error.h"
#include "run_clock.h"
#include "run_filter.h"

#define MS INT64_C(1000000)
#define PORTS_VARIED MULTIPATH_FLOWS_MAX

static void
free_target(void *data)
{
    run_target_t *target = data;

    session_free(target->session);
    g_free(target->name);
    g_free(target->outage.why);
    g_free(target->outage.over);
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
    g_auto(GStrv) names = options_targets(wanted);
    char *copy = g_strdup(wanted);      /* which may be the string that goes */

    g_free(targets->wanted);
    targets->wanted = copy;
    resolve_free(targets->resolve);
    targets->resolve =
        resolve_start(names, (options_family_t)targets->options->family, targets->options->all_addresses);
}

/* The option's, and those of the file. NULL, with a sentence in *error, when it cannot be read. */
static char *
read_wanted(const options_t *options, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autofree char *content = NULL;

    if (*options->target_file == '\0')
        return g_strdup(options->target);
    if (!g_file_test(options->target_file, G_FILE_TEST_IS_DIR) &&
        g_file_get_contents(options->target_file, &content, NULL, &wrong))
        return g_strdup_printf("%s\n%s", options->target, content);
    g_set_error(error, TRACER_ERROR, 0, "--target-file: cannot read %.200s%s%s", options->target_file,
                wrong == NULL ? "" : ": ", wrong == NULL ? "" : g_strerror(errno));
    return NULL;
}

bool
run_targets_begin(run_targets_t *targets, GError **error)
{
    g_autofree char *wanted = read_wanted(targets->options, error);
    g_auto(GStrv) names = wanted == NULL ? NULL : options_targets(wanted);

    if (names == NULL)
        return false;
    if (names[0] == NULL) {
        g_set_error(error, TRACER_ERROR, 0, "--target-file: there is no target in %.200s", targets->options->target_file);
        return false;
    }
    if (g_strv_length(names) > OPTIONS_TARGETS_MAX) {
        g_set_error(error, TRACER_ERROR, 0, "--target: %u targets are too many; at most %d at once",
                    g_strv_length(names), OPTIONS_TARGETS_MAX);
        return false;
    }
    look_up(targets, wanted);
    return true;
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

static bool
find_route(const run_targets_t *targets, const run_target_t *target, route_t *route, GError **error)
{
    return route_find(&(route_query_t){
                          .family = target->where.family,
                          .target = target->where.address,
                          .scope = target->where.scope,
                          .source = targets->options->source,
                          .device = run_targets_looks_everywhere(targets) ? "" : targets->options->device,
                      },
                      route, error);
}

bool
run_targets_has_route(const run_targets_t *targets, const run_target_t *target, GError **error)
{
    route_t route;

    if (!find_route(targets, target, &route, error))
        return false;
    if (route.index == target->route.index && memcmp(&route.source, &target->route.source, sizeof route.source) == 0)
        return true;
    g_set_error(error, TRACER_ERROR, 0, "probes to %s would now leave from another address or on another device (%s)",
                target->name, route.device);
    return false;
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
        .ecn = (options_ecn_t)options->ecn,
        .dont_fragment = options->dont_fragment,
        .length = (uint16_t)options->length,
        .mtu = target->route.mtu,
        .time_stamp = g_random_int(),
    };
}

static bool
has_port_for_each_flow(const run_targets_t *targets, GError **error)
{
    size_t count;

    ports_list(targets->ports, &count);
    if (count >= MULTIPATH_FLOWS_MAX)
        return true;
    g_set_error(error, TRACER_ERROR, 0, "--source-port: %zu ports are free from %d on; --mode multipath needs %d", count,
                targets->options->source_port, MULTIPATH_FLOWS_MAX);
    return false;
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
    if (targets->mode == OPTIONS_MODE_MULTIPATH && !has_port_for_each_flow(targets, error))
        return false;
    config.ports = ports_list(targets->ports, &config.port_count);
    target->session = session_new(&config, targets->pacer, run_now());
    return true;
}

static run_target_t *
new_target(const resolve_target_t *resolved)
{
    run_target_t *target = g_new0(run_target_t, 1);

    target->name = g_strdup(resolved->name);
    target->where = resolved->where;
    return target;
}

/* Takes over what went wrong, where something did. */
static void
note_error(GPtrArray *errors, GError *error)
{
    if (error != NULL)
        g_ptr_array_add(errors, error);
}

/* A GError for each that has no address or no route. */
static void
find_targets(run_targets_t *targets, GPtrArray *errors)
{
    const GPtrArray *resolved = resolve_result(targets->resolve);
    const GPtrArray *unresolved = resolve_errors(targets->resolve);

    for (guint i = 0; i < unresolved->len; i++)
        note_error(errors, g_error_copy(g_ptr_array_index(unresolved, i)));
    if (resolved->len > OPTIONS_TARGETS_MAX)
        note_error(errors, g_error_new(TRACER_ERROR, 0, "--all-addresses: %u addresses are too many; the first %d are "
                                                        "traced",
                                       resolved->len, OPTIONS_TARGETS_MAX));
    for (guint i = 0; i < MIN(resolved->len, OPTIONS_TARGETS_MAX); i++) {
        run_target_t *target = new_target(g_ptr_array_index(resolved, i));
        GError *error = NULL;

        if (find_route(targets, target, &target->route, &error))
            g_ptr_array_add(targets->list, target);
        else
            free_target(target);
        note_error(errors, error);
    }
}

static const char *
device_of(const run_targets_t *targets, const run_target_t *target)
{
    return strcmp(targets->options->device, "any") == 0 ? "any" : target->route.device;
}

/* Captures on the device of one target, unless one before it has the same. */
static bool
capture_for(run_targets_t *targets, guint number, const char *filter, GError **error)
{
    const char *device = device_of(targets, g_ptr_array_index(targets->list, number));

    for (guint i = 0; i < number; i++) {
        if (strcmp(device_of(targets, g_ptr_array_index(targets->list, i)), device) == 0)
            return true;
    }
    return run_devices_capture(targets->devices, device, filter, error);
}

bool
run_targets_looks_everywhere(const run_targets_t *targets)
{
    const char *device = targets->options->device;

    return *device == '\0' || strcmp(device, "auto") == 0 || strcmp(device, "any") == 0;
}

/* Unless the user wants one device, or the pseudo-device that is all of them. */
static void
capture_elsewhere(run_targets_t *targets, const char *filter, GPtrArray *errors)
{
    GError *error = NULL;

    if (targets->list->len == 0 || !run_targets_looks_everywhere(targets) ||
        strcmp(targets->options->device, "any") == 0)
        return;
    run_devices_capture_elsewhere(targets->devices, filter, &error);
    note_error(errors, error);
}

/* Routes first: the filter of each device names all targets, whose answers may come in there. */
void
run_targets_start(run_targets_t *targets, GPtrArray *errors)
{
    g_autofree char *filter = NULL;

    g_ptr_array_set_size(targets->list, 0);
    find_targets(targets, errors);
    filter = run_filter_text(targets);
    for (guint i = 0; i < targets->list->len;) {
        GError *error = NULL;

        if (capture_for(targets, i, filter, &error) && start_session(targets, g_ptr_array_index(targets->list, i), &error))
            i++;
        else
            g_ptr_array_remove_index(targets->list, i);
        note_error(errors, error);
    }
    capture_elsewhere(targets, filter, errors);
    targets->is_first = false;
    g_clear_pointer(&targets->resolve, resolve_free);
}

void
run_targets_fail_device(run_targets_t *targets, const char *device)
{
    for (guint i = 0; i < targets->list->len; i++) {
        run_target_t *target = g_ptr_array_index(targets->list, i);

        target->has_failed |= strcmp(device_of(targets, target), device) == 0;
    }
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

        if (!session_is_member(target->session, observation))
            continue;
        if (observation->what == TTR_OBSERVED_TCP ||
            memcmp(&observation->icmp.quote.target, &target->where.address, sizeof(ttr_address_t)) == 0)
            return target;
        if (found == NULL)
            found = target;
    }
    return found;
}

run_target_t *
run_targets_find_stray(const run_targets_t *targets, const ttr_observation_t *observation)
{
    for (guint i = 0; i < targets->list->len; i++) {
        run_target_t *target = g_ptr_array_index(targets->list, i);

        if (session_is_stray(target->session, observation))
            return target;
    }
    return NULL;
}

bool
run_targets_are_done(const run_targets_t *targets)
{
    if (targets->resolve != NULL || targets->list->len == 0)
        return false;
    for (guint i = 0; i < targets->list->len; i++) {
        const run_target_t *target = g_ptr_array_index(targets->list, i);

        if (!target->is_done && !target->has_failed)
            return false;
    }
    return true;
}
