/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who sent the probes: the first row of the table whose rule holds. Each rule is what the tool's source or its captures
 * say (docs/findings.md). A row is sure where it asks for a constant that no system's own TCP sends.
 */
#include "ttr_find.h"
#include "ttr_signature.h"

enum {
    SYN = TTR_TCP_SYN,
    ACK = TTR_TCP_ACK,
    ECN_SYN = TTR_TCP_SYN | TTR_TCP_ECE | TTR_TCP_CWR,
    PROBES_MIN = 3,             /* for a sure name */
    TTLS_MIN = 2
};

static const uint8_t linux_kinds[] = {2, 4, 8, 1, 3};
static const uint8_t darwin_kinds[] = {2, 1, 3, 1, 1, 8, 4};
static const uint8_t mss_kind[] = {2};

static bool
is_constant(const ttr_numbers_t *numbers, uint32_t value)
{
    return numbers->run == TTR_RUN_CONSTANT && numbers->first == value;
}

static bool
counts(const ttr_numbers_t *numbers)
{
    return numbers->run == TTR_RUN_PLUS_ONE || numbers->run == TTR_RUN_COUNTS;
}

static bool
differs(const ttr_numbers_t *numbers)
{
    return numbers->run != TTR_RUN_CONSTANT;
}

static bool
is_ipv4(const ttr_signature_t *s)
{
    return s->family == TTR_FAMILY_IPV4;
}

/* No TCP options, and one window. */
static bool
is_bare(const ttr_signature_t *s, uint32_t window)
{
    return is_constant(&s->options, 0) && is_constant(&s->window, window);
}

/* What connect() sends: Linux and macOS list their options so, with a new seq each time. */
static bool
is_kernel_syn(const ttr_signature_t *s)
{
    return is_constant(&s->flags, SYN) && s->seq.run == TTR_RUN_UNIQUE && s->mss.least != 0 && s->payload.most == 0 &&
           (ttr_signature_has_kinds(s, linux_kinds, sizeof linux_kinds) ||
            ttr_signature_has_kinds(s, darwin_kinds, sizeof darwin_kinds));
}

static bool
is_etr(const ttr_signature_t *s)
{
    return s->is_seq_twenty && ttr_signature_has_kinds(s, darwin_kinds, sizeof darwin_kinds) &&
           is_constant(&s->window, 65535) && s->sport.least >= 50000;
}

static bool
is_nexttrace(const ttr_signature_t *s)
{
    return s->is_seq_top_ttl && ttr_signature_has_kinds(s, mss_kind, sizeof mss_kind) && is_constant(&s->mss, 1460) &&
           is_constant(&s->window, 65535);
}

static bool
is_ttl(const ttr_signature_t *s)
{
    return s->is_seq_top_ttl && s->is_seq_low_zero && is_bare(s, 65535);
}

static bool
is_fbtracert(const ttr_signature_t *s)
{
    return s->is_seq_top_ttl && is_bare(s, 65535);
}

static bool
is_yarrp(const ttr_signature_t *s)
{
    if (is_ipv4(s))
        return is_bare(s, 65534) && s->is_id_low_ttl;
    return is_bare(s, 65535) && is_constant(&s->payload, 28);
}

static bool
is_datadog_syn(const ttr_signature_t *s)
{
    return is_ipv4(s) && is_bare(s, 1024) && is_constant(&s->flags, SYN) && s->id_less_ttl.run == TTR_RUN_CONSTANT &&
           s->seq.run == TTR_RUN_CONSTANT && differs(&s->ttl);
}

static bool
is_datadog_paris(const ttr_signature_t *s)
{
    return is_ipv4(s) && is_bare(s, 1024) && is_constant(&s->flags, SYN) && is_constant(&s->id, 41821) &&
           s->seq.run == TTR_RUN_UNIQUE;
}

static bool
is_datadog_sack(const ttr_signature_t *s)
{
    return is_ipv4(s) && is_constant(&s->window, 1024) && is_constant(&s->flags, ACK | TTR_TCP_PSH) &&
           is_constant(&s->id, 41821) && is_constant(&s->payload, 1) && s->seq_less_ttl.run == TTR_RUN_CONSTANT;
}

