# SPDX-License-Identifier: GPL-2.0-or-later
"""The public interface as data: fields with their types, and the keys of the JSON output in their order."""

FIELDS = {
    "tcptraceroute.trace": "FT_UINT32",
    "tcptraceroute.hop": "FT_UINT8",
    "tcptraceroute.probe": "FT_BOOLEAN",
    "tcptraceroute.probe.attempt": "FT_UINT32",
    "tcptraceroute.probe.retransmission": "FT_BOOLEAN",
    "tcptraceroute.reply_in": "FT_FRAMENUM",
    "tcptraceroute.reply": "FT_BOOLEAN",
    "tcptraceroute.reply_to": "FT_FRAMENUM",
    "tcptraceroute.rtt": "FT_RELATIVE_TIME",
    "tcptraceroute.kind": "FT_STRING",
    "tcptraceroute.match": "FT_STRING",
    "tcptraceroute.state": "FT_STRING",
    "tcptraceroute.trace.state": "FT_STRING",
    "tcptraceroute.teardown": "FT_BOOLEAN",
    "tcptraceroute.teardown_of": "FT_FRAMENUM",
    "tcptraceroute.duplicate": "FT_BOOLEAN",
    "tcptraceroute.copy_of": "FT_FRAMENUM",
    "tcptraceroute.target": "FT_IPv4",
    "tcptraceroute.target6": "FT_IPv6",
    "tcptraceroute.responder": "FT_IPv4",
    "tcptraceroute.responder6": "FT_IPv6",
    "tcptraceroute.distance": "FT_UINT8",
    "tcptraceroute.quoted_bytes": "FT_UINT8",
    "tcptraceroute.changed": "FT_STRING",
    "tcptraceroute.changed_first": "FT_STRING",
    "tcptraceroute.tool": "FT_STRING",
    "tcptraceroute.silence": "FT_STRING",
}

ICMP_KINDS = ("time-exceeded", "unreachable", "packet-too-big", "other-icmp")
TCP_KINDS = ("syn-ack", "rst", "syn", "ack", "other-tcp")
KINDS = ICMP_KINDS + TCP_KINDS
MATCHES = ("ip-id", "ports-seq", "ip-id-seq", "ip-id-only", "seq-only", "ports", "ack", "seq", "sack", "order")
STATES = ("open", "closed", "filtered", "unfiltered")
STOP_REASONS = ("COMPLETED", "UNREACH", "GAPLIMIT", "NONE")

# Key: (type, is it always there?). The order is the order in the output.
TIME = {"sec": (int, True), "usec": (int, True)}
START = {**TIME, "ftime": (str, True)}
OURS_OF_HOP = {
    "probe_frame": (int, True), "reply_frame": (int, True), "probe_ip_id": (int, False), "sport": (int, True),
    "kind": (str, True), "match": (str, True), "mark": (str, False),
}
HOP = {
    "addr": (str, True), "probe_ttl": (int, True), "probe_id": (int, True), "probe_size": (int, True),
    "tx": (TIME, True), "rtt": (float, True), "reply_ttl": (int, True), "reply_tos": (int, True),
    "reply_ipid": (int, False), "reply_size": (int, True),
    "icmp_type": (int, False), "icmp_code": (int, False), "icmp_q_ttl": (int, False), "icmp_q_ipl": (int, False),
    "icmp_q_tos": (int, False), "icmpext": (list, False),
    "tcp_flags": (int, False),
    "tcptraceroute": (OURS_OF_HOP, True),
}
NO_HOP = {
    "probe_ttl": (int, True), "probe_id": (int, True), "probe_size": (int, True), "tx": (TIME, True),
    "in_flight": (bool, False),
    "tcptraceroute": ({"probe_frame": (int, True)}, True),
}
TOOL = {"name": (str, True), "variant": (str, False), "sure": (bool, True), "candidates": (list, False)}
FINDING = {
    "kind": (str, True), "certainty": (str, True), "after_hop": (int, False), "at_hop": (int, False),
    "field": (str, False), "from": ((int, str), False), "to": ((int, str), False), "low": (float, False),
    "high": (float, False), "frames": (list, True), "other_trace": (int, False), "text": (str, True),
}
HOP_STATS = {
    "ttl": (int, True), "sent": (int, True), "lost": (int, True), "in_flight": (int, True), "loss_low": (float, False),
    "loss_high": (float, False), "silence": (str, False),
}
OURS_OF_TRACE = {
    "trace": (int, True), "family": (int, True), "state": (str, True), "reached": (bool, True),
    "path_length": (int, False), "notes": (list, False),
    "tool": (TOOL, True), "diagnosis": (str, True), "findings": ([FINDING], False), "hop_stats": ([HOP_STATS], True),
}
TRACE = {
    "type": (str, True), "version": (str, True), "method": (str, True), "src": (str, True), "dst": (str, True),
    "sport": (int, True), "dport": (int, True), "stop_reason": (str, True), "stop_data": (int, True),
    "start": (START, True), "hop_count": (int, True), "attempts": (int, True), "hoplimit": (int, True),
    "firsthop": (int, True), "probe_size": (int, True), "probe_count": (int, True),
    "hops": ([HOP], False), "extra_hops": ([HOP], False), "no_hops": ([NO_HOP], False),
    "tcptraceroute": (OURS_OF_TRACE, True),
}
