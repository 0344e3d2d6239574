#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check.py [--reader PATH | --tshark PATH] [--data FILE] [--directory DIR] [--only PATTERN]

Compares the traces that are found in the captures of this folder with what is right for each (right.json, README.md).
--reader runs `PATH --read --json FILE`, --tshark `PATH -n -q -r FILE -z tcptraceroute,json` (default: tshark-wrap).
Prints each difference, then the names of the captures that are read wrongly; exit status 1 when there are any.
"""

import argparse
import fnmatch
import json
import pathlib
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WRAP = HERE.parent.parent / "support" / "tshark-wrap"
OUTER_KEYS = ("sport", "dport", "method", "stop_reason", "probe_count", "firsthop", "hoplimit", "hop_count")
OUR_KEYS = ("state", "reached", "path_length")
TIMEOUT = 120


class Failure(Exception):
    """The program failed or printed what is no JSON."""


def traces_of(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
    if done.returncode != 0:
        raise Failure(f"exits with {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}")
    try:
        return [json.loads(line) for line in done.stdout.decode().splitlines()]
    except ValueError as error:
        raise Failure(f"prints what is no JSON: {error}") from error


def ours(thing):
    return thing.get("tcptraceroute", {})


class Sightings:
    """Frames that show the same packet count as one: `name` is the first of them."""
    def __init__(self, groups):
        self.first = {frame: group[0] for group in groups for frame in group}

    def name(self, frame):
        return self.first.get(frame, frame)


def differences(right, traces):
    """What is wrong with `traces`, as lines."""
    same, left, lines = Sightings(right.get("sightings", ())), list(traces), []
    for want in right["traces"]:
        got = next((t for t in left if same_trace(want, t, same)), None)
        if got is None:
            lines.append(f"no trace {want['src']} > {want['dst']} port {want['dport']} from frame {first(want)}")
            continue
        left.remove(got)
        lines += compare(want, got, same)
    if not right.get("others"):
        lines += [f"no trace is right, but there is {t.get('src')} > {t.get('dst')} port {t.get('dport')}, "
                  f"{t.get('probe_count')} probes" for t in left]
    return lines


def first(want):
    return min(want["unanswered"] + [probe for hop in want["hops"].values() for _, probe, _ in hop])


def same_trace(want, got, same):
    frames = [ours(h).get("probe_frame") for h in got.get("hops", []) + got.get("no_hops", [])]
    ends = (want["src"], want["dst"]) == (got.get("src"), got.get("dst"))
    return ends and same.name(first(want)) in {same.name(frame) for frame in frames}


def compare(want, got, same):
    lines = [f"{key}: right is {want[key]}, got {got.get(key)}" for key in OUTER_KEYS
             if key in want and want[key] != got.get(key)]
    lines += [f"{key}: right is {want.get(key)}, got {ours(got).get(key)}" for key in OUR_KEYS
              if want.get(key) != ours(got).get(key)]
    return lines + compare_answers(want, got, same) + compare_silence(want, got, same) + compare_details(want, got)


def compare_answers(want, got, same):
    """Which probe of which TTL was answered by whom, and in which frame."""
    def row(ttl, addr, probe, reply):
        return (int(ttl), addr, same.name(probe), same.name(reply))
    right = {row(ttl, *entry) for ttl, hop in want["hops"].items() for entry in hop}
    shown = {row(h.get("probe_ttl", 0), h.get("addr"), ours(h).get("probe_frame"), ours(h).get("reply_frame"))
             for h in got.get("hops", [])}
    text = "TTL {0}: {1} answers frame {2} in frame {3}".format
    return [f"missing: {text(*r)}" for r in sorted(right - shown)] + \
        [f"wrong: {text(*r)}" for r in sorted(shown - right, key=str)]


def compare_silence(want, got, same):
    lines = []
    for key, flag in (("unanswered", None), ("in_flight", True)):
        right = {same.name(frame) for frame in want[key]}
        shown = {same.name(ours(h).get("probe_frame")) for h in got.get("no_hops", [])
                 if flag is None or h.get("in_flight") is flag}
        if right != shown:
            lines.append(f"{key}: lacks frames {sorted(right - shown)}, has too many {sorted(shown - right)}")
    return lines


def compare_details(want, got):
    by_reply = {ours(h).get("reply_frame"): h for h in got.get("hops", [])}
    lines = []
    for frame, match in want.get("match", {}).items():
        shown = ours(by_reply.get(int(frame), {})).get("match")
        if shown != match:
            lines.append(f"reply {frame}: match: right is {match}, got {shown}")
    for frame, rtt in want.get("rtt", {}).items():
        shown = by_reply.get(int(frame), {}).get("rtt")
        if not isinstance(shown, (int, float)) or abs(shown - rtt) > 0.01:
            lines.append(f"reply {frame}: rtt: right is {rtt} ms, got {shown}")
    extensions = sum("icmpext" in h for h in got.get("hops", []))
    if "icmpext" in want and extensions != want["icmpext"]:
        lines.append(f"icmpext: right are {want['icmpext']}, got {extensions}")
    said = json.dumps([ours(got).get("notes", []), ours(got).get("findings", [])])
    lines += [f"says {word!r}: {said}" for word in want.get("unsaid", ()) if word in said]
    if want.get("told") and said == "[[], []]":
        lines.append("nothing is said about it, neither note nor finding")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", help="a program that takes --read --json FILE")
    parser.add_argument("--tshark", default=str(WRAP), help="tshark, words as in the shell")
    parser.add_argument("--data", type=pathlib.Path, default=HERE / "right.json")
    parser.add_argument("--directory", type=pathlib.Path, default=HERE)
    parser.add_argument("--only", default="*", metavar="PATTERN")
    options = parser.parse_args()
    wrong, names = [], []
    for name, right in json.loads(options.data.read_text(encoding="utf-8")).items():
        if not fnmatch.fnmatch(name, options.only):
            continue
        path = str(options.directory / name)
        command = [*shlex.split(options.reader), "--read", "--json", path] if options.reader else \
            [*shlex.split(options.tshark), "-n", "-q", "-r", path, "-z", "tcptraceroute,json"]
        try:
            lines = differences(right, traces_of(command))
        except (Failure, OSError, subprocess.TimeoutExpired) as error:
            lines = [str(error)]
        names.append(name)
        if lines:
            wrong.append(name)
            print(f"{name}: {right['why']}", *lines, sep="\n    ")
    if not names:
        sys.exit(f"no capture matches {options.only}")
    print(f"{len(names) - len(wrong)} of {len(names)} captures are read rightly; wrongly: {' '.join(wrong) or 'none'}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
