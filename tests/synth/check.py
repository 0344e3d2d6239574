#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check.py TSHARK DIRECTORY [--only PATTERN] [--wrap COMMAND] [--reader] [--families] [--one-pass]:
what the plugin prints against what was simulated.

For each NAME.pcap: `-z tcptraceroute,json` in one pass and with -2 must be the same bytes, and must say what NAME.json
says. One line a difference; exit status 1 when there is any. With TTR_SAMPLE=N in the environment every Nth only.
With --reader the first argument is a program that takes `--read --json FILE` instead. --families adds a count for each
family, which is a name up to the second hyphen ("principles-3").
"""

import argparse
import fnmatch
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

FIELDS = {"copies": "tcptraceroute.copy_of", "retransmissions": "tcptraceroute.probe.retransmission == 1"}
TRACE_LISTS = ("hops", "extra_hops", "no_hops", "open_probes", "open_replies", "open_length", "told", *FIELDS)
OUR_TRACE_KEYS = ("family", "state", "reached", "path_length")
OUR_HOP_KEYS = ("probe_frame", "reply_frame", "probe_ip_id", "sport", "kind", "match", "mark")
TIMEOUT = 120


class Checker:
    def __init__(self, tshark, wrap, reader=False, one_pass=False):
        self.command = shlex.split(wrap) + [tshark]
        self.reader, self.one_pass = reader, one_pass

    def run(self, *arguments):
        done = subprocess.run([*self.command, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            text = done.stderr.decode("utf-8", "replace").strip().splitlines() or [""]
            reason = next((line for line in text if line.startswith("tshark: ")), text[-1])
            name = "the reader" if self.reader else "tshark"
            raise Failure(f"{name} {' '.join(arguments)} exits with {done.returncode}: {reason}")
        return done.stdout

    def differences(self, base):
        """All differences of one capture, as lines without its name."""
        with open(base + ".json", encoding="utf-8") as file:
            truth = json.load(file)
        try:
            found, printed = self._printed(base)
            traces = parse(printed)
            if "causes" in truth:
                found += compare_causes(truth["causes"], traces)
            if "traces" in truth:
                found += compare_traces(*as_first_sightings(truth, traces))
                if not self.reader and not self.one_pass:
                    found += self._fields(base, truth["traces"])
            return found
        except (Failure, subprocess.TimeoutExpired) as error:
            return [str(error)]

    def _printed(self, base):
        """What differs between the passes, and what the first one prints."""
        if self.reader:
            return [], self.run("--read", "--json", base + ".pcap")
        report = ("-q", "-r", base + ".pcap", "-z", "tcptraceroute,json")
        one = self.run(*report)
        if self.one_pass or one == self.run("-2", *report):
            return [], one
        return ["-z tcptraceroute,json differs between one pass and -2"], one

    def _fields(self, base, traces):
        """What only a field shows, for captures that have any of it."""
        lines = []
        for key, display_filter in FIELDS.items():
            want = sorted(number for trace in traces for number in trace.get(key, ()))
            if not want:
                continue
            shown = self.run("-2", "-r", base + ".pcap", "-Y", display_filter, "-T", "fields", "-e", "frame.number")
            got = [int(number) for number in shown.split()]
            if got != want:
                lines.append(f"{key}: missing frames {lacks(got, want)}, unexpected frames {lacks(want, got)}")
        return lines


class Failure(Exception):
    """tshark failed or printed what is no JSON."""


def lacks(numbers, other):
    """What `other` has and `numbers` lacks."""
    return sorted(set(other) - set(numbers))


def parse(text):
    traces = []
    for line in text.decode("utf-8", "replace").splitlines():
        try:
            trace = json.loads(line)
        except ValueError as error:
            raise Failure(f"not JSON: {line[:80]!r}: {error}") from error
        if not isinstance(trace, dict) or trace.get("type") != "trace":
            raise Failure(f"not a trace object: {line[:80]!r}")
        traces.append(trace)
    return traces


def as_first_sightings(truth, traces):
    """Both with the frames of each group of sightings replaced by its first, where any of them will do."""
    first = {frame: group[0] for group in truth.get("sightings", ()) for frame in group}
    if not first:
        return truth["traces"], traces

    def renamed(thing):
        if isinstance(thing, list):
            return [renamed(entry) for entry in thing]
        if not isinstance(thing, dict):
            return thing
        return {key: first.get(value, value) if key in ("probe_frame", "reply_frame", "first_frame")
                else renamed(value) for key, value in thing.items()}
    return renamed(truth["traces"]), renamed(traces)


def compare_causes(causes, traces):
    """What no capture decides may be matched by `order` alone; whatever is called more must be what happened."""
    lines = []
    for trace in traces:
        for entry in trace.get("hops", []):
            reply, probe, match = (ours(entry).get(key) for key in ("reply_frame", "probe_frame", "match"))
            if match != "order" and causes.get(str(reply)) != probe:
                lines.append(f"reply {reply} is called {match} to frame {probe}, was caused by {causes.get(str(reply))}")
    return lines


def ours(thing):
    return thing.get("tcptraceroute", {})


def first_frame(trace):
    entries = trace.get("hops", []) + trace.get("extra_hops", []) + trace.get("no_hops", [])
    return min((ours(e).get("probe_frame", 1 << 31) for e in entries), default=None)


def name_of(trace, frame):
    return f"{trace.get('src')} > {trace.get('dst')} port {trace.get('dport')} from frame {frame}"


def compare_traces(wanted, got):
    lines, left = [], {}
    for trace in got:
        left.setdefault((trace.get("src"), trace.get("dst"), trace.get("dport"), first_frame(trace)), []).append(trace)
    for want in wanted:
        same = left.get((want["src"], want["dst"], want["dport"], want["first_frame"]))
        if not same:
            lines.append(f"missing trace {name_of(want, want['first_frame'])}, {want.get('probe_count')} probes")
            continue
        lines += compare_trace(want, same.pop())
    for traces in left.values():
        for trace in traces:
            lines.append(f"unexpected trace {name_of(trace, first_frame(trace))}, {trace.get('probe_count')} probes")
    return lines


def compare_trace(want, got):
    lines, where = [], f"trace from frame {want['first_frame']}"
    for key, value in want.items():
        if key not in TRACE_LISTS and key != "first_frame":
            holder = ours(got) if key in OUR_TRACE_KEYS else got
            if holder.get(key) != value:
                lines.append(f"{where}: {key}: want {value}, got {holder.get(key)}")
    if want.get("told") and not ours(got).get("notes") and not ours(got).get("findings"):
        lines.append(f"{where}: neither note nor finding tells what is peculiar to it")
    if "path_length" not in want and "open_length" not in want and "path_length" in ours(got):
        lines.append(f"{where}: path_length: want none, got {ours(got)['path_length']}")
    open_frames = set(want.get("open_probes", ())) | set(want.get("open_replies", ()))
    for kind, key in (("hops", "probe_frame"), ("no_hops", "probe_frame"), ("extra_hops", "reply_frame")):
        if kind in want:
            lines += compare_list(f"{where}: {kind}", want[kind], got.get(kind, []), key, open_frames)
    return lines


def compare_list(where, wanted, got, key, open_frames):
    """Entries are found by `key`; hops and no_hops must also stand in the contract's order."""
    def settled(entry):
        return not {ours(entry).get("probe_frame"), ours(entry).get("reply_frame")} & open_frames
    shown = [entry for entry in got if settled(entry)]
    by_frame = {ours(entry).get(key): entry for entry in shown}
    lines = []
    for want in wanted:
        entry = by_frame.pop(want[key], None)
        label = f"{where}: {key} {want[key]}"
        if entry is None:
            lines.append(f"{label} (TTL {want.get('probe_ttl', '?')}, {want.get('kind', 'no answer')}) is missing")
            continue
        for name, value in want.items():
            lines += compare_key(label, name, value, entry)
    for frame, entry in by_frame.items():
        lines.append(f"{where}: unexpected {key} {frame} (TTL {entry.get('probe_ttl')}, reply "
                     f"{ours(entry).get('reply_frame')} {ours(entry).get('kind')} from {entry.get('addr')})")
    if len(by_frame) == 0 and not lines and key == "probe_frame":
        order, right = [ours(e).get(key) for e in shown], [w[key] for w in wanted]
        if order != right:
            lines.append(f"{where}: order: want {right}, got {order}")
    return lines


