/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_change.h"

#include "ttr_bytes.h"

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    /* How many bytes of TCP must be there for a field (RFC 9293 section 3.1). */
    TO_PORTS = 4,
    TO_SEQ = 8,
    TO_ACK = 12,
    TO_FLAGS = 14,
    TO_WINDOW = 16,
    TO_CHECKSUM = 18,
    TO_URGENT = 20,
    ONES = 0xffff,
    FEWER_FLAGS = 0x1ff         /* of a probe that is no SYN: those that its record has */
};

#define BIT(field) (1u << (field))

/* The two headers, as far as they are known. */
typedef struct headers {
    ttr_header_t sent;
    ttr_header_t quoted;
    bool is_syn;
} headers_t;

static headers_t
headers_of(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply)
{
    const ttr_header_t *row = ttr_headers_row(survey->store->headers, reply->error->header);
    headers_t headers = {.is_syn = (probe->segment->flags & TTR_TCP_SYN) != 0};

    ttr_survey_header(survey, probe->segment, &headers.sent);
    if (row != NULL)
        headers.quoted = *row;
    return headers;
}

static bool
is_ipv4(const ttr_survey_t *survey)
{
    return survey->info.family == TTR_FAMILY_IPV4;
}

/* Are all options of both there? */
static bool
has_options(const headers_t *headers)
{
    return headers->is_syn && headers->quoted.size >= TO_URGENT && headers->quoted.known >= headers->quoted.size &&
           headers->sent.known >= headers->sent.size && headers->sent.size >= TO_URGENT;
}

/* Of the IP header and the first 8 bytes, which are nearly always there. */
static uint32_t
known_first(const ttr_survey_t *survey, const ttr_survey_reply_t *reply, const headers_t *headers)
{
    uint32_t known = BIT(TTR_FIELD_DSCP) | BIT(TTR_FIELD_ECN) | BIT(TTR_FIELD_SOURCE) | BIT(TTR_FIELD_TARGET);

    if (is_ipv4(survey))
        known |= BIT(TTR_FIELD_IP_ID) | (headers->quoted.known > 0 ? BIT(TTR_FIELD_DF) : 0);
    else
        known |= BIT(TTR_FIELD_FLOW_LABEL);
    if (headers->quoted.known > 0 && (headers->quoted.marks & TTR_HEADER_FRAGMENT) == 0)
        known |= BIT(TTR_FIELD_LENGTH);
    if (!reply->error->are_ports_cut)
        known |= BIT(TTR_FIELD_SPORT) | BIT(TTR_FIELD_DPORT);
    if (reply->error->has_seq)
        known |= BIT(TTR_FIELD_SEQ);
    return known;
}

static uint32_t
known_rest(const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply, const headers_t *headers)
{
    uint8_t both = headers->is_syn ? MIN(headers->quoted.known, headers->sent.known)
                                   : MIN(headers->quoted.known, TO_WINDOW);
    uint32_t known = 0;

    if (headers->quoted.size < TO_URGENT)
        return 0;
    if (both >= TO_ACK)
        known |= BIT(TTR_FIELD_ACK);
    if (both >= TO_FLAGS)
        known |= BIT(TTR_FIELD_FLAGS);
    if (both >= TO_WINDOW)
        known |= BIT(TTR_FIELD_WINDOW);
    if (both >= TO_URGENT)
        known |= BIT(TTR_FIELD_URGENT);
    if (!has_options(headers))
        return known;
    known |= BIT(TTR_FIELD_OPTIONS);
    known |= headers->sent.mss != 0 ? BIT(TTR_FIELD_MSS) : 0;
    known |= headers->sent.window_scale != 0 ? BIT(TTR_FIELD_WINDOW_SCALE) : 0;
    known |= probe->segment->tsval != 0 && reply->error->tsval != 0 ? BIT(TTR_FIELD_TIMESTAMPS) : 0;
    return known;
}

/* By which fields the quote was not matched. */
static uint32_t
weak_fields(ttr_match_t match)
{
    const uint32_t ids = BIT(TTR_FIELD_IP_ID) | BIT(TTR_FIELD_FLOW_LABEL);
    const uint32_t ends = BIT(TTR_FIELD_SOURCE) | BIT(TTR_FIELD_TARGET) | BIT(TTR_FIELD_SPORT) | BIT(TTR_FIELD_DPORT);

    switch (match) {
    case TTR_MATCH_IP_ID:      return 0;
    case TTR_MATCH_PORTS_SEQ:  return ids;
    case TTR_MATCH_IP_ID_SEQ:  return ends;
    case TTR_MATCH_IP_ID_ONLY: return BIT(TTR_FIELD_SEQ);
    case TTR_MATCH_SEQ_ONLY:   return ids | ends;
    case TTR_MATCH_PORTS:      return ids | BIT(TTR_FIELD_SEQ);
    case TTR_MATCH_ACK:
    case TTR_MATCH_SEQ:
    case TTR_MATCH_SACK:
    case TTR_MATCH_ORDER:      break;
    }
    return UINT32_MAX;
}

