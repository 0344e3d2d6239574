# SPDX-License-Identifier: GPL-2.0-or-later
"""sharkd, which reads a file as the GUI does, shows the same fields as two passes of tshark, and the same hops and paths.

It goes on to the next file in the same process, and is asked for hops and paths twice: what a view kept would show.
"""
import json

import hop_figures
import support
import topic_hops
import topic_tree
from support import OURS

PROGRAM = "sharkd"
TAPS = {"tap0": "nstat:tcptraceroute,hops", "tap1": "stat:tcptraceroute"}
REQUESTS = 4                    # for each file: load, frames, taps, taps


def request(number, method, **parameters):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}) + "\n"


def answers(captures):
    """(frames, taps, taps) as answered for each capture, all loaded one after the other into one process.

    No filter: sharkd 4.0 remembers which frames passed it in the file before.
    """
    columns = {f"column{index}": f"{name}:1" for index, name in enumerate(OURS)}
    conversation = ""
    for index, capture in enumerate(captures):
        conversation += request(REQUESTS * index + 1, "load", file=str(capture))
        conversation += request(REQUESTS * index + 2, "frames", **columns)
        conversation += request(REQUESTS * index + 3, "tap", **TAPS)
        conversation += request(REQUESTS * index + 4, "tap", **TAPS)
    results = {}
    for line in support.run(["-"], program=PROGRAM, stdin=conversation).splitlines():
        answer = json.loads(line)
        if "error" in answer:
            raise support.ToolFailed(f"sharkd: {answer['error']}")
        results[answer["id"]] = answer["result"]
    return [[results.get(REQUESTS * index + number, []) for number in range(2, REQUESTS + 1)]
            for index in range(len(captures))]


def compare(answer, two_rows):
    if len(answer) != len(two_rows):
        yield f"sharkd has {len(answer)} frames, tshark {len(two_rows)}"
    for frame in answer:
        row = two_rows.get(frame["num"], {})
        for name, said in zip(OURS, frame["c"]):
            wanted = plain(row.get(name, [""])[0])
            if plain(said) != wanted:
                yield f"frame {frame['num']}: {name} is {said!r} in sharkd, {wanted!r} in tshark -2"


def plain(text):
    """Columns write a boolean as a word, `-T fields` as a digit."""
    return {"True": "1", "False": "0"}.get(text, text)


def compare_taps(first, second, traces):
    if first != second:
        yield "sharkd says other things of hops and paths when asked again"
    said = {answer["tap"]: answer for answer in first["taps"]}
    yield from topic_hops.check_sharkd(said[TAPS["tap0"]], traces)
    yield from topic_tree.check_sharkd(said["stats:tcptraceroute"], traces)


def check_all(captures, seen):
    """seen: what support.observe() said of each capture, None where it failed."""
    for capture, (frames, *taps), one in zip(captures, answers(captures), seen):
        if one is None:
            continue
        for error in (*compare(frames, one.two_rows), *compare_taps(*taps, hop_figures.traces_of(one))):
            yield f"{capture.name}: {error}"
