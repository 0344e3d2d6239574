#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_flow.py FOLDER...: what `-z flow,tcptraceroute,standard` says of a capture is what the JSON says.

Over the captures of selection.py. Every probe and every reply is an arrow, once, with hop, attempt, RTT and the packet
at its other end; in one pass and in two. And a path of more hosts than Wireshark draws says so.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

import selection
import support

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "gui"))
import many_hosts  # noqa: E402

FLOW = "flow,tcptraceroute,standard"
COMMENT = re.compile(r"Trace (\d+), hop (\d+), probe (\d+)(?:, retransmission)?: (.*)$")
ANSWERED = re.compile(r"answered in packet (\d+)$")
REPLY = re.compile(r"(-?[0-9.]+) ms, ([a-z-]+)(?:, .*)?, answers packet (\d+)$")


def arrows(lines):
    """The comments of a flow graph as (kind, trace, hop, attempt, …), sorted."""
    found = []
    for line in lines:
        match = COMMENT.search(line)
        if match is None:
            continue
        trace, hop, attempt = map(int, match.groups()[:3])
        rest = match.group(4)
        answered, reply = ANSWERED.match(rest), REPLY.match(rest)
        if rest == "no answer":
            found.append(("probe", trace, hop, attempt, 0))
        elif answered:
            found.append(("probe", trace, hop, attempt, int(answered.group(1))))
        elif reply:
            found.append(("reply", trace, hop, attempt, float(reply.group(1)), reply.group(2), int(reply.group(3))))
        else:
            raise ValueError(f"cannot read {line!r}")
    return sorted(found)


def expected(lines):
    """The same, from the JSON."""
    wanted = []
    for trace in map(json.loads, lines):
        index = trace["tcptraceroute"]["trace"]
        for hop in trace.get("hops", []):
            wanted.append(("probe", index, hop["probe_ttl"], hop["probe_id"], hop["tcptraceroute"]["reply_frame"]))
        for hop in trace.get("no_hops", []):
            wanted.append(("probe", index, hop["probe_ttl"], hop["probe_id"], 0))
        for hop in trace.get("hops", []) + trace.get("extra_hops", []):
            ours = hop["tcptraceroute"]
            wanted.append(("reply", index, hop["probe_ttl"], hop["probe_id"], round(hop["rtt"], 3), ours["kind"],
                           ours["probe_frame"]))
    return sorted(wanted)


def problems(capture):
    """Sentences about one capture. One run prints both graph and JSON."""
    arguments = ["-r", capture, "-z", FLOW, "-z", "tcptraceroute,json"]
    one_pass = support.run(["-n", "-q", *arguments]).splitlines()
    two_passes = support.run(["-n", "-q", "-2", *arguments]).splitlines()
    json_lines = [line for line in one_pass if line.startswith('{"type"')]
    found = (support.first_difference(one_pass, two_passes, ("one pass", "two passes")),
             support.first_difference(arrows(one_pass), expected(json_lines), ("flow", "JSON")))
    return [f"{capture.name}: {problem}" for problem in found if problem]


def many_hosts_problems(folder):
    capture = folder / "many.pcap"
    many_hosts.write(capture, hops=45)
    capture.chmod(0o644)
    lines = support.run(["-n", "-q", "-r", capture, "-z", FLOW]).splitlines()
    first = next((line for line in lines if COMMENT.search(line)), "")
    if "[Wireshark draws 40 hosts, here are more" not in first:
        yield f"45 routers: the first arrow says {first!r}"
    beyond = [line for line in lines if "[Beyond the 40 hosts" in line]
    if len(beyond) != 2 * (45 - 39):
        yield f"45 routers: {len(beyond)} arrows say that they lead beyond the 40 hosts"


# Its probes come in fragments: a router has answered before the last of them makes a probe of it, so that several answers
# stand before their probes, and the two passes order them otherwise.
ANSWERED_BEFORE = {"mtu_fragments_r3.pcap"}


def main(folders):
    with support.readable_folder() as folder:
        chosen = selection.chosen(support.captures_in(folders))
        copies = [support.readable_copy(capture, folder) for capture in chosen if capture.name not in ANSWERED_BEFORE]
        found = list(many_hosts_problems(folder))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found += [problem for one in pool.map(problems, copies) for problem in one]
    print(*found, f"{len(copies)} captures, {len(found)} problems", sep="\n")
    return 1 if found or not copies else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (support.ToolFailed, subprocess.TimeoutExpired) as failure:
        sys.exit(str(failure))
