# SPDX-License-Identifier: GPL-2.0-or-later
"""The hops of a trace with their figures, computed anew from its JSON: what every view has to say."""
import dataclasses
import statistics

import topic_json

FILTERED_CODES = (0, 1, 2, 3, 9, 10, 13)
STATES = ("open", "closed", "filtered", "unfiltered")


def traces_of(seen):
    """The traces of the JSON. What a reply says of the port is added as "state", from the reply's field."""
    traces = [topic_json.parse(line) for line in seen.json_lines]
    for trace in traces:
        for entry in trace.get("hops", []):
            said = seen.two_rows.get(entry["tcptraceroute"]["reply_frame"], {}).get("tcptraceroute.state", [])
            entry["state"] = said[0] if len(said) == 1 else None
    return traces


@dataclasses.dataclass
class Responder:
    """Who answered probes of one hop, with the JSON's entries in order of sending."""
    addr: str
    entries: list

    @property
    def rtts(self):
        return [entry["rtt"] for entry in self.entries]


@dataclasses.dataclass
class Hop:
    """One TTL on the path."""
    ttl: int
    sent: int
    responders: list        # in order of their first answers
    in_flight: int = 0      # sent too late to be lost

    @property
    def rtts(self):
        return [rtt for responder in self.responders for rtt in responder.rtts]

    @property
    def lost(self):
        return self.sent - len(self.rtts) - self.in_flight

    @property
    def loss(self):
        """Percent of the probes that are not in flight."""
        return 100.0 * self.lost / max(self.sent - self.in_flight, 1)


def hops_of(trace):
    """By TTL, up to the target where it was reached."""
    ours = trace["tcptraceroute"]
    answered, silent = trace.get("hops", []), trace.get("no_hops", [])
    hops = []
    for ttl in sorted({probe["probe_ttl"] for probe in answered + silent}):
        if ours["reached"] and ttl > ours["path_length"]:
            break
        entries = [entry for entry in answered if entry["probe_ttl"] == ttl]
        responders = {}
        for entry in sorted(entries, key=lambda entry: entry["probe_id"]):
            responders.setdefault(entry["addr"], Responder(entry["addr"], [])).entries.append(entry)
        sent = len(entries) + sum(probe["probe_ttl"] == ttl for probe in silent)
        in_flight = sum(probe["probe_ttl"] == ttl and probe.get("in_flight", False) for probe in silent)
        hops.append(Hop(ttl, sent, list(responders.values()), in_flight))
    return hops


def rtt_figures(rtts):
    """Last, average, best, worst, standard deviation and jitter; zeros when there is none."""
    if not rtts:
        return [0.0] * 6
    jitter = [abs(after - before) for before, after in zip(rtts, rtts[1:])]
    return [rtts[-1], statistics.fmean(rtts), min(rtts), max(rtts), statistics.stdev(rtts) if jitter else 0.0,
            statistics.fmean(jitter) if jitter else 0.0]


def state_of(entry, trace):
    """What one answer says of the port, None when nothing. The JSON does not say which of the probes carried ACK."""
    kind = entry["tcptraceroute"]["kind"]
    if kind in ("syn-ack", "syn"):
        return "open"
    if kind == "rst":
        return entry.get("state") or ("unfiltered" if trace["method"] == "tcp-ack" else "closed")
    is_filter = trace["tcptraceroute"]["family"] == 6 or entry.get("icmp_code") in FILTERED_CODES
    return "filtered" if kind == "unreachable" and is_filter else None


def state_words(responder, trace):
    """States, then marks; where there are neither, what the answers were if not time exceeded."""
    said = {state_of(entry, trace) for entry in responder.entries}
    marks = dict.fromkeys(entry["tcptraceroute"].get("mark") for entry in responder.entries)
    words = [", ".join(state for state in STATES if state in said), *(mark for mark in marks if mark)]
    if any(words):
        return " ".join(word for word in words if word)
    return {entry["tcptraceroute"]["kind"] for entry in responder.entries} - {"time-exceeded"}


def mpls_words(responder):
    """The labels of the last answer with extension objects, as traceroute -e writes them."""
    for entry in reversed(responder.entries):
        if "icmpext" in entry:
            labels = [label for item in entry["icmpext"] for label in item.get("mpls_labels", [])]
            return "/".join("L={mpls_label},E={mpls_exp},S={mpls_s},T={mpls_ttl}".format(**label) for label in labels)
    return ""
