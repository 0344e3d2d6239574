# SPDX-License-Identifier: GPL-2.0-or-later
"""The Wireshark profile: what its columns show, which colour a frame gets, which frames a button chooses.

What is expected comes from the JSON of the same file; frames that only the capture's copies make come from the fields.
"""
import re

import support

PROFILE = "TCP Traceroute"
CAPTURES = ("tt_open.pcap", "tt_closed.pcap", "tt_drop.pcap", "tt_ack.pcap", "tt_prohib_target.pcap",
            "twice_s_r1.pcap", "silent_tr6.pcap", "nat_s_mtr.pcap", "none_web.pcap")
FILTERED = {4: {0, 1, 2, 3, 9, 10, 13}, 6: set(range(256))}     # codes of an unreachable that say so
COLUMNS = ("trace", "hop", "attempt", "rtt", "reply", "match")
FIELDS = ("tcptraceroute.trace", "tcptraceroute.hop", "tcptraceroute.probe.attempt", "tcptraceroute.rtt",
          "tcptraceroute.reply_in", "tcptraceroute.reply_to", "tcptraceroute.match")
OPTIONS = ("-C", PROFILE, "-n", "-2")


def state_of(answer, trace):
    kind = answer["tcptraceroute"]["kind"]
    if kind in ("syn-ack", "syn"):
        return "open"
    if kind == "rst":
        return "unfiltered" if trace["method"] == "tcp-ack" else "closed"
    if kind == "unreachable" and answer["icmp_code"] in FILTERED[trace["tcptraceroute"]["family"]]:
        return "filtered"
    return ""


class Frames:
    """Sets of frame numbers, by what the JSON says of them."""

    def __init__(self, traces, copies):
        self.copies, self.answered, self.lost, self.kinds, self.states = copies, set(), set(), {}, {}
        self.hops, self.further, self.matches, self.rtts = {}, set(), {}, {}
        for trace in traces:
            for answer in trace.get("hops", []) + trace.get("extra_hops", []):
                ours = answer["tcptraceroute"]
                frame = ours["reply_frame"]
                self.answered.add(ours["probe_frame"])
                self.kinds[frame], self.states[frame] = ours["kind"], state_of(answer, trace)
                self.hops[frame], self.matches[frame] = answer["probe_ttl"], ours["match"]
                self.rtts[frame] = float(answer["rtt"])
            for answer in trace.get("hops", []):
                self.rtts[answer["tcptraceroute"]["probe_frame"]] = float(answer["rtt"])
            self.further |= {answer["tcptraceroute"]["reply_frame"] for answer in trace.get("extra_hops", [])}
            self.lost |= {entry["tcptraceroute"]["probe_frame"] for entry in trace.get("no_hops", [])}

    def having(self, state):
        return {frame for frame, one in self.states.items() if one == state}

    def colour(self, frame):
        """Name of the rule that must win, None when it is none of ours."""
        if frame in self.copies:
            return "Traceroute: frame captured twice"
        if frame in self.kinds:
            state = {"unfiltered": "closed"}.get(self.states[frame], self.states[frame])
            if state:
                return f"Traceroute: port {state}"
            is_exceeded = self.kinds[frame] == "time-exceeded"
            return "Traceroute: time exceeded" if is_exceeded else "Traceroute: other reply"
        if frame in self.answered:
            return "Traceroute: probe answered"
        return "Traceroute: probe unanswered" if frame in self.lost else None

    def buttons(self):
        """{button: frames, copies left out}."""
        replies, probes = set(self.kinds), self.answered | self.lost
        odd = {"ports-seq", "ip-id-seq", "ip-id-only", "seq-only", "ports"}
        return {
            "Traces": replies | probes, "Probes": probes, "Replies": replies, "Lost": self.lost,
            "Target": {frame for frame, state in self.states.items() if state}, "Open": self.having("open"),
            "Closed": self.having("closed") | self.having("unfiltered"), "Filtered": self.having("filtered"),
            "Slow": {frame for frame, rtt in self.rtts.items() if rtt > 100},
            "Odd": {frame for frame, match in self.matches.items() if match in odd} | self.further}


def settings(path):
    """The quoted values of each line of one of Wireshark's tables."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [[re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), value)
             for value in re.findall(r'"([^"]*)"', line)] for line in lines]


def chosen(capture, display_filter):
    """Frames that pass. A filter that does not compile raises support.ToolFailed."""
    out = support.run([*OPTIONS, "-r", capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number"])
    return set(map(int, out.split()))


def check_columns(capture):
    """The columns are the fields."""
    shown = support.run([*OPTIONS, "-r", capture, "-T", "tabs"]).splitlines()
    fields = [word for field in FIELDS for word in ("-e", field)]
    wanted = support.run(["-n", "-2", "-r", capture, "-T", "fields", *fields]).splitlines()
    for number, (line, row) in enumerate(zip(shown, wanted, strict=True), 1):
        trace, hop, attempt, rtt, reply_in, reply_to, match = row.split("\t")
        cells = [cell.strip() for cell in line.split("\t")]
        # tshark puts an arrow between source and destination, in a cell of its own.
        if cells[5:11] != [trace, hop, attempt, rtt, reply_in or reply_to, match]:
            yield f"frame {number}: the columns are {cells[5:11]}, the fields {row.split()}"


def check_colours(capture, frames):
    out = support.run([*OPTIONS, "--color", "-r", capture, "-T", "fields", "-e", "frame.coloring_rule.name"])
    for number, rule in enumerate(out.splitlines(), 1):
        wanted = frames.colour(number)
        if rule != wanted and (wanted is not None or rule.startswith(("Traceroute", "TTL low"))):
            yield f"frame {number}: colour of {rule!r}, not of {wanted!r}"


def check_buttons(capture, frames, buttons):
    wanted = frames.buttons()
    if set(wanted) != {label for _, label, _, _ in buttons}:
        yield f"the buttons are {[label for _, label, _, _ in buttons]}"
    for _, label, display_filter, _ in buttons:
        found = chosen(capture, display_filter) - frames.copies
        if label == "Traces":       # the sender's RSTs belong to it; the JSON has none of them
            found -= chosen(capture, "tcptraceroute.teardown") & chosen(capture, "tcp.flags.reset == 1")
        if found != wanted.get(label):
            yield f"button {label}: {sorted(found)}, not {sorted(wanted.get(label, []))}"


def check_graphs(capture, frames, graphs):
    for _, name, display_filter, _, _, axis, field, _, _ in graphs:
        hop = int(name.removeprefix("RTT hop "))
        if (axis, field) != ("AVG(Y Field)", "tcptraceroute.rtt"):
            yield f"{name}: {axis} of {field}"
        wanted = {frame for frame, one in frames.hops.items() if one == hop}
        # Each start costs half a second: what shows nothing here is asked all at once, below.
        if wanted and chosen(capture, display_filter) - frames.copies != wanted:
            yield f"{name}: not the replies of this hop"
    together = " || ".join(f"({display_filter})" for _, _, display_filter, *_ in graphs)
    if chosen(capture, together) - frames.copies != {frame for frame, hop in frames.hops.items() if hop <= len(graphs)}:
        yield "all graphs together: not the replies of all hops"
