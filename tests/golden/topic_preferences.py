# SPDX-License-Identifier: GPL-2.0-or-later
"""`-o tcptraceroute.NAME:VALUE` does what docs/fields.md says; a value beyond its range counts as the nearest in it.

`reply_limit` is in topic_expert.py.
"""
import re

import support
import topic_json

# Capture, preference: the probes by TTL of each trace, as tcptraceroute sent them.
WHOLE = {1: 3, 2: 3, 3: 3, 4: 3}
TRACES = {
    ("tt_from2", "candidate_ttl:1"): [],
    ("tt_from2", "candidate_ttl:3"): [{2: 3, 3: 3, 4: 3}],
    ("tt_open", "candidate_ttl:2"): [WHOLE],
    ("tt_open", "candidate_ttl:256"): [WHOLE],
    # Ten probes, and all with TTL 1.
    ("ratelimit", "candidate_ttl:0"): [{1: 10}],
    # 1.001 s between the probes of the silent second hop, and behind the last of them: the tool's own rhythm, and one flow
    # that goes on to the next TTL. What a longer silence splits is in the scenario trace-silence-is-a-setting.
    ("silent_tt", "run_gap:2"): [WHOLE],
    ("silent_tt", "run_gap:1"): [WHOLE],
    ("silent_tt", "run_gap:0"): [WHOLE],
}

# 1500 SYNs that may be probes, and are none: the bound that is set, and the one that a warning names.
FLOOD = "none-flood-random"
BOUNDS = {None: None, 1500: None, 1499: 1499, 10: 1000}
WARNING = re.compile(r"frame (\d+): more than (\d+) segments may be probes of a traceroute")


def option(setting):
    return ["-o", f"tcptraceroute.{setting}"]


def probes_by_ttl(capture, setting):
    traces = []
    for line in support.run(["-n", "-q", "-r", capture, *option(setting), "-z", "tcptraceroute,json"]).splitlines():
        trace = topic_json.parse(line)
        ttls = [probe["probe_ttl"] for probe in trace.get("hops", []) + trace.get("no_hops", [])]
        traces.append({ttl: ttls.count(ttl) for ttl in sorted(ttls)})
    return traces


def check_bound(capture):
    """Whoever reads the file is told once that the bound was hit, also where nothing else is printed."""
    for bound, named in BOUNDS.items():
        for mode in ([], ["-2"]):
            setting = [] if bound is None else option(f"candidate_bound:{bound}")
            shown, said = support.run_both(["-n", *mode, "-q", "-r", capture, *setting, "-z", "tcptraceroute,json"])
            wanted = [] if named is None else [(str(named + 1), str(named))]
            if WARNING.findall(said) != wanted or shown:
                yield f"candidate_bound:{bound} {mode}: {shown!r} and {said!r}, expected {wanted}"


def info_column(capture, *, stock=False, setting=None):
    arguments = ["-n", "-2", "-r", capture, "-T", "fields", "-e", "_ws.col.Info"]
    return support.run(arguments + (option(setting) if setting else []), stock=stock).splitlines()


def check_info_column(capture):
    stock = info_column(capture, stock=True)
    if info_column(capture, setting="info_column:FALSE") != stock:
        yield "info_column:FALSE: the Info column is not stock's"
    if not any(line.startswith(before + " [hop 4") for line, before in zip(info_column(capture), stock)):
        yield "info_column: no hop in the Info column"


def check_all(captures):
    by_name = {capture.stem: capture for capture in captures}
    for (name, setting), wanted in TRACES.items():
        found = probes_by_ttl(by_name[name], setting)
        if found != wanted:
            yield f"{name}, {setting}: probes by TTL {found}, the tool sent {wanted}"
    yield from check_bound(by_name[FLOOD])
    yield from check_info_column(by_name["tt_open"])