/* hping3 fills the ack of a SYN, too. */
static bool
is_hping(const ttr_signature_t *s)
{
    return is_bare(s, 512) && s->ack.run != TTR_RUN_CONSTANT && s->seq.run == TTR_RUN_UNIQUE && is_ipv4(s);
}

static bool
is_lft(const ttr_signature_t *s)
{
    return is_ipv4(s) && is_bare(s, 32768) && is_constant(&s->id, 0) && is_constant(&s->df, 1);
}

/* Windows are drawn anew for each probe, and no other tool does so. */
static bool
is_nmap(const ttr_signature_t *s)
{
    bool has_options = ttr_signature_has_kinds(s, mss_kind, sizeof mss_kind) || is_constant(&s->options, 0);

    return has_options && s->windows * 2 >= s->probe_count - 1 && differs(&s->window) && s->seq.run == TTR_RUN_UNIQUE &&
           s->payload.most == 0 && s->dport.run == TTR_RUN_CONSTANT && differs(&s->sport) &&
           (!is_ipv4(s) || differs(&s->id));
}

static bool
is_scamper(const ttr_signature_t *s)
{
    return is_bare(s, 0) && is_constant(&s->seq, 0) && counts(&s->id) && (!is_ipv4(s) || is_constant(&s->df, 1));
}

/* The seq holds process and port, as the source port does. */
static bool
is_bsd(const ttr_signature_t *s)
{
    return is_bare(s, 0) && is_constant(&s->flags, SYN) && s->sport.run == TTR_RUN_CONSTANT && counts(&s->seq) &&
           is_constant(&s->seq_high, s->sport.first) && (counts(&s->dport) || s->dport.run == TTR_RUN_CONSTANT) &&
           s->payload.least > 0;
}

static bool
is_tcptraceroute(const ttr_signature_t *s)
{
    return is_ipv4(s) && is_bare(s, 0) && s->seq.run == TTR_RUN_CONSTANT && s->seq.first != 0 &&
           is_constant(&s->ack, 0) && (s->id.run == TTR_RUN_UNIQUE || s->id.run == TTR_RUN_VARIES) &&
           (is_constant(&s->flags, SYN) || is_constant(&s->flags, ACK) || is_constant(&s->flags, ECN_SYN));
}

static bool
is_atlas(const ttr_signature_t *s)
{
    return is_bare(s, 0) && is_constant(&s->flags, SYN) && s->seq_high.run == TTR_RUN_CONSTANT && counts(&s->seq) &&
           s->sport.run == TTR_RUN_CONSTANT;
}

/* Our own: seq and IP ID count together, and the window is that of Linux for this MSS. */
static bool
is_tcptracedump(const ttr_signature_t *s)
{
    bool is_ours = ttr_signature_has_kinds(s, linux_kinds, sizeof linux_kinds) && s->mss.run == TTR_RUN_CONSTANT &&
                   s->mss.first > 64 && is_constant(&s->window, UINT16_MAX / s->mss.first * s->mss.first);

    return is_ours && s->tsval.run == TTR_RUN_CONSTANT && counts(&s->seq) && (!is_ipv4(s) || counts(&s->id));
}

static bool
is_nping(const ttr_signature_t *s)
{
    return is_bare(s, 1480);
}

static bool
is_scapy_recipe(const ttr_signature_t *s)
{
    return is_bare(s, 8192) && is_constant(&s->sport, 20) && is_constant(&s->seq, 0) &&
           (!is_ipv4(s) || is_constant(&s->id, 1));
}

static bool
is_scapy(const ttr_signature_t *s)
{
    return is_bare(s, 8192) && is_constant(&s->flags, SYN);
}

/* The window that traceroute computes from the MTU, and what that is on Ethernet. */
static bool
has_traceroute_window(const ttr_signature_t *s)
{
    uint32_t usual = is_ipv4(s) ? 5840 : 5760;

    return is_constant(&s->window, usual) ||
           (s->mss.run == TTR_RUN_CONSTANT && s->mss.first != 0 && is_constant(&s->window, 4 * s->mss.first));
}

