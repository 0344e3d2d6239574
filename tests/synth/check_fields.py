#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_fields.py TSHARK DIRECTORY: what only a field of a frame says, against what was simulated.

Takes the cases whose truth names copies or retransmissions, and looks at the fields of every frame, with -2.
One line a difference; exit status 1 when there is any.
"""
import concurrent.futures
import json
import pathlib
import subprocess
import sys

FIELDS = {"copies": "tcptraceroute.copy_of", "retransmissions": "tcptraceroute.probe.retransmission == 1"}
TIMEOUT_S = 120


def wanted(truth):
    """{key: frames} of what there is to be seen."""
    frames = {key: sorted(frame for trace in truth.get("traces", ()) for frame in trace.get(key, ())) for key in FIELDS}
    return {key: numbers for key, numbers in frames.items() if numbers}


def shown(tshark, capture, display_filter):
    command = [tshark, "-n", "-2", "-r", str(capture), "-Y", display_filter, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return [int(number) for number in done.stdout.split()]


def differences(tshark, capture, truth):
    found = []
    for key, right in truth.items():
        try:
            got = shown(tshark, capture, FIELDS[key])
        except (RuntimeError, subprocess.TimeoutExpired) as failed:
            found.append(f"{capture.stem}: {key}: {failed}")
            continue
        if got != right:
            found.append(f"{capture.stem}: {key}: missing frames {sorted(set(right) - set(got))}, "
                         f"unexpected frames {sorted(set(got) - set(right))}")
    return found


def main():
    tshark, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = {path.with_suffix(".pcap"): wanted(json.loads(path.read_text(encoding="utf-8")))
             for path in sorted(directory.glob("*.json"))}
    cases = {capture: truth for capture, truth in cases.items() if truth}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lines = [line for found in pool.map(lambda item: differences(tshark, *item), cases.items()) for line in found]
    print(*lines, f"{len(cases)} captures, {len(lines)} differences", sep="\n")
    return 1 if lines or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
