/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Findings as sentences: the one place that words them, so that all outputs say the same.
 */
#include <inttypes.h>

#include "ttr_insight.h"
#include "ttr_text.h"

/* "hop 3 (198.51.100.2)"; "the sender" for hop 0. */
static void
add_hop(GString *text, const ttr_finding_t *finding, uint8_t ttl, const ttr_address_t *address)
{
    char digits[TTR_TEXT_ADDRESS_MAX];

    if (ttl == 0) {
        g_string_append(text, "the sender");
        return;
    }
    g_string_append_printf(text, "hop %u", ttl);
    if (address == NULL)
        return;
    ttr_text_address(finding->family, address, digits);
    g_string_append_printf(text, " (%s)", digits);
}

static void
add_at(GString *text, const ttr_finding_t *finding)
{
    add_hop(text, finding, finding->at_hop, finding->has_responder ? &finding->responder : NULL);
}

static void
add_after(GString *text, const ttr_finding_t *finding)
{
    add_hop(text, finding, finding->after_hop, finding->has_near ? &finding->near : NULL);
}

static void
add_between(GString *text, const ttr_finding_t *finding)
{
    g_string_append(text, " between ");
    add_after(text, finding);
    g_string_append(text, " and ");
    add_at(text, finding);
}

/* With a point in every locale. */
static void
add_number(GString *text, double number, int decimals)
{
    static const char *const formats[] = {"%.0f", "%.1f", "%.2f", "%.3f"};
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(text, g_ascii_formatd(digits, sizeof digits, formats[decimals], number));
}

static const char *
field_words(ttr_field_t field)
{
    switch (field) {
    case TTR_FIELD_NONE:         return "field";
    case TTR_FIELD_DSCP:         return "DSCP";
    case TTR_FIELD_ECN:          return "ECN";
    case TTR_FIELD_IP_ID:        return "IP ID";
    case TTR_FIELD_DF:           return "Don't Fragment";
    case TTR_FIELD_LENGTH:       return "IP length";
    case TTR_FIELD_FLOW_LABEL:   return "flow label";
    case TTR_FIELD_SOURCE:       return "source address";
    case TTR_FIELD_TARGET:       return "target address";
    case TTR_FIELD_SPORT:        return "source port";
    case TTR_FIELD_DPORT:        return "target port";
    case TTR_FIELD_SEQ:          return "sequence number";
    case TTR_FIELD_ACK:          return "acknowledgment number";
    case TTR_FIELD_FLAGS:        return "TCP flags";
    case TTR_FIELD_WINDOW:       return "window";
    case TTR_FIELD_URGENT:       return "urgent pointer";
    case TTR_FIELD_CHECKSUM:     return "TCP checksum";
    case TTR_FIELD_MSS:          return "MSS";
    case TTR_FIELD_WINDOW_SCALE: return "window scale";
    case TTR_FIELD_TIMESTAMPS:   return "time stamp";
    case TTR_FIELD_OPTIONS:      return "TCP options";
    }
    return "field";
}

/* The ECN field of the IP header, RFC 3168 section 5. */
enum { NOT_ECT,
       ECT_1,
       ECT_0,
       CE };

static const char *
ecn_words(uint64_t from, uint64_t to)
{
    if (to == CE)
        return "CE was set: congestion, or a box that sets it";
    if (to == NOT_ECT)
        return "ECN was bleached";
    return from == NOT_ECT ? "ECN was set" : "ECN was mangled";
}

static void
add_values(GString *text, const ttr_finding_t *finding)
{
    char from[TTR_TEXT_ADDRESS_MAX];
    char to[TTR_TEXT_ADDRESS_MAX];
    bool is_hex = finding->field == TTR_FIELD_FLAGS || finding->field == TTR_FIELD_IP_ID ||
                  finding->field == TTR_FIELD_FLOW_LABEL || finding->field == TTR_FIELD_CHECKSUM;

    if (!finding->has_values || finding->field == TTR_FIELD_OPTIONS)
        return;
    if (finding->field == TTR_FIELD_SOURCE || finding->field == TTR_FIELD_TARGET) {
        ttr_text_address(finding->family, &finding->from_address, from);
        ttr_text_address(finding->family, &finding->to_address, to);
        g_string_append_printf(text, " from %s to %s", from, to);
    } else if (is_hex) {
        g_string_append_printf(text, " from 0x%" PRIx64 " to 0x%" PRIx64, finding->from, finding->to);
    } else {
        g_string_append_printf(text, " from %" PRIu64 " to %" PRIu64, finding->from, finding->to);
    }
}

