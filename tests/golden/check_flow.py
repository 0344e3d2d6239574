#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_flow.py FOLDER...: what `-z flow,tcptraceroute,standard` says of each capture is what the JSON says.

Every probe and every reply is an arrow, once, with hop, attempt, RTT and the packet at its other end; in one pass and
in two. And a path of more hosts than Wireshark draws says so.
"""
import json
import pathlib
import re
import subprocess
import sys

import support

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "gui"))
import many_hosts  # noqa: E402

FLOW = "flow,tcptraceroute,standard"
COMMENT = re.compile(r"Trace (\d+), hop (\d+), probe (\d+)(?:, retransmission)?: (.*)$")
ANSWERED = re.compile(r"answered in packet (\d+)$")
REPLY = re.compile(r"(-?[0-9.]+) ms, ([a-z-]+)(?:, .*)?, answers packet (\d+)$")


def arrows(lines):
    """The comments of a flow graph as (trace, hop, attempt, …), sorted; a sentence for what cannot be read."""
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
    outputs = [support.run(["-n", "-q", *passes, "-r", capture, "-z", FLOW]).splitlines() for passes in ([], ["-2"])]
    difference = support.first_difference(*outputs, ("one pass", "two passes"))
    if difference:
        yield difference
    difference = support.first_difference(arrows(outputs[0]), expected(support.json_lines(capture)), ("flow", "JSON"))
    if difference:
        yield difference


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


def main(folders):
    captures = support.captures_in(folders)
    failed = 0
    with support.readable_folder() as folder:
        for problem in many_hosts_problems(folder):
            print(problem)
            failed += 1
        for capture in captures:
            for problem in problems(support.readable_copy(capture, folder)):
                print(f"{capture.name}: {problem}")
                failed += 1
    print(f"{len(captures)} captures, {failed} problems")
    return 1 if failed or not captures else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (support.ToolFailed, subprocess.TimeoutExpired) as failure:
        sys.exit(str(failure))
