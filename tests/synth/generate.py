#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""generate.py OUTDIR [--only PATTERN]: writes NAME.pcap and NAME.json for each case."""

import argparse
import fnmatch
import json
import os
import sys

import link
import truth

MODULES = ("cases_tools", "cases_path", "cases_capture", "cases_negative")
PRINCIPLES = ("cases_principles_flows", "cases_principles_sightings", "cases_principles_quotes",
              "cases_principles_order", "cases_principles_runs", "cases_principles_ordinary",
              "cases_principles_ordinary_more", "cases_principles_verdicts", "cases_principles_mixed")


def all_cases(principles=False):
    for module in (PRINCIPLES if principles else MODULES):
        yield from __import__(module).cases()


def write(case, directory):
    worlds, capture = case.build(case.name), case.capture
    frames = capture.frames(worlds)
    link.write(os.path.join(directory, case.name + ".pcap"), capture, frames)
    result = truth.truth(case, worlds, frames)
    if case.undecided:
        del result["traces"]
    with open(os.path.join(directory, case.name + ".json"), "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
        out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names as in the shell, e.g. 'tool-mtr-*'")
    parser.add_argument("--principles", action="store_true", help="the families of cases_principles_*.py instead")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    names = set()
    for case in all_cases(options.principles or options.only.startswith("principles")):
        if case.name in names:
            sys.exit(f"two cases are called {case.name}")
        names.add(case.name)
        if fnmatch.fnmatch(case.name, options.only):
            write(case, options.directory)
    print(f"{len(names)} cases known")


if __name__ == "__main__":
    main()
