#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found on simulated paths: the field that a box rewrites, between the right two hops, and nothing else.

check_findings.py READER FOLDER

RULES has, by the name of the case, what the simulated path does to probes (cases_path.py); all other cases are of paths
that change nothing.
"""

import pathlib
import re
import shlex
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from reader import Reader  # noqa: E402

GUARDED = {"changed", "nat", "dnat", "translated", "loss", "rate-limit", "answered-by", "two-boxes", "other-reset", "shared-nat",
           "port-dropped", "port-refused", "loop"}

SOURCE, SPORT = ("nat", "source", 1, 2), ("nat", "sport", 1, 2)
TARGET, DPORT = ("dnat", "target", 2, 3), ("dnat", "dport", 2, 3)
IP_ID = ("changed", "ip-id", 1, 2)

# Name: (must be said, may be said). A tool whose probes are told apart by what is rewritten can't always be followed.
RULES = [
    (r"nat-src-port-(tt|tr|mtr|nexttrace)", {SOURCE, SPORT}, set()),
    (r"nat-src-ipid-nexttrace", {SOURCE, SPORT, IP_ID}, set()),
    (r"nat-src-ipid-tr", {SOURCE, IP_ID}, {SPORT}),
    (r"nat-src-(tt|tr|mtr|nexttrace|v6)", {SOURCE}, set()),
    (r"nat-port-only", {SPORT}, set()),
    (r"dnat-port-(tt|tr|mtr|nexttrace)", {TARGET, DPORT}, set()),
    (r"dnat-(tt|tr|mtr|nexttrace|prohibited|v6)", {TARGET}, set()),
    (r"ipid-(zero|rewritten|swapped|plus-one)-(tr|mtr)", {IP_ID}, set()),
    (r"ipid-(plus-one|swapped)-tt", {IP_ID}, set()),
    (r"(ipid|nat|dnat)-.*", set(), {SOURCE, SPORT, TARGET, DPORT, IP_ID}),
    (r"firewall-resets", {("answered-by", None, 3, 4)}, set()),
]


def rule_of(name):
    for pattern, must, may in RULES:
        if re.fullmatch(pattern, name):
            return must, must | may
    return set(), set()


def check(name, traces):
    found = {(finding["kind"], finding.get("field"), finding.get("after_hop"), finding.get("at_hop"))
             for trace in traces for finding in trace["tcptraceroute"].get("findings", []) if finding["kind"] in GUARDED}
    must, may = rule_of(name)
    for finding in sorted(found - may, key=str):
        yield f"says {finding}"
    for finding in sorted(must - found, key=str):
        yield f"does not say {finding}"


def main():
    files = sorted(pathlib.Path(sys.argv[2]).glob("*.pcap*"))
    batch = Reader(shlex.split(sys.argv[1])).read(files)
    problems = [f"{file.stem}: {problem}" for file in files for problem in check(file.stem, batch.traces[str(file)])]
    print(*problems, sep="\n")
    print(f"{len(files)} captures, {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
