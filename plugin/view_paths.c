/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `-z tcptraceroute,paths`: each trace as tcptraceroute 1.5 prints one (its probe.c, showprobe()), with one
 * difference: a second responder gets its own line also when a '*' stands between it and the first. The tool leaves
 * the host out there, so that the answer seems to come from the first.
 */
#include "views.h"

#include <stdio.h>
#include <string.h>

#include "view_format.h"
#include "view_selection.h"

#define STATE_MAX 48

/* How far a hop's line has come. */
typedef struct hop_line {
    bool has_probe;
    bool has_host;
    bool is_after_star;
    ttr_address_t host;         /* of the last answer */
    char state[STATE_MAX];      /* last one that was printed, "" before */
} hop_line_t;

static void
print_header(const ttr_trace_info_t *trace)
{
    char *host = ttr_view_host(trace->family, &trace->target);
    const char *service = ttr_view_service(trace->dport);

    printf("Tracing the path to %s on TCP port %u", host, trace->dport);
    if (service != NULL)
        printf(" (%s)", service);
    printf(", %u hops max\n", trace->last_ttl);
    g_free(host);
}

static void
write_flags(uint16_t flags, char state[STATE_MAX])
{
    static const struct {
        uint16_t flag;
        const char *name;
    } names[] = {
        {TTR_TCP_RST, " RST"},
        {TTR_TCP_SYN, " SYN"},
        {TTR_TCP_ACK, " ACK"},
        {TTR_TCP_PSH, " PSH"},
        {TTR_TCP_FIN, " FIN"},
        {TTR_TCP_URG, " URG"},
        {TTR_TCP_CWR, " CWR"},
        {TTR_TCP_ECE, " ECN"},
    };
    size_t before;

    g_strlcpy(state, "unknown,", STATE_MAX);
    before = strlen(state);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((flags & names[i].flag) != 0)
            g_strlcat(state, names[i].name, STATE_MAX);
    }
    if (state[before] == '\0')
        g_strlcat(state, " no flags", STATE_MAX);
}

/* What the tool calls the state of the port; "" for ICMP. */
static void
write_state(const ttr_reply_info_t *reply, char state[STATE_MAX])
{
    uint16_t flags = reply->tcp_flags;

    state[0] = '\0';
    if (ttr_kind_is_icmp(reply->kind))
        return;
    if ((flags & TTR_TCP_RST) != 0)
        g_strlcpy(state, "closed", STATE_MAX);
    else if ((flags & TTR_TCP_SYN) != 0 && (flags & TTR_TCP_ACK) != 0)
        g_strlcpy(state, (flags & TTR_TCP_ECE) != 0 ? "open, ecn" : "open", STATE_MAX);
    else
        write_flags(flags, state);
}

/* Prints what stands before an answer's time: the host where it changes, the state where it changes. */
static void
print_source(hop_line_t *line, const ttr_reply_info_t *reply)
{
    bool is_other = line->has_host && memcmp(&line->host, &reply->responder, sizeof line->host) != 0;
    char state[STATE_MAX];

    if (is_other) {
        fputs("\n    ", stdout);
        line->is_after_star = false;
    } else if (!line->has_host && line->is_after_star) {
        fputs(" ", stdout);
    }
    if (is_other || !line->has_host) {
        char *host = ttr_view_host(reply->family, &reply->responder);

        fputs(host, stdout);
        g_free(host);
    }
    line->has_host = true;
    line->host = reply->responder;
    write_state(reply, state);
    if (state[0] != '\0' && strcmp(state, line->state) != 0) {
        printf(" [%s]", state);
        g_strlcpy(line->state, state, STATE_MAX);
    }
}

static void
print_answer(hop_line_t *line, const ttr_reply_info_t *reply)
{
    char mark[TTR_MARK_MAX];
    char ms[TTR_TEXT_MS_MAX];

    print_source(line, reply);
    ttr_text_ms(reply->rtt_ns, ms);
    ttr_path_mark(reply, mark);
    printf("%s%s ms%s%s", line->is_after_star ? " " : "  ", ms, mark[0] == '\0' ? "" : " ", mark);
    line->is_after_star = false;
}

static void
print_probe(hop_line_t *line, const ttr_store_t *store, const ttr_probe_info_t *probe)
{
    ttr_reply_info_t reply;

    if (ttr_view_first_reply(store, probe, &reply)) {
        print_answer(line, &reply);
    } else {
        fputs(line->has_probe ? " *" : "*", stdout);
        line->is_after_star = true;
    }
    line->has_probe = true;
}

/* `probes` are sorted by TTL: each TTL is one hop. */
static void
print_hops(const ttr_store_t *store, const ttr_trace_info_t *trace, const GArray *probes)
{
    hop_line_t line = {.has_probe = false};
    ttr_probe_info_t probe;
    uint8_t ttl = 0;

    for (guint i = 0; i < probes->len; i++) {
        ttr_path_probe(store, g_array_index(probes, uint32_t, i), &probe);
        if (!ttr_view_is_on_path(trace, probe.ttl))
            break;
        if (!line.has_probe || probe.ttl != ttl) {
            if (line.has_probe)
                fputs("\n", stdout);
            ttl = probe.ttl;
            line = (hop_line_t){.has_probe = false};
            printf("%2u  ", ttl);
        }
        print_probe(&line, store, &probe);
    }
    if (line.has_probe)
        fputs("\n", stdout);
}

static void
print_trace(const ttr_store_t *store, uint32_t index, bool is_first)
{
    ttr_trace_info_t trace;
    GArray *probes;

    if (!ttr_path_trace(store, index, &trace))
        return;
    if (!is_first)
        fputs("\n", stdout);
    print_header(&trace);
    probes = ttr_path_probes(store, index);
    print_hops(store, &trace, probes);
    g_array_unref(probes);
    if (!trace.is_reached)
        fputs("Destination not reached\n", stdout);
}

void
view_paths_register(void)
{
    static ttr_view_t view = {.command = "tcptraceroute,paths", .print = print_trace};

    ttr_view_register(&view);
}
