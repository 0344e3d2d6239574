#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_guide.py WRAP GUIDE CAPTURES: does each capture that the guide names show what the guide says of it?

Exit status: 0 it does, 1 it does not, 77 cannot run here (and why).
"""
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys

SKIP = 77
STATES = ("open", "closed", "filtered", "unfiltered", "unknown")


def claims(text):
    """(capture, kind, what): the rows of the tables of states and notes, and what the words below the marks say."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        names = re.findall(r"`(\w+)`", cells[-1])
        if line.startswith("|") and len(cells) == 4 and cells[1].strip("`") in STATES:
            yield from ((name, "state", cells[1].strip("`")) for name in names)
        elif line.startswith("|") and len(cells) == 3 and not cells[0].startswith("`"):
            yield from ((name, "note", cells[0]) for name in names)
    for words in re.findall(r"((?:`\w+`(?: and, for IPv6, )?)+) shows? `(![^`]+)`", text):
        yield from ((name, "mark", words[1]) for name in re.findall(r"`(\w+)`", words[0]))


@functools.cache
def traces(wrap, capture):
    done = subprocess.run([wrap, "-n", "-q", "-r", capture, "-z", "tcptraceroute,json"],
                          capture_output=True, text=True, timeout=600, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def holds(found, kind, what):
    if kind == "state":
        return any(trace["tcptraceroute"]["state"] == what for trace in found)
    if kind == "note":
        return any(what in note for trace in found for note in trace["tcptraceroute"].get("notes", []))
    return any(hop["tcptraceroute"].get("mark") == what for trace in found for hop in trace.get("hops", []))


def main():
    wrap, guide, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if shutil.which("tshark") is None:
        print("SKIP: tshark is not installed")
        return SKIP
    status, kinds = 0, set()
    for name, kind, what in claims(guide.read_text(encoding="utf-8")):
        kinds.add(kind)
        capture = folder / f"{name}.pcap"
        if not capture.exists() or not holds(traces(wrap, capture), kind, what):
            print(f"FAILED: {name} does not show the {kind} '{what}'")
            status = 1
    if kinds != {"state", "note", "mark"}:
        print(f"FAILED: the guide says something of {sorted(kinds)} only")
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
