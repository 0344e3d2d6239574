/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_field.h"

#include <string.h>

#include "scn_words.h"

typedef enum {
    SCOPE_ANY,
    SCOPE_TCP,
    SCOPE_ICMP
} scn_scope_t;

typedef struct scn_number_field {
    const char *key;
    scn_scope_t scope;
    size_t offset;
    size_t size;
} scn_number_field_t;

#define FIELD(member) offsetof(ttr_observation_t, member), sizeof(((ttr_observation_t *)NULL)->member)

static const scn_number_field_t number_fields[] = {
    {"layer", SCOPE_ANY, FIELD(layer)},
    {"ttl", SCOPE_ANY, FIELD(ip.ttl)},
    {"id", SCOPE_ANY, FIELD(ip.id)},
    {"tos", SCOPE_ANY, FIELD(ip.tos)},
    {"label", SCOPE_ANY, FIELD(ip.flow_label)},
    {"length", SCOPE_ANY, FIELD(ip.length)},
    {"sport", SCOPE_TCP, FIELD(tcp.sport)},
    {"dport", SCOPE_TCP, FIELD(tcp.dport)},
    {"seq", SCOPE_TCP, FIELD(tcp.seq)},
    {"ack", SCOPE_TCP, FIELD(tcp.ack)},
    {"flags", SCOPE_TCP, FIELD(tcp.flags)},
    {"window", SCOPE_TCP, FIELD(tcp.window)},
    {"checksum", SCOPE_TCP, FIELD(tcp.checksum)},
    {"payload", SCOPE_TCP, FIELD(tcp.payload)},
    {"data", SCOPE_TCP, FIELD(tcp.payload)},
    {"tsval", SCOPE_TCP, FIELD(tcp.tsval)},
    {"type", SCOPE_ICMP, FIELD(icmp.type)},
    {"code", SCOPE_ICMP, FIELD(icmp.code)},
    {"mtu", SCOPE_ICMP, FIELD(icmp.mtu)},
    {"quoted-id", SCOPE_ICMP, FIELD(icmp.quote.ip_id)},
    {"quoted-ttl", SCOPE_ICMP, FIELD(icmp.quote.ttl)},
    {"quoted-tos", SCOPE_ICMP, FIELD(icmp.quote.tos)},
    {"quoted-length", SCOPE_ICMP, FIELD(icmp.quote.length)},
    {"quoted-label", SCOPE_ICMP, FIELD(icmp.quote.flow_label)},
    {"quoted-sport", SCOPE_ICMP, FIELD(icmp.quote.sport)},
    {"quoted-dport", SCOPE_ICMP, FIELD(icmp.quote.dport)},
    {"quoted-seq", SCOPE_ICMP, FIELD(icmp.quote.seq)},
    {"quoted-ack", SCOPE_ICMP, FIELD(icmp.quote.ack)},
    {"quoted-checksum", SCOPE_ICMP, FIELD(icmp.quote.checksum)},
};

typedef struct scn_address_field {
    const char *key;
    scn_scope_t scope;
    size_t offset;
} scn_address_field_t;

static const scn_address_field_t address_fields[] = {
    {"source", SCOPE_TCP, offsetof(ttr_observation_t, ip.source)},
    {"target", SCOPE_TCP, offsetof(ttr_observation_t, ip.target)},
    {"from", SCOPE_ICMP, offsetof(ttr_observation_t, ip.source)},
    {"to", SCOPE_ICMP, offsetof(ttr_observation_t, ip.target)},
    {"quoted-source", SCOPE_ICMP, offsetof(ttr_observation_t, icmp.quote.source)},
    {"quoted-target", SCOPE_ICMP, offsetof(ttr_observation_t, icmp.quote.target)},
};

/* What tools send, by the kinds of options; the hash itself is any number that tells them apart. */
static const struct {
    const char *name;
    uint32_t hash;
    uint32_t size;
} option_sets[] = {
    {"none", 0, 0},
    {"mss", 0x2, 4},            /* nmap */
    {"full", 0x24813, 20},      /* MSS, SACK permitted, time stamps, NOP, window scale: kernels, traceroute -T */
    {"timestamps", 0x118, 12},  /* NOP, NOP, time stamps: within a connection */
};

uint32_t
scn_field_options_size(uint32_t options)
{
    for (size_t i = 0; i < G_N_ELEMENTS(option_sets); i++) {
        if (option_sets[i].hash == options)
            return option_sets[i].size;
    }
    return 4;
}

static bool
is_in_scope(scn_scope_t scope, const ttr_observation_t *observation)
{
    return scope == SCOPE_ANY || (scope == SCOPE_TCP) == (observation->what == TTR_OBSERVED_TCP);
}

