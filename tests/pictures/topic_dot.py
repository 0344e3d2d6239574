# SPDX-License-Identifier: GPL-2.0-or-later
"""The graph says what the JSON says. It is read as Graphviz reads it (dot -Tjson0), and worked out from the JSON.

Flows are told apart by the source port: the JSON has the target port of a trace's first probe only.
"""
import collections
import json
import re

import model

TOOLTIP = re.compile(r"(\d+) answers this way, (\d+) of (\d+) probes of the hop lost")


class Edge:
    def __init__(self):
        self.rtts, self.marks, self.hops = [], set(), {}       # hops: (trace, TTL) -> (sent, lost)
        self.is_proven = False          # one flow was answered at both ends, by one responder at each

    def label(self):
        sent, lost = (sum(column) for column in zip(*self.hops.values())) if self.hops else (0, 0)
        words = [" ".join([f"{sum(self.rtts) / len(self.rtts):.3f} ms", *sorted(self.marks)])] if self.rtts else []
        return words + ([f"{100 * lost / sent:.1f}% lost"] if lost else []), (len(self.rtts), lost, sent)


class Graph:
    """Nodes are addresses, or for silence a tuple of what stands before and behind; edges are (from, to, has gap)."""

    def __init__(self, traces):
        self.edges = collections.defaultdict(Edge)
        self.nodes = set()
        for number, trace in enumerate(traces):
            self.add(number, trace)

    def add(self, number, trace):
        before, flows, gap, silent, last = [trace["src"]], {}, False, [], 0
        self.nodes |= {trace["src"], trace["dst"]}
        for hop in model.hops_of(trace):
            gap, last = gap or hop.ttl != last + 1, hop.ttl
            if not hop.responders:
                silent.append(hop)
                continue
            if silent:
                before, flows, gap = self.silence(number, before, silent, hop.responders, gap), {}, False
            counts = {(number, hop.ttl): (hop.settled, hop.lost)}
            here = collections.defaultdict(set)
            for answer in hop.answers:
                here[answer["tcptraceroute"]["sport"]].add(answer["addr"])
            for answer in hop.answers:
                sport = answer["tcptraceroute"]["sport"]
                for source in flows.get(sport, before):
                    edge = self.edges[source, answer["addr"], gap]
                    edge.is_proven |= hop.ttl == 1 or len(here[sport]) == 1 and len(flows.get(sport, [])) == 1
                    edge.rtts.append(float(answer["rtt"]))
                    edge.hops.update(counts)
                    edge.marks |= {answer["tcptraceroute"]["mark"]} if "mark" in answer["tcptraceroute"] else set()
            flows = collections.defaultdict(list)
            for answer in hop.answers:
                if answer["addr"] not in flows[answer["tcptraceroute"]["sport"]]:
                    flows[answer["tcptraceroute"]["sport"]].append(answer["addr"])
            flows, before, gap, silent = dict(flows), hop.responders, False, []
            self.nodes |= set(before)
        if not trace["tcptraceroute"]["reached"]:
            if silent:
                before = self.silence(number, before, silent, [trace["dst"]], gap, is_end=True)
            for source in before:
                self.edges[source, trace["dst"], "not reached"]

    def silence(self, number, before, silent, behind, gap, is_end=False):
        node = (tuple(sorted(before, key=str)), 0 if is_end else len(silent), tuple(sorted(behind, key=str)))
        self.nodes.add(node)
        sent = sum(hop.settled for hop in silent)
        for source in before:
            self.edges[source, node, gap].hops[number, silent[-1].ttl] = (sent, sent)
        return [node]


def shape_of_silence(node):
    """A silent node has no address to be known by: what stands around it says which one it is."""
    return node if isinstance(node, str) else "silence"


def wanted_edges(graph):
    """{(from, to): [(label, numbers)]} with silence unnamed."""
    wanted = collections.defaultdict(list)
    for (source, target, kind), edge in graph.edges.items():
        label, numbers = edge.label()
        wanted[shape_of_silence(source), shape_of_silence(target)].append(
            ((), None) if kind == "not reached" else (tuple(label), numbers))
    return wanted


