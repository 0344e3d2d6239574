/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A parallel prober: one source, 64 targets at a time, one probe for each of 10 TTLs, every probe answered.
 * 20 frames a target, so that time and memory per probe can be read off.
 */
#include "kinds.h"

#include "path.h"
#include "rng.h"

#include <glib.h>

enum { AT_A_TIME = 64, HOPS = 10, INTERVAL_US = 100, FIRST_PORT = 1024, PORTS = 64000 };

static void
build_target_reply(const path_t *path, const tcp_fields_t *syn, packet_t *reply)
{
    ip_fields_t ip = {
        .source = path->target, .target = path->source, .ttl = 64 - HOPS + 1, .dont_fragment = true};
    tcp_fields_t syn_ack = {
        .sport = syn->dport,
        .dport = syn->sport,
        .seq = (uint32_t)rng_hash(~(uint64_t)path->target_number),
        .ack = syn->seq + 1,
        .flags = TCP_SYN | TCP_ACK,
        .window = 65535,
    };

    packet_tcp(reply, &ip, &syn_ack);
}

static void
queue_probe_and_reply(capture_t *capture, int64_t now_us, uint32_t target, uint8_t ttl)
{
    path_t path = path_to_target(0, target, HOPS, false);
    ip_fields_t ip = {
        .source = path.source, .target = path.target, .ttl = ttl, .id = (uint16_t)(target * HOPS + ttl)};
    tcp_fields_t syn = {
        .sport = (uint16_t)(FIRST_PORT + target % PORTS),
        .dport = 443,
        .seq = (uint32_t)rng_hash(target) + ttl,
        .flags = TCP_SYN,
        .window = 1024,
    };
    packet_t probe;
    packet_t reply;

    packet_tcp(&probe, &ip, &syn);
    capture_queue(capture, now_us, &probe);
    if (ttl < HOPS)
        path_router_reply(&path, &reply, &probe, ttl);
    else
        build_target_reply(&path, &syn, &reply);
    capture_queue(capture, now_us + path_rtt_us(&path, ttl), &reply);
}

void
generate_sweep(capture_t *capture, uint32_t targets)
{
    int64_t now_us = 0;

    for (uint32_t first = 0; first < targets; first += AT_A_TIME) {
        uint32_t end = MIN(first + AT_A_TIME, targets);

        for (uint8_t ttl = 1; ttl <= HOPS; ttl++) {
            for (uint32_t target = first; target < end; target++) {
                queue_probe_and_reply(capture, now_us, target, ttl);
                now_us += INTERVAL_US;
            }
            capture_flush(capture, now_us);
        }
    }
}
