#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check.py READER DIRECTORY [--only PATTERN] [--families] [--known FILE]: what the reader prints against what was simulated.

READER is tcptracedump, which reads all the captures in one process: for each NAME.pcap it must say what NAME.json says.
One line a difference; exit status 1 when there is any. That tshark says the same is proved in ../golden; what only a
field says of a frame (copies, retransmissions), in check_fields.py. --families adds a count for each family, which is a
name up to the second hyphen ("principles-3"). --known names a file {case: reason} of cases that nothing in the capture
decides and that are known to differ: each of them must differ, and no other may.
"""

import argparse
import fnmatch
import json
import pathlib
import shlex
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from reader import Reader  # noqa: E402

# Their frames have no IP header, and the reader says so.
ONLY_TSHARK = ("none-exported-pdu", "none-exported-pdu-v6", "none-no-ip-header", "none-no-ip-header-v6")
ONLY_FIELDS = ("copies", "retransmissions")
TRACE_LISTS = ("hops", "extra_hops", "no_hops", "open_probes", "open_replies", "open_length", "told", *ONLY_FIELDS)
OUR_TRACE_KEYS = ("family", "state", "reached", "path_length")
OUR_HOP_KEYS = ("probe_frame", "reply_frame", "probe_ip_id", "sport", "kind", "match", "mark")


def differences(truth, traces):
    """All differences of one capture, as lines without its name."""
    strange = [str(trace)[:80] for trace in traces if trace.get("type") != "trace"]
    if strange:
        return [f"not a trace object: {strange[0]}"]
    found = compare_causes(truth["causes"], traces) if "causes" in truth else []
    return found + (compare_traces(*as_first_sightings(truth, traces)) if "traces" in truth else [])


def surprises(said, names):
    """Lines on stderr about other captures than those that only tshark reads, and those without a line."""
    wanted = {name for name in names if name in ONLY_TSHARK}
    for line in said:
        name = next((name for name in wanted if f"/{name}.pcap: only tshark reads " in line), None)
        wanted.discard(name)
        if name is None:
            yield line
    for name in sorted(wanted):
        yield f"{name}: the reader does not say that only tshark reads it"


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
    """At most so many lines; 0: only how many there are."""
    for line in lines[:most]:
        print(f"{name}: {line}")
    if len(lines) > most:
        print(f"{name}: … and {len(lines) - most} more" if most else f"{name}: {len(lines)} differences")


def unexpected(name, lines, known):
    """The differences that make the case fail; a line of its own where a known one has none."""
    if name not in known:
        return lines
    return [] if lines else [f"is listed and does not differ, take it off the list: {known[name]}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names as in the shell, e.g. 'tool-mtr-*'")
    parser.add_argument("--families", action="store_true", help="count passes and failures of each family")
    parser.add_argument("--quiet", action="store_true", help="names of failures only, no differences")
    parser.add_argument("--max-lines", type=int, default=12, help="differences shown for one capture (default 12)")
    parser.add_argument("--known", type=pathlib.Path, metavar="FILE", help="cases that differ, with the reason")
    options = parser.parse_args()
    known = json.loads(options.known.read_text(encoding="utf-8")) if options.known else {}
    names = sorted(path.stem for path in options.directory.glob("*.json") if fnmatch.fnmatch(path.stem, options.only))
    if not names:
        sys.exit(f"no case in {options.directory} matches {options.only}")
    files = {name: options.directory / f"{name}.pcap" for name in names}
    batch = Reader(shlex.split(options.reader)).read(files.values())
    found = list(surprises(batch.said, names))
    strange = sorted(set(known) - set(names)) if options.only == "*" else []
    found += [f"{name}: is listed, and there is no such case" for name in strange]
    print(*found, sep="\n", end="\n" if found else "")
    failed = len(found)
    families = {}
    for name, file in files.items():
        truth = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        lines = unexpected(name, differences(truth, batch.traces[str(file)]), known)
        failed += bool(lines)
        families.setdefault("-".join(name.split("-")[:2]), []).append(not lines)
        print_differences(name, lines, 0 if options.quiet else options.max_lines)
    for family, passed in sorted(families.items() if options.families else ()):
        print(f"{family}: {sum(passed)} of {len(passed)} pass")
    print(f"{len(names)} captures, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
