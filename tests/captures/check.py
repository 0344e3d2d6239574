#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what the reader finds in the captures of real tools with what the tools themselves printed.

check.py READER [--only PATTERN]

READER is tcptracedump, which reads all the captures in one process. That tshark says the same is proved in ../golden.

expected.json beside this file says what each tool printed. It knows the hops that a tool named, and where the capture
has no more than the tool used ("stars" is there), how many probes of a hop went unanswered.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import shlex
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from reader import Reader  # noqa: E402

STATES = {"open": "open", "open, ecn": "open", "syn,ack": "open", "closed": "closed", "rst,ack": "closed",
          "filtered": "filtered"}
HOP_LINE = re.compile(r"^( ?\d+  |    \S)")
MILLISECONDS = re.compile(r"-?\d+\.\d+ ms")

# Debian's other tcptraceroute calls traceroute -T.
TOOL_NAMES = {"tcptraceroute.db": "traceroute"}

# Where `paths` prints another line than tcptraceroute did, and why ours is what was on the wire.
OTHER_LINES = {
    "at_r3_tt": "captured at the last router",
    "dnat_any_r2": "captured on both sides of the DNAT",
    "dnat_far": "captured behind the DNAT",
    "dnat_quote_strict": "the tool was told to ignore quotes of another target",
    "ecmp_star_a_star_b": "the tool does not name a second responder after a star",
    "ipid_zeroed_tt": "the tool takes no quote with another IP ID",
    "late_tt": "the tool had given up when the answer came",
    "loop_link_tt": "captured within the loop",
    "mark_star_state": "the tool does not name another responder after a star",
    "mtu_fragments_r3": "captured at a router, as fragments",
    "nat_any_tt": "captured on both sides of the NAT",
    "nat_far_tt": "captured behind the NAT",
    "nat_noquote_tt": "the tool takes no quote of another source",
    "nat_ports_far": "captured behind the NAT",
    "norst_tcptr": "the target's repeated SYN/ACK is no answer",
    "norst_tt": "the target's repeated SYN/ACK is no answer",
    "stars_hop2_late": "the capture starts late",
    "state_changes": "a RST behind a SYN/ACK on the same flow is the target's own end of that connection, no closed port",
    "tt_probes_only": "the capture lacks the answers",
    "tt_snap60": "the capture is cut before the quoted ports",
}

# Which probe each answer is for, and which are ghosts: the target's own SYN/ACK again, one second later.
ANSWERS = {
    "norst_tcptr": {"hops": {2: 1, 4: 3, 8: 7}, "ghosts": {6}, "silent": {5}},
}


def hop_lines(text):
    return [MILLISECONDS.sub("T ms", line) for line in text.splitlines() if HOP_LINE.match(line)]


def check_lines(reader, name):
    """`paths` against tcptraceroute's own lines: the same to the letter, but for the times."""
    tool = hop_lines((HERE / f"{name}.txt").read_text())
    ours = hop_lines(reader.text(HERE / f"{name}.pcap", "paths").decode())
    if (tool == ours) == (name in OTHER_LINES):
        yield "lines as the tool's, though listed as others" if tool == ours else f"lines {ours}, the tool has {tool}"


def check_answers(trace, expected):
    def entries(key, frame):
        return [entry["tcptraceroute"][frame] for entry in trace.get(key, [])]
    found = {"hops": dict(zip(entries("hops", "reply_frame"), entries("hops", "probe_frame"))),
             "ghosts": set(entries("extra_hops", "reply_frame")), "silent": set(entries("no_hops", "probe_frame"))}
    if found != expected:
        yield f"answers {found}, on the wire {expected}"


def per_ttl(trace, key):
    by_ttl = {}
    for entry in trace.get(key, []):
        by_ttl.setdefault(str(entry["probe_ttl"]), []).append(entry)
    return by_ttl