ttr_address_t
ttr_change_address(const ttr_survey_t *survey, const ttr_survey_reply_t *reply, ttr_field_t field)
{
    bool is_source = field == TTR_FIELD_SOURCE;

    if (reply->error->addresses != 0) {
        const ttr_foreign_t *foreign = ttr_store_foreign(survey->store, reply->error->addresses);

        return is_source ? foreign->source : foreign->target;
    }
    if (reply->error->is_swapped)
        is_source = !is_source;
    return is_source ? survey->info.source : survey->info.target;
}

uint64_t
ttr_change_sent(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, ttr_field_t field)
{
    const ttr_sighting_t *segment = probe->segment;
    ttr_header_t header;

    ttr_survey_header(survey, segment, &header);
    switch (field) {
    case TTR_FIELD_DSCP:         return segment->tos >> 2;
    case TTR_FIELD_ECN:          return segment->tos & 3;
    case TTR_FIELD_IP_ID:
    case TTR_FIELD_FLOW_LABEL:   return segment->id_or_label;
    case TTR_FIELD_DF:           return segment->dont_fragment ? 1 : 0;
    case TTR_FIELD_LENGTH:       return is_ipv4(survey) ? segment->size : segment->size - IPV6_HEADER;
    case TTR_FIELD_SPORT:        return probe->sport;
    case TTR_FIELD_DPORT:        return probe->dport;
    case TTR_FIELD_SEQ:          return segment->seq;
    case TTR_FIELD_ACK:          return segment->ack;
    case TTR_FIELD_FLAGS:        return header.flags;
    case TTR_FIELD_WINDOW:       return segment->window;
    case TTR_FIELD_URGENT:       return header.urgent;
    case TTR_FIELD_CHECKSUM:     return segment->checksum;
    case TTR_FIELD_MSS:          return header.mss;
    case TTR_FIELD_WINDOW_SCALE: return header.window_scale;
    case TTR_FIELD_TIMESTAMPS:   return segment->tsval;
    case TTR_FIELD_OPTIONS:      return header.options;
    case TTR_FIELD_NONE:
    case TTR_FIELD_SOURCE:
    case TTR_FIELD_TARGET:       break;
    }
    return 0;
}

uint64_t
ttr_change_quoted(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply,
                  ttr_field_t field)
{
    const ttr_error_t *error = reply->error;
    headers_t headers = headers_of(survey, probe, reply);

    switch (field) {
    case TTR_FIELD_DSCP:         return error->quoted_tos >> 2;
    case TTR_FIELD_ECN:          return error->quoted_tos & 3;
    case TTR_FIELD_IP_ID:
    case TTR_FIELD_FLOW_LABEL:   return error->id_or_label;
    case TTR_FIELD_DF:           return (headers.quoted.marks & TTR_HEADER_DONT_FRAGMENT) != 0 ? 1 : 0;
    case TTR_FIELD_LENGTH:       return error->length;
    case TTR_FIELD_SPORT:        return error->sport;
    case TTR_FIELD_DPORT:        return error->dport;
    case TTR_FIELD_SEQ:          return error->seq;
    case TTR_FIELD_ACK:          return headers.quoted.ack;
    case TTR_FIELD_FLAGS:        return headers.is_syn ? headers.quoted.flags : headers.quoted.flags & FEWER_FLAGS;
    case TTR_FIELD_WINDOW:       return headers.quoted.window;
    case TTR_FIELD_URGENT:       return headers.quoted.urgent;
    case TTR_FIELD_CHECKSUM:     return error->checksum;
    case TTR_FIELD_MSS:          return headers.quoted.mss;
    case TTR_FIELD_WINDOW_SCALE: return headers.quoted.window_scale;
    case TTR_FIELD_TIMESTAMPS:   return error->tsval;
    case TTR_FIELD_OPTIONS:      return headers.quoted.options;
    case TTR_FIELD_NONE:
    case TTR_FIELD_SOURCE:
    case TTR_FIELD_TARGET:       break;
    }
    return 0;
}

