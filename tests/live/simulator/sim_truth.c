/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <netinet/in.h>

#include "sim_truth.h"

typedef struct sim_event {
    bool is_reply;
    uint64_t id;
    int64_t time_ns;
    bool slept;
    int64_t late_ns; /* of a reply; the rest is of a probe */
    sim_fields_t fields;
    uint8_t protocol;
    size_t length;
    sim_outcome_t outcome;
    unsigned hop;
    const char *at;     /* borrowed */
    const char *answer; /* static */
    sim_address_t from;
    int64_t delay_ns;
    uint32_t flow;
} sim_event_t;

struct sim_truth {
    FILE *file;     /* borrowed */
    GArray *events; /* owned, of sim_event_t: not written yet */
};

sim_truth_t *
sim_truth_new(FILE *file)
{
    sim_truth_t *truth = g_new0(sim_truth_t, 1);

    truth->file = file;
    truth->events = g_array_sized_new(FALSE, FALSE, sizeof(sim_event_t), 4096);
    return truth;
}

void
sim_truth_free(sim_truth_t *truth)
{
    if (truth == NULL)
        return;
    sim_truth_flush(truth);
    g_array_unref(truth->events);
    g_free(truth);
}

void
sim_truth_probe(sim_truth_t *truth, uint64_t id, int64_t time_ns, bool slept, const sim_packet_t *packet,
                const sim_verdict_t *verdict)
{
    const sim_event_t event = {.id = id,
                               .time_ns = time_ns,
                               .slept = slept,
                               .fields = sim_packet_fields(packet),
                               .protocol = packet->protocol,
                               .length = packet->length,
                               .outcome = verdict->outcome,
                               .hop = verdict->hop,
                               .at = verdict->at,
                               .answer = verdict->answer,
                               .from = verdict->from,
                               .delay_ns = verdict->delay_ns,
                               .flow = verdict->flow};

    g_array_append_val(truth->events, event);
}

void
sim_truth_reply(sim_truth_t *truth, uint64_t id, int64_t time_ns, int64_t late_ns)
{
    const sim_event_t event = {.is_reply = true, .id = id, .time_ns = time_ns, .late_ns = late_ns};

    g_array_append_val(truth->events, event);
}

static void
write_packet(FILE *file, const sim_event_t *event)
{
    const sim_fields_t *fields = &event->fields;
    char source[INET6_ADDRSTRLEN];
    char destination[INET6_ADDRSTRLEN];

    sim_address_text(&fields->source, source);
    sim_address_text(&fields->destination, destination);
    fprintf(file, "\"family\":%u,\"src\":\"%s\",\"dst\":\"%s\",\"protocol\":%u,\"length\":%zu,\"ttl\":%u,",
            fields->source.family, source, destination, event->protocol, event->length, fields->ttl);
    fprintf(file, "\"ip_id\":%u,\"flow_label\":%" PRIu32 ",\"sport\":%u,\"dport\":%u,", fields->ip_id,
            fields->flow_label, fields->source_port, fields->destination_port);
    fprintf(file, "\"seq\":%" PRIu32 ",\"ack\":%" PRIu32 ",\"flags\":%u,", fields->seq, fields->ack, fields->flags);
}

/* Names of routers and targets come from the description and may hold anything that JSON must escape. */
static void
write_name(FILE *file, const char *name)
{
    fputc('"', file);
    for (const char *next = name; *next != '\0'; next++) {
        if (*next == '"' || *next == '\\')
            fprintf(file, "\\%c", *next);
        else if ((unsigned char)*next >= 0x20)
            fputc(*next, file);
    }
    fputc('"', file);
}

static void
write_event(FILE *file, const sim_event_t *event)
{
    char from[INET6_ADDRSTRLEN];

    fprintf(file, "{\"event\":\"%s\",\"id\":%" PRIu64 ",\"time_ns\":%" PRId64 ",", event->is_reply ? "reply" : "probe",
            event->id, event->time_ns);
    if (event->is_reply) {
        fprintf(file, "\"late_ns\":%" PRId64 "}\n", event->late_ns);
        return;
    }
    write_packet(file, event);
    sim_address_text(&event->from, from);
    fprintf(file, "\"flow\":%" PRIu32 ",\"hop\":%u,\"outcome\":\"%s\",\"answer\":\"%s\",\"from\":\"%s\",", event->flow,
            event->hop, sim_outcome_name(event->outcome), event->answer, from);
    fprintf(file, "\"delay_us\":%" PRId64 ",\"slept\":%s,\"at\":",
            event->delay_ns / 1000, event->slept ? "true" : "false");
    write_name(file, event->at);
    fputs("}\n", file);
}

bool
sim_truth_flush(sim_truth_t *truth)
{
    for (unsigned i = 0; i < truth->events->len; i++)
        write_event(truth->file, &g_array_index(truth->events, sim_event_t, i));
    g_array_set_size(truth->events, 0);
    return fflush(truth->file) == 0;
}
