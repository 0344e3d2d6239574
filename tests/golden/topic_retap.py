# SPDX-License-Identifier: GPL-2.0-or-later
"""Hops and paths asked for again and again, over several files in one process: nothing of what was before shows.

Few captures, so that it can run with sanitizers, which end sharkd when a view reads what is gone.
"""
import json

import support
import topic_sharkd

# Several traces, none, copies, labels, IPv6, and views of other lengths behind each other.
FILES = ("tt_open", "nmap_targets", "none_web", "tr_6", "twice_s_r1", "mtr_drop", "ext-mpls3-rfc4884-v4",
         "two-families")
AGAIN = 3
HOPS, PATHS = topic_sharkd.TAPS.values()


def questions():
    """What is asked of each file: both views, each alone, both twice at once, and another tap in between."""
    for _ in range(AGAIN):
        yield {"tap0": HOPS, "tap1": PATHS}
    yield {"tap0": "expert"}
    yield {"tap0": PATHS}
    yield {"tap0": HOPS}
    yield {"tap0": HOPS, "tap1": PATHS, "tap2": HOPS, "tap3": PATHS}


def answers(captures):
    """For each capture what sharkd answered to each question: a list of taps."""
    asked = list(questions())
    numbers = iter(range(1, 1 + len(captures) * (1 + len(asked))))
    conversation = ""
    for capture in captures:
        conversation += topic_sharkd.request(next(numbers), "load", file=str(capture))
        conversation += "".join(topic_sharkd.request(next(numbers), "tap", **taps) for taps in asked)
    lines = support.run(["-"], program=topic_sharkd.PROGRAM, stdin=conversation).splitlines()
    results = [json.loads(line) for line in lines]
    failed = [result["error"] for result in results if "error" in result]
    if failed:
        raise support.ToolFailed(f"sharkd: {failed[0]}")
    step = 1 + len(asked)
    return [[result["result"]["taps"] for result in results[at + 1:at + step]]
            for at in range(0, step * len(captures), step)]


def compare(said, alone):
    """Every view of one file is the same as sharkd shows that has read nothing else."""
    wanted = {tap["tap"]: tap for tap in alone[0]}
    if len(wanted) != 2:
        yield f"sharkd knows the taps {sorted(wanted)}"
    for number, (taps, asked) in enumerate(zip(said, questions()), 1):
        views = [tap for tap in taps if tap["tap"] in wanted]
        if len(views) != sum(tap in (HOPS, PATHS) for tap in asked.values()):
            yield f"question {number}: {len(views)} views"
        for view in views:
            if view != wanted[view["tap"]]:
                yield f"question {number}: {view['tap']} is not what it is alone"


def check_all(captures):
    chosen = [capture for capture in captures if capture.stem in FILES]
    if len(chosen) != len(FILES):
        yield f"of {FILES} there are {[capture.stem for capture in chosen]}"
    there_and_back = chosen + chosen[::-1]
    for capture, said in zip(there_and_back, answers(there_and_back)):
        alone = answers([capture])[0]
        for error in compare(said, alone):
            yield f"{capture.name}: {error}"