def compare_key(label, name, want, entry):
    if name == "rtt_us":
        rtt = entry.get("rtt")
        good = isinstance(rtt, (int, float)) and abs(rtt * 1000 - want) <= 1.001
        return [] if good else [f"{label}: rtt: want {want / 1000:.3f} ms, got {rtt}"]
    if name == "in_flight":
        got = bool(entry.get(name))
        return [] if got == want else [f"{label}: in_flight: want {want}, got {got}"]
    got = (ours(entry) if name in OUR_HOP_KEYS else entry).get(name)
    if name == "match" and isinstance(want, list):
        return [] if got in want else [f"{label}: match: want one of {want}, got {got}"]
    return [] if contains(got, want) else [f"{label}: {name}: want {want}, got {got}"]


def contains(got, want):
    """Whether `got` has at least what `want` has."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(contains(got.get(key), value) for key, value in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(contains, got, want))
    return got == want


def print_differences(name, lines, most):
    for line in lines[:most]:
        print(f"{name}: {line}")
    if len(lines) > most:
        print(f"{name}: … and {len(lines) - most} more" if most else f"{name}: {len(lines)} differences")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tshark")
    parser.add_argument("directory")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names as in the shell, e.g. 'tool-mtr-*'")
    parser.add_argument("--wrap", default="", metavar="COMMAND", help="put before tshark, e.g. 'setpriv --reuid=65534'")
    parser.add_argument("--reader", action="store_true", help="the program is a reader of files, not tshark")
    parser.add_argument("--one-pass", action="store_true", help="tshark without -2: half the time")
    parser.add_argument("--families", action="store_true", help="count passes and failures of each family")
    parser.add_argument("--quiet", action="store_true", help="names of failures only, no differences")
    parser.add_argument("--max-lines", type=int, default=12, help="differences shown for one capture (default 12)")
    options = parser.parse_args()
    names = sorted(name[:-5] for name in os.listdir(options.directory)
                   if name.endswith(".json") and fnmatch.fnmatch(name[:-5], options.only))
    names = names[::int(os.environ.get("TTR_SAMPLE", "1"))]
    if not names:
        sys.exit(f"no case in {options.directory} matches {options.only}")
    checker, failed = Checker(options.tshark, options.wrap, options.reader, options.one_pass), 0
    families = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        paths = [os.path.join(options.directory, name) for name in names]
        for name, lines in zip(names, pool.map(checker.differences, paths)):
            failed += bool(lines)
            families.setdefault("-".join(name.split("-")[:2]), []).append(not lines)
            print_differences(name, lines, 0 if options.quiet else options.max_lines)
    for family, passed in sorted(families.items() if options.families else ()):
        print(f"{family}: {sum(passed)} of {len(passed)} pass")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
