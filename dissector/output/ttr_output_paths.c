/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `paths`: a trace in the words of tcptraceroute, for the terminal and for windows.
 *
 * The form of tcptraceroute 1.5 (its probe.c, showprobe()), with one difference: a second responder gets its own line
 * also when a '*' stands between it and the first. The tool leaves the host out there, so that the answer seems to
 * come from the first.
 */
#include <string.h>

#include "ttr_format.h"
#include "ttr_hop_list.h"
#include "ttr_output_list.h"
#include "ttr_text.h"

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

/* What the tool calls the state of the port; "" for ICMP, and for the RST with which the target ends a connection that
 * it had answered: the port is open. */
static void
write_state(const ttr_reply_info_t *reply, char state[STATE_MAX])
{
    uint16_t flags = reply->tcp_flags;

    state[0] = '\0';
    if (ttr_kind_is_icmp(reply->kind) || reply->is_own_reset)
        return;
    if ((flags & TTR_TCP_RST) != 0)
        g_strlcpy(state, "closed", STATE_MAX);
    else if ((flags & TTR_TCP_SYN) != 0 && (flags & TTR_TCP_ACK) != 0)
        g_strlcpy(state, (flags & TTR_TCP_ECE) != 0 ? "open, ecn" : "open", STATE_MAX);
    else
        write_flags(flags, state);
}

/* Writes what stands before an answer's time: the host where it changes, the state where it changes. */
static void
write_source(GString *out, const ttr_output_names_t *names, hop_line_t *line, const ttr_reply_info_t *reply)
{
    bool is_other = line->has_host && memcmp(&line->host, &reply->responder, sizeof line->host) != 0;
    char state[STATE_MAX];

    if (is_other) {
        g_string_append(out, "\n    ");
        line->is_after_star = false;
    } else if (!line->has_host && line->is_after_star) {
        g_string_append_c(out, ' ');
    }
    if (is_other || !line->has_host) {
        char *host = ttr_format_host(names, reply->family, &reply->responder);

        g_string_append(out, host);
        g_free(host);
    }
    line->has_host = true;
    line->host = reply->responder;
    write_state(reply, state);
    if (state[0] != '\0' && strcmp(state, line->state) != 0) {
        g_string_append_printf(out, " [%s]", state);
        g_strlcpy(line->state, state, STATE_MAX);
    }
}

static void
write_answer(GString *out, const ttr_output_names_t *names, hop_line_t *line, const ttr_reply_info_t *reply)
{
    char mark[TTR_MARK_MAX];
    char ms[TTR_TEXT_MS_MAX];

    write_source(out, names, line, reply);
    ttr_text_ms(reply->rtt_ns, ms);
    ttr_path_mark(reply, mark);
    g_string_append_printf(out, "%s%s ms%s%s", line->is_after_star ? " " : "  ", ms, mark[0] == '\0' ? "" : " ", mark);
    line->is_after_star = false;
}

static void
write_probe(GString *out, const ttr_output_context_t *context, hop_line_t *line, const ttr_probe_info_t *probe)
{
    ttr_reply_info_t reply;

    if (ttr_path_reply(context->store, probe->first_reply, &reply)) {
        write_answer(out, context->names, line, &reply);
    } else {
        g_string_append(out, line->has_probe ? " *" : "*");
        line->is_after_star = true;
    }
    line->has_probe = true;
}

/* `probes` are sorted by TTL: each TTL is one hop. */
static void
write_hops(GString *out, const ttr_output_context_t *context, const ttr_trace_info_t *trace, const GArray *probes)
{
    hop_line_t line = {.has_probe = false};
    ttr_probe_info_t probe;
    uint8_t ttl = 0;

    for (guint i = 0; i < probes->len; i++) {
        ttr_path_probe(context->store, g_array_index(probes, uint32_t, i), &probe);
        if (!ttr_hops_is_on_path(trace, probe.ttl))
            break;
        if (!line.has_probe || probe.ttl != ttl) {
            if (line.has_probe)
                g_string_append_c(out, '\n');
            ttl = probe.ttl;
            line = (hop_line_t){.has_probe = false};
            g_string_append_printf(out, "%2u  ", ttl);
        }
        write_probe(out, context, &line, &probe);
    }
    if (line.has_probe)
        g_string_append_c(out, '\n');
}

static void
write_trace(GString *out, const ttr_output_context_t *context, uint32_t index, bool is_first)
{
    ttr_trace_info_t trace;
    GArray *probes;

    if (!ttr_path_trace(context->store, index, &trace))
        return;
    probes = ttr_path_last_stretch(context->store, &trace);
    if (!is_first)
        g_string_append_c(out, '\n');
    ttr_format_header(out, context->names, &trace);
    write_hops(out, context, &trace, probes);
    g_array_unref(probes);
    if (!trace.is_reached)
        g_string_append(out, "Destination not reached\n");
}

const ttr_output_t ttr_output_paths = {.name = "paths", .write_trace = write_trace};
