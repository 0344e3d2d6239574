/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets from the devices into the sessions and into the file.
 */
#include <string.h>
#include <time.h>

#include "parse.h"
#include "pcapng.h"
#include "run_private.h"

/* Where a packet came from, for the callback. */
typedef struct source {
    run_t *run;
    run_interface_t *interface;
} source_t;

static void
write_packet(const source_t *source, const capture_packet_t *packet)
{
    pcapng_packet(output_buffer(source->run->output), &(pcapng_packet_t){
                                                          .interface = source->interface->number,
                                                          .time_ns = MAX(packet->time_ns, 0),
                                                          .captured = packet->captured,
                                                          .length = packet->length,
                                                          .data = packet->data,
                                                      });
    source->interface->written++;
}

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
tell_answer(run_t *run, const run_target_t *target, const schedule_answer_t *answer)
{
    g_autofree char *responder = route_address_text(target->where.family, &answer->responder);
    g_autofree char *line = g_strdup_printf("%s hop %u: %s %.3f ms%s", target->name, answer->ttl, responder,
                                            (double)answer->rtt_ns / 1e6, answer_words(answer->kind));

    toolbar_log(run->toolbar, line);
    if (run->names != NULL)
        names_ask(run->names, target->where.family, &answer->responder);
}

/* Two traces may know the same sequence number, and all know the same ports: the target that an error names goes before
 * one whose address was changed on the way. */
static run_target_t *
find_target(const run_t *run, const ttr_observation_t *observation)
{
    run_target_t *found = NULL;

    for (guint i = 0; i < run->targets->len; i++) {
        run_target_t *target = g_ptr_array_index(run->targets, i);

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

static void
take_packet(void *user, const capture_packet_t *packet)
{
    const source_t *source = user;
    run_t *run = source->run;
    ttr_observation_t observation = {.time_ns = packet->time_ns};
    schedule_answer_t answer;
    run_target_t *target;

    if (!parse_packet(capture_link_type(source->interface->capture), packet->data, packet->captured, &observation))
        return;
    target = find_target(run, &observation);
    if (target == NULL)
        return;
    observation.frame = ++run->frame;
    run->packet_ns = run_now();
    if (packet->is_selected)
        write_packet(source, packet);
    if (session_take(target->session, &observation, &answer))
        tell_answer(run, target, &answer);
}

bool
run_read(run_t *run)
{
    bool is_read = true;

    for (guint i = 0; i < run->interfaces->len; i++) {
        source_t source = {.run = run, .interface = g_ptr_array_index(run->interfaces, i)};

        if (!capture_read(source.interface->capture, take_packet, &source, is_read ? &run->error : NULL))
            is_read = false;
    }
    return is_read;
}

void
run_write_statistics(run_t *run)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    for (guint i = 0; i < run->interfaces->len; i++) {
        const run_interface_t *interface = g_ptr_array_index(run->interfaces, i);
        pcapng_statistics_t statistics = {
            .interface = interface->number,
            .start_ns = interface->start_ns,
            .end_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
            .written = interface->written,
        };

        capture_counts(interface->capture, &statistics.received, &statistics.dropped);
        pcapng_statistics(output_buffer(run->output), &statistics);
    }
}