static void
add_changed(GString *text, const ttr_finding_t *finding)
{
    bool is_option = finding->field == TTR_FIELD_MSS || finding->field == TTR_FIELD_WINDOW_SCALE;

    if (finding->field == TTR_FIELD_ECN && finding->has_values) {
        g_string_append(text, ecn_words(finding->from, finding->to));
    } else if (finding->field == TTR_FIELD_DF && finding->has_values) {
        g_string_append(text, finding->to == 0 ? "Don't Fragment was cleared" : "Don't Fragment was set");
    } else if (is_option && finding->has_values && finding->to == 0) {
        g_string_append_printf(text, "the option %s was removed", field_words(finding->field));
    } else if (finding->field == TTR_FIELD_OPTIONS) {
        g_string_append(text, "TCP options were removed, added or put in another order");
    } else {
        g_string_append_printf(text, "%s changed", field_words(finding->field));
        add_values(text, finding);
    }
    add_between(text, finding);
    if (finding->kind == TTR_FINDING_NAT)
        g_string_append(text, ": source NAT");
    if (finding->kind == TTR_FINDING_DNAT)
        g_string_append(text, ": destination NAT");
}

static void
add_range(GString *text, const ttr_finding_t *finding)
{
    add_number(text, finding->low, 0);
    g_string_append_c(text, '-');
    add_number(text, finding->high, 0);
    g_string_append(text, " %");
}

static void
add_silence(GString *text, const ttr_finding_t *finding)
{
    add_at(text, finding);
    if (finding->kind == TTR_FINDING_SILENT) {
        g_string_append_printf(text, " never answers (%u probes), and hops behind it do", finding->of);
    } else if (finding->kind == TTR_FINDING_RATE_LIMIT) {
        g_string_append(text, " limits its answers to about one in ");
        add_number(text, finding->low, 2);
        g_string_append(text, " s");
        if (finding->high > 0) {
            g_string_append(text, " after the first ");
            add_number(text, finding->high, 0);
        }
        g_string_append_printf(text, ": %u of %u probes are unanswered, which is no loss", finding->count, finding->of);
    } else {
        g_string_append_printf(text, " leaves out answers (%u of %u probes), and traffic passes: at most ", finding->count,
                               finding->of);
        add_number(text, finding->high, 0);
        g_string_append(text, " % of it is lost there");
    }
}

static void
add_loss(GString *text, const ttr_finding_t *finding)
{
    g_string_append(text, "loss from ");
    add_at(text, finding);
    g_string_append_printf(text, " on: %u of %u probes, ", finding->count, finding->of);
    add_range(text, finding);
    if (finding->from != finding->to)
        g_string_append_printf(text, "; it may begin at any of the hops %" PRIu64 " to %" PRIu64, finding->from,
                               finding->to);
}

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1. */
static const char *
refusal_words(uint8_t family, uint8_t code)
{
    static const char *const ipv4[] = {
        "network unreachable", "host unreachable", "protocol unreachable", "port unreachable", "fragmentation needed",
        "source route failed", "network unknown", "host unknown", "source host isolated",
        "network administratively prohibited", "host administratively prohibited", "network unreachable for this TOS",
        "host unreachable for this TOS", "communication administratively prohibited", "host precedence violation",
        "precedence cutoff"};
    static const char *const ipv6[] = {
        "no route", "administratively prohibited", "beyond scope of source address", "address unreachable",
        "port unreachable", "source address failed policy", "reject route"};

    if (family == TTR_FAMILY_IPV4)
        return code < G_N_ELEMENTS(ipv4) ? ipv4[code] : "unreachable";
    return code < G_N_ELEMENTS(ipv6) ? ipv6[code] : "unreachable";
}

static void
add_refused(GString *text, const ttr_finding_t *finding)
{
    if (finding->is_from_target)
        g_string_append_printf(text, "the target itself, at hop %u,", finding->at_hop);
    else
        add_at(text, finding);
    g_string_append_printf(text, " says: %s", refusal_words(finding->family, finding->code));
}