def sort_marks(words):
    """Their order is that of the answers, which Edge does not keep."""
    number, unit, *marks = words.split()
    return " ".join([number, unit, *sorted(marks)])


def shown_edges(drawn):
    names = {}
    for node in drawn.get("objects", []):
        words = node["label"].split("\\n")
        names[node["_gvid"]] = "silence" if words[0] == "* * *" else words[0]
    shown = collections.defaultdict(list)
    for edge in drawn.get("edges", []):
        label = tuple(sort_marks(words) for words in edge.get("label", "").split("\\n") if words.strip())
        numbers = TOOLTIP.fullmatch(edge["tooltip"])
        shown[names[edge["tail"]], names[edge["head"]]].append(
            (label, tuple(map(int, numbers.groups())) if numbers else None))
    return names, shown


def check_proof(drawn, graph, names):
    """An edge between two hosts is solid when, and only when, a flow proves it. In IPv6 the flow label is part of a flow,
    which the JSON does not have: there more edges may be only possible."""
    proven, possible = collections.defaultdict(list), 0
    for (source, target, kind), edge in graph.edges.items():
        if isinstance(source, str) and isinstance(target, str) and kind is False:
            proven[source, target].append(edge.is_proven)
    for edge in drawn.get("edges", []):
        ends = names[edge["tail"]], names[edge["head"]]
        if edge.get("style") == "dotted" or "silence" in ends or edge["tooltip"] == "not reached":
            continue
        is_solid = "style" not in edge
        possible += not is_solid
        if is_solid and proven[ends] != [True] or not is_solid and proven[ends] != [False] and ":" not in ends[0]:
            yield f"{' -> '.join(ends)} is {'a fact' if is_solid else 'possible'}, the JSON says {proven[ends]}"
    if ("possible way" in drawn.get("label", "")) != (possible > 0):
        yield f"{possible} edges are possible; the legend is {drawn.get('label')!r}"


def is_same(shown, wanted):
    """Labels are rounded: the last decimal may differ by one."""
    if len(shown) != len(wanted):
        return False
    for (label, numbers), (wanted_label, wanted_numbers) in zip(sorted(shown, key=str), sorted(wanted, key=str)):
        if numbers != wanted_numbers or len(label) != len(wanted_label):
            return False
        for words, wanted_words in zip(label, wanted_label):
            number, unit = re.fullmatch(r"([\d.]+)(.*)", words).groups()
            wanted_number, wanted_unit = re.fullmatch(r"([\d.]+)(.*)", wanted_words).groups()
            if unit != wanted_unit or abs(float(number) - float(wanted_number)) > (0.0011 if "ms" in unit else 0.11):
                return False
    return True


def check_graph(drawn, traces):
    """`drawn`: what dot -Tjson0 printed."""
    graph = Graph(traces)
    names, shown = shown_edges(json.loads(drawn))
    addresses = {name for name in names.values() if name != "silence"}
    if addresses != {node for node in graph.nodes if isinstance(node, str)}:
        yield f"hosts are {sorted(addresses)}"
    if list(names.values()).count("silence") != sum(not isinstance(node, str) for node in graph.nodes):
        yield "the number of silent nodes differs"
    yield from check_proof(json.loads(drawn), graph, names)
    wanted = wanted_edges(graph)
    for ends in sorted(shown.keys() | wanted.keys()):
        if not is_same(shown.get(ends, []), wanted.get(ends, [])):
            yield f"{' -> '.join(ends)}: {shown.get(ends)}, the JSON says {wanted.get(ends)}"
    for trace in traces:
        ours = trace["tcptraceroute"]
        words = f"port {trace['dport']} {ours['state']}" + ("" if ours["reached"] else ", not reached")
        labels = [node["label"].split("\\n") for node in json.loads(drawn)["objects"]]
        if not any(label[0] == trace["dst"] and (words in label or "\u2026" in label) for label in labels):
            yield f"no target {trace['dst']} says {words!r}"
