/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What changed on the way: each field by itself, from the first hop behind which every quote that has it differs. A hop
 * that alone quotes otherwise quotes wrongly, and nothing is said of the path.
 */
#include "ttr_change.h"
#include "ttr_find.h"

#define BIT(field) (1u << (field))

enum { WEAK_MIN = 2 };          /* quotes that must agree where the field would have been the key */

/* What the quotes of one hop say of one field. */
typedef struct level {
    uint32_t same;              /* quotes as sent */
    uint32_t other;             /* quotes that differ, and count */
    uint32_t weak;              /* quotes that differ in what would have named their probe */
    bool is_misquote;           /* all that differ do so as routers misquote */
} level_t;

typedef struct levels {
    const ttr_survey_t *survey;
    level_t of[TTR_SURVEY_TTLS][TTR_FIELDS];
} levels_t;

/* A quoted TTL in anything but a time exceeded may be any, but the rest of a quote holds in all errors. */
static void
count_quote(levels_t *levels, const ttr_survey_probe_t *probe, const ttr_survey_reply_t *reply)
{
    ttr_change_t change = ttr_change_of(levels->survey, probe, reply);

    for (unsigned field = TTR_FIELD_DSCP; field < TTR_FIELDS; field++) {
        level_t *level = &levels->of[probe->segment->ttl][field];
        bool is_wrong;

        if ((change.known & BIT(field)) == 0 || reply->info.match == TTR_MATCH_ORDER)
            continue;
        if ((change.changed & BIT(field)) == 0) {
            level->same++;
            continue;
        }
        is_wrong = ttr_change_is_misquote((ttr_field_t)field,
                                          ttr_change_sent(levels->survey, probe, (ttr_field_t)field),
                                          ttr_change_quoted(levels->survey, probe, reply, (ttr_field_t)field));
        level->is_misquote = is_wrong && (level->is_misquote || level->other + level->weak == 0);
        if ((change.weak & BIT(field)) != 0)
            level->weak++;
        else
            level->other++;
    }
}

static levels_t *
count_quotes(const ttr_survey_t *survey)
{
    levels_t *levels = g_new0(levels_t, 1);

    levels->survey = survey;
    for (uint32_t i = 0; i < survey->probe_count; i++) {
        const ttr_survey_probe_t *probe = &survey->probes[i];

        for (uint32_t at = 0; at < probe->reply_count; at++) {
            const ttr_survey_reply_t *reply = &survey->replies[probe->first_reply + at];

            if (reply->error != NULL)
                count_quote(levels, probe, reply);
        }
    }
    return levels;
}

/* What a hop says. */
typedef enum {
    NOTHING,
    SAME,
    OTHER,
    MIXED                       /* nothing can be said of the path behind it either */
} word_t;

static word_t
word_of(const level_t *level)
{
    bool is_other = level->other > 0 || level->weak >= WEAK_MIN;

    if (level->same > 0)
        return level->other + level->weak > 0 ? MIXED : SAME;
    if (level->weak > 0 && !is_other)
        return NOTHING;
    return is_other ? OTHER : NOTHING;
}

/* Where a field changes. */
typedef struct place {
    uint8_t after;
    uint8_t at;
    bool is_last;               /* no hop behind it quotes the field */
} place_t;

static bool
find_place(const levels_t *levels, ttr_field_t field, place_t *place)
{
    bool is_found = false;

    *place = (place_t){.after = 0};
    for (unsigned ttl = 1; ttl < TTR_SURVEY_TTLS; ttl++) {
        word_t word = word_of(&levels->of[ttl][field]);

        if (word == MIXED || (word == SAME && is_found))
            return false;
        if (word == SAME)
            place->after = (uint8_t)ttl;
        if (word == OTHER && is_found)
            place->is_last = false;
        if (word == OTHER && !is_found) {
            place->at = (uint8_t)ttl;
            place->is_last = true;
            is_found = true;
        }
    }
    return is_found && !(place->is_last && levels->of[place->at][field].is_misquote);
}

static ttr_finding_kind_t
kind_of(ttr_field_t field)
{
    if (field == TTR_FIELD_SOURCE || field == TTR_FIELD_SPORT)
        return TTR_FINDING_NAT;
    if (field == TTR_FIELD_CHECKSUM)
        return TTR_FINDING_TRANSLATED;
    return field == TTR_FIELD_TARGET || field == TTR_FIELD_DPORT ? TTR_FINDING_DNAT : TTR_FINDING_CHANGED;
}

/* Takes values and frames of one quote that differs. */
static void
take_quote(ttr_finding_t *finding, const ttr_survey_t *survey, const ttr_survey_probe_t *probe,
           const ttr_survey_reply_t *reply)
{
    uint64_t from = ttr_change_sent(survey, probe, finding->field);
    uint64_t to = ttr_change_quoted(survey, probe, reply, finding->field);
    ttr_address_t address = {{0}};

    if (finding->field == TTR_FIELD_SOURCE || finding->field == TTR_FIELD_TARGET)
        address = ttr_change_address(survey, reply, finding->field);
    if (finding->frame_count == 0) {
        finding->has_values = true;
        finding->from = from;
        finding->to = to;
        finding->from_address = finding->field == TTR_FIELD_SOURCE ? survey->info.source : survey->info.target;
        finding->to_address = address;
    } else if (finding->from != from || finding->to != to || !ttr_address_equal(&finding->to_address, &address)) {
        finding->has_values = false;
    }
    ttr_finding_add_frame(finding, probe->segment->frame);
    ttr_finding_add_frame(finding, reply->info.frame);
    if (reply->info.hop == finding->at_hop && (finding->first_frame == 0 || reply->info.frame < finding->first_frame))
        finding->first_frame = reply->info.frame;
}

/* Values over all quotes from the hop on, frames of the hop itself. */
static void
add_finding(const ttr_survey_t *survey, ttr_field_t field, const place_t *place, GArray *findings)
{
    ttr_finding_t finding = ttr_finding_new(survey, kind_of(field), true);

    ttr_finding_put_between(&finding, survey, place->after, place->at);
    finding.field = field;
    for (unsigned ttl = place->at; ttl < TTR_SURVEY_TTLS; ttl++) {
        for (uint32_t i = 0; i < survey->hops[ttl].count; i++) {
            const ttr_survey_probe_t *probe = ttr_survey_probe_of(survey, (uint8_t)ttl, i);
            const ttr_survey_reply_t *reply = ttr_survey_answer(survey, probe);

            if (reply == NULL || reply->error == NULL || reply->info.match == TTR_MATCH_ORDER)
                continue;
            if ((ttr_change_of(survey, probe, reply).changed & BIT(field)) != 0)
                take_quote(&finding, survey, probe, reply);
        }
    }
    g_array_append_val(findings, finding);
}

void
ttr_find_changes(const ttr_survey_t *survey, GArray *findings)
{
    levels_t *levels = count_quotes(survey);
    place_t place;

    for (unsigned field = TTR_FIELD_DSCP; field < TTR_FIELDS; field++) {
        if (find_place(levels, (ttr_field_t)field, &place))
            add_finding(survey, (ttr_field_t)field, &place, findings);
    }
    g_free(levels);
}