/* One time stamp for all. */
static bool
is_traceroute(const ttr_signature_t *s)
{
    return ttr_signature_has_kinds(s, linux_kinds, sizeof linux_kinds) && s->tsval.run == TTR_RUN_CONSTANT &&
           s->seq.run == TTR_RUN_UNIQUE && has_traceroute_window(s);
}

/* With -O: any flags, fewer options, but the window of old. */
static bool
is_traceroute_options(const ttr_signature_t *s)
{
    bool has_options = ttr_signature_has_kinds(s, mss_kind, sizeof mss_kind) || is_constant(&s->options, 0);

    return has_options && has_traceroute_window(s) && s->flags.run == TTR_RUN_CONSTANT && is_constant(&s->ack, 0) &&
           s->seq.run == TTR_RUN_UNIQUE && s->sport.run == TTR_RUN_UNIQUE && s->dport.run == TTR_RUN_CONSTANT;
}

static bool
is_ethr(const ttr_signature_t *s)
{
    return is_kernel_syn(s) && is_constant(&s->sport_less_ttl, 8888) && s->ttl_count > 1;
}

/* Each connect() with the next source port, from about this one on. */
static bool
is_counting_connects(const ttr_signature_t *s, uint32_t first)
{
    enum { NEAR = 1024,         /* runs are captured from their beginning, but for a few rounds */
           FEW = 16 };          /* some ports may be missing: probes that did not come as far as the capture */
    bool is_near = s->sport.run == TTR_RUN_PLUS_ONE && s->sport.first >= first && s->sport.first < first + NEAR;

    return is_kernel_syn(s) && s->dport.run == TTR_RUN_CONSTANT &&
           (is_near || (counts(&s->sport) && s->sport.first >= first && s->sport.first < first + FEW));
}

static bool
is_trippy(const ttr_signature_t *s)
{
    const int64_t burst_ns = INT64_C(20000000);
    const uint32_t first = 33434;

    if (is_kernel_syn(s) && s->sport.run == TTR_RUN_CONSTANT && counts(&s->dport) && s->dport.first == first)
        return true;
    return is_counting_connects(s, first) && s->median_gap_ns < burst_ns && s->ttl_count >= PROBES_MIN;
}

static bool
is_old_mtr(const ttr_signature_t *s)
{
    const uint32_t first = 33000;

    return is_counting_connects(s, first) && s->sport.first < 33434;
}

static bool
is_mtr(const ttr_signature_t *s)
{
    return is_counting_connects(s, 33434);
}

static bool
is_tcpconn(const ttr_signature_t *s)
{
    return is_kernel_syn(s) && s->sport.run == TTR_RUN_UNIQUE && s->dport.run == TTR_RUN_CONSTANT && s->is_ttl_rising &&
           s->ttl_count >= PROBES_MIN;
}

/* How the tool was called, as far as the probes say; NULL: as it is by itself. */

static const char *
variant_of_lft(const ttr_signature_t *s)
{
    return differs(&s->flags) ? "-E" : differs(&s->dport) ? "-b"
                                   : differs(&s->sport)   ? "-z"
                                                          : NULL;
}

static const char *
variant_of_scamper(const ttr_signature_t *s)
{
    bool is_ack = is_constant(&s->flags, ACK);

    if (differs(&s->sport))
        return is_ack ? "tracelb -P tcp-ack-sport" : "tracelb -P tcp-sport";
    return is_ack ? "trace -P tcp-ack" : "trace -P tcp";
}

static const char *
variant_of_tcptraceroute(const ttr_signature_t *s)
{
    if (differs(&s->sport))
        return "--track-port";
    if (is_constant(&s->flags, ACK))
        return "-A";
    if (is_constant(&s->flags, ECN_SYN))
        return "-E";
    return is_constant(&s->df, 1) ? "-F" : NULL;
}

