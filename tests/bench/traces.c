/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP traceroutes and nothing else, one begun every 50 ms, as the two common tools send them:
 * tcptraceroute (one flow, random IP IDs, one probe outstanding) and traceroute -T (a new port and
 * sequence number for each probe, 16 outstanding, so that it runs past the target).
 */
#include "kinds.h"

#include "path.h"
#include "rng.h"

enum {
    INTERVAL_US = 50000,
    SOURCES = 4,
    ATTEMPTS = 3,
    HOPS = 7, /* 3 probes for each of 7 TTLs: "about 20" */
    PROBES = HOPS * ATTEMPTS,
    OUTSTANDING = 16,
    TIMEOUT_US = 3000000,
    LOST_PERCENT = 3,
    V6_PERCENT = 15
};

typedef enum { END_OPEN, END_CLOSED, END_SILENT } end_t;

typedef struct {
    capture_t *capture;
    rng_t *rng;
    path_t path;
    end_t end;
    bool is_one_flow; /* tcptraceroute; else traceroute -T */
    uint16_t dport;
    uint16_t first_sport;
    uint32_t first_seq;
    uint8_t options[20];
} trace_t;

static void
build_probe(trace_t *trace, uint32_t number, tcp_fields_t *syn, packet_t *probe)
{
    ip_fields_t ip = {
        .source = trace->path.source,
        .target = trace->path.target,
        .ttl = (uint8_t)(number / ATTEMPTS + 1),
        .id = (uint16_t)rng_between(trace->rng, 1, 65535),
    };

    *syn = (tcp_fields_t){
        .sport = trace->first_sport,
        .dport = trace->dport,
        .seq = trace->first_seq,
        .flags = TCP_SYN,
    };
    if (!trace->is_one_flow) {
        syn->sport = (uint16_t)(trace->first_sport + number);
        syn->seq = (uint32_t)rng_next(trace->rng);
        syn->window = trace->path.is_v6 ? 5760 : 5840;
        syn->options = (span_t){trace->options, sizeof trace->options};
    }
    packet_tcp(probe, &ip, syn);
}

/* The sender's kernel knows nothing of the connection that a SYN/ACK offers, and resets it. */
static void
queue_kernel_rst(trace_t *trace, int64_t now_us, const tcp_fields_t *syn)
{
    ip_fields_t ip = {
        .source = trace->path.source, .target = trace->path.target, .ttl = 64, .dont_fragment = true};
    tcp_fields_t rst = {.sport = syn->sport, .dport = syn->dport, .seq = syn->seq + 1, .flags = TCP_RST};
    packet_t packet;

    packet_tcp(&packet, &ip, &rst);
    capture_queue(trace->capture, now_us + 30, &packet);
}

static void
queue_target_reply(trace_t *trace, int64_t now_us, const tcp_fields_t *syn)
{
    bool is_open = trace->end == END_OPEN;
    ip_fields_t ip = {
        .source = trace->path.target,
        .target = trace->path.source,
        .ttl = (uint8_t)(64 - trace->path.length + 1),
        .dont_fragment = true,
    };
    tcp_fields_t reply = {
        .sport = syn->dport,
        .dport = syn->sport,
        .seq = is_open ? (uint32_t)rng_hash(trace->path.target_number) : 0,
        .ack = syn->seq + 1,
        .flags = is_open ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK,
        .window = is_open ? 64240 : 0,
    };
    packet_t packet;

    packet_tcp(&packet, &ip, &reply);
    capture_queue(trace->capture, now_us, &packet);
    if (is_open)
        queue_kernel_rst(trace, now_us, syn);
}

/* Sends probe `number` and what it causes; returns when the tool is done with it. */
static int64_t
queue_probe(trace_t *trace, int64_t now_us, uint32_t number)
{
    uint8_t ttl = (uint8_t)(number / ATTEMPTS + 1);
    bool is_past_routers = ttl >= trace->path.length;
    int64_t reply_us;
    tcp_fields_t syn;
    packet_t probe;
    packet_t reply;

    build_probe(trace, number, &syn, &probe);
    capture_queue(trace->capture, now_us, &probe);
    if (rng_chance(trace->rng, LOST_PERCENT) || (is_past_routers && trace->end == END_SILENT))
        return now_us + TIMEOUT_US;
    reply_us = now_us + path_rtt_us(&trace->path, is_past_routers ? trace->path.length : ttl)
               + rng_between(trace->rng, 0, 400);
    if (is_past_routers) {
        queue_target_reply(trace, reply_us, &syn);
    } else {
        path_router_reply(&trace->path, &reply, &probe, ttl);
        capture_queue(trace->capture, reply_us, &reply);
    }
    return reply_us;
}

static void
run_trace(trace_t *trace, int64_t start_us)
{
    /* tcptraceroute stops behind the hop that reached the target, traceroute -T has sent more by then */
    bool stops_at_target = trace->is_one_flow && trace->end != END_SILENT;
    uint32_t probes = stops_at_target ? (uint32_t)trace->path.length * ATTEMPTS : PROBES;
    uint32_t window = trace->is_one_flow ? 1 : OUTSTANDING;
    int64_t done_us[PROBES];
    int64_t now_us = start_us;

    for (uint32_t number = 0; number < probes; number++) {
        if (number >= window && done_us[number - window] > now_us)
            now_us = done_us[number - window];
        now_us += 60; /* the tool's own time between two probes */
        done_us[number] = queue_probe(trace, now_us, number);
    }
}

static void
put_options(trace_t *trace)
{
    /* MSS, SACK permitted, time stamps, NOP, window scale, as traceroute -T sends them */
    static const uint8_t options[20] = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7};

    for (size_t i = 0; i < sizeof options; i++)
        trace->options[i] = options[i];
    rng_fill(trace->rng, trace->options + 8, 4); /* one TSval for the whole run */
}

void
generate_traces(capture_t *capture, uint32_t traces)
{
    static const uint16_t ports[] = {80, 443, 22, 25};
    static const end_t ends[] = {END_OPEN, END_OPEN, END_CLOSED, END_SILENT};
    rng_t rng;

    rng_init(&rng, 2);
    for (uint32_t i = 0; i < traces; i++) {
        int64_t start_us = (int64_t)i * INTERVAL_US;
        end_t end = ends[rng_between(&rng, 0, 3)];
        /* silence needs probes past the last router within 7 TTLs */
        uint8_t length = (uint8_t)(end == END_SILENT ? 5 : rng_between(&rng, 6, HOPS));
        trace_t trace = {
            .capture = capture,
            .rng = &rng,
            .path = path_to_target(i % SOURCES, i, length, rng_chance(&rng, V6_PERCENT)),
            .end = end,
            .is_one_flow = rng_chance(&rng, 50),
            .dport = ports[rng_between(&rng, 0, 3)],
            .first_sport = (uint16_t)rng_between(&rng, 32768, 60000),
            .first_seq = (uint32_t)rng_next(&rng),
        };

        put_options(&trace);
        run_trace(&trace, start_us);
        capture_flush(capture, start_us + INTERVAL_US);
    }
}
