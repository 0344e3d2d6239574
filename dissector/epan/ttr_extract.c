/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ttr_extract.h"

#include <string.h>

#include <epan/ipproto.h>
#include <epan/dissectors/packet-ip.h>
#include <wiretap/wtap.h>

#include "ttr_bytes.h"
#include "ttr_point.h"
#include "ttr_segment.h"
#include "ttr_wsversion.h"

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    IPV4_DONT_FRAGMENT = 0x4000,
    ICMP_HEADER = 8,
    SYN_LENGTH_MAX = 120,       /* both headers with all options */
    TCP_FLAGS = 13,             /* the lower eight of them */
    TCP_HEADER_MAX = 60
};

#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_MAX (INT64_MAX / NS_PER_SECOND - 1)

bool
ttr_extract_ttl(const void *data, uint8_t *ttl)
{
    const ws_ip4 *ip4 = data;
    const ws_ip6 *ip6 = data;

    if (data == NULL)
        return false;
    if (ip4->ip_ver == TTR_FAMILY_IPV4) {
        *ttl = ip4->ip_ttl;
        return true;
    }
    if (ip6->ip6_ver == TTR_FAMILY_IPV6) {
        *ttl = ip6->ip6_hop;
        return true;
    }
    return false;
}

bool
ttr_extract_is_same(const void *data, uint8_t ttl, uint16_t ip_id)
{
    const ws_ip4 *ip4 = data;
    uint8_t its_ttl;

    if (!ttr_extract_ttl(data, &its_ttl) || its_ttl != ttl)
        return false;
    return ip4->ip_ver != TTR_FAMILY_IPV4 || ip4->ip_id == ip_id;
}

bool
ttr_extract_gate(const void *data, uint8_t *ttl, uint32_t *sum)
{
    const ws_ip4 *ip4 = data;
    const ws_ip6 *ip6 = data;

    if (ip4->ip_ver == TTR_FAMILY_IPV4 && ip4->ip_src.type == AT_IPv4 && ip4->ip_dst.type == AT_IPv4) {
        *ttl = ip4->ip_ttl;
        *sum = ttr_address_sum(ip4->ip_src.data, ip4->ip_dst.data);
        return true;
    }
    if (ip6->ip6_ver == TTR_FAMILY_IPV6 && ip6->ip6_src.type == AT_IPv6 && ip6->ip6_dst.type == AT_IPv6) {
        *ttl = ip6->ip6_hop;
        *sum = ttr_address_sum((const uint8_t *)ip6->ip6_src.data + 12, (const uint8_t *)ip6->ip6_dst.data + 12);
        return true;
    }
    return false;
}

static bool
take_address(const address *from, int type, int length, ttr_address_t *to)
{
    if (from->type != type || from->len != length || from->data == NULL)
        return false;
    memset(to, 0, sizeof *to);
    memcpy(to->bytes, from->data, (size_t)length);
    return true;
}

/* The length of reassembled fragments is their sum; the IP header that we see is the last one's. */
static uint32_t
whole_length(uint32_t length, uint32_t header, tvbuff_t *tvb)
{
    uint32_t seen = header + tvb_reported_length(tvb);

    return MAX(length, seen);
}

static bool
extract_ip4(tvbuff_t *tvb, const ws_ip4 *ip4, ttr_ip_t *ip)
{
    ip->family = TTR_FAMILY_IPV4;
    ip->ttl = ip4->ip_ttl;
    ip->tos = ip4->ip_tos;
    ip->dont_fragment = (ip4->ip_off & IPV4_DONT_FRAGMENT) != 0;
    ip->id = ip4->ip_id;
    ip->flow_label = 0;
    ip->length = whole_length(ip4->ip_len, IPV4_HEADER, tvb);
    return take_address(&ip4->ip_src, AT_IPv4, 4, &ip->source) && take_address(&ip4->ip_dst, AT_IPv4, 4, &ip->target);
}

static bool
extract_ip6(tvbuff_t *tvb, const ws_ip6 *ip6, ttr_ip_t *ip)
{
    ip->family = TTR_FAMILY_IPV6;
    ip->ttl = ip6->ip6_hop;
    ip->tos = ip6->ip6_tc;
    ip->dont_fragment = false;
    ip->id = 0;
    ip->flow_label = ip6->ip6_flw;
    ip->length = whole_length(IPV6_HEADER + ip6->ip6_len, IPV6_HEADER, tvb);
    return take_address(&ip6->ip6_src, AT_IPv6, 16, &ip->source) &&
           take_address(&ip6->ip6_dst, AT_IPv6, 16, &ip->target);
}

static bool
extract_ip(tvbuff_t *tvb, const void *data, ttr_ip_t *ip)
{
    switch (*(const uint8_t *)data) {
    case TTR_FAMILY_IPV4: return extract_ip4(tvb, data, ip);
    case TTR_FAMILY_IPV6: return extract_ip6(tvb, data, ip);
    default:              return false;
    }
}