static const char *
variant_of_bsd(const ttr_signature_t *s)
{
    return s->dport.run == TTR_RUN_CONSTANT ? "-P tcp -e" : "-P tcp";
}

typedef struct rule {
    const char *name;
    const char *variant;
    bool is_raw;                /* asks for a constant that no system's own TCP sends */
    bool (*fits)(const ttr_signature_t *signature);
    const char *(*variant_of)(const ttr_signature_t *signature);    /* NULL: `variant` */
    const char *also[TTR_TOOL_CANDIDATES_MAX - 1];                  /* that send the same */
} rule_t;

static const rule_t rules[] = {
    {"etr", NULL, true, is_etr, NULL, {NULL}},
    {"nexttrace", NULL, true, is_nexttrace, NULL, {NULL}},
    {"ttl", NULL, true, is_ttl, NULL, {NULL}},
    {"fbtracert", NULL, true, is_fbtracert, NULL, {NULL}},
    {"yarrp", NULL, true, is_yarrp, NULL, {NULL}},
    {"datadog", "syn", true, is_datadog_syn, NULL, {NULL}},
    {"datadog", "paris", true, is_datadog_paris, NULL, {NULL}},
    {"datadog", "sack", true, is_datadog_sack, NULL, {NULL}},
    {"hping3", NULL, true, is_hping, NULL, {NULL}},
    {"lft", NULL, true, is_lft, variant_of_lft, {NULL}},
    {"nmap", "--traceroute", true, is_nmap, NULL, {NULL}},
    {"scamper", NULL, true, is_scamper, variant_of_scamper, {NULL}},
    {"BSD traceroute", NULL, true, is_bsd, variant_of_bsd, {NULL}},
    {"tcptraceroute", NULL, true, is_tcptraceroute, variant_of_tcptraceroute, {NULL}},
    {"RIPE Atlas", NULL, true, is_atlas, NULL, {NULL}},
    {"tcptracedump", NULL, true, is_tcptracedump, NULL, {NULL}},
    {"nping", NULL, true, is_nping, NULL, {NULL}},
    {"scapy", NULL, true, is_scapy_recipe, NULL, {NULL}},
    {"scapy", NULL, false, is_scapy, NULL, {NULL}},
    {"traceroute", "-T", true, is_traceroute, NULL, {"Pietrasanta traceroute", NULL}},
    {"traceroute", "-T -O", true, is_traceroute_options, NULL, {"Pietrasanta traceroute", NULL}},
    {"ethr", NULL, false, is_ethr, NULL, {NULL}},
    {"trippy", NULL, false, is_trippy, NULL, {"mtr", NULL}},
    {"mtr", "0.95 or older", false, is_old_mtr, NULL, {NULL}},
    {"mtr", "0.96 or newer", false, is_mtr, NULL, {"trippy", NULL}},
    {"traceroute", "-M tcpconn", false, is_tcpconn, NULL, {NULL}},
};

static void
name(const ttr_signature_t *s, const rule_t *rule, ttr_tool_t *tool)
{
    tool->name = rule->name;
    tool->variant = rule->variant_of == NULL ? rule->variant : rule->variant_of(s);
    tool->is_sure = rule->is_raw && s->probe_count >= PROBES_MIN && s->ttl_count >= TTLS_MIN;
    if (rule->also[0] == NULL)
        return;
    tool->candidates[0] = rule->name;
    for (size_t i = 0; i < G_N_ELEMENTS(rule->also) && rule->also[i] != NULL; i++)
        tool->candidates[i + 1] = rule->also[i];
}

void
ttr_find_tool(const ttr_survey_t *survey, ttr_tool_t *tool)
{
    ttr_signature_t signature = ttr_signature_of(survey);

    *tool = (ttr_tool_t){.name = "unknown"};
    if (signature.probe_count == 0)
        return;
    ttr_signature_describe(&signature, tool->seen);
    if (signature.probe_count < 2 || !signature.is_whole)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].fits(&signature)) {
            name(&signature, &rules[i], tool);
            return;
        }
    }
}
