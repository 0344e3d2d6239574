#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_tshark.py TEST [FOLDER...]: what tshark prints, over the captures in the folders.

TEST is registry, stock, retap, expert, preferences (each a topic_*.py), or captures: the topics modes, json, fields,
text, hops, tree, view_filter and sharkd, which share their runs. "captures" and "retap" take those of selection.py.
Exit status: 0 all hold, 1 something is wrong, 77 cannot run here (and why).
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import selection  # noqa: E402
import support  # noqa: E402
import topic_expert  # noqa: E402
import topic_fields  # noqa: E402
import topic_hints  # noqa: E402
import topic_hops  # noqa: E402
import topic_json  # noqa: E402
import topic_modes  # noqa: E402
import topic_preferences  # noqa: E402
import topic_read_filter  # noqa: E402
import topic_registry  # noqa: E402
import topic_retap  # noqa: E402
import topic_sharkd  # noqa: E402
import topic_stock  # noqa: E402
import topic_text  # noqa: E402
import topic_tree  # noqa: E402
import topic_view_filter  # noqa: E402

SKIP = 77
PROGRAMS = {"registry": ["tshark"], "stock": ["tshark", "mergecap"], "captures": ["tshark", topic_sharkd.PROGRAM],
            "retap": ["tshark", topic_sharkd.PROGRAM], "expert": ["tshark"], "preferences": ["tshark"]}
OVER_ALL = {"retap": topic_retap.check_all, "expert": topic_expert.check_all,
            "preferences": topic_preferences.check_all}
FAILURES = (support.ToolFailed, subprocess.SubprocessError)


def examine(capture):
    """What tshark says of one capture (None when it failed), and what is wrong with it."""
    try:
        seen = support.observe(capture)
        topics = (topic_modes, topic_json, topic_fields, topic_text, topic_hops, topic_tree, topic_view_filter)
        return seen, [f"{capture.name}: {error}" for topic in topics for error in topic.check_each(capture, seen)]
    except FAILURES as failed:
        return None, [f"{capture.name}: {failed}"]


def errors_of_captures(captures):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        examined = list(pool.map(examine, captures))
    errors = [error for _, found in examined for error in found]
    return errors + list(topic_sharkd.check_all(captures, [seen for seen, _ in examined]))


def errors_of(test, captures):
    try:
        with support.readable_folder() as folder:
            copies = [support.readable_copy(capture, folder) for capture in captures]
            if test == "registry":
                return [*topic_registry.check_once(), *topic_read_filter.check_once(), *topic_hints.check_once()]
            if test == "stock":
                return list(topic_stock.check_all(copies, folder))
            if test in OVER_ALL:
                return list(OVER_ALL[test](copies))
            return errors_of_captures(copies)
    except FAILURES as failed:
        return [str(failed)]


def skip(reason):
    print(f"SKIP: {reason}")
    return SKIP


def main():
    test, *folders = sys.argv[1:] or [None]
    if test not in PROGRAMS:
        sys.exit(__doc__)
    for program in PROGRAMS[test]:
        if shutil.which(program) is None:
            return skip(f"there is no {program} here")
    captures = support.captures_in(folders)
    if test != "registry" and not captures:
        return skip(f"no captures in {folders}")
    errors = []
    if test in ("captures", "retap"):
        errors = [f"no capture {name}, which is selected" for name in selection.missing(captures)]
        captures = selection.chosen(captures)
    errors += errors_of(test, captures)
    print(*errors, f"{len(captures)} captures, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
