/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

#include "rng.h"

enum {
    SHARED_HOPS = 3,       /* every path leaves through the same first routers */
    ROUTERS_PER_HOP = 30,  /* times 8 hops fit into a /24 */
    FIRST_SUBNET_V6 = 0x100,
    BENCHMARK_SIZE = 0x20000
};

#define SOURCE_NET 0xc000020au    /* 192.0.2.10 */
#define NEAR_ROUTERS 0xcb007100u  /* 203.0.113.0/24 */
#define FAR_ROUTERS 0xc6336400u   /* 198.51.100.0/24 */
#define BENCHMARK_NET 0xc6120000u /* 198.18.0.0/15 */
#define SHARED_NET 0x64400000u    /* 100.64.0.0/10, when 198.18.0.0/15 is used up */

static address_t
target_address(uint32_t number, bool is_v6)
{
    if (is_v6)
        return address_v6(FIRST_SUBNET_V6, number + 1);
    if (number < BENCHMARK_SIZE)
        return address_v4(BENCHMARK_NET + number);
    return address_v4(SHARED_NET + number - BENCHMARK_SIZE);
}

path_t
path_to_target(uint32_t source, uint32_t target_number, uint8_t length, bool is_v6)
{
    path_t path = {
        .target_number = target_number,
        .length = length,
        .is_v6 = is_v6,
        .source = is_v6 ? address_v6(1, 10 + source) : address_v4(SOURCE_NET + source),
        .target = target_address(target_number, is_v6),
    };

    return path;
}

static address_t
router_address(const path_t *path, uint8_t ttl)
{
    uint32_t region = path->target_number / 256; /* neighbours share their routers */
    uint32_t router = (uint32_t)(rng_hash((uint64_t)region << 8 | ttl) % ROUTERS_PER_HOP);

    if (path->is_v6)
        return address_v6(ttl, ttl <= SHARED_HOPS ? 1 : router + 1);
    if (ttl <= SHARED_HOPS)
        return address_v4(NEAR_ROUTERS + ttl);
    return address_v4(FAR_ROUTERS + (uint32_t)(ttl % 8) * ROUTERS_PER_HOP + router + 1);
}

void
path_router_reply(const path_t *path, packet_t *reply, const packet_t *probe, uint8_t ttl)
{
    ip_fields_t ip = {
        .source = router_address(path, ttl),
        .target = path->source,
        .ttl = (uint8_t)(255 - ttl + 1),
        .id = (uint16_t)rng_hash(path->target_number * 64 + ttl),
    };
    uint64_t temper = rng_hash((uint64_t)ttl << 32 | path->target_number / 256);
    icmp_error_t error = {
        .reason = ICMP_TIME_EXCEEDED,
        .quoted = probe,
        .quoted_ttl = 1,
        /* A third of IPv4 routers quotes no more than RFC 792 asks for. */
        .quote_max = !path->is_v6 && temper % 3 == 0 ? 28 : PACKET_MAX,
        .mpls_label = ttl > SHARED_HOPS && temper % 8 == 1 ? 16000 + (uint32_t)(temper % 1000) : 0,
    };

    packet_icmp_error(reply, &ip, &error);
}

uint32_t
path_rtt_us(const path_t *path, uint8_t ttl)
{
    uint32_t hop_us = 300 + (uint32_t)(rng_hash(path->target_number) % 5000);

    return 150 + hop_us * ttl;
}
