#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures on which tshark proves that it says what the reader says, and what each is for.

The reader reads every capture (tests/captures/check.py, tests/synth/check.py); one start of tshark takes as long as
a hundred of them. So each property of its output is tried on a selection in which each feature is there.
selection.py FOLDER... prints the files of the selection that the folders hold.
"""
import pathlib
import sys

# By what they are for: file names without their ending, of tests/captures or made by tests/synth/generate.py.
SELECTION = {
    "link types": {
        "tt_open": "Ethernet",
        "tt_nano": "nanoseconds",
        "any_r1_sll1": "Linux cooked, first version",
        "any_r1_6": "Linux cooked, second version, IPv6",
        "gre_inside": "raw IP",
        "link-raw-hop-by-hop": "raw IPv6 with an extension header",
        "link-null-tt-v4": "BSD loopback",
    },
    "encapsulations": {
        "vlan_any": "bare and tagged",
        "qinq_tt": "two tags",
        "link-pppoe-tr-v6": "PPPoE",
        "link-mpls-tt-v4": "MPLS labels below IP",
        "gre_any": "bare and in GRE",
        "link-gre-hop-by-hop": "an extension header in GRE",
        "ipip_mtr": "IP in IP",
        "sit_mtr6": "IPv6 in IPv4",
        "vxlan_any_s": "bare and in VXLAN",
        "vxlan_tr6": "IPv6 in VXLAN",
        "link-vxlan-mpls": "VXLAN with labels",
        "mtu_fragments_r3": "fragments",
    },
    "what only tshark reads, and must not take for probes": {
        "none-exported-pdu": "PDUs exported by Wireshark",
        "none-exported-pdu-v6": "the same, IPv6",
        "none-no-ip-header": "AYIYA, which carries no IP header",
        "none-no-ip-header-v6": "the same, IPv6",
    },
    "snap lengths": {
        "tt_snap60": "quotes end within their IP header",
        "snap-80-tr": "quotes end within their TCP header",
        "snap-112-v6": "the same, IPv6",
    },
    "tools": {
        "tt_ack_closed": "tcptraceroute with ACK: unfiltered",
        "tr_6": "traceroute, IPv6",
        "tr_tcpconn": "traceroute with connections",
        "mtr_drop": "mtr, SYNs sent again",
        "mtr_banner": "mtr, with data in the connection",
        "nmap_targets": "nmap, two traces, one of them with one TTL",
        "nping_ttl": "nping, a run for each TTL",
        "scamper_6_ack": "scamper, IPv6, ACK",
        "ecmp_flow_tracelb": "scamper, several paths",
        "hping_trace_closed": "hping3",
        "lft_b": "lft, whose target port counts",
        "tool-nexttrace-v4-open": "NextTrace",
        "trippy-fixed-sport-rounds": "trippy",
        "tool-yarrp-v6-open": "yarrp",
        "tool-datadog-v4-router-prohibited": "Datadog, refused by a router",
        "session-intrace-v4": "probes in a connection, answered by SACK",
    },
    "answers": {
        "tt_closed": "closed",
        "tt_prohib_target": "filtered, by the target's word",
        "silent-path": "filtered, for want of answers",
        "path_doubles": "duplicates",
        "norst_tcptr": "SYN/ACKs sent again",
        "nat_noquote_tt": "the quoted source is another",
        "dnat_any_r2": "the target is another, captured on both sides: two traces",
        "ipid_zeroed_tt": "quoted IP IDs of 0",
        "ext-mpls3-rfc4884-v4": "three labels in an extension",
        "ext-interface-rfc4884-v6": "an interface in an extension",
        "packet-too-big": "packet too big",
        "arp_fails": "answers of three seconds",
        "twice_s_r1": "copies",
        "tt_probes_only": "no answer in the capture",
        "ratelimit": "one TTL alone",
    },
    "expert infos, preferences and filters": {
        "dnat_quote_tt": "expert info on DNAT",
        "dnat_tt": "expert info on a target that sends time exceeded",
        "tt_from2": "candidate_ttl",
        "silent_tt": "run_gap",
        "none-flood-random": "candidate_bound",
        "two-families": "IPv4 and IPv6, chosen by a filter",
    },
    "nothing to be found": {
        "none-empty": "no frame",
        "none_web": "ordinary traffic",
        "none_loop_link": "a loop",
    },
}
# One capture for each way through reader and tshark, for the check before a commit.
FEW = {"tt_open", "any_r1_6", "link-raw-hop-by-hop", "vlan_any", "mtu_fragments_r3", "tt_snap60", "tr_6", "mtr_drop",
       "nping_ttl", "session-intrace-v4", "dnat_any_r2", "ext-mpls3-rfc4884-v4", "twice_s_r1", "ratelimit", "none-empty"}
NAMES = {name for part in SELECTION.values() for name in part}


def chosen(captures):
    """Those of the captures (paths) that are selected, in their order."""
    return [capture for capture in captures if capture.stem in NAMES]


def few(captures):
    """Those of the captures (paths) that are among FEW, in their order."""
    return [capture for capture in captures if capture.stem in FEW]


def missing(captures):
    """The names that no capture has: a file was renamed, or the selection is wrong."""
    return sorted(NAMES - {capture.stem for capture in captures})


def main():
    for folder in sys.argv[1:]:
        for capture in chosen(sorted(pathlib.Path(folder).glob("*.pcap"))):
            print(capture)


if __name__ == "__main__":
    main()
