#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_reader.py [--selection | --few] READER FOLDER...: tshark prints byte for byte what the reader prints.

For every capture of the folders, or those of selection.py or its few, in every view that the reader has; those of the selection
with -2, too. READER is tcptracedump. Exit status: 0 the same, 1 not so.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "support")]
import selection  # noqa: E402
import support  # noqa: E402
from reader import Reader, ReaderFailed  # noqa: E402

VIEWS = ("paths", "json", "report", "dot", "html")


def shown(capture, options):
    """What tshark prints of all views, in the order that it likes."""
    arguments = ["-n", "-q", "-r", capture, *options]
    for view in VIEWS:
        arguments += ["-z", f"tcptraceroute,{view}"]
    return support.run(arguments).encode("utf-8", "backslashreplace")


def difference(output, texts):
    """None where `output` is the texts one behind the other, in any order; else a sentence."""
    left, rest = dict(texts), output
    while left:
        fitting = [view for view, text in left.items() if rest.startswith(text)]
        if not fitting:
            return describe(rest, left)
        longest = max(fitting, key=lambda view: len(left[view]))
        rest = rest[len(left.pop(longest)):]
    return f"tshark prints besides: {rest[:200]!r}" if rest else None


def describe(rest, left):
    """Where the text that agrees longest ceases to agree."""
    def agree(view):
        return len(os.path.commonprefix([rest, left[view]]))
    view = max(left, key=agree)
    at = agree(view)
    begin = max(0, at - 60)
    return (f"{view}, byte {at}: tshark has {rest[begin:at + 60]!r}, the reader {left[view][begin:at + 60]!r}")


def check(reader, capture):
    """All that is wrong with one capture."""
    try:
        texts = {view: reader.text(capture, view) for view in VIEWS}
        modes = ([], ["-2"]) if capture.stem in selection.NAMES else ([],)
        found = [difference(shown(capture, options), texts) for options in modes]
    except (support.ToolFailed, ReaderFailed, subprocess.SubprocessError) as failed:
        found = [str(failed)]
    return [f"{capture.name}: {problem}" for problem in found if problem]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--selection", action="store_true")
    parser.add_argument("--few", action="store_true")
    options = parser.parse_args()
    captures = support.captures_in(options.folders)
    if options.selection:
        captures = selection.chosen(captures)
    if options.few:
        captures = selection.few(captures)
    reader = Reader(shlex.split(options.reader))
    with support.readable_folder() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        copies = [support.readable_copy(capture, folder) for capture in captures]
        errors = 0
        for found in pool.map(lambda capture: check(reader, capture), copies):
            errors += len(found)
            print(*found, sep="\n", end="\n" if found else "", flush=True)
    print(f"{len(captures)} captures, {errors} errors")
    return 1 if errors or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
