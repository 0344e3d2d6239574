/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include "reader_file.h"
#include "records.h"
#include "ttr_output_near.h"
#include "ttr_point.h"
#include "ttr_segment.h"
#include "ttr_store.h"
#include "walk.h"

enum {
    IPV4_TAIL = 0,              /* where the last 4 bytes of an address begin */
    IPV6_TAIL = 12,
    IPV6_HEADER = 40,
    SYN_LENGTH_MAX = 120,       /* of an IPv4 packet, or an IPv6 payload: headers with all options */
    LINK_ADDRESS = 6,           /* bytes of an Ethernet address */
    TCP_FLAGS = 13,             /* the byte with the lower eight of them */
    PRINT_SIZE = 64 << 10       /* printed as soon as there is so much */
};

struct reader {
    ttr_store_t *store;         /* owned */
    ttr_config_t config;
    walk_t *walk;               /* owned */
    uint32_t frame;
    uint32_t interface;         /* of this frame */
    int64_t time_ns;
};

/* One file on its way to the model. */
typedef struct reading {
    const char *path;
    const reader_voice_t *voice;
    reader_t *reader;           /* owned */
} reading_t;

static uint32_t
capture_point(const reader_t *reader, const walk_packet_t *packet)
{
    if (packet->is_cooked)
        return ttr_point_cooked(reader->interface);
    if (packet->device != NULL)
        return ttr_point_device(reader->interface, packet->device);
    if (packet->link == NULL)
        return ttr_point_hash(reader->interface, NULL, NULL, 0);
    return ttr_point_hash(reader->interface, packet->link, packet->link + LINK_ADDRESS, LINK_ADDRESS);
}

static void
begin_observation(const reader_t *reader, const walk_packet_t *packet, ttr_observation_t *observation)
{
    observation->frame = reader->frame;
    observation->layer = packet->layer;
    observation->time_ns = reader->time_ns;
    observation->point = capture_point(reader, packet);
    observation->what = packet->is_tcp ? TTR_OBSERVED_TCP : TTR_OBSERVED_ICMP;
    observation->ip = packet->ip;
}

/* A SYN, SYN/ACK or RST, which the model wants whatever its TTL? As the dissector asks it. */
static bool
is_opening(const walk_packet_t *packet)
{
    const bytes_t *bytes = &packet->bytes;
    uint32_t length = packet->ip.family == TTR_FAMILY_IPV4 ? packet->ip.length : packet->ip.length - IPV6_HEADER;

    return length <= SYN_LENGTH_MAX && bytes->captured >= TTR_SEGMENT_MINIMUM &&
           (bytes->data[TCP_FLAGS] & (TTR_TCP_SYN | TTR_TCP_RST)) != 0;
}

/* What every ordinary segment pays for ends with the first return. */
static void
take_tcp(reader_t *reader, const walk_packet_t *packet)
{
    const ttr_ip_t *ip = &packet->ip;
    size_t tail = ip->family == TTR_FAMILY_IPV4 ? IPV4_TAIL : IPV6_TAIL;
    uint32_t sum = ttr_address_sum(ip->source.bytes + tail, ip->target.bytes + tail);
    ttr_observation_t observation;

    if (!ttr_store_wants(reader->store, ip->ttl, sum) && !is_opening(packet))
        return;
    if (!ttr_segment_parse(packet->bytes.data, packet->bytes.captured, (uint32_t)packet->bytes.length,
                           &observation.tcp))
        return;
    begin_observation(reader, packet, &observation);
    ttr_store_observe(reader->store, &observation);
}

static void
take_icmp(reader_t *reader, const walk_packet_t *packet)
{
    ttr_observation_t observation;

    if (ttr_quote_parse(packet->ip.family, packet->bytes.data, packet->bytes.captured, packet->bytes.length,
                        &observation.icmp) != TTR_QUOTE_TCP)
        return;
    begin_observation(reader, packet, &observation);
    ttr_store_observe(reader->store, &observation);
}

static void
take_packet(void *user, const walk_packet_t *packet)
{
    if (packet->is_tcp)
        take_tcp(user, packet);
    else
        take_icmp(user, packet);
}

reader_t *
reader_new(void)
{
    reader_t *reader = g_new0(reader_t, 1);

    reader->config = ttr_config_default();
    reader->store = ttr_store_new(&reader->config);
    reader->walk = walk_new(take_packet, reader);
    return reader;
}

void
reader_free(reader_t *reader)
{
    if (reader == NULL)
        return;
    walk_free(reader->walk);
    ttr_store_free(reader->store);
    g_free(reader);
}