static void
add_answered_by(GString *text, const ttr_finding_t *finding)
{
    if (finding->has_after) {
        g_string_append(text, "the answer in the target's name comes from as far as ");
        add_after(text, finding);
        g_string_append_printf(text, ", not from hop %u", finding->at_hop);
    } else {
        g_string_append_printf(text, "another box answers in the target's name: probes that it answered expired at a router "
                                     "behind it (hop %u)",
                               finding->at_hop);
    }
}

static void
add_box(GString *text, const ttr_finding_t *finding)
{
    switch (finding->kind) {
    case TTR_FINDING_TWO_BOXES:
        g_string_append(text, "two boxes answer one SYN in the target's name");
        break;
    case TTR_FINDING_SYN_PROXY:
        g_string_append(text, "the SYN/ACK offers a window of 0: a SYN proxy answers for the target");
        break;
    case TTR_FINDING_OTHER_RESET:
        g_string_append(text, "the RST comes from another box than the SYN/ACK");
        break;
    default:
        add_at(text, finding);
        g_string_append_printf(text, " has an address of carrier-grade NAT, and hop %u before it a private one",
                               finding->after_hop);
        break;
    }
}

static void
add_balance(GString *text, const ttr_finding_t *finding)
{
    g_string_append_printf(text, "%u routers answer at hop %u", finding->count, finding->at_hop);
    if (finding->kind == TTR_FINDING_PER_PACKET)
        g_string_append(text, ", in turn for packets of one flow: balanced per packet");
    else if (finding->kind == TTR_FINDING_PER_FLOW)
        g_string_append(text, ", and each flow keeps to one: balanced per flow");
    else
        g_string_append(text, finding->of != 0 ? ": balanced, or the path changed; too few probes to tell"
                                               : ": balanced, per flow or per packet: each probe was a flow of its own");
}

static void
add_time(GString *text, const ttr_finding_t *finding)
{
    g_string_append(text, "the path changed ");
    add_number(text, finding->low, 3);
    g_string_append(text, " s after the first probe, from ");
    add_at(text, finding);
    g_string_append(text, " on");
}

static void
add_delay(GString *text, const ttr_finding_t *finding)
{
    if (finding->kind == TTR_FINDING_SLOW_ANSWERS) {
        add_at(text, finding);
        g_string_append(text, " answers slowly, by ");
        add_number(text, finding->low, 1);
        g_string_append(text, " ms, and passes on fast");
        return;
    }
    add_number(text, finding->low, 1);
    g_string_append(text, " of ");
    add_number(text, finding->high, 1);
    g_string_append(text, " ms are added");
    add_between(text, finding);
}

static void
add_ports(GString *text, const ttr_finding_t *finding)
{
    if (finding->kind == TTR_FINDING_PATHS_DIFFER) {
        g_string_append_printf(text, "port %u passes, port %u does not, and their paths differ from hop %u",
                               finding->other_port, finding->port, finding->at_hop);
        return;
    }
    g_string_append_printf(text, "port %u passes; port %u is %s ", finding->other_port, finding->port,
                           finding->kind == TTR_FINDING_PORT_REFUSED ? "refused by" : "dropped behind");
    if (finding->kind == TTR_FINDING_PORT_REFUSED) {
        add_at(text, finding);
        g_string_append(text, ", which says so itself");
        return;
    }
    add_after(text, finding);
    g_string_append_printf(text, ": by hop %u on the way out, or by ", finding->after_hop);
    add_at(text, finding);
    g_string_append(text, " on the way in");
}

static const char *
codepoint_name(uint64_t codepoint)
{
    static const char *const names[] = {[NOT_ECT] = "Not-ECT", [ECT_1] = "ECT(1)", [ECT_0] = "ECT(0)", [CE] = "CE"};

    return names[codepoint & CE];
}

/* What became of a codepoint that arrived as another. */
static const char *
arrival_words(uint64_t from, uint64_t to)
{
    if (to == CE)
        return "set on the way, by congestion or by a box that sets it";
    if (to == NOT_ECT)
        return "bleached on the way";
    return from == NOT_ECT ? "set on the way" : "mangled on the way";
}

