/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Three steps: the words that say what the frame is give it its shape, taken from the flow or the frame that it
 * names; the fields named by the others are written over that; what follows from the fields is filled in.
 */
#include "scn_frame.h"

#include <string.h>

#include "scn_field.h"
#include "scn_words.h"

#define EPOCH_NS (INT64_C(1700000000) * 1000000000)
#define DEFAULT_SEQ 0x5eed0000u

typedef struct scn_segment {
    const char *word;
    uint16_t flags;
} scn_segment_t;

static const scn_segment_t segments[] = {
    {"syn", TTR_TCP_SYN},
    {"ecn-syn", TTR_TCP_SYN | TTR_TCP_ECE | TTR_TCP_CWR},
    {"ack", TTR_TCP_ACK},
    {"fin", TTR_TCP_FIN | TTR_TCP_ACK},
    {"only-fin", TTR_TCP_FIN},
    {"rst", TTR_TCP_RST},
    {"rst-ack", TTR_TCP_RST | TTR_TCP_ACK},
    {"syn-ack", TTR_TCP_SYN | TTR_TCP_ACK},
    {"data", TTR_TCP_PSH | TTR_TCP_ACK},
};

typedef struct scn_message {
    const char *word;
    ttr_kind_t kind;
    uint8_t type_ipv4;
    uint8_t type_ipv6;
} scn_message_t;

static const scn_message_t messages[] = {
    {"ttl-exceeded", TTR_KIND_TIME_EXCEEDED, 11, 3},
    {"unreachable", TTR_KIND_UNREACHABLE, 3, 1},
    {"packet-too-big", TTR_KIND_PACKET_TOO_BIG, 0, 2},
    {"parameter-problem", TTR_KIND_OTHER_ICMP, 12, 4},
};

/* What the frame is, as far as its words say it. */
typedef struct scn_shape {
    const scn_segment_t *segment;
    const scn_message_t *message;
    const ttr_observation_t *again;         /* again=N */
    const ttr_observation_t *answered;      /* answers-…-of=N */
    const ttr_observation_t *quoted;        /* quotes=N */
    bool has_seq;                           /* answers-seq-of */
    bool has_ack;                           /* answers-ack-of */
    bool quotes_flow;
} scn_shape_t;

static bool
fail(GError **error, const char *format, const char *word)
{
    g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, format, word);
    return false;
}

/* Scattered, so that no two frames have the same ID, or neighbours, unless the scenario says so. */
static uint16_t
default_id(uint32_t number)
{
    return (uint16_t)(0x1111 + number * 0x0b3d);
}

/* What an answer acknowledges: SYN, FIN and payload count (RFC 9293 section 3.4). */
static uint32_t
end_of_segment(const ttr_tcp_t *tcp)
{
    uint32_t flags = ((tcp->flags & TTR_TCP_SYN) != 0 ? 1 : 0) + ((tcp->flags & TTR_TCP_FIN) != 0 ? 1 : 0);

    return tcp->seq + tcp->payload + flags;
}

static const ttr_observation_t *
find_frame(const GArray *frames, const char *number)
{
    uint64_t wanted;

    if (!scn_number_parse(number, UINT32_MAX, &wanted))
        return NULL;
    for (guint i = 0; i < frames->len; i++) {
        const ttr_observation_t *frame = &g_array_index(frames, ttr_observation_t, i);

        if (frame->frame == wanted)
            return frame;
    }
    return NULL;
}

/* Takes a word that names an earlier frame; *is_taken says whether it does. */
static bool
take_reference(const char *word, const GArray *frames, scn_shape_t *shape, bool *is_taken, GError **error)
{
    const struct {
        const char *key;
        const ttr_observation_t **to;
    } references[] = {
        {"again", &shape->again},
        {"answers-seq-of", &shape->answered},
        {"answers-ack-of", &shape->answered},
        {"answers-flow-of", &shape->answered},
        {"quotes", &shape->quoted},
    };

    *is_taken = true;
    shape->has_seq = shape->has_seq || g_str_has_prefix(word, "answers-seq-of=");
    shape->has_ack = shape->has_ack || g_str_has_prefix(word, "answers-ack-of=");
    if (strcmp(word, "quotes=flow") == 0) {
        shape->quotes_flow = true;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
        const char *number = scn_word_value(word, references[i].key);

        if (number == NULL)
            continue;
        *references[i].to = find_frame(frames, number);
        return *references[i].to != NULL || fail(error, "'%s' names no earlier frame", word);
    }
    *is_taken = false;
    return true;
}

