# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with and without the plugin, and hands out captures that every user can read."""
import contextlib
import dataclasses
import os
import pathlib
import shutil
import subprocess
import tempfile

import contract

WRAP = pathlib.Path(__file__).parent.parent / "support" / "tshark-wrap"
ENDINGS = (".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz")
OUTPUTS = ("paths", "report", "json", "hops", "tree")
OURS = tuple(contract.FIELDS)
TIME = "frame.time_epoch"
TIMEOUT_S = 300


class ToolFailed(Exception):
    """The program under test ended with an error; the message holds what it said."""


def run(arguments, **options):
    """Standard output of one run. tshark is to get `-n`, so that no run asks the network for names."""
    return run_both(arguments, **options)[0]


def run_both(arguments, *, stock=False, program="tshark", stdin=""):
    """Standard output and what it said besides."""
    options = ["--stock"] if stock else []
    done = subprocess.run(
        [WRAP, *options, "--program", program, *arguments], timeout=TIMEOUT_S,
        input=stdin, capture_output=True, text=True, encoding="utf-8", errors="backslashreplace", check=False)
    if done.returncode != 0:
        said = " / ".join(done.stderr.strip().splitlines()[:3])
        raise ToolFailed(f"{program} {' '.join(map(str, arguments))}: exit {done.returncode}: {said}")
    return done.stdout, done.stderr


@dataclasses.dataclass
class Observed:
    """What tshark says of one capture. Rows are {frame number: {field: [values]}}, absent fields left out."""
    one_rows: dict
    two_rows: dict
    one_statistics: list     # lines of all `-z` outputs, one pass
    two_statistics: list     # the same, two passes
    json_lines: list         # of `-q -z tcptraceroute,json` alone


def observe(capture):
    one_rows, one_statistics = rows_and_statistics(capture, [])
    two_rows, two_statistics = rows_and_statistics(capture, ["-2"])
    return Observed(one_rows, two_rows, one_statistics, two_statistics, json_lines(capture))


def json_lines(capture, display_filter="", options=()):
    suffix = f",{display_filter}" if display_filter else ""
    return run(["-n", "-q", *options, "-r", capture, "-z", f"tcptraceroute,json{suffix}"]).splitlines()


def rows_and_statistics(capture, options):
    """Fields and statistics of one run: tshark prints the statistics behind the last frame."""
    arguments = ["-n", "-r", capture, *options, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for field in ("frame.number", TIME, *OURS):
        arguments += ["-e", field]
    for output in OUTPUTS:
        arguments += ["-z", f"tcptraceroute,{output}"]
    lines = run(arguments).splitlines()
    rows = {}
    for line in lines:
        number, *values = line.split("\t")
        if len(values) != 1 + len(OURS) or number != str(len(rows) + 1):
            break
        rows[int(number)] = {name: text.split("|") for name, text in zip((TIME, *OURS), values) if text}
    return rows, lines[len(rows):]


def captures_in(folders):
    """Every capture file directly in the folders, by name."""
    return sorted(path for folder in folders for path in pathlib.Path(folder).iterdir() if path.name.endswith(ENDINGS))


@contextlib.contextmanager
def readable_folder():
    """A folder that an ordinary user can enter: the tests may run as root."""
    with tempfile.TemporaryDirectory(prefix="ttr-golden-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


def readable_copy(capture, folder):
    copy = folder / capture.parent.name / capture.name
    copy.parent.mkdir(mode=0o755, exist_ok=True)
    shutil.copyfile(capture, copy)
    os.chmod(copy, 0o644)
    return copy


def first_difference(left_lines, right_lines, names):
    """A sentence about the first line in which the two differ, or None when they are the same."""
    if left_lines == right_lines:
        return None
    for number, (a, b) in enumerate(zip(left_lines, right_lines), 1):
        if a != b:
            return f"line {number}: {names[0]} has {a!r}, {names[1]} has {b!r}"
    return f"{names[0]} has {len(left_lines)} lines, {names[1]} has {len(right_lines)}"