/* Of the frame's SLL2 header, which is the outermost: the index of the device; NULL: it is cut off. */
static const uint8_t *
device_index(const packet_info *pinfo)
{
    tvbuff_t *frame = pinfo->data_src == NULL ? NULL : get_data_source_tvb(pinfo->data_src->data);

    if (frame == NULL || !tvb_bytes_exist(frame, TTR_POINT_INDEX_AT, TTR_POINT_INDEX_SIZE))
        return NULL;
    return tvb_get_ptr(frame, TTR_POINT_INDEX_AT, TTR_POINT_INDEX_SIZE);
}

/* The interface, and both ends of the link where the link layer names both; the device where it names that. */
static uint32_t
capture_point(const packet_info *pinfo)
{
    bool has_both = pinfo->dl_src.type == AT_ETHER && pinfo->dl_dst.type == AT_ETHER &&
                    pinfo->dl_src.len == pinfo->dl_dst.len;
    bool has_interface = pinfo->rec != NULL && (pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0;
    uint32_t interface = has_interface ? pinfo->rec->rec_header.packet_header.interface_id : 0;
    bool is_packet = pinfo->rec != NULL && pinfo->rec->rec_type == REC_TYPE_PACKET;
    int link = is_packet ? pinfo->rec->rec_header.packet_header.pkt_encap : WTAP_ENCAP_UNKNOWN;
    const uint8_t *device = link == WTAP_ENCAP_SLL2 ? device_index(pinfo) : NULL;

    if (link == WTAP_ENCAP_SLL)
        return ttr_point_cooked(interface);
    if (device != NULL)
        return ttr_point_device(interface, device);
    return ttr_point_hash(interface, pinfo->dl_src.data, pinfo->dl_dst.data, has_both ? (size_t)pinfo->dl_src.len : 0);
}

int64_t
ttr_extract_time(const packet_info *pinfo)
{
    int64_t seconds = (int64_t)pinfo->abs_ts.secs;

    return CLAMP(seconds, -SECONDS_MAX, SECONDS_MAX) * NS_PER_SECOND + pinfo->abs_ts.nsecs;
}

static void
extract_frame(packet_info *pinfo, ttr_observation_t *observation)
{
    observation->frame = pinfo->num;
    observation->layer = (uint8_t)pinfo->curr_layer_num;
    observation->point = capture_point(pinfo);
    observation->time_ns = ttr_extract_time(pinfo);
}

bool
ttr_extract_is_short(const void *data)
{
    const ws_ip4 *ip4 = data;
    const ws_ip6 *ip6 = data;

    return (ip4->ip_ver == TTR_FAMILY_IPV4 ? ip4->ip_len : ip6->ip6_len) <= SYN_LENGTH_MAX;
}

uint8_t
ttr_extract_flags(tvbuff_t *tvb)
{
    return tvb_captured_length(tvb) < TTR_SEGMENT_MINIMUM ? 0 : tvb_get_uint8(tvb, TCP_FLAGS);
}

bool
ttr_extract_opening(tvbuff_t *tvb, const void *data, ttr_connection_t *connection)
{
    const ws_ip4 *ip4 = data;
    const ws_ip6 *ip6 = data;
    const uint8_t *ports = tvb_get_ptr(tvb, 0, TTR_SEGMENT_MINIMUM);

    connection->sport = ttr_bytes_u16(ports);
    connection->dport = ttr_bytes_u16(ports + 2);
    if (ip4->ip_ver == TTR_FAMILY_IPV4)
        return take_address(&ip4->ip_src, AT_IPv4, 4, &connection->source) &&
               take_address(&ip4->ip_dst, AT_IPv4, 4, &connection->target);
    return take_address(&ip6->ip6_src, AT_IPv6, 16, &connection->source) &&
           take_address(&ip6->ip6_dst, AT_IPv6, 16, &connection->target);
}

bool
ttr_extract_tcp(tvbuff_t *tvb, packet_info *pinfo, const void *data, ttr_observation_t *observation)
{
    size_t captured = MIN(tvb_captured_length(tvb), (unsigned)TCP_HEADER_MAX);

    if (captured < TTR_SEGMENT_MINIMUM || !extract_ip(tvb, data, &observation->ip))
        return false;
    observation->what = TTR_OBSERVED_TCP;
    extract_frame(pinfo, observation);
    return ttr_segment_parse(tvb_get_ptr(tvb, 0, (int)captured), captured, tvb_reported_length(tvb), &observation->tcp);
}

bool
ttr_extract_is_error(tvbuff_t *tvb, uint8_t family)
{
    uint8_t type;

    if (tvb_captured_length(tvb) < ICMP_HEADER)
        return false;
    type = tvb_get_uint8(tvb, 0);
    if (family == TTR_FAMILY_IPV4)
        return type == 3 || type == 11 || type == 12;
    return type >= 1 && type <= 4;
}

bool
ttr_extract_icmp(tvbuff_t *tvb, packet_info *pinfo, const void *data, ttr_observation_t *observation)
{
    unsigned captured = tvb_captured_length(tvb);

    if (!extract_ip(tvb, data, &observation->ip))
        return false;
    if (ttr_quote_parse(observation->ip.family, tvb_get_ptr(tvb, 0, (int)captured), captured,
                        tvb_reported_length(tvb), &observation->icmp) != TTR_QUOTE_TCP)
        return false;
    observation->what = TTR_OBSERVED_ICMP;
    extract_frame(pinfo, observation);
    return true;
}