def check_trace(trace, expected):
    """What the tool printed of one run, against one trace."""
    answered, silent = per_ttl(trace, "hops"), per_ttl(trace, "no_hops")
    for ttl, addresses in expected.get("hops", {}).items():
        found = {entry["addr"] for entry in answered.get(ttl, [])}
        if not set(addresses) <= found:
            yield f"hop {ttl}: the tool has {addresses}, we have {sorted(found)}"
    for ttl, count in expected.get("stars", {}).items():
        found = len(silent.get(ttl, []))
        # mtr counts sockets, not the SYNs that its kernel sent again
        if found < count or (found > count and expected["tool"] != "mtr"):
            yield f"hop {ttl}: the tool has {count} stars, we have {found}"
    if expected["tool"] == "tcptraceroute":
        for ttl, marks in expected.get("marks", {}).items():
            found = {entry["tcptraceroute"].get("mark") for entry in answered.get(ttl, [])}
            if not set(marks) <= found:
                yield f"hop {ttl}: the tool has {marks}, we have {found}"
    state = STATES.get(expected.get("state"))
    ours = trace["tcptraceroute"]["state"]
    if expected.get("probe") == "ack" and state == "closed":
        state = "unfiltered"        # a RST to an ACK probe: the contract's word for the tool's [closed]
    if state and expected["tool"] != "lft" and ours != state:
        yield f"the tool says {state}, we say {ours}"


def check_tool(trace, expected):
    """The name of the tool; where several ran, any of theirs."""
    names = [TOOL_NAMES.get(name, name) for name in expected["tool"].split("+")]
    found = trace["tcptraceroute"]["tool"]["name"]
    if found not in names:
        yield f"sent by {found}, it was {expected['tool']}"


def is_for(trace, expected):
    keys = [key for key in ("dst", "dport", "src", "sport") if key in expected]
    if expected["tool"] == "lft":
        keys.remove("dport")        # lft -b prints its lowest target port, which need not be the first
    return bool(keys) and all(trace[key] == expected[key] for key in keys)


def check(reader, name, traces, expected):
    least, most = expected["traces"], expected.get("traces_max", expected["traces"])
    if not least <= len(traces) <= most:
        return [f"{len(traces)} traces, expected {least}..{most}"]
    problems = []
    left = list(traces)
    runs = expected.get("runs") or ([expected] if "hops" in expected and least else [])
    for run in sorted(runs, key=lambda run: "sport" not in run):
        run = {"tool": expected["tool"], **run}
        fitting = [trace for trace in left if is_for(trace, run)]
        if not fitting:
            problems.append(f"no trace to {run.get('dst')} port {run.get('dport')} sport {run.get('sport')}")
            continue
        found = [list(check_trace(trace, run)) for trace in fitting]
        best = min(range(len(found)), key=lambda at: len(found[at]))
        left.remove(fitting[best])
        problems += found[best]
    problems += [problem for trace in traces for problem in check_tool(trace, expected)]
    if name in ANSWERS:
        problems += check_answers(traces[0], ANSWERS[name])
    if expected["tool"] == "tcptraceroute" and "runs" not in expected and most == 1 and least == 1:
        problems += check_lines(reader, name)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader")
    parser.add_argument("--only", default="*")
    arguments = parser.parse_args()
    cases = json.loads((HERE / "expected.json").read_text())
    names = [name for name in sorted(cases) if fnmatch.fnmatch(name, arguments.only)]
    reader = Reader(shlex.split(arguments.reader))
    files = {name: HERE / f"{name}.pcap" for name in names}
    batch = reader.read(files.values())
    print(*batch.said, sep="\n", end="\n" if batch.said else "")
    failed = len(batch.said)        # the reader can read all of them
    for name, file in files.items():
        problems = check(reader, name, batch.traces[str(file)], cases[name])
        failed += bool(problems)
        for problem in problems:
            print(f"{name}: {problem}")
    print(f"{len(names)} captures, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