static bool
is_other(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply,
         ttr_field_t field)
{
    ttr_address_t quoted;

    if (field != TTR_FIELD_SOURCE && field != TTR_FIELD_TARGET)
        return ttr_change_sent(survey, probe, field) != ttr_change_quoted(survey, probe, reply, field);
    quoted = ttr_change_address(survey, reply, field);
    return !ttr_address_equal(&quoted, field == TTR_FIELD_SOURCE ? &survey->info.source : &survey->info.target);
}

/* By how much the Internet checksum's sum changes when these bytes become those (RFC 1624), modulo 0xffff. */
static uint64_t
difference(const void *from, const void *to, size_t size)
{
    const uint8_t *before = from;
    const uint8_t *after = to;
    uint64_t sum = 0;

    for (size_t at = 0; at + 1 < size; at += 2)
        sum += (uint64_t)(ONES - ttr_bytes_u16(before + at)) + ttr_bytes_u16(after + at);
    return sum;
}

static uint64_t
word_difference(uint64_t from, uint64_t to)
{
    return ONES - (from & ONES) + (to & ONES) + ONES - (from >> 16 & ONES) + (to >> 16 & ONES);
}

/* Is the quoted checksum that of the segment that was sent, with all changes that the quote shows, or without those of
 * addresses; or as it was sent, or none at all? */
static bool
is_checksum_explained(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply)
{
    static const ttr_field_t fields[] = {TTR_FIELD_SPORT, TTR_FIELD_DPORT, TTR_FIELD_SEQ, TTR_FIELD_ACK, TTR_FIELD_FLAGS,
                                         TTR_FIELD_WINDOW, TTR_FIELD_URGENT};
    ttr_address_t source = ttr_change_address(survey, reply, TTR_FIELD_SOURCE);
    ttr_address_t target = ttr_change_address(survey, reply, TTR_FIELD_TARGET);
    uint64_t addresses = difference(&survey->info.source, &source, sizeof source) +
                         difference(&survey->info.target, &target, sizeof target);
    uint64_t quoted = reply->error->checksum;
    uint64_t sum = quoted + (ONES - probe->segment->checksum % ONES);

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        sum += word_difference(ttr_change_sent(survey, probe, fields[i]),
                               ttr_change_quoted(survey, probe, reply, fields[i]));
    return quoted == 0 || quoted == probe->segment->checksum || sum % ONES == 0 || (sum + addresses) % ONES == 0;
}

/* The checksum can be judged where the probe's is right, and all else that it is over is quoted; but not where options
 * changed, since what became of their bytes is not kept. */
static void
add_checksum(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply,
             ttr_change_t *change)
{
    const uint32_t needed = BIT(TTR_FIELD_OPTIONS) | BIT(TTR_FIELD_URGENT) | BIT(TTR_FIELD_LENGTH) | BIT(TTR_FIELD_SEQ);
    const uint32_t spoiled = BIT(TTR_FIELD_OPTIONS) | BIT(TTR_FIELD_LENGTH) | BIT(TTR_FIELD_MSS) |
                             BIT(TTR_FIELD_WINDOW_SCALE) | BIT(TTR_FIELD_TIMESTAMPS);

    if (!probe->segment->is_sum_right || !reply->error->has_checksum || (change->known & needed) != needed ||
        (change->changed & spoiled) != 0)
        return;
    change->known |= BIT(TTR_FIELD_CHECKSUM);
    if (!is_checksum_explained(survey, probe, reply))
        change->changed |= BIT(TTR_FIELD_CHECKSUM);
}

ttr_change_t
ttr_change_of(const ttr_survey_t *survey, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply)
{
    headers_t headers = headers_of(survey, probe, reply);
    ttr_change_t change = {
        .known = known_first(survey, reply, &headers) | known_rest(probe, reply, &headers),
        .weak = weak_fields(reply->info.match),
    };

    for (unsigned field = TTR_FIELD_DSCP; field < TTR_FIELDS; field++) {
        if (field != TTR_FIELD_CHECKSUM && (change.known & BIT(field)) != 0 && is_other(survey, probe, reply, (ttr_field_t)field))
            change.changed |= BIT(field);
    }
    add_checksum(survey, probe, reply, &change);
    return change;
}

static uint64_t
swapped(uint64_t number)
{
    return (number & 0xff) << 8 | (number >> 8 & 0xff);
}

bool
ttr_change_is_misquote(ttr_field_t field, uint64_t sent, uint64_t quoted)
{
    if (field == TTR_FIELD_IP_ID)
        return quoted == swapped(sent) || quoted == ((sent + 1) & 0xffff);
    if (field == TTR_FIELD_LENGTH)
        return quoted == swapped(sent) || quoted + IPV4_HEADER == sent;
    return false;
}
