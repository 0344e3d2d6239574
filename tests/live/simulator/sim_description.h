/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The network that is simulated: routers, paths and targets, as a description file says. tests/live/README.md
 * explains each key. Pure: reads a text, knows no file and no clock.
 */
#ifndef SIM_DESCRIPTION_H
#define SIM_DESCRIPTION_H

#include <glib.h>

#include "sim_packet.h"

enum { SIM_QUOTE_FULL = -1, SIM_RTT_BY_DISTANCE = -1, SIM_TTL_AS_IT_IS = -1 };

/* ICMP type 3 and ICMPv6 type 1: the code in each. */
typedef struct sim_unreachable {
    uint8_t code_ipv4;
    uint8_t code_ipv6;
} sim_unreachable_t;

typedef enum { SIM_ID_KEEP, SIM_ID_ZERO, SIM_ID_INCREMENT, SIM_ID_SWAP } sim_id_change_t;

/* What a router changes in packets that it forwards. */
typedef struct sim_nat {
    bool changes_port;
    uint16_t port_base;         /* new source port = port_base + old % 1000 */
    sim_address_t address_ipv4; /* new source address, if any */
    sim_address_t address_ipv6;
    bool leaves_quotes;    /* ICMP errors come back with what the NAT had made of the probe */
    sim_id_change_t ip_id; /* never undone in quotes */
} sim_nat_t;

typedef struct sim_label {
    uint32_t label;
    uint8_t traffic_class;
    uint8_t ttl;
} sim_label_t;

typedef struct sim_router {
    char *name;
    sim_address_t ipv4;
    sim_address_t ipv6;
    int64_t rtt_us;     /* from the sender to this router and back, or SIM_RTT_BY_DISTANCE */
    uint32_t jitter_us; /* added to the RTT: uniformly 0 to this */
    double loss;        /* percent of its answers that get lost */
    double drop;        /* percent of the packets for it or through it that get lost */
    bool silent;
    uint32_t burst; /* of its ICMP errors; 0: no limit */
    double per_second_ipv4;
    double per_second_ipv6;
    int quote;         /* bytes of the probe after its IP header, or SIM_QUOTE_FULL */
    int64_t quote_ttl; /* the TTL in its quotes of expired packets, or SIM_TTL_AS_IT_IS */
    uint8_t ttl;       /* of its answers when they leave it */
    uint8_t tos;
    GArray *labels;        /* owned, of sim_label_t; empty: no extension */
    bool extension_length; /* RFC 4884: the length of the quote is told */
    bool rejects;          /* answers packets that it should forward with `reject` */
    sim_unreachable_t reject;
    GArray *reject_ports; /* owned, of uint16_t; empty: all */
    sim_nat_t nat;
    bool changes_ecn; /* of what goes on from here */
    uint8_t ecn;
} sim_router_t;

typedef enum { SIM_BALANCE_FLOW, SIM_BALANCE_PACKET } sim_balance_t;

/* A router, or a load balancer's choice between branches. */
typedef struct sim_element {
    const sim_router_t *router; /* borrowed; NULL for a choice */
    sim_balance_t balance;
    uint32_t salt;       /* makes each choice independent of the others */
    GPtrArray *branches; /* owned, of GPtrArray of sim_element_t; NULL for a router */
} sim_element_t;

typedef enum {
    SIM_ANSWER_SYN_ACK,
    SIM_ANSWER_SYN_ACK_ONCE, /* then challenge ACKs, whatever else comes */
    SIM_ANSWER_LINUX,        /* as Linux in SYN_RECV */
    SIM_ANSWER_RST,
    SIM_ANSWER_SILENT,
    SIM_ANSWER_UNREACHABLE
} sim_answer_kind_t;

typedef struct sim_answer {
    uint16_t port; /* 0: every port that no other entry names */
    sim_answer_kind_t kind;
    sim_unreachable_t unreachable;
} sim_answer_t;

typedef struct sim_prefix {
    sim_address_t address;
    unsigned bits;
} sim_prefix_t;

typedef struct sim_target {
    char *name;
    GArray *prefixes;    /* owned, of sim_prefix_t */
    GPtrArray *path;     /* owned, of sim_element_t: the routers before it */
    uint32_t hop_rtt_us; /* RTT = this x distance, where a router or the target names none */
    int64_t rtt_us;
    uint32_t jitter_us;
    double loss;
    uint8_t ttl;
    bool ecn;              /* SYN/ACKs say so when the SYN asks */
    bool accecn;           /* and tell how it arrived, when it asks for that */
    bool reflects;         /* SYN/ACKs have the ECN flags of the SYN */
    uint32_t challenge_ms; /* at most one challenge ACK in this time */
    GArray *answers;       /* owned, of sim_answer_t */
} sim_target_t;

typedef struct sim_description {
    uint32_t seed;
    uint32_t spin_us;     /* how long to stay awake before a reply is due, and after a packet came */
    bool realtime;        /* ask for a real-time priority */
    bool hash_flow_label; /* load balancers look at the IPv6 flow label too */
    GPtrArray *routers;   /* owned, of sim_router_t */
    GPtrArray *targets;   /* owned, of sim_target_t */
} sim_description_t;

/* Reads the text of a description. NULL and an error that names group and key when it says anything that has no
 * meaning: unknown groups and keys, values out of range, routers that do not exist, targets without a prefix.
 */
sim_description_t *sim_description_parse(const char *text, GError **error);
void sim_description_free(sim_description_t *description);

/* The target whose longest prefix holds `address`, or NULL. */
const sim_target_t *sim_description_target(const sim_description_t *description, const sim_address_t *address);

/* What `target` answers on `port`; there is always something. */
const sim_answer_t *sim_target_answer(const sim_target_t *target, uint16_t port);

#endif
