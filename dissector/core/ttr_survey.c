/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_survey.h"

#include "ttr_findings.h"
#include "ttr_hash.h"
#include "ttr_interned.h"
#include "ttr_schedule.h"

/* What is needed while a survey is made. */
typedef struct maker {
    ttr_survey_t *survey;
    GHashTable *numbers;            /* address (borrowed from `addresses`) -> number + 1 */
    GPtrArray *addresses;           /* owned: ttr_address_t */
    GArray *replies;                /* ttr_survey_reply_t */
} maker_t;

static guint
address_hash(const void *address)
{
    return (guint)ttr_hash_address(0, address);
}

static gboolean
address_equal(const void *a, const void *b)
{
    return ttr_address_equal(a, b);
}

static uint32_t
number_of(maker_t *maker, const ttr_address_t *address)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(maker->numbers, address));
    ttr_address_t *key;

    if (number != 0)
        return number - 1;
    key = g_new(ttr_address_t, 1);
    *key = *address;
    g_ptr_array_add(maker->addresses, key);
    g_array_append_val(maker->survey->responders, *address);
    g_hash_table_insert(maker->numbers, key, GUINT_TO_POINTER(maker->addresses->len));
    return maker->addresses->len - 1;
}

static void
add_reply(maker_t *maker, const ttr_reply_info_t *info)
{
    const ttr_store_t *store = maker->survey->store;
    ttr_survey_reply_t reply = {.info = *info, .responder = number_of(maker, &info->responder)};

    if ((info->id & TTR_IS_ERROR) != 0)
        reply.error = ttr_store_error(store, info->id & ~TTR_IS_ERROR);
    else
        reply.segment = ttr_store_sighting(store, info->id);
    g_array_append_val(maker->replies, reply);
}

static void
add_probe(maker_t *maker, uint32_t at)
{
    ttr_survey_t *survey = maker->survey;
    const ttr_sighting_t *segment = ttr_store_sighting(survey->store, survey->trace->probes[at]);
    const ttr_flow_t *flow = ttr_store_flow(survey->store, segment->flow);
    ttr_survey_probe_t *probe = &survey->probes[at];
    ttr_reply_info_t info;

    *probe = (ttr_survey_probe_t){
        .segment = segment,
        .sport = segment->is_from_low ? flow->low_port : flow->high_port,
        .dport = segment->is_from_low ? flow->high_port : flow->low_port,
        .flow = segment->flow,
        .is_in_flight = ttr_findings_is_in_flight(survey->store, survey->trace, segment),
        .first_reply = maker->replies->len,
    };
    for (uint32_t next = segment->first_reply; ttr_path_reply(survey->store, next, &info); next = info.next_reply)
        add_reply(maker, &info);
    probe->reply_count = maker->replies->len - probe->first_reply;
    survey->hops[segment->ttl].count++;
}

static void
add_to_hop(ttr_survey_t *survey, const ttr_survey_probe_t *probe)
{
    ttr_survey_hop_t *hop = &survey->hops[probe->segment->ttl];
    const ttr_survey_reply_t *answer = ttr_survey_answer(survey, probe);

    hop->in_flight += probe->is_in_flight ? 1 : 0;
    if (answer == NULL)
        return;
    if (hop->answered == 0)
        hop->responder = answer->responder;
    hop->has_others = hop->has_others || hop->responder != answer->responder;
    hop->answered++;
}

/* Sorts by TTL: the order within a hop stays. */
static void
sort_hops(ttr_survey_t *survey)
{
    uint32_t next[TTR_SURVEY_TTLS];
    uint32_t first = 0;

    for (unsigned ttl = 0; ttl < TTR_SURVEY_TTLS; ttl++) {
        survey->hops[ttl].first = first;
        next[ttl] = first;
        first += survey->hops[ttl].count;
    }
    survey->by_ttl = g_new(uint32_t, survey->probe_count);
    for (uint32_t i = 0; i < survey->probe_count; i++) {
        survey->by_ttl[next[survey->probes[i].segment->ttl]++] = i;
        add_to_hop(survey, &survey->probes[i]);
    }
}