/* Frames are counted as Wireshark numbers them: every record. */
void
reader_take(reader_t *reader, const record_t *record)
{
    reader->frame++;
    reader->time_ns = record->time_ns;
    reader->interface = record->interface;
    ttr_store_pass(reader->store, reader->time_ns);
    if (record->link_type == RECORDS_LINK_NONE)
        walk_count(reader->walk, record->kind);
    else
        walk_frame(reader->walk, record->link_type, record->data, record->captured, record->length);
}

const ttr_store_t *
reader_store(const reader_t *reader)
{
    return reader->store;
}

/* "FILE: …" */
static void G_GNUC_PRINTF(2, 3)
    say(const reading_t *reading, const char *format, ...)
{
    GString *message = g_string_new(reading->path);
    va_list arguments;

    va_start(arguments, format);
    g_string_append(message, ": ");
    g_string_append_vprintf(message, format, arguments);
    va_end(arguments);
    reading->voice->say(reading->voice->user, message->str);
    g_string_free(message, TRUE);
}

static records_result_t
read_records(const reading_t *reading, records_t *records)
{
    records_result_t result;
    record_t record;

    while ((result = records_next(records, &record)) == RECORDS_PACKET)
        reader_take(reading->reader, &record);
    return result;
}

/* Why it broke: what the system or zlib says of a failed reading comes behind. */
static void
say_broken(const reading_t *reading, const source_t *source, const records_t *records, const reader_file_t *file)
{
    char *reason = source_has_failed(source) ? reader_file_error(file) : NULL;
    char *frames = reading->reader->frame == 0 ? g_strdup("")
                                               : g_strdup_printf("; read up to frame %u", reading->reader->frame);

    if (reason != NULL)
        say(reading, "%s: %s%s", records_error(records), reason, frames);
    else
        say(reading, "%s%s", records_error(records), frames);
    g_free(frames);
    g_free(reason);
}

static bool
read_file(const reading_t *reading)
{
    GError *error = NULL;
    reader_file_t *file = reader_file_open(reading->path, &error);
    records_result_t result;
    source_t *source;
    records_t *records;

    if (file == NULL) {
        say(reading, "%s", error->message);
        g_error_free(error);
        return false;
    }
    source = source_new(reader_file_fill, file);
    records = records_new(source);
    result = read_records(reading, records);
    if (result == RECORDS_BROKEN)
        say_broken(reading, source, records, file);
    records_free(records);
    source_free(source);
    reader_file_close(file);
    return result == RECORDS_END;
}

static void
say_unread(void *user, const char *kind, uint64_t frames)
{
    const reading_t *reading = user;

    say(reading, "only tshark reads %" G_GUINT64_FORMAT " %s of %s", frames, frames == 1 ? "frame" : "frames", kind);
}

static void
say_dropped(const reading_t *reading)
{
    if (ttr_path_dropped_count(reading->reader->store) > 0)
        say(reading, "more than %u segments may be probes of a traceroute; the oldest are dropped, and early probes "
                     "may be missing",
            reading->reader->config.candidate_bound);
}

static void
say_near(const reading_t *reading)
{
    char *sentence = ttr_output_near(reading->reader->store);

    if (sentence != NULL)
        say(reading, "%s", sentence);
    g_free(sentence);
}

void
reader_print(const reader_t *reader, const ttr_output_t *output, const ttr_output_names_t *names, const char *key,
             const reader_voice_t *voice)
{
    ttr_output_context_t context = {
        .store = reader->store,
        .names = names,
        .file = key,
        .flush = voice->print,
        .user = voice->user,
    };
    GString *out = g_string_new(NULL);
    GArray *traces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t count = ttr_path_trace_count(reader->store);
    ttr_trace_ends_t ends;

    for (uint32_t trace = 0; trace < count; trace++) {
        if (!ttr_path_ends(reader->store, trace, &ends))    /* a number that was given, and is no trace any more */
            continue;
        g_array_append_val(traces, trace);
        if (output->write_trace != NULL)
            output->write_trace(out, &context, trace, traces->len == 1);
        if (out->len >= PRINT_SIZE)
            voice->print(voice->user, out);
    }
    if (output->write_all != NULL)
        output->write_all(out, &context, traces);
    voice->print(voice->user, out);
    g_array_free(traces, TRUE);
    g_string_free(out, TRUE);
}

bool
reader_read(const char *path, const ttr_output_t *output, const char *key, const reader_voice_t *voice)
{
    static const ttr_output_names_t no_names;
    reading_t reading = {.path = path, .voice = voice, .reader = reader_new()};
    bool is_whole = read_file(&reading);

    walk_unread(reading.reader->walk, say_unread, &reading);
    say_dropped(&reading);
    if (is_whole || reading.reader->frame > 0)      /* else it is no capture */
        reader_print(reading.reader, output, &no_names, key, voice);
    if (is_whole)
        say_near(&reading);
    reader_free(reading.reader);
    return is_whole;
}