/* Answers to AccECN that do not say how the SYN arrived: RFC 9768 section 3.1.1, table 2. */
static const char *
unsaid_words(uint8_t code)
{
    switch (code) {
    case 0:  return "the SYN/ACK does not agree to ECN";
    case 1:  return "the SYN/ACK agrees to the ECN of RFC 3168, not to AccECN";
    case 7:  return "the SYN/ACK repeats the ECN flags of the SYN: what answers does not understand them";
    default: return "the SYN/ACK has ECN flags that RFC 9768 reserves";
    }
}

static void
add_ecn_arrival(GString *text, const ttr_finding_t *finding)
{
    const char *sent = codepoint_name(finding->from);

    if (!finding->has_values)
        g_string_append_printf(text, "%s, so that one cannot know how the SYN's ECN field arrived", unsaid_words(finding->code));
    else if (finding->from == finding->to)
        g_string_append_printf(text, "the SYN arrived with %s, as it was sent, says the SYN/ACK (AccECN)", sent);
    else
        g_string_append_printf(text, "the SYN sent with %s arrived with %s, says the SYN/ACK (AccECN): %s", sent,
                               codepoint_name(finding->to), arrival_words(finding->from, finding->to));
}

char *
ttr_finding_text(const ttr_finding_t *finding)
{
    GString *text = g_string_new(NULL);

    switch (finding->kind) {
    case TTR_FINDING_CHANGED:
    case TTR_FINDING_NAT:
    case TTR_FINDING_DNAT:
        add_changed(text, finding);
        break;
    case TTR_FINDING_TRANSLATED:
        g_string_append(text, "the quoted checksum is that of another address or port");
        add_between(text, finding);
        g_string_append(text, ": NAT that restores the quote");
        break;
    case TTR_FINDING_SILENT:
    case TTR_FINDING_RATE_LIMIT:
    case TTR_FINDING_ANSWERS_ONLY:
        add_silence(text, finding);
        break;
    case TTR_FINDING_LOSS:
        add_loss(text, finding);
        break;
    case TTR_FINDING_REFUSED:
        add_refused(text, finding);
        break;
    case TTR_FINDING_ANSWERED_BY:
        add_answered_by(text, finding);
        break;
    case TTR_FINDING_TWO_BOXES:
    case TTR_FINDING_SYN_PROXY:
    case TTR_FINDING_OTHER_RESET:
    case TTR_FINDING_SHARED_NAT:
        add_box(text, finding);
        break;
    case TTR_FINDING_PER_PACKET:
    case TTR_FINDING_PER_FLOW:
    case TTR_FINDING_BALANCED:
        add_balance(text, finding);
        break;
    case TTR_FINDING_PATH_CHANGED:
        add_time(text, finding);
        break;
    case TTR_FINDING_LOOP:
        g_string_append_printf(text, "a loop: hops %u to %u are %u addresses in turn", finding->after_hop, finding->at_hop,
                               finding->count);
        break;
    case TTR_FINDING_SLOW_ANSWERS:
    case TTR_FINDING_DELAY_STEP:
        add_delay(text, finding);
        break;
    case TTR_FINDING_PORT_DROPPED:
    case TTR_FINDING_PORT_REFUSED:
    case TTR_FINDING_PATHS_DIFFER:
        add_ports(text, finding);
        break;
    case TTR_FINDING_ECN_ARRIVAL:
        add_ecn_arrival(text, finding);
        break;
    }
    return g_string_free(text, FALSE);
}

char *
ttr_tool_text(const ttr_tool_t *tool)
{
    GString *text = g_string_new(tool->name);

    if (tool->variant != NULL)
        g_string_append_printf(text, " %s", tool->variant);
    if (strcmp(tool->name, "unknown") == 0)
        g_string_append_printf(text, ": %s", tool->seen);
    else if (!tool->is_sure)
        g_string_append(text, ", likely");
    for (size_t i = 1; i < TTR_TOOL_CANDIDATES_MAX && tool->candidates[i] != NULL; i++)
        g_string_append_printf(text, "%s %s", i == 1 ? ", or" : " or", tool->candidates[i]);
    return g_string_free(text, FALSE);
}
