#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what the plugin finds in the captures of real tools with what the tools themselves printed.

check.py TSHARK [--only PATTERN]

expected.json beside this file says what each tool printed. It knows the hops that a tool named, and where the capture
has no more than the tool used ("stars" is there), how many probes of a hop went unanswered.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
STATES = {"open": "open", "open, ecn": "open", "syn,ack": "open", "closed": "closed", "rst,ack": "closed",
          "filtered": "filtered"}


def read_traces(tshark, capture):
    command = [tshark, "-q", "-r", str(capture), "-z", "tcptraceroute,json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


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


def is_for(trace, expected):
    keys = [key for key in ("dst", "dport", "src", "sport") if key in expected]
    if expected["tool"] == "lft":
        keys.remove("dport")        # lft -b prints its lowest target port, which need not be the first
    return bool(keys) and all(trace[key] == expected[key] for key in keys)


def check(tshark, name, expected):
    traces = read_traces(tshark, HERE / f"{name}.pcap")
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
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tshark")
    parser.add_argument("--only", default="*")
    arguments = parser.parse_args()
    cases = json.loads((HERE / "expected.json").read_text())
    names = [name for name in sorted(cases) if fnmatch.fnmatch(name, arguments.only)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda name: check(arguments.tshark, name, cases[name]), names)
        for name, problems in zip(names, results):
            failed += bool(problems)
            for problem in problems:
                print(f"{name}: {problem}")
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