static bool
set_number(const char *text, void *to, size_t size)
{
    uint64_t number;
    uint8_t byte;
    uint16_t half;
    uint32_t word;

    if (!scn_number_parse(text, size == 1 ? UINT8_MAX : size == 2 ? UINT16_MAX : UINT32_MAX, &number))
        return false;
    switch (size) {
    case 1:
        byte = (uint8_t)number;
        memcpy(to, &byte, sizeof byte);
        return true;
    case 2:
        half = (uint16_t)number;
        memcpy(to, &half, sizeof half);
        return true;
    default:
        word = (uint32_t)number;
        memcpy(to, &word, sizeof word);
        return true;
    }
}

static bool
set_address(const char *text, ttr_observation_t *observation, size_t offset)
{
    ttr_address_t address;
    uint8_t family;

    if (!scn_address_parse(text, &family, &address))
        return false;
    if (family != observation->ip.family)
        return false;
    memcpy((char *)observation + offset, &address, sizeof address);
    return true;
}

static bool
set_sack(const char *text, ttr_tcp_t *tcp)
{
    g_auto(GStrv) edges = g_strsplit(text, "-", 2);
    uint64_t left;
    uint64_t right;

    if (g_strv_length(edges) != 2 || !scn_number_parse(edges[0], UINT32_MAX, &left) ||
        !scn_number_parse(edges[1], UINT32_MAX, &right))
        return false;
    tcp->has_sack = true;
    tcp->sack_left = (uint32_t)left;
    tcp->sack_right = (uint32_t)right;
    return true;
}

static bool
set_options(const char *text, ttr_tcp_t *tcp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(option_sets); i++) {
        if (strcmp(text, option_sets[i].name) == 0) {
            tcp->options = option_sets[i].hash;
            return true;
        }
    }
    return false;
}

/* Bytes of TCP that the router quoted: 8 to 20. */
static bool
set_quoted_bytes(const char *text, ttr_quote_t *quote)
{
    uint64_t bytes;

    if (!scn_number_parse(text, 60, &bytes) || bytes < 8)
        return false;
    quote->has_flags = bytes >= 14;
    quote->has_checksum = bytes >= 18;
    quote->header.known = MIN(quote->header.known, (uint8_t)bytes);
    if (!quote->has_flags)
        quote->ack = quote->tcp_flags = 0;
    if (!quote->has_checksum)
        quote->checksum = 0;
    return true;
}

static bool
set_mpls(const char *text, ttr_extension_t *extension)
{
    uint64_t label;

    if (!scn_number_parse(text, 0xfffff, &label))
        return false;
    extension->object_count = 1;
    extension->objects[0] = (ttr_object_t){.class_num = 1, .c_type = 1, .length = 4};
    extension->mpls_count = 1;
    extension->mpls[0] = (ttr_mpls_t){.label = (uint32_t)label, .bottom = 1, .ttl = 1};
    return true;
}

/* Words with a meaning of their own; *is_known says whether this is one of them. */
static bool
apply_special(const char *word, ttr_observation_t *observation, bool *is_known)
{
    bool is_tcp = observation->what == TTR_OBSERVED_TCP;
    const char *value;

    *is_known = true;
    if (strcmp(word, "df") == 0 || strcmp(word, "no-df") == 0) {
        observation->ip.dont_fragment = word[0] == 'd';
        return true;
    }
    if (strcmp(word, "extension-wrong") == 0) {
        if (!is_tcp)
            observation->icmp.is_extension_wrong = true;
        return !is_tcp;
    }
    if ((value = scn_word_value(word, "options")) != NULL)
        return is_tcp && set_options(value, &observation->tcp);
    if ((value = scn_word_value(word, "sack")) != NULL)
        return is_tcp && set_sack(value, &observation->tcp);
    if ((value = scn_word_value(word, "quoted-bytes")) != NULL)
        return !is_tcp && set_quoted_bytes(value, &observation->icmp.quote);
    if ((value = scn_word_value(word, "mpls")) != NULL)
        return !is_tcp && set_mpls(value, &observation->icmp.extension);
    *is_known = false;
    return false;
}

bool
scn_field_apply(const char *word, ttr_observation_t *observation, GError **error)
{
    bool is_known;
    bool is_done = apply_special(word, observation, &is_known);

    for (size_t i = 0; i < G_N_ELEMENTS(number_fields) && !is_known; i++) {
        const scn_number_field_t *field = &number_fields[i];
        const char *value = scn_word_value(word, field->key);

        is_known = value != NULL && is_in_scope(field->scope, observation);
        is_done = is_known && set_number(value, (char *)observation + field->offset, field->size);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(address_fields) && !is_known; i++) {
        const char *value = scn_word_value(word, address_fields[i].key);

        is_known = value != NULL && is_in_scope(address_fields[i].scope, observation);
        is_done = is_known && set_address(value, observation, address_fields[i].offset);
    }
    if (!is_known)
        g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "'%s' is no word of such a frame", word);
    else if (!is_done)
        g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "'%s' has no value that fits", word);
    return is_done;
}