ttr_survey_t *
ttr_survey_new(const ttr_store_t *store, uint32_t index)
{
    maker_t maker;
    ttr_trace_info_t info;
    ttr_survey_t *survey;
    ttr_findings_t found;

    if (!ttr_path_trace(store, index, &info))
        return NULL;
    survey = g_new0(ttr_survey_t, 1);
    survey->store = store;
    survey->trace = ttr_store_trace(store, ttr_schedule_trace(store, index));
    survey->info = info;
    survey->pair = ttr_store_pair(store, survey->trace->pair);
    survey->probe_count = survey->trace->probe_count;
    survey->probes = g_new0(ttr_survey_probe_t, survey->probe_count);
    survey->responders = g_array_new(FALSE, FALSE, sizeof(ttr_address_t));
    survey->last_ttl = info.is_reached ? info.path_length : info.last_ttl;
    found = ttr_findings_find(store, survey->trace);
    survey->is_length_changed = found.length.is_longer || found.length.is_shorter;
    maker = (maker_t){survey, g_hash_table_new(address_hash, address_equal), g_ptr_array_new_with_free_func(g_free),
                      g_array_new(FALSE, FALSE, sizeof(ttr_survey_reply_t))};
    for (uint32_t i = 0; i < survey->probe_count; i++)
        add_probe(&maker, i);
    survey->reply_count = maker.replies->len;
    survey->replies = (ttr_survey_reply_t *)(void *)g_array_free(maker.replies, FALSE);
    g_hash_table_destroy(maker.numbers);
    g_ptr_array_unref(maker.addresses);
    sort_hops(survey);
    return survey;
}

void
ttr_survey_free(ttr_survey_t *survey)
{
    if (survey == NULL)
        return;
    g_free(survey->probes);
    g_free(survey->replies);
    g_free(survey->by_ttl);
    g_array_unref(survey->responders);
    g_free(survey);
}

const ttr_survey_probe_t *
ttr_survey_probe_of(const ttr_survey_t *survey, uint8_t ttl, uint32_t at)
{
    return &survey->probes[survey->by_ttl[survey->hops[ttl].first + at]];
}

const ttr_survey_reply_t *
ttr_survey_answer(const ttr_survey_t *survey, const ttr_survey_probe_t *probe)
{
    return probe->reply_count == 0 ? NULL : &survey->replies[probe->first_reply];
}

void
ttr_survey_header(const ttr_survey_t *survey, const ttr_sighting_t *segment, ttr_header_t *header)
{
    enum { TO_WINDOW = 16 };
    const ttr_header_t *row = (segment->flags & TTR_TCP_SYN) != 0 ? ttr_headers_row(survey->store->headers,
                                                                                    (uint16_t)segment->header)
                                                                  : NULL;

    if (row != NULL)
        *header = *row;
    else
        *header = (ttr_header_t){.flags = segment->flags, .window = segment->window, .known = TO_WINDOW};
    header->ack = segment->ack;
    header->marks = segment->dont_fragment ? TTR_HEADER_DONT_FRAGMENT : 0;
}

ttr_finding_t
ttr_finding_new(const ttr_survey_t *survey, ttr_finding_kind_t kind, bool is_shown)
{
    return (ttr_finding_t){
        .kind = kind, .is_shown = is_shown, .family = survey->info.family, .other_trace = TTR_NO_TRACE};
}

/* The one responder of a hop; false when there is none, or several. */
static bool
one_responder(const ttr_survey_t *survey, uint8_t ttl, ttr_address_t *address)
{
    const ttr_survey_hop_t *hop = &survey->hops[ttl];

    if (hop->answered == 0 || hop->has_others)
        return false;
    *address = g_array_index(survey->responders, ttr_address_t, hop->responder);
    return true;
}

void
ttr_finding_put_at(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t ttl)
{
    finding->at_hop = ttl;
    finding->has_responder = one_responder(survey, ttl, &finding->responder);
}

void
ttr_finding_put_between(ttr_finding_t *finding, const ttr_survey_t *survey, uint8_t after, uint8_t at)
{
    ttr_finding_put_at(finding, survey, at);
    finding->has_after = true;
    finding->after_hop = after;
    finding->has_near = after != 0 && one_responder(survey, after, &finding->near);
}

void
ttr_finding_add_frame(ttr_finding_t *finding, uint32_t frame)
{
    uint8_t at = finding->frame_count;

    for (uint8_t i = 0; i < finding->frame_count; i++) {
        if (finding->frames[i] == frame)
            return;
    }
    if (finding->frame_count == TTR_FINDING_FRAMES_MAX)
        return;
    while (at > 0 && finding->frames[at - 1] > frame) {
        finding->frames[at] = finding->frames[at - 1];
        at--;
    }
    finding->frames[at] = frame;
    finding->frame_count++;
}
