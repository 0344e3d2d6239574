/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_packets.h"

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

    toolbar_log(packets->toolbar, line);
    if (packets->names != NULL)
        names_ask(packets->names, target->where.family, &answer->responder);
}

static void
take_packet(void *user, const capture_packet_t *packet)
{
    const source_t *source = user;
    run_packets_t *packets = source->packets;
    ttr_observation_t observation = {.time_ns = packet->time_ns};
    schedule_answer_t answer;
    run_target_t *target;

    if (!parse_packet(capture_link_type(source->device->capture), packet->data, packet->captured, &observation))
        return;
    target = run_targets_find(packets->targets, &observation);
    if (target == NULL)
        return;
    observation.frame = ++packets->taken;
    packets->last_ns = run_now();
    if (packet->is_selected)
        run_devices_write(packets->devices, source->device, packet);
    if (session_take(target->session, &observation, &answer))
        tell_answer(packets, target, &answer);
}

bool
run_packets_read(run_packets_t *packets, GError **error)
{
    const GPtrArray *devices = packets->devices->list;
    bool is_read = true;

    for (guint i = 0; i < devices->len; i++) {
        source_t source = {.packets = packets, .device = g_ptr_array_index(devices, i)};

        if (!capture_read(source.device->capture, take_packet, &source, is_read ? error : NULL))
            is_read = false;
    }
    return is_read;
}
