#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found on the paths of the captures of real tools: what the lab did to the probes, and nothing else.

check_findings.py READER

The lab's boxes are described in README.md; DONE has what they must leave in the findings, by hand from there. On every
other capture nothing of GUARDED may be said.
"""

import json
import pathlib
import shlex
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from reader import Reader  # noqa: E402

# What is never said of a path that nobody disturbed.
GUARDED = {"changed", "nat", "dnat", "translated", "loss", "rate-limit", "answers-only", "answered-by", "two-boxes", "syn-proxy",
           "other-reset", "shared-nat", "port-dropped", "port-refused", "paths-differ", "loop", "path-changed", "slow-answers"}

MANGLED = {("changed", "dscp", 1, 2), ("changed", "mss", 1, 2)}
TARGET_TRANSLATED = {("dnat", "target", 1, 2)}
SOURCE_TRANSLATED = {("nat", "source", 1, 2)}
PROXY = {("answered-by", None, 3, 4), ("syn-proxy", None, None, 4)}
LOOP = {("loop", None, None, 9)}

# Capture: (kind, field, after_hop, at_hop) of each finding of GUARDED.
DONE = {
    "mangle_tr": MANGLED, "mangle_mtr": MANGLED,                    # r1 sets DSCP and MSS
    "nat_noquote_tt": SOURCE_TRANSLATED, "nat_noquote_tr": SOURCE_TRANSLATED, "nat_noquote_mtr": SOURCE_TRANSLATED,
    "dnat_quote_tt": TARGET_TRANSLATED, "dnat_quote_tr": TARGET_TRANSLATED, "dnat_quote_strict": TARGET_TRANSLATED,
    "ipid_zeroed_tr": {("changed", "ip-id", 2, 3)},                 # r2 zeroes the IP ID
    "synproxy_tt": PROXY, "synproxy_tr": PROXY,                     # r3 answers for the target
    "tt_rst_r3": {("answered-by", None, 3, 4)},                     # r3 resets in its name
    "loop_tt": LOOP, "loop_tr": LOOP,
    "limit_tr_q10": {("answers-only", None, None, 3)},              # one answer of ten, in no time that shows a limit
}


def key_of(finding):
    return finding["kind"], finding.get("field"), finding.get("after_hop"), finding.get("at_hop")


def check(name, traces):
    frames = {entry["tcptraceroute"][key] for trace in traces for part in ("hops", "extra_hops", "no_hops")
              for entry in trace.get(part, []) for key in ("probe_frame", "reply_frame") if key in entry["tcptraceroute"]}
    found = set()
    for trace in traces:
        for finding in trace["tcptraceroute"].get("findings", []):
            if finding["kind"] in GUARDED:
                found.add(key_of(finding))
            if not finding["frames"] or not set(finding["frames"]) <= frames:
                yield f"frames {finding['frames']} of {finding['kind']} are of no probe or answer"
    expected = DONE.get(name, set())
    for finding in sorted(found - expected, key=str):
        yield f"says {finding}"
    for finding in sorted(expected - found, key=str):
        yield f"does not say {finding}"


def main():
    names = sorted(json.loads((HERE / "expected.json").read_text()))
    files = {name: HERE / f"{name}.pcap" for name in names}
    batch = Reader(shlex.split(sys.argv[1])).read(files.values())
    problems = [f"{name}: {problem}" for name, file in files.items() for problem in check(name, batch.traces[str(file)])]
    print(*batch.said, *problems, sep="\n")
    print(f"{len(names)} captures, {len(problems)} problems")
    return 1 if problems or batch.said or not names else 0


if __name__ == "__main__":
    sys.exit(main())
