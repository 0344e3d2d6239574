# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z tcptraceroute,tree`: traces, hops and responders, whose counts and RTTs are those of the JSON."""
import dataclasses
import statistics
import struct

import hop_figures

TITLES = ("TCP Traceroute/Paths:", "Paths:")     # before Wireshark 4.3, and since
COUNT = "Count"


@dataclasses.dataclass
class Node:
    """One line of the tree. Figures of a node that counts nothing are None."""
    level: int
    name: str
    count: int
    average: float
    least: str
    most: str


def nodes_of(lines):
    """The nodes that tshark printed. Fails when there is no tree."""
    begin = next(at for at, line in enumerate(lines) if line in TITLES)
    column = lines[begin + 1].index(COUNT)
    nodes = []
    for line in lines[begin + 3:]:
        if not line:
            return nodes
        name, values = line[:column], line[column:].split()
        nodes.append(node(len(name) - len(name.lstrip(" ")), name.strip(" "), values))
    raise ValueError("the tree has no end")


def node(level, name, values):
    count, average, least, most = values[:4]
    if count == "0":
        return Node(level, name, 0, None, None, None)
    return Node(level, name, int(count), float(average), least, most)


def expected_node(level, name, rtts):
    if not rtts:
        return Node(level, name, 0, None, None, None)
    return Node(level, name, len(rtts), statistics.fmean(rtts), single(min(rtts)), single(max(rtts)))


def single(number):
    """As Wireshark has it: a float with six decimals."""
    return f"{struct.unpack('f', struct.pack('f', number))[0]:f}"


def expected_nodes(traces, total, order):
    """The nodes of these of `total` traces, children sorted by order(name)."""
    for trace in traces:
        hops = hop_figures.hops_of(trace)
        ours = trace["tcptraceroute"]
        name = (f"Trace {ours['trace']:>{len(str(total - 1))}}: {trace['dst']} port {trace['dport']}, {ours['state']}"
                f"{'' if ours['reached'] else ', not reached'}")
        yield expected_node(0, name, [rtt for hop in hops for rtt in hop.rtts])
        for hop in hops:
            name = f"Hop {hop.ttl:>{len(str(trace['hoplimit']))}}"
            if hop.lost:
                name += f", {hop.lost} of {hop.sent} probes unanswered"
            yield expected_node(1, name, hop.rtts)
            for responder in sorted(hop.responders, key=lambda responder: order(responder.addr)):
                yield expected_node(2, responder.addr, responder.rtts)


def compare(nodes, expected):
    for number, (said, wanted) in enumerate(zip(nodes, expected), 1):
        if not is_same(said, wanted):
            yield f"node {number}: {said}, the JSON says {wanted}"
            return
    if len(nodes) != len(expected):
        yield f"{len(nodes)} nodes, the JSON says {len(expected)}"


def is_same(said, wanted):
    """The average has two decimals."""
    same = dataclasses.replace(said, average=None) == dataclasses.replace(wanted, average=None)
    if said.average is None or wanted.average is None:
        return same and said.average == wanted.average
    return same and abs(said.average - wanted.average) < 0.00501


def check_lines(lines, traces, what, total=None):
    """`lines` hold the tree of these traces, which are all of the capture or some of `total`."""
    if not any(line in TITLES for line in lines):
        yield f"tree, {what}: no tree"
        return
    expected = list(expected_nodes(traces, total or len(traces), str.lower))
    for error in compare(nodes_of(lines), expected):
        yield f"tree, {what}: {error}"


def check_each(_capture, seen):
    traces = hop_figures.traces_of(seen)
    yield from check_lines(seen.one_statistics, traces, "one pass")
    yield from check_lines(seen.two_statistics, traces, "two passes")


def nodes_of_sharkd(items, level=0):
    """Its children are in the order in which they were made."""
    for item in items:
        has_figures = item["count"] > 0
        yield Node(level, item["name"], item["count"], item["avg"] if has_figures else None,
                   f"{item['min']:f}" if has_figures else None, f"{item['max']:f}" if has_figures else None)
        yield from nodes_of_sharkd(item.get("sub", []), level + 1)


def check_sharkd(answer, traces):
    """`answer`: what sharkd says of its tap stat:tcptraceroute."""
    expected = list(expected_nodes(traces, len(traces), lambda name: 0))
    for error in compare(list(nodes_of_sharkd(answer["stats"])), expected):
        yield f"sharkd, tree: {error}"