static bool
is_shape_word(const char *word, scn_shape_t *shape)
{
    for (size_t i = 0; i < G_N_ELEMENTS(segments); i++) {
        bool is_data = strcmp(segments[i].word, "data") == 0 && g_str_has_prefix(word, "data=");

        if (is_data || strcmp(word, segments[i].word) == 0) {
            shape->segment = &segments[i];
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        if (strcmp(word, messages[i].word) == 0) {
            shape->message = &messages[i];
            return true;
        }
    }
    return false;
}

static bool
check_shape(const scn_shape_t *shape, GError **error)
{
    int count = (shape->segment != NULL) + (shape->message != NULL) + (shape->again != NULL);
    bool quotes = shape->quotes_flow || shape->quoted != NULL;

    if (count != 1)
        return fail(error, "%s", "says not, or more than once, what it is: syn, ack, ttl-exceeded, again=N …");
    if (quotes != (shape->message != NULL))
        return fail(error, "%s", "ICMP errors need quotes=N, and nothing else has it");
    if (shape->quoted != NULL && shape->quoted->what != TTR_OBSERVED_TCP)
        return fail(error, "%s", "quotes=N must name a TCP segment");
    if (shape->answered != NULL && (shape->segment == NULL || shape->answered->what != TTR_OBSERVED_TCP))
        return fail(error, "%s", "only a TCP segment answers, and only another TCP segment");
    if (shape->segment != NULL && shape->answered == NULL && (shape->segment->flags & TTR_TCP_ACK) != 0 &&
        (shape->segment->flags & (TTR_TCP_SYN | TTR_TCP_RST)) != 0)
        return fail(error, "'%s' needs answers-seq-of=N; of the sender's own say flags=…", shape->segment->word);
    return true;
}

static void
shape_segment(const scn_shape_t *shape, const scn_flow_t *flow, uint32_t number, ttr_observation_t *observation)
{
    const ttr_observation_t *answered = shape->answered;

    observation->what = TTR_OBSERVED_TCP;
    observation->tcp.flags = shape->segment->flags;
    observation->ip.ttl = 64;
    if (answered == NULL) {
        observation->ip.family = flow->family;
        observation->ip.id = flow->family == TTR_FAMILY_IPV4 ? default_id(number) : 0;
        observation->ip.source = flow->source;
        observation->ip.target = flow->target;
        observation->tcp.sport = flow->sport;
        observation->tcp.dport = flow->dport;
        observation->tcp.seq = DEFAULT_SEQ;
        return;
    }
    observation->ip.family = answered->ip.family;
    observation->ip.dont_fragment = answered->ip.family == TTR_FAMILY_IPV4;
    observation->ip.source = answered->ip.target;
    observation->ip.target = answered->ip.source;
    observation->tcp.sport = answered->tcp.dport;
    observation->tcp.dport = answered->tcp.sport;
    if (shape->has_seq)
        observation->tcp.ack = end_of_segment(&answered->tcp);
    if (shape->has_ack)
        observation->tcp.seq = answered->tcp.ack;
}

static void
shape_message(const scn_shape_t *shape, const scn_flow_t *flow, uint32_t number, ttr_observation_t *observation)
{
    enum { TCP_BYTES = 20 };
    ttr_quote_t *quote = &observation->icmp.quote;
    ttr_observation_t made_up = {.ip.family = flow->family, .ip.source = flow->source, .ip.target = flow->target,
                                 .ip.length = flow->family == TTR_FAMILY_IPV4 ? 40 : 60, .tcp.sport = flow->sport,
                                 .tcp.dport = flow->dport, .tcp.seq = DEFAULT_SEQ};
    const ttr_observation_t *quoted = shape->quoted != NULL ? shape->quoted : &made_up;
    bool is_ipv4 = quoted->ip.family == TTR_FAMILY_IPV4;

    observation->what = TTR_OBSERVED_ICMP;
    observation->ip.family = quoted->ip.family;
    observation->ip.ttl = 64;
    observation->ip.id = is_ipv4 ? (uint16_t)(default_id(number) ^ 0x8000) : 0;
    observation->ip.target = quoted->ip.source;
    observation->icmp.kind = shape->message->kind;
    observation->icmp.type = is_ipv4 ? shape->message->type_ipv4 : shape->message->type_ipv6;
    *quote = (ttr_quote_t){
        .family = quoted->ip.family,
        .ttl = 1,
        .tos = quoted->ip.tos,
        .has_flags = true,
        .has_checksum = true,
        .ip_id = quoted->ip.id,
        .length = (uint16_t)(is_ipv4 ? quoted->ip.length : quoted->ip.length - 40),
        .flow_label = quoted->ip.flow_label,
        .source = quoted->ip.source,
        .target = quoted->ip.target,
        .sport = quoted->tcp.sport,
        .dport = quoted->tcp.dport,
        .has_seq = true,
        .seq = quoted->tcp.seq,
        .ack = quoted->tcp.ack,
        .tcp_flags = quoted->tcp.flags,
        .checksum = quoted->tcp.checksum,
    };
    if (shape->quoted != NULL)
        quote->header = (ttr_header_t){.ack = quoted->tcp.ack, .flags = quoted->tcp.flags, .known = TCP_BYTES};
}

/* A checksum that is the same for the same segment and else, most likely, not. */
static uint16_t
checksum_of(const ttr_tcp_t *tcp)
{
    const uint32_t words[] = {tcp->sport, tcp->dport, tcp->seq, tcp->ack, tcp->flags, tcp->window, tcp->payload,
                              tcp->options, tcp->tsval};
    uint32_t sum = 1;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        sum = (sum ^ words[i]) * 0x9e3779b1u + (sum >> 15);
    return (uint16_t)(sum >> 16);
}

/* What follows from the fields, where no word said it. `again` is the frame that this one repeats, or NULL. */
static void
finish(const ttr_observation_t *again, ttr_observation_t *observation)
{
    uint32_t header = observation->ip.family == TTR_FAMILY_IPV4 ? 20 : 40;

    if (observation->what == TTR_OBSERVED_ICMP) {
        if (observation->ip.length == 0)
            observation->ip.length = header + 8 + header + 20;
        return;
    }
    header += 20 + scn_field_options_size(observation->tcp.options);
    if (observation->ip.length == 0)
        observation->ip.length = header + observation->tcp.payload;
    if (observation->tcp.checksum == 0 || (again != NULL && observation->tcp.checksum == checksum_of(&again->tcp)))
        observation->tcp.checksum = checksum_of(&observation->tcp);
}

static bool
apply_words(char **words, ttr_observation_t *observation, bool *has_time, GError **error)
{
    for (; *words != NULL; words++) {
        scn_shape_t ignored = {0};
        const char *time = scn_word_value(*words, "at");
        int64_t ns;

        if (time != NULL) {
            if (!scn_time_parse(time, &ns))
                return fail(error, "'%s' is no time", *words);
            observation->time_ns = EPOCH_NS + ns;
            *has_time = true;
        } else if (!scn_field_apply(*words, observation, error)) {
            if (!is_shape_word(*words, &ignored) || strchr(*words, '=') != NULL)
                return false;
            g_clear_error(error);
        }
    }
    return true;
}

bool
scn_frame_parse(const scn_capture_t *capture, uint32_t number, char **words, ttr_observation_t *observation,
                GError **error)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new();
    const scn_flow_t *flow = &capture->flow;
    scn_shape_t shape = {0};
    bool has_time = false;

    for (; *words != NULL; words++) {
        bool is_reference;

        if (!take_reference(*words, capture->frames, &shape, &is_reference, error))
            return false;
        if (is_reference)
            continue;
        if (!is_shape_word(*words, &shape) || strchr(*words, '=') != NULL)
            g_ptr_array_add(fields, *words);
    }
    g_ptr_array_add(fields, NULL);
    if (!check_shape(&shape, error))
        return false;
    memset(observation, 0, sizeof *observation);
    if (shape.again != NULL)
        *observation = *shape.again;
    else if (shape.segment != NULL)
        shape_segment(&shape, flow, number, observation);
    else
        shape_message(&shape, flow, number, observation);
    observation->frame = number;
    if (shape.segment != NULL && shape.answered == NULL && flow->defaults != NULL &&
        !apply_words(flow->defaults, observation, &has_time, error))
        return false;
    if (!apply_words((char **)fields->pdata, observation, &has_time, error))
        return false;
    finish(shape.again, observation);
    return has_time || fail(error, "%s", "has no at=SECONDS");
}
