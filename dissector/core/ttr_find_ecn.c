/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What SYN/ACKs say to SYNs that ask how their ECN field arrives: accurate ECN, RFC 9768.
 */
#include "ttr_find.h"

enum {
    ASKS = TTR_TCP_AE | TTR_TCP_CWR | TTR_TCP_ECE,
    CODE_SHIFT = 6,             /* ECE becomes bit 0, AE bit 2 */
    TO_FLAGS = 14,              /* bytes of TCP until behind the flags */
    NOWHERE = -1
};

/* The ECN field with which the SYN arrived, by AE, CWR and ECE of the SYN/ACK (RFC 9768 section 3.1.1, table 2); NOWHERE:
 * they do not say. */
static const int arrived[] = {NOWHERE, NOWHERE, 0, 1, 2, NOWHERE, 3, NOWHERE};

/* The three flags of a SYN as a number from 0 to 7. False where they were not captured. */
static bool
read_code(const ttr_survey_t *survey, const ttr_sighting_t *segment, uint8_t *code)
{
    ttr_header_t header;

    ttr_survey_header(survey, segment, &header);
    *code = (uint8_t)((header.flags & ASKS) >> CODE_SHIFT);
    return header.known >= TO_FLAGS;
}

/* The finding for this answer to a SYN with this ECN field: the one that is there, or a new one. */
static ttr_finding_t *
take_finding(const ttr_survey_t *survey, GArray *findings, guint first, uint8_t sent, uint8_t code)
{
    ttr_finding_t finding = ttr_finding_new(survey, TTR_FINDING_ECN_ARRIVAL, true);

    for (guint i = first; i < findings->len; i++) {
        ttr_finding_t *there = &g_array_index(findings, ttr_finding_t, i);

        if (there->code == code && there->from == sent)
            return there;
    }
    ttr_finding_put_at(&finding, survey, survey->info.path_length);
    finding.field = TTR_FIELD_ECN;
    finding.code = code;
    finding.has_values = arrived[code] != NOWHERE;
    finding.from = sent;
    finding.to = finding.has_values ? (uint64_t)arrived[code] : 0;
    g_array_append_val(findings, finding);
    return &g_array_index(findings, ttr_finding_t, findings->len - 1);
}

void
ttr_find_ecn(const ttr_survey_t *survey, GArray *findings)
{
    const guint first = findings->len;

    for (uint32_t i = 0; i < survey->probe_count; i++) {
        const ttr_survey_probe_t *probe = &survey->probes[i];
        uint8_t asked;

        if ((probe->segment->flags & (TTR_TCP_SYN | TTR_TCP_ACK)) != TTR_TCP_SYN ||
            !read_code(survey, probe->segment, &asked) || asked != ASKS >> CODE_SHIFT)
            continue;
        for (uint32_t at = 0; at < probe->reply_count; at++) {
            const ttr_survey_reply_t *reply = &survey->replies[probe->first_reply + at];
            ttr_finding_t *finding;
            uint8_t code;

            if (reply->segment == NULL || !reply->info.is_from_target || reply->info.kind != TTR_KIND_SYN_ACK ||
                reply->info.match != TTR_MATCH_ACK || !read_code(survey, reply->segment, &code))
                continue;
            finding = take_finding(survey, findings, first, probe->segment->tos & 3, code);
            ttr_finding_add_frame(finding, probe->segment->frame);
            ttr_finding_add_frame(finding, reply->info.frame);
        }
    }
}
