/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_packets.h"

#include <net/if.h>

#include "parse.h"
#include "run_clock.h"

/* Where a packet came from, for the callback. */
typedef struct source {
    run_packets_t *packets;
    run_device_t *device;
} source_t;

static const char *
answer_words(schedule_answer_kind_t kind)
{
    switch (kind) {
    case SCHEDULE_ROUTER:      return "";
    case SCHEDULE_TARGET:      return ", target";
    case SCHEDULE_UNREACHABLE: return ", unreachable";
    }
    return "";
}

static void
tell_answer(const run_packets_t *packets, const run_target_t *target, const schedule_answer_t *answer)
{
    g_autofree char *responder = route_address_text(target->where.family, &answer->responder);
    g_autofree char *line = g_strdup_printf("%s hop %u: %s %.3f ms%s", target->name, answer->ttl, responder,
                                            (double)answer->rtt_ns / 1e6, answer_words(answer->kind));

    run_report_log(packets->report, line);
    if (packets->names != NULL)
        names_ask(packets->names, target->where.family, &answer->responder);
}

/* Once for each target: the way back is another one. */
static void
tell_elsewhere(const run_packets_t *packets, run_target_t *target, unsigned index)
{
    char name[IF_NAMESIZE] = "?";
    g_autofree char *line = NULL;

    if (target->is_told_elsewhere)
        return;
    target->is_told_elsewhere = true;
    if_indextoname(index, name);
    line = g_strdup_printf("%s: answers come in on %s, not only on %s", target->name, name, target->route.device);
    run_report_log(packets->report, line);
}

/* It answers a probe, but it is not the target that does so. The model takes it for traffic of others; who reads the file
 * is told. */
static void
take_stray(const source_t *source, const capture_packet_t *packet, const ttr_observation_t *observation)
{
    const run_packets_t *packets = source->packets;
    const run_target_t *target = run_targets_find_stray(packets->targets, observation);
    g_autofree char *from = route_address_text(observation->ip.family, &observation->ip.source);
    g_autofree char *what = NULL;
    g_autofree char *comment = NULL;

    if (target == NULL)
        return;
    what = g_strdup_printf("%s answers probes to this target from port %u", from, observation->tcp.sport);
    run_report_note(packets->report, target->name, what);
    comment = g_strdup_printf("It answers a probe to %s, but comes from %s", target->name, from);
    if (packet->is_selected)
        run_devices_write(packets->devices, source->device, packet, comment);
}

static void
take_member(const source_t *source, run_target_t *target, const capture_packet_t *packet,
            ttr_observation_t *observation)
{
    run_packets_t *packets = source->packets;
    schedule_answer_t answer;

    observation->frame = ++packets->taken;
    packets->last_ns = run_now();
    target->taken++;
    if (packet->is_selected) {
        g_autofree char *comment = g_steal_pointer(&target->outage.over);

        run_devices_write(packets->devices, source->device, packet, comment);
    }
    if (source->device->index == 0)
        tell_elsewhere(packets, target, packet->index);
    if (session_take(target->session, observation, &answer))
        tell_answer(packets, target, &answer);
}

static void
take_packet(void *user, const capture_packet_t *packet)
{
    const source_t *source = user;
    ttr_observation_t observation = {.time_ns = packet->time_ns};
    run_target_t *target;

    if (!run_devices_is_own(source->packets->devices, source->device, packet) ||
        !parse_packet(capture_link_type(source->device->capture), packet->data, packet->captured, &observation))
        return;
    target = run_targets_find(source->packets->targets, &observation);
    if (target == NULL)
        take_stray(source, packet, &observation);
    else
        take_member(source, target, packet, &observation);
}

void
run_packets_read(run_packets_t *packets)
{
    const GPtrArray *devices = packets->devices->list;

    for (guint i = 0; i < devices->len; i++) {
        source_t source = {.packets = packets, .device = g_ptr_array_index(devices, i)};
        GError *error = NULL;

        if (source.device->is_gone || capture_read(source.device->capture, take_packet, &source, &error))
            continue;
        source.device->is_gone = true;
        run_targets_fail_device(packets->targets, capture_device(source.device->capture));
        run_report_error(packets->report, error);
    }
}
